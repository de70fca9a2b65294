"""Switch Hold Removal: a new occupant wants service at a premise under a switch hold (marketrak.md section 4.9)."""

from tracker.domain.roles import CompanyKind, Role
from tracker.domain.subtype import Subtype
from tracker.domain.subtypes._fields import ASSIGNEE, COMMENTS_TEXT, ESI_ID, TDSP_INVOLVED, UNEXECUTABLE_REASON
from tracker.domain.subtypes._standard import ENDS, acceptance, begin, everywhere, filing, send_back, unexecutable
from tracker.domain.workflow import Situation, Tone, Transition, Workflow

REP_OF_RECORD_HOURS = 4
"""Business hours that the REP of record has to answer (marketrak.md section 5; general knowledge of the market)."""

REASONS = (
    "Documentation Invalid/Incomplete",
    "No Switch Hold Pending on this ESIID",
    "Issue Should not be Submitted by REP of Record",
    "Duplicate Issue",
    "Other",
)
FINAL_REASONS = ("Customer Associated with Current Occupant", *REASONS)

ANSWERED = ("Pending Complete", "Unexecutable (PC)")
TURNS: dict[str, Role | None] = {
    "Pending Issue": Role.SUBMITTER,
    "New (TDSP)": Role.TDSP,
    "In Progress (TDSP)": Role.TDSP,
    "New": Role.SUBMITTER,
    "New (Assignee)": Role.ASSIGNEE,
    "In Progress (Assignee)": Role.ASSIGNEE,
    "New (TDSP) - Final Review": Role.TDSP,
    "In Progress (TDSP) - Final Review": Role.TDSP,
    **dict.fromkeys(ANSWERED, Role.SUBMITTER),
    **ENDS,
}


def time_is_up(situation: Situation) -> bool:
    """The REP of record has had its business hours."""
    return situation.hours_held >= REP_OF_RECORD_HOURS


FIRST_REVIEW = (
    begin("New (TDSP)", "In Progress (TDSP)", Role.TDSP),
    Transition(
        name="Send to Rep of Record",
        source="In Progress (TDSP)",
        to="New (Assignee)",
        by=Role.TDSP,
        needs=(
            ASSIGNEE.said(label="REP of record", help="The retailer that serves the premise now; it is asked next."),
        ),
        help="Asks the REP of record whether the new occupant has to do with the one who owes.",
    ),
    Transition(
        name="No Rep of Record",
        source="In Progress (TDSP)",
        to="In Progress (TDSP) - Final Review",
        by=Role.TDSP,
        help="Says that nobody serves the premise, so that you decide at once.",
    ),
    send_back(
        "Additional Info Required",
        "In Progress (TDSP)",
        "New",
        Role.TDSP,
        "Asks the submitter for documents or names that are missing.",
    ),
    unexecutable("In Progress (TDSP)", Role.TDSP, REASONS),
    Transition(
        name="Send To TDSP",
        source="New",
        to="New (TDSP)",
        by=Role.SUBMITTER,
        needs_comment=True,
        help="Sends the issue to the TDSP again, with what was missing.",
    ),
)

REP_OF_RECORD = (
    begin("New (Assignee)", "In Progress (Assignee)", Role.ASSIGNEE),
    Transition(
        name="Agree",
        source="In Progress (Assignee)",
        to="New (TDSP) - Final Review",
        by=Role.ASSIGNEE,
        help="Has nothing against removing the hold.",
    ),
    send_back(
        "Disagree",
        "In Progress (Assignee)",
        "New (TDSP) - Final Review",
        Role.ASSIGNEE,
        "Says that the new occupant is tied to the one who owes; attach the evidence.",
    ),
    Transition(
        name="Time Limit Exceeded",
        source=("New (Assignee)", "In Progress (Assignee)"),
        to="In Progress (TDSP) - Final Review",
        by=Role.TDSP,
        tone=Tone.NEGATIVE,
        guard=time_is_up,
        help=f"Goes on without the REP of record, which did not answer within {REP_OF_RECORD_HOURS} business hours.",
    ),
)

FINAL_REVIEW = (
    begin("New (TDSP) - Final Review", "In Progress (TDSP) - Final Review", Role.TDSP),
    Transition(
        name="Switch Hold Removed",
        source="In Progress (TDSP) - Final Review",
        to="Pending Complete",
        by=Role.TDSP,
        help="Says that the hold is gone; the submitter can send the move-in again.",
    ),
    Transition(
        name="Switch Hold Not Removed",
        source="In Progress (TDSP) - Final Review",
        to="Unexecutable (PC)",
        by=Role.TDSP,
        needs=(UNEXECUTABLE_REASON.only(*FINAL_REASONS),),
        needs_comment=True,
        tone=Tone.NEGATIVE,
        help="Says that the hold stays, and why.",
    ),
    Transition(
        name="Return to Rep of Record",
        source="In Progress (TDSP) - Final Review",
        to="New (Assignee)",
        by=Role.TDSP,
        needs=(
            ASSIGNEE.said(label="REP of record", help="The retailer that serves the premise now; it is asked again."),
        ),
        needs_comment=True,
        tone=Tone.NEGATIVE,
        help="Asks the REP of record again.",
    ),
    Transition(
        name="Return For Processing",
        source=ANSWERED,
        to="New (TDSP) - Final Review",
        by=Role.SUBMITTER,
        needs_comment=True,
        tone=Tone.NEGATIVE,
        help="Does not accept the answer: the TDSP is to look again.",
    ),
)

WORKFLOW = Workflow(
    key="switch-hold-removal",
    version=1,
    start="New (TDSP)",
    turns=TURNS,
    transitions=(
        *filing("New (TDSP)", back=None),
        *FIRST_REVIEW,
        *REP_OF_RECORD,
        *FINAL_REVIEW,
        *acceptance(ANSWERED),
        *everywhere(state for state, role in TURNS.items() if role),
    ),
)

SWITCH_HOLD_REMOVAL = Subtype(
    key="switch-hold-removal",
    type="D2D",
    name="Switch Hold Removal",
    wire="SwitchHoldRemoval",
    family="Switch holds",
    when="A new occupant wants service from you at a premise where a switch hold blocks the move-in.",
    instead="If the move-in was rejected for another reason, file Reject TXNS. The REP of record does not file this.",
    words="switch hold blocked move-in new occupant tampering payment plan statement lease landlord documents",
    workflow=WORKFLOW,
    fields=(TDSP_INVOLVED, ESI_ID, COMMENTS_TEXT),
    later_fields=(ASSIGNEE, UNEXECUTABLE_REASON),
    filed_by=(CompanyKind.CR,),
    needs_attachment=True,
    never_by_rep_of_record=True,
)

SUBTYPES = (SWITCH_HOLD_REMOVAL,)
