"""Cancels: a pending order is to be stopped, with the other side's approval or without (marketrak.md section 4.5)."""

from tracker.domain.roles import CompanyKind, Role
from tracker.domain.subtype import Check, Subtype
from tracker.domain.subtypes._checks import ORDER_CHECKS
from tracker.domain.subtypes._fields import (
    ASSIGNEE,
    BDAYS_TILL_SMRD,
    COMMENTS_TEXT,
    ESI_ID,
    GLOBAL_ID,
    ORIG_TRXN_ID,
    PRIORITY,
    SMRD,
    TDSP_INVOLVED,
    TRXN_TYPE,
)
from tracker.domain.subtypes._standard import ENDS, acceptance, begin, everywhere, filing, send_back
from tracker.domain.workflow import Tone, Transition, Workflow

FAMILY = "Cancels"

CANCELLED = ("Cancelled (PC)", "Unable To Cancel (PC)")
WITH_ERCOT: dict[str, Role | None] = {"New (ERCOT)": Role.ERCOT, "In Progress (ERCOT)": Role.ERCOT}
WITH_TDSP: dict[str, Role | None] = {"New (TDSP)": Role.TDSP, "In Progress (TDSP)": Role.TDSP}
WITH_ASSIGNEE: dict[str, Role | None] = {"New (Assignee)": Role.ASSIGNEE, "In Progress (Assignee)": Role.ASSIGNEE}


def _unable(source: str, by: Role) -> Transition:
    return send_back(
        "Unable To Cancel",
        source,
        "Unable To Cancel (PC)",
        by,
        "Says that the order can no longer be cancelled, and why.",
    )


def _cancelled(name: str, source: str, by: Role, help: str) -> Transition:
    return Transition(name=name, source=source, to="Cancelled (PC)", by=by, help=help)


# The half that both subtypes share: ERCOT cancels, or has the wires company cancel.
ERCOT_HALF = (
    begin("New (ERCOT)", "In Progress (ERCOT)", Role.ERCOT),
    _cancelled("ERCOT Cancel", "In Progress (ERCOT)", Role.ERCOT, "Says that ERCOT has cancelled the order."),
    Transition(
        name="Already Cancelled",
        source="In Progress (ERCOT)",
        to="Cancelled (PC)",
        by=Role.ERCOT,
        help="Says that the order was cancelled before anybody asked.",
    ),
    Transition(
        name="TDSP Cancel",
        source="In Progress (ERCOT)",
        to="New (TDSP)",
        by=Role.ERCOT,
        needs=(TDSP_INVOLVED,),
        help="Asks the wires company to cancel the order on its side.",
    ),
    Transition(
        name="Send To TDSP",
        source="In Progress (ERCOT)",
        to="New (TDSP)",
        by=Role.ERCOT,
        needs=(TDSP_INVOLVED,),
        needs_comment=True,
        help="Asks the wires company a question about the order.",
    ),
    _unable("In Progress (ERCOT)", Role.ERCOT),
    begin("New (TDSP)", "In Progress (TDSP)", Role.TDSP),
    _cancelled(
        "Item Cancelled", "In Progress (TDSP)", Role.TDSP, "Says that the wires company has cancelled the order."
    ),
    send_back("Return To ERCOT", "In Progress (TDSP)", "New (ERCOT)", Role.TDSP, "Hands the order back to ERCOT."),
    _unable("In Progress (TDSP)", Role.TDSP),
)


def _not_accepted(answered: tuple[str, ...]) -> Transition:
    return Transition(
        name="Return To ERCOT",
        key="return-to-ercot-by-submitter",
        source=answered,
        to="New (ERCOT)",
        by=Role.SUBMITTER,
        needs_comment=True,
        tone=Tone.NEGATIVE,
        help="Does not accept the answer: ERCOT is to look again.",
    )


APPROVED_TURNS: dict[str, Role | None] = {
    "Pending Issue": Role.SUBMITTER,
    **WITH_ASSIGNEE,
    **WITH_ERCOT,
    **WITH_TDSP,
    **dict.fromkeys((*CANCELLED, "Unexecutable (PC)"), Role.SUBMITTER),
    **ENDS,
}

WITH_APPROVAL = Workflow(
    key="cancel-with-approval",
    version=1,
    start="New (Assignee)",
    turns=APPROVED_TURNS,
    transitions=(
        *filing("New (Assignee)"),
        begin("New (Assignee)", "In Progress (Assignee)", Role.ASSIGNEE),
        Transition(
            name="Agree",
            source="In Progress (Assignee)",
            to="New (ERCOT)",
            by=Role.ASSIGNEE,
            help="Approves the cancel; ERCOT carries it out.",
        ),
        _cancelled(
            "Already Cancelled",
            "In Progress (Assignee)",
            Role.ASSIGNEE,
            "Says that the order was cancelled before anybody asked.",
        ),
        Transition(
            name="Send To ERCOT",
            source="In Progress (Assignee)",
            to="New (ERCOT)",
            by=Role.ASSIGNEE,
            needs_comment=True,
            help="Leaves it to ERCOT whether the order can be cancelled.",
        ),
        send_back(
            "Disagree",
            "In Progress (Assignee)",
            "Unexecutable (PC)",
            Role.ASSIGNEE,
            "Does not approve the cancel, and says why.",
        ),
        send_back(
            "Unexecutable",
            "In Progress (Assignee)",
            "Unexecutable (PC)",
            Role.ASSIGNEE,
            "Says that the cancel cannot be done, and why.",
        ),
        send_back(
            "Additional Info Required",
            "In Progress (Assignee)",
            "Pending Issue",
            Role.ASSIGNEE,
            "Asks the submitter for something that you need before you can agree.",
        ),
        *ERCOT_HALF,
        send_back(
            "Return To Assignee", "In Progress (ERCOT)", "New (Assignee)", Role.ERCOT, "Asks the other side again."
        ),
        _not_accepted((*CANCELLED, "Unexecutable (PC)")),
        *acceptance((*CANCELLED, "Unexecutable (PC)")),
        *everywhere((state for state, role in APPROVED_TURNS.items() if role), order_status=True),
    ),
)

UNAPPROVED_TURNS: dict[str, Role | None] = {
    "Pending Issue": Role.SUBMITTER,
    **WITH_ERCOT,
    **WITH_TDSP,
    **dict.fromkeys(CANCELLED, Role.SUBMITTER),
    **ENDS,
}

WITHOUT_APPROVAL = Workflow(
    key="cancel-without-approval",
    version=1,
    start="New (ERCOT)",
    turns=UNAPPROVED_TURNS,
    transitions=(
        *filing("New (ERCOT)", back="Return To ERCOT"),
        *ERCOT_HALF,
        send_back(
            "Additional Info Required",
            "In Progress (ERCOT)",
            "Pending Issue",
            Role.ERCOT,
            "Asks the submitter for something that ERCOT needs before it can cancel.",
        ),
        _not_accepted(CANCELLED),
        *acceptance(CANCELLED),
        *everywhere((state for state, role in UNAPPROVED_TURNS.items() if role), order_status=True),
    ),
)

CANCEL_WITH_APPROVAL = Subtype(
    key="cancel-with-approval",
    type="D2D",
    name="Cancel with Approval",
    wire="CancelWA",
    family=FAMILY,
    when="A pending move-in, move-out or switch is to be cancelled, and the other side has to agree first.",
    instead="If nobody has to agree, file Cancel without Approval; if the order has completed already, "
    "Inadvertent Gaining or Losing.",
    words="cancel stop pending order switch move-in move-out wrong order approval agree withdraw enrollment",
    workflow=WITH_APPROVAL,
    fields=(ASSIGNEE, ESI_ID, ORIG_TRXN_ID, GLOBAL_ID.optional(), COMMENTS_TEXT.optional()),
    later_fields=(PRIORITY, SMRD, BDAYS_TILL_SMRD, TRXN_TYPE),
    checks=(Check.EVALUATION_WINDOW, *ORDER_CHECKS),
)

CANCEL_WITHOUT_APPROVAL = Subtype(
    key="cancel-without-approval",
    type="D2D",
    name="Cancel without Approval",
    wire="CancelWoA",
    family=FAMILY,
    when="A pending order is to be cleaned up by ERCOT in one of the cases where no other company has to agree.",
    instead="If the other side has to agree, file Cancel with Approval.",
    words="cancel clean up pending order ercot no approval stuck order",
    workflow=WITHOUT_APPROVAL,
    fields=(ESI_ID, ORIG_TRXN_ID, GLOBAL_ID.optional(), COMMENTS_TEXT.optional()),
    checks=ORDER_CHECKS,
    filed_by=(CompanyKind.TDSP, CompanyKind.CR),
)

SUBTYPES = (CANCEL_WITH_APPROVAL, CANCEL_WITHOUT_APPROVAL)
