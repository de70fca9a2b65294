"""How people and companies are told by e-mail: what goes at once, what waits for the morning."""

from enum import StrEnum

from tracker.domain.notices import Reason

DOWN = "mail delayed"
"""The fact that says since when the server takes no letters, when it is asked again, and how often it was."""


class Pace(StrEnum):
    """When a notice goes out as mail."""

    NOW = "now"
    DIGEST = "digest"
    NEVER = "never"


USUAL: dict[Reason, Pace] = {
    Reason.MENTIONED: Pace.NOW,
    Reason.ASSIGNED: Pace.NOW,
    Reason.WAITING: Pace.NOW,
    Reason.LATE: Pace.NOW,
    Reason.FINISHED: Pace.DIGEST,
    Reason.ANSWERED: Pace.DIGEST,
    Reason.ENTERED: Pace.DIGEST,
}
"""For whoever chose nothing else."""

AT_ONCE = frozenset({Reason.MENTIONED, Reason.ASSIGNED, Reason.LATE})
"""What is not held back to be gathered with what follows."""


class Purpose(StrEnum):
    """What an address in a company's list of contacts is for."""

    NEW = "new"
    ANSWERED = "answered"
    ESCALATED = "escalated"


PURPOSES = {
    Purpose.NEW: "New: an issue comes to us, and nobody has it yet",
    Purpose.ANSWERED: "Answered: others answer in an issue of ours",
    Purpose.ESCALATED: "Escalated: an issue of ours is about to be late",
}


def pace_of(choices: dict[str, str], reason: Reason) -> Pace:
    """How somebody with these choices is told for this reason."""
    chosen = choices.get(reason)
    return Pace(chosen) if chosen in set(Pace) else USUAL[reason]


def purpose_of(reason: Reason, *, fresh: bool) -> Purpose | None:
    """Which contacts of a company are told when one of its people is, for this reason."""
    if reason is Reason.WAITING and fresh:
        return Purpose.NEW
    return {
        Reason.WAITING: Purpose.ANSWERED,
        Reason.ANSWERED: Purpose.ANSWERED,
        Reason.FINISHED: Purpose.ANSWERED,
        Reason.LATE: Purpose.ESCALATED,
    }.get(reason)
