"""Enrollment: transactions that are missing, rejected or unacknowledged, and orders to be put right at ERCOT."""

from tracker.domain.roles import Role
from tracker.domain.rules import stop_not_before_start
from tracker.domain.subtype import Check, Subtype
from tracker.domain.subtypes._checks import ORDER_CHECKS
from tracker.domain.subtypes._claims import SERVED_BY
from tracker.domain.subtypes._fields import (
    ASSIGNEE,
    COMMENTS_TEXT,
    ESI_ID,
    GS_NUM,
    ISA_NUM,
    ORIG_TRXN_ID,
    REJECT_CODE,
    SERVICE_START,
    SERVICE_STOP,
    TRXN_DATE,
    TRXN_ID,
    TRXN_MISSING_TYPE,
    TRXN_REJECT_TYPE,
    TRXN_TYPE,
    UNEXECUTABLE_REASON,
)
from tracker.domain.subtypes._standard import STANDARD, STANDARD_ORDER, answer, send_back, standard
from tracker.domain.workflow import Transition

FAMILY = "Enrollment and orders"

MISSING_REASONS = (
    "Enrollment TXNS on Construction Hold or Permit Pending",
    "Enrollment TXNS was Cancelled",
    "Enrollment TXNS is Future Dated",
    "Duplicate Issue",
    "Other",
)

MISSING = standard("missing-enrollment", reasons=MISSING_REASONS, order_status=True)

# ERCOT makes the change itself, so a party that agrees hands the issue on instead of completing it.
SIEBEL = standard(
    "siebel",
    complete=(
        Transition(
            name="Agree",
            source="In Progress",
            to="New (ERCOT)",
            by=Role.ASSIGNEE,
            help="Agrees with the change, and asks ERCOT to make it.",
        ),
        send_back(
            "Disagree",
            "In Progress",
            "Unexecutable (PC)",
            Role.ASSIGNEE,
            "Does not agree with the change, and says why; the submitter accepts or sends it back.",
        ),
        answer("In Progress", Role.ASSIGNEE),
    ),
    order_status=True,
)

MISSING_ENROLLMENT = Subtype(
    key="missing-enrollment-txns",
    type="D2D",
    name="Missing Enrollment TXNS",
    wire="MissEnrollTrxn",
    family=FAMILY,
    when="A transaction of an enrollment, such as an 814_05 or an 867_04, should have reached you and did not.",
    instead="For monthly usage (867_03) or an invoice (810) that did not come, file Usage/Billing - Missing; "
    "for an acknowledgement, 997 Issues.",
    words="missing transaction not received 814 867_02 867_04 initial read move-in response lost no answer enrollment",
    workflow=MISSING,
    fields=(
        ASSIGNEE,
        ESI_ID,
        ORIG_TRXN_ID,
        TRXN_MISSING_TYPE,
        TRXN_DATE.optional(),
        TRXN_ID.optional(),
        COMMENTS_TEXT.optional(),
        SERVICE_START.optional(),
    ),
    later_fields=(UNEXECUTABLE_REASON.only(*MISSING_REASONS),),
    checks=ORDER_CHECKS,
)

REJECT = Subtype(
    key="reject-txns",
    type="D2D",
    name="Reject TXNS",
    wire="RejectTrxn",
    family=FAMILY,
    when="A transaction of yours was rejected and you do not understand the reject code, or believe it is wrong.",
    instead="If no answer came at all, file Missing Enrollment TXNS; for a rejected 650, Service Order - 650.",
    words="rejected rejection reject code A76 ANM 814_17 824 why refused wrong reason",
    workflow=STANDARD_ORDER,
    fields=(
        ASSIGNEE,
        ESI_ID,
        ORIG_TRXN_ID,
        TRXN_REJECT_TYPE,
        TRXN_DATE.optional(),
        REJECT_CODE,
        COMMENTS_TEXT.optional(),
    ),
    later_fields=(TRXN_TYPE,),
    checks=ORDER_CHECKS,
)

ACKNOWLEDGEMENT = Subtype(
    key="997-issues",
    type="D2D",
    name="997 Issues",
    wire="D2d997",
    family=FAMILY,
    when="You need to know whether a functional acknowledgement (997) of an EDI file was sent or received.",
    instead="If the transaction itself is missing and not only its acknowledgement, file Missing Enrollment TXNS.",
    words="997 functional acknowledgement acknowledgment EDI envelope ISA GS control number file not acknowledged",
    workflow=STANDARD_ORDER,
    fields=(
        ASSIGNEE,
        TRXN_DATE,
        GS_NUM,
        ISA_NUM,
        ESI_ID.optional(),
        SERVICE_START.optional(),
        SERVICE_STOP.optional(),
        ORIG_TRXN_ID.optional(),
        TRXN_TYPE.optional(),
        COMMENTS_TEXT.optional(),
    ),
    checks=ORDER_CHECKS,
    rules=(stop_not_before_start,),
)

REP_OF_RECORD = Subtype(
    key="rep-of-record",
    type="D2D",
    name="Rep of Record",
    wire="RepRecord",
    family=FAMILY,
    when="You want to know whom ERCOT or the wires company shows as the REP of record in a period.",
    instead="If the extract shows the wrong retailer or wrong dates, file a DEV LSE issue; if a customer was taken "
    "by mistake, Inadvertent Gaining or Inadvertent Losing.",
    words="REP of record ROR who serves retailer of record whose customer ownership",
    workflow=STANDARD,
    fields=(ASSIGNEE, ESI_ID, COMMENTS_TEXT.optional(), SERVICE_START, SERVICE_STOP.optional()),
    checks=(Check.ESI_ID_KNOWN, Check.OTHER_ISSUE_ON_ESI_ID, Check.TDSP_OWNS_IT),
    rules=(stop_not_before_start,),
    claimed=SERVED_BY,
)

SIEBEL_CHANGE = Subtype(
    key="siebel-chg-info",
    type="D2D",
    name="Siebel CHG/Info",
    wire="Siebel",
    family=FAMILY,
    when="The status or the start of an order in ERCOT’s registration system has to be changed, or looked into.",
    instead="To change a stop, file a DEV LSE date change; to have a pending order cancelled, Cancel with Approval.",
    words="siebel status change registration system order stuck service instance start time wrong status",
    workflow=SIEBEL,
    fields=(
        ASSIGNEE,
        ESI_ID,
        ORIG_TRXN_ID,
        TRXN_DATE.optional(),
        COMMENTS_TEXT,
        SERVICE_START.optional(),
    ),
    checks=ORDER_CHECKS,
)

SUBTYPES: tuple[Subtype, ...] = (MISSING_ENROLLMENT, REJECT, ACKNOWLEDGEMENT, REP_OF_RECORD, SIEBEL_CHANGE)
