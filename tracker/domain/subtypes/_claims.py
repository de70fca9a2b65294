"""What the sides of an issue may say that a value is: the fields of the market, in the words of the table."""

from tracker.domain.claims import Claimed, Fact
from tracker.domain.fields import Field
from tracker.domain.subtypes._fields import (
    IDR_NON_IDR,
    KW,
    KWH_USE,
    LOSS_CODE,
    NEW_LOSS_CODE,
    NEW_MDPK,
    NEW_OFFPK,
    NEW_ONPK,
    NEW_PREMISE_TYPE,
    NEW_PROFILE_CODE,
    NEW_REGION_CODE,
    NEW_SERV_ADDRESS,
    NEW_SPK,
    NEW_START_TIME,
    NEW_STATION_CODE,
    NEW_STOP_TIME,
    NEW_TOTAL,
    NEW_ZIP_CODE,
    PROFILE_CODE,
    REGION_CODE,
    ROR_DUNS,
    ROR_START_TIME,
    ROR_STOP_TIME,
    SERV_ADDRESS,
    SERVICE_START,
    SERVICE_STOP,
    STATION_CODE,
    STATUS,
    TRXN_DATE,
)


def _claimed(field: Field, label: str, help: str = "", **what: object) -> Claimed:
    return Claimed(field.said(label=label, help=help).optional(), **what)  # type: ignore[arg-type]  # its own fields


START = _claimed(NEW_START_TIME, "Start", "The start that you say is the right one.", record="StartTime")
STOP = _claimed(NEW_STOP_TIME, "Stop", "The stop that you say is the right one.", record="StopTime")

SERVED = (
    _claimed(
        NEW_START_TIME,
        "Start",
        "The day on which service began, as your records have it.",
        record="StartTime",
        told_by=("FinalAgreementStart",),
        fact=Fact.SERVED_FROM,
    ),
    _claimed(
        NEW_STOP_TIME,
        "Stop",
        "The day on which service ended, as your records have it; empty if it goes on.",
        record="StopTime",
        told_by=("FinalAgreementStop",),
        fact=Fact.SERVED_UNTIL,
    ),
)
"""Who served when: the dates of one period of service."""

SERVED_BY = (
    _claimed(
        ROR_DUNS,
        "REP of record",
        "The DUNS of the retailer that your records show for the day in question.",
        fact=Fact.REP,
    ),
    _claimed(ROR_START_TIME, "Served from", "When that retailer’s service began.", fact=Fact.SERVED_FROM),
    _claimed(
        ROR_STOP_TIME,
        "Served until",
        "When that retailer’s service ended; empty if it goes on.",
        fact=Fact.SERVED_UNTIL,
    ),
)

PERIOD = (
    _claimed(SERVICE_START, "Start", "The first day of the period, as your records have it."),
    _claimed(SERVICE_STOP, "Stop", "The last day of the period, as your records have it."),
)
KWH = _claimed(KWH_USE, "Usage in kWh", "The kWh of the whole period, as your records have it, such as 1204.5.")

USAGE_SENT = (
    *PERIOD,
    KWH,
    _claimed(TRXN_DATE, "Transaction date", "The day on which it was sent, or should have been."),
    _claimed(IDR_NON_IDR, "Kind of meter", "How the usage of the meter comes, as your records have it."),
)
USAGE_BILLED = (
    *PERIOD,
    KWH,
    _claimed(KW, "Demand in kW", "The demand of the period, as your records have it."),
    _claimed(IDR_NON_IDR, "Kind of meter", "How the usage of the meter comes, as your records have it."),
)
INTERVALS = (*PERIOD, KWH)

USAGE = (START, STOP, _claimed(NEW_TOTAL, "Total kWh", "The total that you say is the right one.", record="Total"))
PEAKS = (
    _claimed(NEW_ONPK, "On-peak kWh"),
    _claimed(NEW_OFFPK, "Off-peak kWh"),
    _claimed(NEW_MDPK, "Mid-peak kWh"),
    _claimed(NEW_SPK, "Super-peak kWh"),
)

VALID_FROM = _claimed(NEW_START_TIME, "Valid from", "The day from which it should apply.")
REGION = _claimed(NEW_REGION_CODE, "Region code", record="RegionCode")
LOSS = _claimed(NEW_LOSS_CODE, "Loss code", record="LossCode")
PROFILE = _claimed(NEW_PROFILE_CODE, "Profile code", record="ProfileCode", fact=Fact.PROFILE)
STATION = _claimed(NEW_STATION_CODE, "Station code", record="StationCode")
ZIP = _claimed(NEW_ZIP_CODE, "ZIP", record="ZipCode", fact=Fact.ZIP)

PREMISE_TYPE = (_claimed(NEW_PREMISE_TYPE, "Premise type", fact=Fact.PREMISE_TYPE),)
ADDRESS = (_claimed(NEW_SERV_ADDRESS, "Service address", record="ServAddress", fact=Fact.ADDRESS),)

STATUS_NOW = _claimed(
    STATUS,
    "Premise status",
    "The status that the ESI ID should have, such as Active or De-Energized.",
    fact=Fact.STATUS,
)
NEW_PREMISE = (
    START,
    _claimed(STATION_CODE, "Station code", "The substation, as your records have it."),
    _claimed(PROFILE_CODE, "Profile code", "The load profile, as your records have it.", fact=Fact.PROFILE),
    _claimed(LOSS_CODE, "Loss code", "The distribution loss code, as your records have it."),
    _claimed(REGION_CODE, "Region code", "The region, as your records have it."),
    _claimed(SERV_ADDRESS, "Service address", "The address of the premise.", fact=Fact.ADDRESS),
)
"""A premise that one system has and the other does not: all that is said of it."""
