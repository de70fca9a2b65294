"""Differences between the extract and the company’s own records: usage, by interval (IDR) and by total."""

from tracker.domain.fields import Field
from tracker.domain.rules import stop_not_before_start
from tracker.domain.subtype import Subtype
from tracker.domain.subtypes._checks import PREMISE_CHECKS
from tracker.domain.subtypes._claims import PEAKS, USAGE
from tracker.domain.subtypes._fields import (
    ADD_TIME,
    ASSIGNEE,
    CHANNEL,
    COMMENTS_TEXT,
    ESI_ID,
    METER_TYPE,
    NEW_MDPK,
    NEW_OFFPK,
    NEW_ONPK,
    NEW_SPK,
    NEW_START_TIME,
    NEW_STOP_TIME,
    NEW_TOTAL,
    ORIGIN,
    START_TIME,
    STOP_TIME,
    TIME_STAMP,
    TOTAL,
    UID_CHANNEL_CUT,
    UID_ESI_ID,
)
from tracker.domain.subtypes._standard import STANDARD

INTERVAL_FAMILY = "Extract: interval usage"
TOTAL_FAMILY = "Extract: usage by totals"

START = START_TIME.said(help="The STARTTIME of the usage in the ERCOT extract.")
STOP = STOP_TIME.said(help="The STOPTIME of the usage in the ERCOT extract.")
CUT: tuple[Field, ...] = (START, STOP, UID_CHANNEL_CUT, ADD_TIME, ORIGIN)
READING: tuple[Field, ...] = (START, STOP, TIME_STAMP, TOTAL)
NEW_PEAKS: tuple[Field, ...] = (
    NEW_ONPK.optional(),
    NEW_OFFPK.optional(),
    NEW_MDPK.optional(),
    NEW_SPK.optional(),
)


def _interval(key: str, name: str, *fields: Field, when: str, instead: str, words: str) -> Subtype:
    return Subtype(
        key=f"dev-idr-usage-{key}",
        type="DEV-IDR Usage",
        name=name,
        when=when,
        instead=instead,
        words=words,
        family=INTERVAL_FAMILY,
        workflow=STANDARD,
        fields=(ASSIGNEE, ESI_ID, COMMENTS_TEXT.optional(), *fields),
        checks=PREMISE_CHECKS,
        rules=(stop_not_before_start,),
        claimed=USAGE,
    )


def _total(key: str, name: str, *fields: Field, when: str, instead: str, words: str) -> Subtype:
    return Subtype(
        key=f"dev-non-idr-usage-{key}",
        type="DEV-Non-IDR Usage",
        name=name,
        when=when,
        instead=instead,
        words=words,
        family=TOTAL_FAMILY,
        workflow=STANDARD,
        fields=(ASSIGNEE, ESI_ID, METER_TYPE, COMMENTS_TEXT.optional(), *fields),
        checks=PREMISE_CHECKS,
        rules=(stop_not_before_start,),
        claimed=(*USAGE, *PEAKS) if NEW_PEAKS[0] in fields else USAGE,
    )


SUBTYPES: tuple[Subtype, ...] = (
    _interval(
        "in-mp-system-not-ercot",
        "In MP system not ERCOT",
        NEW_START_TIME,
        NEW_STOP_TIME,
        CHANNEL,
        NEW_TOTAL,
        when="You have interval usage of an IDR meter that ERCOT’s extract does not have.",
        instead="For a meter billed by totals, file the Non-IDR subtype; for smart-meter intervals, "
        "AMS LSE Interval Missing.",
        words="IDR interval usage missing at ERCOT extract channel cut",
    ),
    _interval(
        "in-ercot-system-not-mp",
        "In ERCOT system not MP",
        *CUT,
        when="ERCOT’s extract has interval usage of an IDR meter that you do not have.",
        instead="For a meter billed by totals, file the Non-IDR subtype; if your 867_03 never came, "
        "Usage/Billing - Missing.",
        words="IDR interval usage extra at ERCOT extract channel cut unknown",
    ),
    _interval(
        "in-both-systems-with-date-issues",
        "In both systems with date issues",
        *CUT,
        NEW_START_TIME,
        NEW_STOP_TIME,
        NEW_TOTAL,
        when="You and ERCOT both have the interval usage, but it begins or ends on different days.",
        instead="If the dates agree and the kWh do not, file In both systems with kWh issues.",
        words="IDR interval usage wrong dates period extract",
    ),
    _interval(
        "in-both-systems-with-kwh-issues",
        "In both systems with kWh issues",
        *CUT,
        CHANNEL,
        NEW_TOTAL,
        when="You and ERCOT both have the interval usage of the same days, but the kWh differ.",
        instead="If the days differ, file In both systems with date issues; for an invoice, Usage/Billing - Dispute.",
        words="IDR interval usage wrong kWh total differs extract",
    ),
    _total(
        "in-mp-system-not-ercot",
        "In MP system not ERCOT",
        NEW_START_TIME,
        NEW_STOP_TIME,
        NEW_TOTAL,
        *NEW_PEAKS,
        when="You have usage by totals that ERCOT’s extract does not have.",
        instead="For an IDR meter, file the IDR subtype.",
        words="non-IDR NIDR usage missing at ERCOT extract monthly total",
    ),
    _total(
        "in-ercot-system-not-mp",
        "In ERCOT system not MP",
        UID_ESI_ID,
        *READING,
        when="ERCOT’s extract has usage by totals that you do not have.",
        instead="For an IDR meter, file the IDR subtype; if your 867_03 never came, Usage/Billing - Missing.",
        words="non-IDR NIDR usage extra at ERCOT extract monthly total unknown",
    ),
    _total(
        "in-both-systems-with-date-issues",
        "In both systems with date issues",
        UID_ESI_ID,
        NEW_STOP_TIME,
        NEW_TOTAL,
        *READING,
        *NEW_PEAKS,
        when="You and ERCOT both have the usage, but it ends on different days.",
        instead="If the dates agree and the kWh or kW do not, file In both with kWh or kW issues.",
        words="non-IDR NIDR usage wrong dates period extract",
    ),
    _total(
        "in-both-with-kwh-or-kw-issues",
        "In both with kWh or kW issues",
        UID_ESI_ID,
        NEW_TOTAL,
        *READING,
        *NEW_PEAKS,
        when="You and ERCOT both have the usage of the same days, but the kWh or kW differ.",
        instead="If the days differ, file In both systems with date issues; for an invoice, Usage/Billing - Dispute.",
        words="non-IDR NIDR usage wrong kWh kW demand total differs extract",
    ),
)
