"""Whom an event tells, and why: the table of notices.

An event tells a person at most once, for the weightiest reason, and nobody of what they did themselves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tracker.domain.tables import complete


class Reason(StrEnum):
    """Why somebody is told, the weightiest first."""

    MENTIONED = "mentioned"
    ASSIGNED = "assigned"
    WAITING = "waiting"
    LATE = "late"
    FINISHED = "finished"
    ANSWERED = "answered"
    ENTERED = "entered"


PAST_MUTING = frozenset({Reason.MENTIONED, Reason.ASSIGNED})
"""What somebody is told of a muted issue all the same."""

CALLING = PAST_MUTING | {Reason.WAITING, Reason.LATE}
"""What calls for an act: a deputy is told of it too."""

MEANING: Mapping[str, str] = complete(
    "meaning of reasons",
    Reason,
    {
        Reason.MENTIONED: "Somebody mentioned you",
        Reason.ASSIGNED: "You became the owner",
        Reason.WAITING: "It waits on you",
        Reason.LATE: "It is about to be late",
        Reason.FINISHED: "It has ended",
        Reason.ANSWERED: "Somebody answered or moved it",
        Reason.ENTERED: "It came into a view that you watch",
    },
)


FOR_ANOTHER: Mapping[Reason, str] = complete(
    "meaning of reasons for a deputy",
    CALLING,
    {
        Reason.MENTIONED: "Somebody mentioned {name}, for whom you stand in",
        Reason.ASSIGNED: "{name}, for whom you stand in, became the owner",
        Reason.WAITING: "It waits on {name}, for whom you stand in",
        Reason.LATE: "It is about to be late, and you stand in for {name}",
    },
)
"""The same for who stands in for the person of this name."""


def meaning_of(reason: str, instead_of: str | None) -> str:
    """Why somebody is told, in words; `instead_of` is for whom they stand in, if they do."""
    known = Reason(reason)
    return FOR_ANOTHER[known].format(name=instead_of) if instead_of and known in CALLING else MEANING[known]


@dataclass(frozen=True, slots=True)
class Happening:
    """What the table needs to know of an event."""

    person_id: int
    company_id: int
    moved: bool
    """The issue is in another state than before, or another company acts next."""
    ended: bool
    turn: int | None
    """The company that acts next."""
    says: bool
    """A comment, a file or a claim came with it."""
    assigns: bool
    """Somebody of the acting company became owner."""
    late: bool = False
    """Nothing happened, and soon the clock ends the state that the issue is in."""


@dataclass(frozen=True, slots=True)
class Tie:
    """How a person stands to the issue."""

    person_id: int
    company_id: int
    owns: bool = False
    wrote: bool = False
    watches: bool = False
    mutes: bool = False
    mentioned: bool = False
    covers: bool = False
    """Nobody of the company has a part in the issue yet, and this person looks after such issues."""

    @property
    def takes_part(self) -> bool:
        """What others say to the issue is said to this person as well."""
        return self.owns or self.wrote or self.watches


def _mentioned(event: Happening, tie: Tie) -> bool:
    return tie.mentioned


def _assigned(event: Happening, tie: Tie) -> bool:
    return event.assigns and tie.owns and tie.company_id == event.company_id


def _waiting(event: Happening, tie: Tie) -> bool:
    comes = event.moved and event.turn == tie.company_id != event.company_id
    return comes and (tie.owns or tie.watches or tie.covers)


def _late(event: Happening, tie: Tie) -> bool:
    return event.late and event.turn == tie.company_id and (tie.takes_part or tie.covers)


def _finished(event: Happening, tie: Tie) -> bool:
    return event.ended and event.moved and tie.takes_part


def _answered(event: Happening, tie: Tie) -> bool:
    return tie.takes_part and (event.says or (event.moved and event.company_id != tie.company_id))


TELLS: Mapping[Reason, Callable[[Happening, Tie], bool]] = complete(
    "who is told",
    (reason for reason in Reason if reason is not Reason.ENTERED),
    {
        Reason.MENTIONED: _mentioned,
        Reason.ASSIGNED: _assigned,
        Reason.WAITING: _waiting,
        Reason.LATE: _late,
        Reason.FINISHED: _finished,
        Reason.ANSWERED: _answered,
    },
)
"""Which event tells whom; what comes into a view is found by other means."""


def reason_for(event: Happening, tie: Tie) -> Reason | None:
    """Why this event tells this person, if it does."""
    if event.person_id == tie.person_id:
        return None
    reasons = (reason for reason, tells in TELLS.items() if tells(event, tie))
    return next((reason for reason in reasons if not tie.mutes or reason in PAST_MUTING), None)
