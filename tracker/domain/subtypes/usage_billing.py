"""Usage and billing: readings and invoices that are missing or disputed, and the retired subtype that held both."""

from tracker.domain.fields import Choice
from tracker.domain.rules import stop_not_before_start
from tracker.domain.subtype import Subtype
from tracker.domain.subtypes._checks import ORDER_CHECKS
from tracker.domain.subtypes._claims import USAGE_BILLED, USAGE_SENT
from tracker.domain.subtypes._fields import (
    ASSIGNEE,
    COMMENTS_TEXT,
    DISPUTE_CATEGORY,
    ESI_ID,
    IDR_NON_IDR,
    ORIG_TRXN_ID,
    SERVICE_START,
    SERVICE_STOP,
    TRXN_DATE,
    TRXN_ID,
    TRXN_TYPE,
    TRXN_USAGE_BILL_TYPE,
    UNEXECUTABLE_REASON,
)
from tracker.domain.subtypes._standard import standard

FAMILY = "Usage and billing"

REASONS = (
    "Invalid StartTime/TimeStamp Formatting",
    "Cycle Date Not Scheduled",
    "Submitter is Not the Rep of Record",
    "Inaccurate SubType Submitted",
    "Duplicate Issue",
    "Other",
)

WORKFLOW = standard("usage-billing", reasons=REASONS, order_status=True)

LATER = (TRXN_TYPE, UNEXECUTABLE_REASON.only(*REASONS))

MISSING = Subtype(
    key="usage-billing-missing",
    type="D2D",
    name="Usage/Billing - Missing",
    wire="UsageBilling/UsageBillingMissing",
    family=FAMILY,
    when="Monthly or final usage (867_03) or a wires invoice (810) for a service period did not reach you.",
    instead="If it came but you believe it is wrong, file Usage/Billing - Dispute; for smart-meter intervals, "
    "AMS LSE Interval Missing; for an initial read (867_04), Missing Enrollment TXNS.",
    words="no reading missing usage 867_03 meter read missing invoice 810 not billed no bill final read",
    workflow=WORKFLOW,
    fields=(
        ASSIGNEE,
        ESI_ID,
        ORIG_TRXN_ID.optional(),
        TRXN_USAGE_BILL_TYPE,
        TRXN_DATE,
        TRXN_ID.optional(),
        IDR_NON_IDR,
        COMMENTS_TEXT.optional(),
        SERVICE_START,
        SERVICE_STOP.optional(),
    ),
    later_fields=LATER,
    checks=ORDER_CHECKS,
    rules=(stop_not_before_start,),
    claimed=USAGE_SENT,
)

DISPUTE = Subtype(
    key="usage-billing-dispute",
    type="D2D",
    name="Usage/Billing - Dispute",
    wire="UsageBilling/UsageBillingDispute",
    family=FAMILY,
    when="You received usage (867_03) or a wires invoice (810) and believe that a reading, charge or rate is wrong.",
    instead="If nothing came at all, file Usage/Billing - Missing; for smart-meter intervals, AMS LSE Interval "
    "Dispute; to have priority move-in fees moved to the gaining retailer, Redirect Fees.",
    words="wrong reading high bill disputed usage tariff rate TDSP charge crossed meter kWh kW power factor",
    workflow=WORKFLOW,
    fields=(
        ASSIGNEE,
        ESI_ID,
        ORIG_TRXN_ID.optional(),
        TRXN_USAGE_BILL_TYPE,
        TRXN_DATE,
        TRXN_ID,
        DISPUTE_CATEGORY,
        IDR_NON_IDR,
        COMMENTS_TEXT.optional(),
        SERVICE_START,
        SERVICE_STOP.optional(),
    ),
    later_fields=LATER,
    checks=ORDER_CHECKS,
    rules=(stop_not_before_start,),
    claimed=USAGE_BILLED,
)

DISPUTE_MISSING = Choice(
    name="DisputeMissing",
    label="Dispute or missing",
    help="Whether the usage or invoice was disputed or missing.",
    values=("Dispute", "Missing"),
)

BEFORE_2014 = Subtype(
    key="usage-billing-issues",
    type="D2D",
    name="Usage/Billing Issues",
    family=FAMILY,
    when="An issue about usage or billing from before the subtype was divided in 2014; it can be read but not filed.",
    instead="Today file Usage/Billing - Missing for what did not come, or Usage/Billing - Dispute for what is wrong.",
    words="old usage billing legacy",
    workflow=WORKFLOW,
    fields=(
        ASSIGNEE,
        ESI_ID,
        DISPUTE_MISSING,
        ORIG_TRXN_ID.optional(),
        TRXN_USAGE_BILL_TYPE.optional(),
        TRXN_DATE.optional(),
        TRXN_ID.optional(),
        DISPUTE_CATEGORY.optional(),
        IDR_NON_IDR.optional(),
        COMMENTS_TEXT.optional(),
        SERVICE_START.optional(),
        SERVICE_STOP.optional(),
    ),
    later_fields=LATER,
    checks=ORDER_CHECKS,
    rules=(stop_not_before_start,),
    claimed=USAGE_BILLED,
    retired=True,
)

SUBTYPES: tuple[Subtype, ...] = (MISSING, DISPUTE, BEFORE_2014)
