"""Text out of a file, made fit to be stored and searched."""

import re
from collections.abc import Iterable, Iterator

UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters that are no space
    "\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"  # hyphens, marks and turns that are not seen
    "\ud800-\udfff]"  # halves of characters
)
SPACE = re.compile(r"\s+")


def tidied(pieces: Iterable[str], most: int) -> Iterator[str]:
    """The pieces without what nobody sees, each run of white space a single space; up to so many characters."""
    gap = True
    for piece in pieces:
        text = SPACE.sub(" ", UNSEEN.sub("", piece))
        if text := (text.removeprefix(" ") if gap else text)[:most]:
            yield text
            gap = text.endswith(" ")
            most -= len(text)
        if not most:
            return
