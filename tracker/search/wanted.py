"""What an engine is asked for: words and phrases, joined by and, or, not; and the marks that every hit bears."""

from dataclasses import dataclass
from enum import IntEnum

from tracker.search.words import NOTE, Word, note_form


class Place(IntEnum):
    """Where in an issue a text stands; the order is the order of the results."""

    HEAD = 1
    """The title and the fields."""
    COMMENTS = 2
    ATTACHMENTS = 3
    """Their names, and the text inside them."""


ANYWHERE = frozenset(Place)
IN_NOTES = frozenset({Place.COMMENTS, Place.ATTACHMENTS})
"""Where something can stand that not all parties read."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One word, or several that stand side by side, in one of these places."""

    words: tuple[Word, ...]
    places: frozenset[Place] = ANYWHERE

    @property
    def is_of_notes(self) -> bool:
        """It is looked for in the notes of one reader."""
        return self.words[0].forms[0].startswith(NOTE)

    def in_notes(self, reader: int) -> "Phrase":
        """The same in the notes that this company reads."""
        forms = (tuple(note_form(reader, form) for form in word.forms) for word in self.words)
        words = tuple(Word(own, word.prefix) for own, word in zip(forms, self.words, strict=True))
        return Phrase(words, self.places & IN_NOTES)

    def up_to(self, place: Place) -> "Phrase":
        """The same in the places that rank at least as high as this."""
        return Phrase(self.words, frozenset(one for one in self.places if one <= place))


@dataclass(frozen=True, slots=True)
class Every:
    """All of the parts."""

    parts: tuple["Wanted", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Any of the parts."""

    parts: tuple["Wanted", ...]


@dataclass(frozen=True, slots=True)
class Without:
    """Everything but the part."""

    part: "Wanted"


Wanted = Phrase | Every | Some | Without


def with_notes(wanted: Wanted, reader: int) -> Wanted:
    """What is asked for, in what all parties read or in the notes that this company reads; never in those of others."""
    match wanted:
        case Phrase(_, places):
            return Some((wanted, wanted.in_notes(reader))) if places & IN_NOTES else wanted
        case Every(parts):
            return Every(tuple(with_notes(part, reader) for part in parts))
        case Some(parts):
            return Some(tuple(with_notes(part, reader) for part in parts))
        case Without(part):
            return Without(with_notes(part, reader))


def ranked_up_to(wanted: Wanted, place: Place) -> Wanted:
    """What is asked for where each word stands no lower than `place`. What is not meant is not meant anywhere."""
    match wanted:
        case Phrase():
            return wanted.up_to(place)
        case Every(parts):
            return Every(tuple(ranked_up_to(part, place) for part in parts))
        case Some(parts):
            return Some(tuple(ranked_up_to(part, place) for part in parts))
        case Without():
            return wanted


def without_beginnings(wanted: Wanted) -> Wanted | None:
    """What whole words say of what is asked for: whatever fits that fits this; None where they say nothing."""
    match wanted:
        case Phrase(words, places):
            whole = tuple(word for word in words if not word.prefix)  # the last alone is ever begun
            return Phrase(whole, places) if whole else None
        case Every(parts):
            said = tuple(part for part in map(without_beginnings, parts) if part)
            return Every(said) if said else None
        case Some(parts):
            ways = tuple(part for part in map(without_beginnings, parts) if part)
            return Some(ways) if len(ways) == len(parts) else None
        case Without(part):
            return wanted if without_beginnings(part) == part else None


def tiers_of(wanted: Wanted, *, ranked: bool) -> list[Wanted]:
    """What is asked for, the best place first; unranked, all at once."""
    return [ranked_up_to(wanted, place) for place in Place] if ranked else [wanted]


def phrases_of(wanted: Wanted) -> list[Phrase]:
    """The words and phrases that a hit bears: what is marked in it."""
    match wanted:
        case Phrase():
            return [wanted]
        case Every(parts) | Some(parts):
            return [phrase for part in parts for phrase in phrases_of(part)]
        case Without():
            return []
