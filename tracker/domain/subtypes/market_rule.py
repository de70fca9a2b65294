"""Market Rule: an approved rule has to be carried out, perhaps with a third company's help (marketrak.md 4.10)."""

from tracker.domain.roles import Role
from tracker.domain.rules import stop_not_before_start
from tracker.domain.subtype import Subtype
from tracker.domain.subtypes._checks import ORDER_CHECKS
from tracker.domain.subtypes._fields import (
    ASSIGNEE,
    BUSINESS_PROCESS,
    COMMENTS_TEXT,
    ESI_ID,
    GS_NUM,
    ISA_NUM,
    MARKET_RULE_REF,
    ORIG_TRXN_ID,
    SECONDARY_ASSIGNEE,
    SERVICE_START,
    SERVICE_STOP,
    TDSP_DATA,
    TRANSACTION_DATE,
    TRXN_ID,
    TRXN_TYPE,
)
from tracker.domain.subtypes._standard import (
    ENDS,
    acceptance,
    answer,
    begin,
    everywhere,
    filing,
    reassign,
    send_back,
    unexecutable,
)
from tracker.domain.workflow import Transition, Workflow

ANSWERED = ("Pending Complete", "Unexecutable (PC)")
TURNS: dict[str, Role | None] = {
    "Pending Issue": Role.SUBMITTER,
    "New (Assignee)": Role.ASSIGNEE,
    "In Progress (Assignee)": Role.ASSIGNEE,
    "New": Role.SUBMITTER,
    "New (Secondary)": Role.SECONDARY,
    "In Progress (Secondary)": Role.SECONDARY,
    "New (ERCOT)": Role.ERCOT,
    "In Progress (ERCOT)": Role.ERCOT,
    **dict.fromkeys(ANSWERED, Role.SUBMITTER),
    **ENDS,
}


def _to_submitter(source: str, by: Role) -> Transition:
    return send_back("Assign To Submitter", source, "New", by, "Asks the submitter to do or to say something first.")


WORKFLOW = Workflow(
    key="market-rule",
    version=1,
    start="New (Assignee)",
    turns=TURNS,
    transitions=(
        *filing("New (Assignee)", back=None),
        begin("New (Assignee)", "In Progress (Assignee)", Role.ASSIGNEE),
        answer("In Progress (Assignee)", Role.ASSIGNEE, TDSP_DATA),
        Transition(
            name="Assign To Secondary",
            source="In Progress (Assignee)",
            to="New (Secondary)",
            by=Role.ASSIGNEE,
            needs=(SECONDARY_ASSIGNEE,),
            needs_comment=True,
            help="Brings in a third company, which does its part.",
        ),
        Transition(
            name="Assign To ERCOT",
            source="In Progress (Assignee)",
            to="New (ERCOT)",
            by=Role.ASSIGNEE,
            needs_comment=True,
            help="Brings ERCOT in: it answers, or hands the issue back to you.",
        ),
        unexecutable("In Progress (Assignee)", Role.ASSIGNEE),
        _to_submitter("In Progress (Assignee)", Role.ASSIGNEE),
        reassign(("New (Assignee)", "In Progress (Assignee)"), (Role.ASSIGNEE, Role.ERCOT), to="New (Assignee)"),
        send_back(
            "Return To Assignee", "New", "New (Assignee)", Role.SUBMITTER, "Sends the issue on with what was asked."
        ),
        begin("New (Secondary)", "In Progress (Secondary)", Role.SECONDARY),
        answer("In Progress (Secondary)", Role.SECONDARY, TDSP_DATA),
        Transition(
            name="Assign To Primary",
            source="In Progress (Secondary)",
            to="New (Assignee)",
            by=Role.SECONDARY,
            needs_comment=True,
            help="Hands the issue back to the assignee with what you did.",
        ),
        _to_submitter("In Progress (Secondary)", Role.SECONDARY),
        begin("New (ERCOT)", "In Progress (ERCOT)", Role.ERCOT),
        answer("In Progress (ERCOT)", Role.ERCOT),
        unexecutable("In Progress (ERCOT)", Role.ERCOT),
        send_back(
            "ERCOT Return", "In Progress (ERCOT)", "New (Assignee)", Role.ERCOT, "Hands the issue back to the assignee."
        ),
        send_back(
            "Return For Processing",
            ANSWERED,
            "New (Assignee)",
            Role.SUBMITTER,
            "Does not accept the answer: the assignee is to look again.",
        ),
        *acceptance(ANSWERED),
        *everywhere((state for state, role in TURNS.items() if role), order_status=True),
    ),
)

MARKET_RULE = Subtype(
    key="market-rule",
    type="D2D",
    name="Market Rule",
    wire="MarketRule",
    family="Projects and everything else",
    when="An approved market rule asks for something that no other subtype covers; you cite the rule.",
    instead="If no rule asks for it, file Other; if another subtype covers it, that one.",
    words="rule ruling puc commission protocol regulation compliance third company",
    workflow=WORKFLOW,
    fields=(
        ASSIGNEE,
        MARKET_RULE_REF,
        COMMENTS_TEXT,
        ESI_ID.optional(),
        ORIG_TRXN_ID.optional(),
        TRXN_TYPE.optional(),
        TRANSACTION_DATE.optional(),
        GS_NUM.optional(),
        TRXN_ID.optional(),
        ISA_NUM.optional(),
        SERVICE_START.optional(),
        SERVICE_STOP.optional(),
        BUSINESS_PROCESS.optional(),
        TDSP_DATA.optional(),
    ),
    later_fields=(SECONDARY_ASSIGNEE,),
    checks=ORDER_CHECKS,
    rules=(stop_not_before_start,),
)

SUBTYPES = (MARKET_RULE,)
