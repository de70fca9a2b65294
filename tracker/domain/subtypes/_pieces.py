"""The parts that the workflows are put together from, and the guards that several of them share."""

from collections.abc import Iterable

from tracker.domain.fields import Field, OwnGroup, OwnPerson
from tracker.domain.roles import ACTIVE_ROLES, Role
from tracker.domain.subtypes._fields import ASSIGNEE, UNEXECUTABLE_REASON
from tracker.domain.workflow import SAME, Effect, Situation, Tone, Transition

AUTO_COMPLETE_DAYS = 14

ENDS: dict[str, Role | None] = dict.fromkeys(
    ("Complete", "Auto Complete", "Withdrawn", "Closed by Submitter", "Closed By ERCOT")
)
"""The ends that an ordinary issue can come to, as they stand in `Workflow.turns`."""


NEW_OWNER = OwnPerson(
    name="NewOwner",
    label="Owner",
    help="The person of your company who handles the issue from now on.",
)

GROUP_NAME = OwnGroup(
    name="GroupName",
    label="Group",
    help="The work queue of your company that the issue goes to.",
)


def not_yet_available(situation: Situation) -> bool:
    """Only the filer has seen the issue so far."""
    return not situation.available


def already_available(situation: Situation) -> bool:
    """The issue has been with the others and came back."""
    return situation.available


def untouched(situation: Situation) -> bool:
    """Nobody has begun to work on the issue yet."""
    return not situation.touched


def never_unexecutable(situation: Situation) -> bool:
    """Nobody has called the issue unexecutable; one that was is not passed on to the next company."""
    return not situation.was_unexecutable


def quotes_an_order(situation: Situation) -> bool:
    """The issue names the order whose status the registry could tell."""
    return bool(situation.values.get("OrigTrxnID"))


def filing(first: str, *, back: str | None = "Return To Assignee", parks: bool = True) -> tuple[Transition, ...]:
    """What the filer can press before `first`, the state in which the others find the issue.

    The same state takes the issue when it is returned; `back` is the button that sends it on again, None
    where nothing is returned there. `parks` is whether a check can hold the issue there before it is available.
    """
    return (
        *((_submit(first),) if parks else ()),
        *((_send_on(back, first),) if back else ()),
        Transition(
            name="Edit",
            source="Pending Issue",
            to=SAME,
            by=Role.SUBMITTER,
            help="Changes the fields of the issue; the checks run again.",
        ),
        Transition(
            name="Withdraw",
            source=("Pending Issue", first) if parks else first,
            to="Withdrawn",
            by=Role.SUBMITTER,
            tone=Tone.NEGATIVE,
            guard=untouched,
            help="Takes the issue back before anybody has begun to work on it.",
        ),
    )


def _submit(first: str) -> Transition:
    return Transition(
        name="Submit",
        source="Pending Issue",
        to=first,
        by=Role.SUBMITTER,
        guard=not_yet_available,
        help="Files the issue as it stands, whatever the checks warned of.",
    )


def _send_on(name: str, first: str) -> Transition:
    return Transition(
        name=name,
        source="Pending Issue",
        to=first,
        by=Role.SUBMITTER,
        needs_comment=True,
        guard=already_available,
        help="Sends the issue on again with what was missing.",
    )


def begin(source: str, to: str, by: Role) -> Transition:
    """Begin Working: the company starts, and the presser owns the issue there if nobody did."""
    return Transition(
        name="Begin Working",
        source=source,
        to=to,
        by=by,
        effects=(Effect.TAKES_OWNERSHIP,),
        help="Tells the others that you have started, and makes you the owner if your company had none.",
    )


def reassign(source: str | tuple[str, ...], by: Role | tuple[Role, ...], *, to: str = "New") -> Transition:
    """Re-Assign: another company takes the assignee's place, never for an issue once unexecutable."""
    return Transition(
        name="Re-Assign",
        source=source,
        to=to,
        by=by,
        needs=(ASSIGNEE,),
        needs_comment=True,
        tone=Tone.NEGATIVE,
        guard=never_unexecutable,
        help="Passes the issue to the company that should have it; the one before no longer sees what follows.",
    )


def answer(source: str | tuple[str, ...], by: Role, *asks: Field) -> Transition:
    """Complete: it is done, and the submitter is to look at it."""
    return Transition(
        name="Complete",
        source=source,
        to="Pending Complete",
        by=by,
        asks=asks,
        help="Says that it is done; the submitter looks at it and accepts.",
    )


def unexecutable(source: str | tuple[str, ...], by: Role, reasons: tuple[str, ...] = ()) -> Transition:
    """Unexecutable, with one of `reasons`; where the subtype has no list a comment says why."""
    return Transition(
        name="Unexecutable",
        source=source,
        to="Unexecutable (PC)",
        by=by,
        needs=(UNEXECUTABLE_REASON.only(*reasons),) if reasons else (),
        needs_comment=not reasons,
        tone=Tone.NEGATIVE,
        help="Says that it cannot be done, and why; the submitter accepts or sends it back.",
    )


def send_back(name: str, source: str | tuple[str, ...], to: str, by: Role, help: str) -> Transition:
    """A return: a comment says what is missing or wrong."""
    return Transition(name=name, source=source, to=to, by=by, needs_comment=True, tone=Tone.NEGATIVE, help=help)


def acceptance(
    pending: tuple[str, ...], *, to: str = "Complete", timed_to: str = "Auto Complete"
) -> tuple[Transition, ...]:
    """How an answered issue ends: the submitter accepts, or the clock does after two weeks."""
    return (
        Transition(
            name="Accept",
            source=pending,
            to=to,
            by=Role.SUBMITTER,
            help="Agrees with the answer and ends the issue.",
        ),
        Transition(
            name="Complete",
            key="auto-complete",
            source=pending,
            to=timed_to,
            tone=Tone.SYSTEM,
            system=True,
            after_days=AUTO_COMPLETE_DAYS,
            help=f"The clock ends the issue when the answer has stood for {AUTO_COMPLETE_DAYS} days.",
        ),
    )


def everywhere(states: Iterable[str], *, order_status: bool = False) -> tuple[Transition, ...]:
    """What every party may do in every open state; `order_status` adds the look into the registry."""
    open_states = tuple(states)
    return (
        Transition(
            name="Add Comment",
            source=open_states,
            by=ACTIVE_ROLES,
            needs_comment=True,
            tone=Tone.SYSTEM,
            help="Adds a comment for all parties, or a note that only some of them read.",
        ),
        *_own_side(open_states),
        *((_refresh(open_states),) if order_status else ()),
        Transition(
            name="Close",
            source=open_states,
            to="Closed by Submitter",
            by=Role.SUBMITTER,
            tone=Tone.SYSTEM,
            help="Ends the issue because you no longer need an answer; it cannot be opened again.",
        ),
        Transition(
            name="Close",
            key="close-by-ercot",
            source=open_states,
            to="Closed By ERCOT",
            by=Role.ERCOT,
            needs_comment=True,
            tone=Tone.SYSTEM,
            help="Ends the issue on behalf of ERCOT, with the reason; it cannot be opened again.",
        ),
    )


def _own_side(states: tuple[str, ...]) -> tuple[Transition, Transition]:
    return (
        Transition(
            name="Assign Owner",
            source=states,
            by=ACTIVE_ROLES,
            needs=(NEW_OWNER,),
            tone=Tone.SYSTEM,
            effects=(Effect.ASSIGNS_OWNER,),
            help="Says which person of your company handles the issue.",
        ),
        Transition(
            name="Assign To Group",
            source=states,
            by=ACTIVE_ROLES,
            needs=(GROUP_NAME,),
            tone=Tone.SYSTEM,
            effects=(Effect.ASSIGNS_GROUP,),
            help="Puts the issue into one of your company’s work queues.",
        ),
    )


def _refresh(states: tuple[str, ...]) -> Transition:
    return Transition(
        name="Update Siebel Status/Substatus",
        source=states,
        by=ACTIVE_ROLES,
        tone=Tone.SYSTEM,
        effects=(Effect.REFRESHES_ORDER_STATUS,),
        guard=quotes_an_order,
        help="Reads anew how far the quoted order has come at ERCOT.",
    )
