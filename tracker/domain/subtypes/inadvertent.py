"""A customer with the wrong retailer: inadvertent gains and losses, and rescissions (marketrak.md 4.6 and 4.7)."""

from tracker.domain.roles import CompanyKind, Role
from tracker.domain.rules import regain_after_gain
from tracker.domain.subtype import Check, Subtype
from tracker.domain.subtypes._fields import (
    COMMENTS_TEXT,
    ESI_ID,
    GAINING_CR_START_DATE,
    GAINING_CRROR,
    INVALID_IAG_REASON,
    ORIG_TRXN_ID,
    PROPOSED_REGAIN_DATE,
    REGAIN_DATE,
    REGAINING_BGN02,
    REGAINING_BGN_PRIORITY_CODE,
    REGAINING_BGN_REQUEST_DATE,
    REGAINING_GLOBAL_ID,
    REGAINING_TRXN_SIEBEL_CHECK_DATE,
    REGAINING_TRXN_SIEBEL_STATUS,
    REGAINING_TRXN_SUBMIT_DATE,
    TRANSACTION_DATE,
    TRXN_DATE,
    TRXN_TYPE,
    UNEXECUTABLE_REASON,
)
from tracker.domain.subtypes._regain import regain

FAMILY = "A customer with the wrong retailer"

CHECKS = (
    Check.ESI_ID_KNOWN,
    Check.OTHER_ISSUE_ON_ESI_ID,
    Check.OTHER_ISSUE_ON_ORDER,
    Check.TRAN_ID_MATCHES_ORDER,
)
FIELDS = (ESI_ID, ORIG_TRXN_ID, TRXN_TYPE.optional(), TRXN_DATE.optional(), COMMENTS_TEXT.optional())
LATER = (
    GAINING_CR_START_DATE,
    GAINING_CRROR,
    REGAINING_TRXN_SIEBEL_STATUS,
    REGAINING_TRXN_SIEBEL_CHECK_DATE,
    PROPOSED_REGAIN_DATE,
    REGAINING_BGN02,
    TRANSACTION_DATE,
    REGAINING_GLOBAL_ID,
    UNEXECUTABLE_REASON,
    REGAINING_TRXN_SUBMIT_DATE,
    INVALID_IAG_REASON,
    REGAINING_BGN_PRIORITY_CODE,
    REGAINING_BGN_REQUEST_DATE,
)

# Whoever did not file is asked first: the loser of a gain, the gainer of a loss.
GAIN = regain("inadvertent-gaining", "New (Losing CR)")
LOSS = regain("inadvertent-losing", "New (Gaining CR)")
RESCISSION = regain("customer-rescission", "New (Losing CR)", ready_asks=(REGAIN_DATE,))

INADVERTENT_GAINING = Subtype(
    key="inadvertent-gaining",
    type="D2D",
    name="Inadvertent Gaining",
    wire="IaGg",
    family=FAMILY,
    when="You gained a customer that never chose you, and want to give the customer back.",
    instead="If you lost the customer, file Inadvertent Losing; if the customer chose you and then stepped back in "
    "time, Customer Rescission; if the order is still pending, Cancel with Approval.",
    words="gained wrong customer by mistake slamming switched unauthorized enrollment give back return IAG",
    workflow=GAIN,
    fields=FIELDS,
    later_fields=LATER,
    checks=CHECKS,
    rules=(regain_after_gain,),
    filed_by=(CompanyKind.CR,),
    submitter_role=Role.GAINING,
    picks_parties=True,
)

INADVERTENT_LOSING = Subtype(
    key="inadvertent-losing",
    type="D2D",
    name="Inadvertent Losing",
    wire="IaGl",
    family=FAMILY,
    when="Another retailer took your customer by mistake, and you want the customer back.",
    instead="If you are the one who took the customer, file Inadvertent Gaining; if the order is still pending, "
    "Cancel with Approval.",
    words="lost customer taken by mistake slamming switched unauthorized wrong premise regain get back IAL",
    workflow=LOSS,
    fields=FIELDS,
    later_fields=LATER,
    checks=CHECKS,
    rules=(regain_after_gain,),
    filed_by=(CompanyKind.CR,),
    submitter_role=Role.LOSING,
    picks_parties=True,
)

CUSTOMER_RESCISSION = Subtype(
    key="customer-rescission",
    type="D2D",
    name="Customer Rescission",
    wire="CustomerRescission",
    family=FAMILY,
    when="The customer used the right to step back in time, but the switch to you has completed already.",
    instead="If the customer never chose you, file Inadvertent Gaining; if the switch is still pending, "
    "Cancel with Approval.",
    words="rescind rescission stepped back changed mind cancelled contract three days right to cancel",
    workflow=RESCISSION,
    fields=(ESI_ID, ORIG_TRXN_ID, TRXN_DATE.optional(), COMMENTS_TEXT.optional()),
    later_fields=(TRXN_TYPE, *LATER, REGAIN_DATE),
    checks=(Check.OTHER_ISSUE_ON_ESI_ID, Check.OTHER_ISSUE_ON_ORDER),
    rules=(regain_after_gain,),
    filed_by=(CompanyKind.CR,),
    submitter_role=Role.GAINING,
    picks_parties=True,
)

SUBTYPES = (INADVERTENT_LOSING, INADVERTENT_GAINING, CUSTOMER_RESCISSION)
