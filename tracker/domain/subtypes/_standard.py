"""The ordinary workflow: the submitter asks, the assignee answers, ERCOT can be brought in (marketrak.md 4.4)."""

from tracker.domain.roles import Role
from tracker.domain.subtypes._pieces import (
    AUTO_COMPLETE_DAYS,
    ENDS,
    GROUP_NAME,
    NEW_OWNER,
    acceptance,
    already_available,
    answer,
    begin,
    everywhere,
    filing,
    never_unexecutable,
    not_yet_available,
    quotes_an_order,
    reassign,
    send_back,
    unexecutable,
    untouched,
)
from tracker.domain.workflow import Transition, Workflow

__all__ = [
    "AUTO_COMPLETE_DAYS",
    "ENDS",
    "GROUP_NAME",
    "NEW_OWNER",
    "STANDARD",
    "STANDARD_ORDER",
    "acceptance",
    "already_available",
    "answer",
    "begin",
    "ercot_first",
    "everywhere",
    "filing",
    "never_unexecutable",
    "not_yet_available",
    "quotes_an_order",
    "reassign",
    "send_back",
    "standard",
    "unexecutable",
    "untouched",
]

ANSWERED = ("Pending Complete", "Unexecutable (PC)")
WITH_ERCOT: dict[str, Role | None] = {"New (ERCOT)": Role.ERCOT, "In Progress (ERCOT)": Role.ERCOT}
WITH_ASSIGNEE: dict[str, Role | None] = {"New": Role.ASSIGNEE, "In Progress": Role.ASSIGNEE}
WITH_SUBMITTER: dict[str, Role | None] = dict.fromkeys(ANSWERED, Role.SUBMITTER)


def standard(
    key: str,
    *,
    reasons: tuple[str, ...] = (),
    complete: tuple[Transition, ...] = (answer("In Progress", Role.ASSIGNEE),),
    ercot: bool = True,
    order_status: bool = False,
    version: int = 1,
) -> Workflow:
    """The ordinary workflow with its variations.

    `reasons` are the subtype's answers to why it cannot be done, `complete` the assignee's positive answers,
    `ercot` whether ERCOT can be brought in, `order_status` whether the issue is about an order in the registry.
    """
    turns = _turns({**WITH_ASSIGNEE, **(WITH_ERCOT if ercot else {})})
    return Workflow(
        key=key,
        version=version,
        start="New",
        turns=turns,
        transitions=(
            *filing("New"),
            *_assignee(reasons, complete),
            *(_ercot(reasons) if ercot else ()),
            send_back(
                "Return To Assignee",
                ANSWERED,
                "New",
                Role.SUBMITTER,
                "Does not accept the answer: the assignee is to look again.",
            ),
            *acceptance(ANSWERED),
            *everywhere(_open(turns), order_status=order_status),
        ),
    )


def ercot_first(key: str, *, version: int = 1) -> Workflow:
    """The ordinary workflow of an issue that nobody is assigned to when it is filed: ERCOT works it first."""
    turns = _turns({**WITH_ERCOT, **WITH_ASSIGNEE})
    return Workflow(
        key=key,
        version=version,
        start="New (ERCOT)",
        turns=turns,
        transitions=(
            *filing("New (ERCOT)", back="Return To ERCOT"),
            *_ercot_leads(),
            *_assignee_helps(),
            send_back(
                "Return To ERCOT",
                ANSWERED,
                "New (ERCOT)",
                Role.SUBMITTER,
                "Does not accept the answer: ERCOT is to look again.",
            ),
            *acceptance(ANSWERED),
            *everywhere(_open(turns)),
        ),
    )


def _turns(working: dict[str, Role | None]) -> dict[str, Role | None]:
    return {"Pending Issue": Role.SUBMITTER, **working, **WITH_SUBMITTER, **ENDS}


def _open(turns: dict[str, Role | None]) -> tuple[str, ...]:
    return tuple(state for state, role in turns.items() if role)


def _assignee(reasons: tuple[str, ...], complete: tuple[Transition, ...]) -> tuple[Transition, ...]:
    return (
        begin("New", "In Progress", Role.ASSIGNEE),
        *complete,
        unexecutable("In Progress", Role.ASSIGNEE, reasons),
        send_back(
            "Return To Submitter",
            "In Progress",
            "Pending Issue",
            Role.ASSIGNEE,
            "Hands the issue back because something in it has to be put right first.",
        ),
        send_back(
            "Additional Info Required",
            "In Progress",
            "Pending Issue",
            Role.ASSIGNEE,
            "Asks the submitter for something that you need before you can answer.",
        ),
        reassign(("New", "In Progress"), (Role.ASSIGNEE, Role.ERCOT)),
    )


def _ercot(reasons: tuple[str, ...]) -> tuple[Transition, ...]:
    return (
        Transition(
            name="Assign To ERCOT",
            source="In Progress",
            to="New (ERCOT)",
            by=Role.ASSIGNEE,
            needs_comment=True,
            help="Brings ERCOT in: it answers, or hands the issue back to you.",
        ),
        begin("New (ERCOT)", "In Progress (ERCOT)", Role.ERCOT),
        answer("In Progress (ERCOT)", Role.ERCOT),
        unexecutable("In Progress (ERCOT)", Role.ERCOT, reasons),
        send_back(
            "Return",
            "In Progress (ERCOT)",
            "New",
            Role.ERCOT,
            "Hands the issue back to the assignee with what ERCOT found.",
        ),
        reassign("In Progress (ERCOT)", Role.ERCOT),
    )


def _ercot_leads() -> tuple[Transition, ...]:
    return (
        begin("New (ERCOT)", "In Progress (ERCOT)", Role.ERCOT),
        answer("In Progress (ERCOT)", Role.ERCOT),
        unexecutable("In Progress (ERCOT)", Role.ERCOT),
        send_back(
            "Return To Submitter",
            "In Progress (ERCOT)",
            "Pending Issue",
            Role.ERCOT,
            "Hands the issue back because something in it has to be put right first.",
        ),
        send_back(
            "Additional Info Required",
            "In Progress (ERCOT)",
            "Pending Issue",
            Role.ERCOT,
            "Asks the submitter for something that ERCOT needs before it can answer.",
        ),
        reassign(("New (ERCOT)", "In Progress (ERCOT)"), Role.ERCOT),
    )


def _assignee_helps() -> tuple[Transition, ...]:
    return (
        begin("New", "In Progress", Role.ASSIGNEE),
        answer("In Progress", Role.ASSIGNEE),
        unexecutable("In Progress", Role.ASSIGNEE),
        send_back(
            "Return To ERCOT",
            "In Progress",
            "New (ERCOT)",
            Role.ASSIGNEE,
            "Hands the issue back to ERCOT with what you found.",
        ),
        reassign(("New", "In Progress"), (Role.ASSIGNEE, Role.ERCOT)),
    )


STANDARD = standard("standard")
STANDARD_ORDER = standard("standard-order", order_status=True)
