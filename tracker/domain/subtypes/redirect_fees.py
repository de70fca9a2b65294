"""Redirect Fees: the fee of a priority move-in goes to the retailer that caused it (marketrak.md section 4.8)."""

from tracker.domain.roles import CompanyKind, Role
from tracker.domain.subtype import Check, Subtype
from tracker.domain.subtypes._fields import (
    COMMENTS_TEXT,
    ESI_ID,
    GAINING_CR_START_DATE,
    GAINING_CRROR,
    INVALID_IAG_REASON,
    ORIG_TRXN_ID,
    PMVI_REQUESTED_DATE,
    PRIORITY_BGN02,
    REGAINING_GLOBAL_ID,
    REGAINING_TRXN_SIEBEL_CHECK_DATE,
    REGAINING_TRXN_SIEBEL_STATUS,
    TRXN_TYPE,
    UNEXECUTABLE_REASON,
)
from tracker.domain.subtypes._regain import REASONS, select_parties
from tracker.domain.subtypes._standard import ENDS, acceptance, begin, everywhere, filing, send_back, unexecutable
from tracker.domain.workflow import Tone, Transition, Workflow

ANSWERED = ("Pending Complete", "Return to Losing CR (PC)", "Unexecutable (PC)")

TURNS: dict[str, Role | None] = {
    "Pending Issue": Role.SUBMITTER,
    "New (ERCOT)": Role.ERCOT,
    "In Progress (ERCOT)": Role.ERCOT,
    "New (Gaining CR)": Role.GAINING,
    "In Progress (Gaining CR)": Role.GAINING,
    "New (TDSP)": Role.TDSP,
    "In Progress (TDSP)": Role.TDSP,
    **dict.fromkeys(ANSWERED, Role.SUBMITTER),
    **ENDS,
    "Invalid IAG": None,
}


def _back_to_losing(source: str, by: Role) -> Transition:
    return send_back(
        "Return to Losing CR",
        source,
        "Return to Losing CR (PC)",
        by,
        "Hands the issue back to the losing CR, which asked for the fee, with the reason.",
    )


WORKFLOW = Workflow(
    key="redirect-fees",
    version=1,
    start="New (ERCOT)",
    turns=TURNS,
    transitions=(
        *filing("New (ERCOT)", back="Return To ERCOT"),
        *select_parties("New (Gaining CR)"),
        begin("New (Gaining CR)", "In Progress (Gaining CR)", Role.GAINING),
        Transition(
            name="Agree",
            source="In Progress (Gaining CR)",
            to="New (TDSP)",
            by=Role.GAINING,
            help="Agrees to bear the fee; the TDSP moves it.",
        ),
        Transition(
            name="Send To TDSP",
            source="In Progress (Gaining CR)",
            to="New (TDSP)",
            by=Role.GAINING,
            needs_comment=True,
            help="Asks the TDSP about the fee, with a comment.",
        ),
        _back_to_losing("In Progress (Gaining CR)", Role.GAINING),
        unexecutable("In Progress (Gaining CR)", Role.GAINING, REASONS),
        begin("New (TDSP)", "In Progress (TDSP)", Role.TDSP),
        Transition(
            name="Redirect Fees",
            source="In Progress (TDSP)",
            to="Pending Complete",
            by=Role.TDSP,
            help="Says that the fee was moved to the gaining CR.",
        ),
        _back_to_losing("In Progress (TDSP)", Role.TDSP),
        unexecutable("In Progress (TDSP)", Role.TDSP, REASONS),
        Transition(
            name="Return For Processing",
            source=ANSWERED,
            to="New (Gaining CR)",
            by=Role.SUBMITTER,
            needs_comment=True,
            tone=Tone.NEGATIVE,
            help="Does not accept the answer: the gaining CR is to look again.",
        ),
        *acceptance(ANSWERED),
        *everywhere((state for state, role in TURNS.items() if role), order_status=True),
    ),
)

REDIRECT_FEES = Subtype(
    key="redirect-fees",
    type="D2D",
    name="Redirect Fees",
    wire="RedirectFees",
    family="A customer with the wrong retailer",
    when="You paid for a priority move-in to win back a customer, and the gaining CR should bear the fee.",
    instead="If the customer is not back yet, file Inadvertent Losing first; for other charges, "
    "Usage/Billing - Dispute.",
    words="fee charge priority move-in reversal redirect pay cost regain discretionary",
    workflow=WORKFLOW,
    fields=(
        ESI_ID,
        ORIG_TRXN_ID,
        TRXN_TYPE.optional(),
        PRIORITY_BGN02,
        PMVI_REQUESTED_DATE,
        COMMENTS_TEXT.optional(),
    ),
    later_fields=(
        GAINING_CR_START_DATE,
        GAINING_CRROR,
        REGAINING_TRXN_SIEBEL_STATUS,
        REGAINING_TRXN_SIEBEL_CHECK_DATE,
        REGAINING_GLOBAL_ID,
        UNEXECUTABLE_REASON,
        INVALID_IAG_REASON,
    ),
    checks=(
        Check.ESI_ID_KNOWN,
        Check.OTHER_ISSUE_ON_ESI_ID,
        Check.OTHER_ISSUE_ON_ORDER,
        Check.TRAN_ID_MATCHES_ORDER,
    ),
    filed_by=(CompanyKind.CR,),
    submitter_role=Role.LOSING,
    picks_parties=True,
)

SUBTYPES = (REDIRECT_FEES,)
