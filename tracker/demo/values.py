"""What stands in the fields of a story's issue: something that fits its case, for every field of the vocabulary."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeAlias

from tracker.demo.cases import Case
from tracker.demo.places import STREETS
from tracker.domain.fields import (
    Choice,
    CompanyRef,
    Day,
    EsiId,
    Field,
    Moment,
    Number,
    Record,
    Text,
    Value,
    Whole,
    YesNo,
)

Made: TypeAlias = Callable[[Case, random.Random], Value]

USUALLY_GIVEN = 0.65
"""How often an optional field is filled."""

NEVER_AT_FILING = frozenset({"CommentsText"})


def filled(fields: tuple[Field, ...], case: Case, rng: random.Random) -> dict[str, Value]:
    """A value for each of these fields; optional ones are sometimes left empty."""
    return {
        field.name: value_of(field, case, rng) if field.required or rng.random() < USUALLY_GIVEN else None
        for field in fields
        if field.name not in NEVER_AT_FILING
    }


def value_of(field: Field, case: Case, rng: random.Random) -> Value:
    """A value of the field that fits the case."""
    if field.repeat > 1:
        return [_one(field, case, rng) for _ in range(rng.randint(1, min(field.repeat, 2)))]
    return _one(field, case, rng)


def _one(field: Field, case: Case, rng: random.Random) -> Value:
    if isinstance(field, CompanyRef):
        return case.party(field.role).duns
    if isinstance(field, Record) and field.name not in NAMED:
        return {part.name: value_of(part, case, rng) for part in field.fields}
    if isinstance(field, Choice):
        return _chosen(field, case, rng)
    return NAMED.get(field.name, _by_class(field))(case, rng)


def _chosen(field: Choice, case: Case, rng: random.Random) -> Value:
    fitting = FITTING.get(field.name)
    wanted = fitting(case) if fitting else None
    if wanted in field.values:
        return wanted
    usual = [value for value in field.values if value != "Other"] or list(field.values)
    return rng.choice(usual if rng.random() < 0.9 else list(field.values))


def _by_class(field: Field) -> Made:
    made = next((make for kind, make in BY_CLASS if isinstance(field, kind)), None)
    return made or (lambda case, rng: "See the comments")


def _moment(day: date) -> Value:
    return f"{day.isoformat()}T00:00:00"


def _at(days: int) -> Made:
    """So many days before the filing."""
    return lambda case, rng: _moment(case.day - timedelta(days=days))


def _around(day: Callable[[Case], date], first: int, last: int) -> Made:
    return lambda case, rng: _moment(day(case) + timedelta(days=rng.randint(first, last)))


def _stamp(case: Case, rng: random.Random) -> Value:
    day = case.day - timedelta(days=rng.randint(3, 30))
    return f"{day.isoformat()}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}"


def _digits(count: int) -> Made:
    return lambda case, rng: str(rng.randrange(10 ** (count - 1), 10**count))


def _one_of(*values: Value) -> Made:
    return lambda case, rng: rng.choice(values)


def _kwh(least: int, most: int) -> Made:
    return lambda case, rng: f"{rng.randrange(least * 10, most * 10) / 10:.1f}"


def _tran_id(code: str) -> Made:
    def made(case: Case, rng: random.Random) -> Value:
        day = case.day - timedelta(days=rng.randint(0, 12))
        return f"{day:%Y%m%d}{code}{rng.randrange(10**10):010d}"

    return made


def _other_street(case: Case, rng: random.Random) -> Value:
    street = f"{rng.randrange(100, 9900)} {rng.choice(STREETS)}"
    return {"Street": street, "City": case.site.city, "State": "TX", "ZipCode": case.site.zip_code}


def _neighbour_zip(case: Case, rng: random.Random) -> Value:
    return f"{int(case.site.zip_code) + rng.choice((-2, -1, 1, 2)):05d}"


def _other_profile(case: Case, rng: random.Random) -> Value:
    kind = rng.choice(("RESLOWR", "RESHIWR", "BUSMEDLF", "BUSLOLF"))
    return f"{kind}_{case.site.profile.split('_', 1)[1]}"


START, LENGTH = 48, 30
"""The period in question begins so many days before the filing and lasts so many."""

NAMED: dict[str, Made] = {
    "EsiID": lambda case, rng: case.site.esi_id,
    "OrigTrxnID": lambda case, rng: case.order.tran_id,
    "TrxnID": _tran_id("TRX"),
    "GlobalID": lambda case, rng: case.order.global_id,
    "TrxnDate": lambda case, rng: min(case.order.requested, case.day).isoformat(),
    "TransactionDate": _stamp,
    "AddTime": _stamp,
    "TimeStamp": _stamp,
    "StartTime": _at(START),
    "StopTime": _at(START - LENGTH),
    "NewStartTime": _around(lambda case: case.day - timedelta(days=START), 1, 9),
    "NewStopTime": _around(lambda case: case.day - timedelta(days=START - LENGTH), 1, 9),
    "FinalAgreementStart": _at(START - 4),
    "FinalAgreementStop": _at(START - LENGTH - 4),
    "ProfileStartTime": _at(START),
    "RORStartTime": _at(400),
    "RORStopTime": _at(START),
    "GSNum": _digits(9),
    "ISANum": _digits(9),
    "UIDEsiID": _digits(8),
    "UIDChannelCut": _digits(10),
    "UIDAMSInterval": _digits(11),
    "Channel": _one_of(1, 4),
    "Origin": _one_of("M", "E"),
    "MeterType": _one_of("1", "2", "5"),
    "Status": lambda case, rng: case.site.status,
    "MarketRuleRef": _one_of("RMG 7.3", "RMG 7.16", "PUCT 25.474", "RMG 7.11.1", "PUCT 25.126"),
    "BusinessProcess": _one_of("Inadvertent gain", "Switch holds", "Mass transition", "Price to compare"),
    "TDSPData": _one_of(
        "Readings at the meter: 48,112 kWh at the start of the period and 49,460 kWh at its end.",
        "The field order was completed on the first visit; the technician’s note confirms the meter number.",
    ),
    "Description": _one_of(
        "Premises on the attached list changed substation with the new feeder; the record still has the former one.",
        "The yearly validation gave another profile for the premises listed. Confirm or send an 814_20 for each.",
        "The ZIP codes of these premises do not lie in the weather zone on record. Check and correct them.",
    ),
    "AnalysisInfo": _one_of(
        "The requested dates leave no gap and no overlap with the neighbouring service instances.",
        "One day of the requested period overlaps with the service instance before it.",
    ),
    "AdditionalServiceHistory": _one_of(
        "Before these rows the premise was served under the wires company’s temporary account for construction.",
        "An earlier instance of two days was cancelled in the registration system and left no usage.",
    ),
    "LossCode": _one_of("A", "B", "C"),
    "NewLossCode": _one_of("D", "E"),
    "ProfileCode": lambda case, rng: case.site.profile,
    "NewProfileCode": _other_profile,
    "RegionCode": _one_of("NORTH_C", "HOUSTON"),
    "NewRegionCode": _one_of("SOUTH_C", "WEST_C"),
    "StationCode": _one_of("ELMCRK", "PARKRW", "W_LEVEE", "BLUEMD"),
    "NewStationCode": _one_of("HARGRV", "STHBLT", "TRINDAD"),
    "ExceptionType": _one_of("Profile does not fit the usage", "Substation without a zone", "Usage without a meter"),
    "ZipCode": lambda case, rng: case.site.zip_code,
    "NewZipCode": _neighbour_zip,
    "Street": lambda case, rng: case.site.street,
    "City": lambda case, rng: case.site.city,
    "State": lambda case, rng: "TX",
    "NewServAddress": _other_street,
    "SubStationPercent": _one_of("100", "62.5", "37.5"),
    "RORDuns": lambda case, rng: case.losing.duns,
    "GainingCRStartDate": lambda case, rng: _moment(case.order.scheduled),
    "ProposedRegainDate": _around(lambda case: case.order.scheduled, 1, 12),
    "RegainDate": _around(lambda case: case.order.scheduled, 1, 12),
    "RegainingBGN02": _tran_id("RGN"),
    "PriorityBGN02": lambda case, rng: f"{case.order.requested:%Y%m%d}PMV{rng.randrange(10**10):010d}",
    "PMVIRequestedDate": lambda case, rng: _moment(case.order.requested),
    "RegainingTrxnSubmitDate": _at(-2),
    "RegainingGlobalID": _digits(20),
    "RegainingTrxnSiebelStatus": _one_of("In Review", "Scheduled", "Completed"),
    "RegainingBGNPriorityCode": _one_of(1, 2),
    "SMRD": lambda case, rng: _moment(case.order.scheduled),
    "bDaysTillSMRD": lambda case, rng: rng.randint(2, 8),
    "MeterRemovalDate": lambda case, rng: (case.day - timedelta(days=rng.randint(5, 25))).isoformat(),
    "SpreadsheetSubmitDate": lambda case, rng: (case.day - timedelta(days=9)).isoformat(),
    "RequestedMoveInDate": lambda case, rng: (case.day - timedelta(days=8)).isoformat(),
    "PremiseEnergizeDate": lambda case, rng: (case.day - timedelta(days=rng.randint(5, 7))).isoformat(),
    "Total": _kwh(400, 2400),
    "NewTotal": _kwh(400, 2400),
    "UsageForTimePeriod": _kwh(300, 2600),
    "kWhUse": _kwh(400, 4000),
    "kW": _kwh(3, 40),
    "HighkW": _kwh(20, 60),
    "SecHikW": _kwh(10, 20),
}

FITTING: dict[str, Callable[[Case], str]] = {
    "TrxnType": lambda case: "814_16" if case.order.kind == "Move-In" else "814_01",
    "PremiseType": lambda case: case.site.premise_type,
    "WeatherZone": lambda case: case.site.zone,
    "Priority": lambda case: "Yes" if case.order.priority else "No",
    "IDRNonIDR": lambda case: "IDR" if case.site.premise_type == "Large Non-Residential" else "Non-IDR",
}
"""Choices that follow from the case."""

BY_CLASS: tuple[tuple[type[Field], Made], ...] = (
    (EsiId, lambda case, rng: case.site.esi_id),
    (Day, lambda case, rng: (case.day - timedelta(days=rng.randint(3, 20))).isoformat()),
    (Moment, _at(START)),
    (Number, _kwh(100, 900)),
    (Whole, _one_of(1, 2)),
    (YesNo, _one_of(True, True, False)),
    (Text, lambda case, rng: "See the comments"),
)
