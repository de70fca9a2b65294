"""What the operator's scanner says of a file; none where it was never asked."""

from enum import StrEnum

from tracker.domain.sentence import Sentence


class Scan(StrEnum):
    """How far it is with one attachment."""

    WAITING = "waiting"
    CLEAN = "clean"
    HARMFUL = "harmful"


def is_given_out(scan: str | None) -> bool:
    """What the scanner found harmful is neither given out nor searched."""
    return scan != Scan.HARMFUL


SAYS = {
    None: Sentence("not-scanned", "not scanned"),
    Scan.WAITING: Sentence("being-scanned", "being scanned"),
    Scan.CLEAN: Sentence("scanned", "scanned"),
    Scan.HARMFUL: Sentence("found-harmful", "harmful: the scanner found something in it, so it is not given out"),
}
"""What stands beside an attachment."""

NOT_GIVEN = Sentence(
    "harmful-not-given",
    "The scanner found something harmful in this file, so it is not given out. Ask whoever attached it for a clean "
    "one; the operator still has the bytes.",
)
