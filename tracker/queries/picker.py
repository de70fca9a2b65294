"""Finding the right subtype by its family, or by words that say what is wrong."""

import re
from collections.abc import Iterable, Sequence

from tracker.domain.subtype import Subtype
from tracker.models import Person

SHORT = 3
"""A word of so many letters is meant whole; of a longer one the beginning is enough."""


def families(actor: Person, offered: Sequence[Subtype], typed: str) -> dict[str, list[Subtype]]:
    """The subtypes by family, preferred ones first; with `typed`, only those that it fits, best first."""
    if typed:
        return {"Fitting what you typed": best_for(offered, typed)}
    preferred = [subtype for subtype in offered if subtype.key in actor.preferred_subtypes]
    grouped: dict[str, list[Subtype]] = {"Preferred": preferred} if preferred else {}
    for subtype in offered:
        grouped.setdefault(subtype.family, []).append(subtype)
    return grouped


def best_for(offered: Iterable[Subtype], typed: str) -> list[Subtype]:
    """The subtypes that hold the typed words, those that hold them in their name before the others."""
    words = re.findall(r"\w+", typed.lower())[:12]
    scored = [(sum(_score(subtype, word) for word in words), subtype) for subtype in offered]
    return [subtype for score, subtype in sorted(scored, key=lambda pair: -pair[0]) if score]


def _score(subtype: Subtype, word: str) -> int:
    """How well a word fits: most in the name, less in the words that people type, least in the sentence."""
    begins = re.compile(rf"\b{word}\b" if len(word) <= SHORT else rf"\b{word[: max(SHORT + 1, len(word) - 3)]}")
    places = ((3, subtype.full_name), (2, subtype.words), (1, subtype.when))
    return max((weight for weight, text in places if begins.search(text.lower())), default=0)
