"""How people and companies are told by e-mail: what goes at once, what waits for the morning."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tracker.domain.notices import MEANING, Happening, Reason
from tracker.domain.tables import complete, known

DOWN = "mail delayed"
"""The fact that says since when the server takes no letters, when it is asked again, and how often it was."""


class Pace(StrEnum):
    """When a notice goes out as mail."""

    NOW = "now"
    DIGEST = "digest"
    NEVER = "never"


USUAL: Mapping[Reason, Pace] = complete(
    "usual paces",
    Reason,
    {
        Reason.MENTIONED: Pace.NOW,
        Reason.ASSIGNED: Pace.NOW,
        Reason.WAITING: Pace.NOW,
        Reason.LATE: Pace.NOW,
        Reason.FINISHED: Pace.DIGEST,
        Reason.ANSWERED: Pace.DIGEST,
        Reason.ENTERED: Pace.DIGEST,
    },
)
"""For whoever chose nothing else."""

AT_ONCE = frozenset({Reason.MENTIONED, Reason.ASSIGNED})
"""What is not held back to be gathered with what follows."""


class Purpose(StrEnum):
    """What an address in a company's list of contacts is for."""

    NEW = "new"
    ANSWERED = "answered"
    ESCALATED = "escalated"


PURPOSES: Mapping[Purpose, str] = complete(
    "purposes of contacts",
    Purpose,
    {
        Purpose.NEW: "New: an issue comes to us, and nobody has it yet",
        Purpose.ANSWERED: "Answered: others answer in an issue of ours",
        Purpose.ESCALATED: "Escalated: an issue of ours is about to be late",
    },
)


WHY: Mapping[str, str] = complete(
    "reasons in words",
    (*Reason, *Purpose),
    {
        **MEANING,
        Purpose.NEW: "It came to your company, and nobody there had it yet",
        Purpose.ANSWERED: MEANING[Reason.ANSWERED],
        Purpose.ESCALATED: MEANING[Reason.LATE],
    },
)
"""The reasons for which people and contacts are told, in words that say nothing of the issue."""

WEIGHTIEST_FIRST: tuple[str, ...] = (
    Reason.MENTIONED,
    Reason.ASSIGNED,
    Purpose.NEW,
    Reason.WAITING,
    Reason.LATE,
    Purpose.ESCALATED,
    Reason.FINISHED,
    Reason.ANSWERED,
    Reason.ENTERED,
)
"""Of several reasons for a letter its first sentence says the first of these."""

known("weight of reasons", WHY, WEIGHTIEST_FIRST)

OF_THE_CLOCK = frozenset({Reason.LATE, Purpose.ESCALATED})
"""Told of an event that is old: the news is that the clock ends the state to which it led."""


def pace_of(choices: dict[str, str], reason: Reason) -> Pace:
    """How somebody with these choices is told for this reason."""
    chosen = choices.get(reason)
    return Pace(chosen) if chosen in set(Pace) else USUAL[reason]


@dataclass(frozen=True, slots=True)
class Side:
    """How a company stands to the issue of an event that it may read."""

    company_id: int
    has_part: bool
    """Somebody of the company owns the issue or wrote in it."""


def purpose_of(event: Happening, side: Side) -> Purpose | None:
    """Which contacts of the company this event tells, whoever of its people are told; none of its own acts."""
    ours = event.turn == side.company_id
    if event.late:
        return Purpose.ESCALATED if ours else None
    if event.company_id == side.company_id:
        return None
    if event.moved and ours and not side.has_part:
        return Purpose.NEW
    return Purpose.ANSWERED if (event.moved or event.says) and (ours or side.has_part) else None
