"""Smart meters: the 15-minute intervals used for settlement, missing or disputed."""

from tracker.domain.roles import CompanyKind
from tracker.domain.rules import stop_not_before_start
from tracker.domain.subtype import Subtype
from tracker.domain.subtypes._checks import PREMISE_CHECKS
from tracker.domain.subtypes._claims import INTERVALS
from tracker.domain.subtypes._fields import (
    ASSIGNEE,
    COMMENTS_TEXT,
    ESI_ID,
    ORIGIN,
    SERVICE_START,
    SERVICE_STOP,
    UID_AMS_INTERVAL,
    UNEXECUTABLE_REASON,
)
from tracker.domain.subtypes._standard import standard
from tracker.domain.subtypes.usage_billing import FAMILY, REASONS

DISPUTE_REASONS = (
    *REASONS[:-2],
    "Non-consecutive Bill Cycles",
    "Variance Due to Inadvertent Gain/Loss",
    *REASONS[-2:],
)

METER_READER = ASSIGNEE.said(help="The wires company that reads the smart meter and sends its intervals.")

MISSING = Subtype(
    key="ams-lse-interval-missing",
    type="D2D",
    name="AMS LSE Interval Missing",
    wire="AMSLSEIntervalMissing",
    family=FAMILY,
    when="Fifteen-minute intervals of a smart meter are missing for days on which you served the premise.",
    instead="If the intervals are there but wrong, file AMS LSE Interval Dispute; for monthly usage or an invoice, "
    "Usage/Billing - Missing.",
    words="smart meter AMS interval missing 15 minute LSE file no intervals settlement gap",
    workflow=standard("ams-lse-missing", reasons=REASONS),
    fields=(METER_READER, ESI_ID, SERVICE_START, SERVICE_STOP, COMMENTS_TEXT.optional()),
    later_fields=(UNEXECUTABLE_REASON.only(*REASONS),),
    checks=PREMISE_CHECKS,
    rules=(stop_not_before_start,),
    claimed=INTERVALS,
    filed_by=(CompanyKind.CR,),
)

DISPUTE = Subtype(
    key="ams-lse-interval-dispute",
    type="D2D",
    name="AMS LSE Interval Dispute",
    wire="AMSLSEIntervalDispute",
    family=FAMILY,
    when="Fifteen-minute intervals of a smart meter are there, but you believe that they are wrong.",
    instead="If intervals are missing, file AMS LSE Interval Missing; for a monthly total or an invoice, "
    "Usage/Billing - Dispute.",
    words="smart meter AMS interval wrong disputed 15 minute LSE settlement mismatch bill does not match",
    workflow=standard("ams-lse-dispute", reasons=DISPUTE_REASONS),
    fields=(METER_READER, ESI_ID, UID_AMS_INTERVAL, ORIGIN, SERVICE_START, SERVICE_STOP, COMMENTS_TEXT.optional()),
    later_fields=(UNEXECUTABLE_REASON.only(*DISPUTE_REASONS),),
    checks=PREMISE_CHECKS,
    rules=(stop_not_before_start,),
    claimed=INTERVALS,
    filed_by=(CompanyKind.CR,),
)

SUBTYPES: tuple[Subtype, ...] = (MISSING, DISPUTE)
