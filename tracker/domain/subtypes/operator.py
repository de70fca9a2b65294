"""What ERCOT files: data integrity questions, and load profile assignments (marketrak.md section 4.12)."""

from dataclasses import replace

from tracker.domain.roles import CompanyKind, Role
from tracker.domain.rules import stop_not_before_start
from tracker.domain.subtype import Subtype
from tracker.domain.subtypes._checks import ORDER_CHECKS
from tracker.domain.subtypes._fields import (
    ADD_TIME,
    ASSIGNEE,
    COMMENTS_TEXT,
    DESCRIPTION,
    ERCOT_CATEGORY,
    ESI_ID,
    EXCEPTION_TYPE,
    HIGH_KW,
    IDR_NON_IDR,
    KW,
    KWH_USE,
    LOAD_PROFILE_CATEGORY,
    LOSS_CODE,
    METER_TYPE,
    NEW_PREMISE_TYPE,
    NEW_PROFILE_CODE,
    NEW_WEATHER_ZONE,
    ORIG_TRXN_ID,
    PREMISE_TYPE,
    PROFILE_CODE,
    PROFILE_START_TIME,
    REGION_CODE,
    SEC_HI_KW,
    START_TIME,
    STATION_CODE,
    STATUS,
    STOP_TIME,
    SUB_STATION_PERCENT,
    TOTAL,
    UID_ESI_ID,
    WEATHER_ZONE,
    ZIP_CODE,
)
from tracker.domain.subtypes._standard import ENDS, acceptance, answer, begin, everywhere, filing, reassign, send_back
from tracker.domain.workflow import Effect, Situation, Tone, Transition, Workflow

FAMILY = "Started by ERCOT"
MOST_CHILDREN = 1000
ANSWERED = ("Pending Complete", "Unexecutable (PC)")

TURNS: dict[str, Role | None] = {
    "Pending Issue": Role.SUBMITTER,
    "New (Assignee)": Role.ASSIGNEE,
    "In Progress (Assignee)": Role.ASSIGNEE,
    **dict.fromkeys(ANSWERED, Role.SUBMITTER),
    **ENDS,
}

WORK = (
    begin("New (Assignee)", "In Progress (Assignee)", Role.ASSIGNEE),
    answer("In Progress (Assignee)", Role.ASSIGNEE),
    send_back(
        "Unable To Complete",
        "In Progress (Assignee)",
        "Unexecutable (PC)",
        Role.ASSIGNEE,
        "Says that it cannot be done, and why.",
    ),
    send_back(
        "Return To ERCOT",
        "In Progress (Assignee)",
        "Pending Issue",
        Role.ASSIGNEE,
        "Hands the issue back to ERCOT because something in it has to be put right first.",
    ),
    reassign(("New (Assignee)", "In Progress (Assignee)"), (Role.ASSIGNEE, Role.ERCOT), to="New (Assignee)"),
    send_back("Return To Assignee", ANSWERED, "New (Assignee)", Role.SUBMITTER, "Asks the assignee to look again."),
    *acceptance(ANSWERED),
)

ERCOT_INITIATED_WORKFLOW = Workflow(
    key="ercot-initiated",
    version=1,
    start="New (Assignee)",
    turns=TURNS,
    transitions=(
        *filing("New (Assignee)"),
        *WORK,
        *everywhere((state for state, role in TURNS.items() if role), order_status=True),
    ),
)


def not_a_child(situation: Situation) -> bool:
    """A child is about one ESI ID already."""
    return not situation.is_child


LPA_TURNS: dict[str, Role | None] = {
    **TURNS,
    "Pending Approval (LPA 1:1)": Role.ERCOT,
    "New (LPA 1:1)": Role.ERCOT,
    "In Progress (LPA 1:1)": Role.ASSIGNEE,
}

ONE_BY_ONE = (
    Transition(
        name="Request LPA 1:1",
        source=("New (Assignee)", "In Progress (Assignee)"),
        to="Pending Approval (LPA 1:1)",
        by=Role.ASSIGNEE,
        needs_comment=True,
        tone=Tone.SYSTEM,
        guard=not_a_child,
        help="Asks ERCOT for one issue an ESI ID instead of one for all.",
    ),
    Transition(
        name="LPA 1:1",
        source="Pending Approval (LPA 1:1)",
        to="New (LPA 1:1)",
        by=Role.ERCOT,
        help="Agrees to file one issue an ESI ID.",
    ),
    send_back(
        "Return To Assignee",
        "Pending Approval (LPA 1:1)",
        "New (Assignee)",
        Role.ERCOT,
        "Does not agree to one issue an ESI ID.",
    ),
    Transition(
        name="Submit LPA 1:1",
        source="New (LPA 1:1)",
        to="In Progress (LPA 1:1)",
        by=Role.ERCOT,
        needs=(
            replace(
                ESI_ID,
                label="ESI IDs",
                help=f"One ESI ID a line, at most {MOST_CHILDREN:,}; each becomes an issue of its own.",
                repeat=MOST_CHILDREN,
                stored=False,
            ),
        ),
        effects=(Effect.MAKES_CHILDREN,),
        help="Files a child issue for each ESI ID; this issue completes when all of them have ended.",
    ),
    Transition(
        name="Complete",
        key="children-complete",
        source="In Progress (LPA 1:1)",
        to="Complete",
        tone=Tone.SYSTEM,
        system=True,
        help="Ends the issue when the last of its children has ended.",
    ),
)

LPA_WORKFLOW = Workflow(
    key="lpa",
    version=1,
    start="New (Assignee)",
    turns=LPA_TURNS,
    transitions=(
        *filing("New (Assignee)", parks=False),
        *WORK,
        *ONE_BY_ONE,
        *everywhere(state for state, role in LPA_TURNS.items() if role),
    ),
)

ERCOT_INITIATED = Subtype(
    key="ercot-initiated",
    type="ERCOT Initiated",
    name="ERCOT Initiated",
    family=FAMILY,
    when="ERCOT found something in its data that a company should look at.",
    instead="For the validation of load profiles, file LPA.",
    words="data integrity exception question from ercot",
    workflow=ERCOT_INITIATED_WORKFLOW,
    fields=(
        ASSIGNEE,
        ERCOT_CATEGORY,
        *(
            field.optional()
            for field in (
                ESI_ID,
                ORIG_TRXN_ID,
                UID_ESI_ID,
                START_TIME,
                STOP_TIME,
                STATION_CODE,
                PROFILE_CODE,
                LOSS_CODE,
                REGION_CODE,
                ZIP_CODE,
                METER_TYPE,
                TOTAL,
                ADD_TIME,
                EXCEPTION_TYPE,
                PROFILE_START_TIME,
                NEW_PROFILE_CODE,
                NEW_PREMISE_TYPE,
                KWH_USE,
                KW,
                SEC_HI_KW,
                HIGH_KW,
                STATUS,
                WEATHER_ZONE,
                NEW_WEATHER_ZONE,
                SUB_STATION_PERCENT,
                PREMISE_TYPE,
                IDR_NON_IDR,
            )
        ),
    ),
    checks=ORDER_CHECKS,
    rules=(stop_not_before_start,),
    filed_by=(CompanyKind.ERCOT,),
)

LPA = Subtype(
    key="lpa",
    type="LPA",
    name="LPA",
    family=FAMILY,
    when="The yearly or quarterly validation of load profiles found ESI IDs that a company should correct.",
    instead="For anything else that ERCOT found, file ERCOT Initiated.",
    words="load profile assignment validation meter type weather zone substation",
    workflow=LPA_WORKFLOW,
    fields=(ASSIGNEE, LOAD_PROFILE_CATEGORY, DESCRIPTION.optional(), COMMENTS_TEXT.optional()),
    filed_by=(CompanyKind.ERCOT,),
)

SUBTYPES = (ERCOT_INITIATED, LPA)
