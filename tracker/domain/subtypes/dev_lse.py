"""DEV LSE: two systems disagree who served a premise when (marketrak.md section 4.11)."""

from dataclasses import replace

from tracker.domain.fields import Field
from tracker.domain.roles import Role
from tracker.domain.rules import stop_not_before_start
from tracker.domain.subtype import Subtype
from tracker.domain.subtypes._checks import PREMISE_CHECKS
from tracker.domain.subtypes._claims import SERVED
from tracker.domain.subtypes._fields import (
    ADD_TIME,
    ADDITIONAL_SERVICE_HISTORY,
    ANALYSIS_INFO,
    ANOTHER_CR_INVOLVED,
    ASSIGNEE,
    COMMENTS_TEXT,
    ESI_ID,
    FINAL_AGREEMENT_START,
    FINAL_AGREEMENT_STOP,
    NEW_START_TIME,
    NEW_STOP_TIME,
    SERVICE_HISTORY,
    START_TIME,
    STOP_TIME,
    USAGE_FOR_TIME_PERIOD,
    USAGE_LOADED_DATE_REQ,
    USAGE_MATCHES_DATE_REQ,
)
from tracker.domain.subtypes._standard import ENDS, acceptance, begin, everywhere, filing, reassign, send_back
from tracker.domain.workflow import Effect, Tone, Transition, Workflow

FAMILY = "Who served when (DEV LSE)"

HISTORY_ROWS = replace(SERVICE_HISTORY, repeat=3)
"""Up to three periods in which somebody served the premise."""

ANALYSIS = (
    USAGE_MATCHES_DATE_REQ,
    USAGE_LOADED_DATE_REQ,
    ANOTHER_CR_INVOLVED,
    USAGE_FOR_TIME_PERIOD,
    HISTORY_ROWS,
    ADDITIONAL_SERVICE_HISTORY,
)
"""What the analysis looked at, as far as it found it."""

ANSWERED = ("Pending Complete", "Unexecutable (PC)", "No Agreement Reached (PC)")
TURNS: dict[str, Role | None] = {
    "Pending Issue": Role.SUBMITTER,
    "New (ERCOT)": Role.ERCOT,
    "In Progress (ERCOT)": Role.ERCOT,
    "Failed Analysis (PC)": Role.SUBMITTER,
    "New (Assignee)": Role.ASSIGNEE,
    "In Progress (Assignee)": Role.ASSIGNEE,
    "New (Pending Approval)": Role.SUBMITTER,
    "In Progress (Pending Approval)": Role.SUBMITTER,
    **dict.fromkeys(ANSWERED, Role.SUBMITTER),
    **ENDS,
    "Complete (Failed Analysis)": None,
}

BY_ERCOT = (
    Transition(
        name="Passed Analysis",
        source="New (ERCOT)",
        to="New (Assignee)",
        by=Role.ERCOT,
        asks=(ANALYSIS_INFO, *ANALYSIS),
        help="Says that the records bear the difference out; the assignee answers next.",
    ),
    begin("New (ERCOT)", "In Progress (ERCOT)", Role.ERCOT),
    Transition(
        name="Perform Analysis",
        source="New (ERCOT)",
        to="Failed Analysis (PC)",
        by=Role.ERCOT,
        needs=(ANALYSIS_INFO,),
        asks=ANALYSIS,
        tone=Tone.NEGATIVE,
        help="Says that the records do not bear the difference out, and what they show.",
    ),
    Transition(
        name="Complete",
        source="In Progress (ERCOT)",
        to="Pending Complete",
        by=Role.ERCOT,
        asks=(FINAL_AGREEMENT_START, FINAL_AGREEMENT_STOP),
        help="Says that the agreed dates stand in ERCOT’s system now.",
    ),
    send_back(
        "Unable To Complete",
        "In Progress (ERCOT)",
        "Unexecutable (PC)",
        Role.ERCOT,
        "Says that the dates cannot be changed, and why.",
    ),
    send_back(
        "Additional Info Required",
        "In Progress (ERCOT)",
        "Pending Issue",
        Role.ERCOT,
        "Asks the submitter for something that ERCOT needs before it can go on.",
    ),
    send_back("Return To Assignee", "In Progress (ERCOT)", "New (Assignee)", Role.ERCOT, "Asks the assignee again."),
    send_back(
        "Return To ERCOT",
        ("Failed Analysis (PC)", *ANSWERED),
        "New (ERCOT)",
        Role.SUBMITTER,
        "Does not accept the answer: ERCOT is to look again.",
    ),
)

BY_ASSIGNEE = (
    begin("New (Assignee)", "In Progress (Assignee)", Role.ASSIGNEE),
    Transition(
        name="Agree",
        source="In Progress (Assignee)",
        to="New (ERCOT)",
        by=Role.ASSIGNEE,
        effects=(Effect.AGREES_WITH_SUBMITTER,),
        help="Agrees with the dates asked for; ERCOT enters them.",
    ),
    Transition(
        name="Modify/Reassign",
        source="In Progress (Assignee)",
        to="New (Pending Approval)",
        by=Role.ASSIGNEE,
        asks=(NEW_START_TIME, NEW_STOP_TIME),
        needs_comment=True,
        help="Proposes other dates; the submitter approves them or not, and still sees those first asked for.",
    ),
    send_back(
        "No Agreement Reached",
        "In Progress (Assignee)",
        "No Agreement Reached (PC)",
        Role.ASSIGNEE,
        "Says that the companies do not agree, and why.",
    ),
    reassign(("New (Assignee)", "In Progress (Assignee)"), (Role.ASSIGNEE, Role.ERCOT), to="New (Assignee)"),
)

APPROVAL = (
    begin("New (Pending Approval)", "In Progress (Pending Approval)", Role.SUBMITTER),
    Transition(
        name="Update Approved",
        source="In Progress (Pending Approval)",
        to="New (ERCOT)",
        by=Role.SUBMITTER,
        needs=(FINAL_AGREEMENT_START,),
        asks=(FINAL_AGREEMENT_STOP,),
        help="Approves the dates; ERCOT enters them.",
    ),
    send_back(
        "Disagree",
        "In Progress (Pending Approval)",
        "New (Assignee)",
        Role.SUBMITTER,
        "Does not approve the dates; the assignee is to look again.",
    ),
    send_back(
        "Return To Assignee",
        "In Progress (Pending Approval)",
        "New (Assignee)",
        Role.SUBMITTER,
        "Asks the assignee something about the dates before you approve them.",
    ),
)

WORKFLOW = Workflow(
    key="dev-lse",
    version=1,
    start="New (ERCOT)",
    turns=TURNS,
    transitions=(
        *filing("New (ERCOT)", back="Return To ERCOT"),
        *BY_ERCOT,
        *BY_ASSIGNEE,
        *APPROVAL,
        *acceptance(ANSWERED),
        *acceptance(("Failed Analysis (PC)",), to="Complete (Failed Analysis)", timed_to="Complete (Failed Analysis)"),
        *everywhere(state for state, role in TURNS.items() if role),
    ),
)

FOUND: tuple[Field, ...] = (
    FINAL_AGREEMENT_START,
    FINAL_AGREEMENT_STOP,
    USAGE_MATCHES_DATE_REQ,
    USAGE_LOADED_DATE_REQ,
    ANOTHER_CR_INVOLVED,
    USAGE_FOR_TIME_PERIOD,
    ANALYSIS_INFO,
)
HISTORY = (HISTORY_ROWS.optional(), ADDITIONAL_SERVICE_HISTORY.optional())


def _variance(
    key: str, name: str, when: str, instead: str, words: str, own: tuple[Field, ...], later: tuple[Field, ...]
) -> Subtype:
    """A DEV LSE subtype: the fields that all have, its own, and what the work on it fills."""
    return Subtype(
        key=f"dev-lse-{key}",
        type="DEV-LSE",
        name=name,
        family=FAMILY,
        when=when,
        instead=instead,
        words=f"rep of record served who when service period extract lse dates {words}",
        workflow=WORKFLOW,
        fields=(ASSIGNEE, ESI_ID, START_TIME, ADD_TIME, COMMENTS_TEXT.optional(), *own),
        later_fields=(*FOUND, *later),
        checks=PREMISE_CHECKS,
        rules=(stop_not_before_start,),
        claimed=SERVED,
        keeps_request=True,
    )


SUBTYPES = (
    _variance(
        "in-mp-sys-not-ercot-active",
        "LSE in MP sys not ERCOT: active",
        "Your system shows that you serve the premise now, and the market’s extract does not.",
        "If the service you miss has ended, file LSE in MP sys not ERCOT: de-engz.",
        "missing relationship active",
        (NEW_START_TIME,),
        (NEW_STOP_TIME, HISTORY_ROWS, ADDITIONAL_SERVICE_HISTORY),
    ),
    _variance(
        "in-mp-sys-not-ercot-de-engz",
        "LSE in MP sys not ERCOT: de-engz",
        "Your system shows that you served the premise until it was de-energized, and the market’s extract does not.",
        "If you serve the premise still, file LSE in MP sys not ERCOT: active.",
        "missing relationship de-energized ended move-out",
        (NEW_START_TIME, NEW_STOP_TIME, STOP_TIME),
        (HISTORY_ROWS, ADDITIONAL_SERVICE_HISTORY),
    ),
    _variance(
        "in-ercot-system-not-mp",
        "LSE in ERCOT system not MP",
        "The market’s extract shows a service period that your system does not know.",
        "If both know the period and only its dates differ, file one of the LSE date changes.",
        "never served not our customer",
        (STOP_TIME.optional(), *HISTORY),
        (NEW_STOP_TIME, NEW_START_TIME),
    ),
    _variance(
        "date-change-starttime",
        "LSE date change: StartTime",
        "Both systems know the service period, and its start differs.",
        "If the stop differs as well, file LSE date change: Start and Stop.",
        "wrong start date began",
        (NEW_START_TIME, STOP_TIME.optional(), *HISTORY),
        (NEW_STOP_TIME,),
    ),
    _variance(
        "date-change-stoptime",
        "LSE date change: StopTime",
        "Both systems know the service period, and its stop differs.",
        "If the start differs as well, file LSE date change: Start and Stop.",
        "wrong stop date ended",
        (STOP_TIME.optional(), NEW_STOP_TIME, *HISTORY),
        (NEW_START_TIME,),
    ),
    _variance(
        "date-change-start-and-stop",
        "LSE date change: Start and Stop",
        "Both systems know the service period, and its start and its stop differ.",
        "If only one of them differs, file LSE date change: StartTime or StopTime.",
        "wrong dates both",
        (NEW_START_TIME, NEW_STOP_TIME, STOP_TIME.optional(), *HISTORY),
        (),
    ),
)
