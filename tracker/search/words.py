"""How text becomes words, for every engine alike: what one engine finds, the other finds.

A word is kept as it was typed, and as its stem where that differs (marked `~`): prose is found in any of its
inflections, ids and codes (`814_16`, `BGN02`, `997`) exactly, and a beginning (`connecti*`) among the words
themselves. An identifier with separators (`EVT-2026-000123`) is kept in one piece besides its parts.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from snowballstemmer import stemmer

from tracker.search.room import NOTES_ROOM, ROOM

LONGEST_WORD = 100
MOST_BYTES = 128 * 1024
"""So much text is read of one place of an issue; how much of its words is kept is a matter of room (`room.py`)."""

A_FORM, A_POSITION = 5, 2
"""Bytes that a `tsvector` takes for a form besides its letters and its mark of a place, and for each position."""

LAST_POSITION = 14_000
MOST_POSITIONS = 255
"""PostgreSQL keeps so many places of one word, up to about this position; phrases are found among them."""

GAP = 10
"""Positions between two texts, so that no phrase reaches from one into the next."""

MOST_SEEN = 10_000
"""So many words that were seen in texts are remembered for one query."""

STEM = "~"
NOTE = "|"
"""Before and after the company that reads a note; no word begins so."""
_WORD = re.compile(r"[^\W_]+(?:_+[^\W_]+)*")
_JOINED = re.compile(r"(?<!\w)\w++(?:[-./]\w++)+")


class _English(threading.local):
    """A stemmer for each thread: it keeps the word at hand in itself, and two threads would stem each other's."""

    def __init__(self) -> None:
        self.stem = stemmer("english").stemWord


_english = _English()

Words = Mapping[str, list[int]]
"""The positions of every form, from 1; a form beyond `LAST_POSITION` has none."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is looked for: any of these forms, or with `prefix` every word that begins with the one form."""

    forms: tuple[str, ...]
    prefix: bool = False


def words_of(texts: Iterable[str], room: int = ROOM, a_form: int = A_FORM) -> Words:
    """The words of some texts of one place, with their positions, as long as there is room for them.

    Of the texts nothing is read beyond `MOST_BYTES`, and nothing after the word that no longer finds room.
    """
    kept = _Kept(room, a_form)
    left = MOST_BYTES
    for text in texts:
        begun = text.encode("utf-8", "ignore")[:left].decode("utf-8", "ignore")
        left -= len(begun.encode())
        kept.read(folded(begun))
    return kept.words


def reach_of(texts: Iterable[str], room: int = ROOM, a_form: int = A_FORM) -> Iterator[int]:
    """How far `words_of` reads in each of these texts, in characters: the first word that is not kept ends it all."""
    texts = list(texts)
    kept, left, ended = words_of(texts, room, a_form), MOST_BYTES, False
    for text in texts:
        begun = "" if ended else text.encode("utf-8", "ignore")[:left].decode("utf-8", "ignore")
        left -= len(begun.encode())
        beyond = next((match for match in _WORD.finditer(folded(begun)) if match[0][:LONGEST_WORD] not in kept), None)
        ended = ended or beyond is not None or len(begun) < len(text)
        yield min(beyond.start(), len(begun)) if beyond else len(begun)


def notes_of(reader: int, texts: Iterable[str], room: int = NOTES_ROOM) -> Words:
    """The words of the notes that a company reads, told apart from all other words by who reads them."""
    words = words_of(texts, room, A_FORM + len(note_form(reader, "")))
    return {note_form(reader, form): places for form, places in words.items()}


def note_form(reader: int, form: str) -> str:
    """A form of a word as it stands in the notes that this company reads."""
    return f"{NOTE}{reader}{NOTE}{form}"


class _Kept:
    """The words of texts; a form that finds no room ends the reading."""

    def __init__(self, room: int, a_form: int) -> None:
        self.words: dict[str, list[int]] = {}
        self._room, self._a_form, self._position = room, a_form, 0

    def read(self, text: str) -> None:
        joined = {match.start(): in_one_piece(match[0]) for match in _JOINED.finditer(text) if has_digit(match[0])}
        for match in _WORD.finditer(text):
            if self._room < 0:
                return
            self._position += 1
            extra = {joined[match.start()]} if match.start() in joined else ()
            self._keep(_kept_forms(match[0][:LONGEST_WORD]).union(extra))
        self._position += GAP

    def _keep(self, forms: Iterable[str]) -> None:
        for form in forms:
            places = self.words.get(form)
            if places is None:
                self._room -= len(form.encode()) + self._a_form
                if self._room < 0:
                    return
                places = self.words[form] = []
            if self._position <= LAST_POSITION and len(places) < MOST_POSITIONS and self._room >= A_POSITION:
                self._room -= A_POSITION
                places.append(self._position)


@lru_cache(maxsize=65_536)
def _kept_forms(word: str) -> frozenset[str]:
    stem = stem_of(word)
    return frozenset({word} if stem == word else {word, STEM + stem})


@lru_cache(maxsize=65_536)
def stem_of(word: str) -> str:
    """The English stem of a folded word; a word with a digit or a sign in it is its own."""
    return str(_english.stem(word)) if word.isalpha() and word.isascii() else word


@lru_cache(maxsize=4096)
def wanted_word(word: str) -> Word:
    """The folded word as it is looked for."""
    stem = stem_of(word[:LONGEST_WORD])
    if not word.isalpha():
        return Word((stem,))
    return Word((STEM + stem, stem) if stem_of(stem) == stem else (STEM + stem,))


def wanted_words(text: str) -> tuple[Word, ...]:
    """The words of a phrase in their order, or of one word; an identifier with separators is one."""
    plain = folded(text)
    whole = _JOINED.fullmatch(plain)
    if whole and has_digit(plain):
        return (Word((in_one_piece(plain),)),)
    return tuple(wanted_word(match[0]) for match in _WORD.finditer(plain))


def wanted_prefix(text: str) -> tuple[Word, ...]:
    """The words of a text whose last is only begun."""
    words = _WORD.findall(folded(text))
    if not words:
        return ()
    *before, last = words
    return (*map(wanted_word, before), Word((last[:LONGEST_WORD],), prefix=True))


def places_of(text: str, words: Iterable[Word]) -> list[tuple[int, int]]:
    """Where in a text a reader sees these words: from, up to. For marking what was found."""
    meant = _meant(tuple(words))
    plain = folded(text)
    if len(plain) != len(text):
        plain = text.lower() if len(text.lower()) == len(text) else text
    found: list[tuple[int, int]] = []
    if any(map(meant.__getitem__, _WORD.findall(plain))):
        found = [match.span() for match in _WORD.finditer(plain) if meant[match[0]]]
    if meant.has_digits:
        joined = (match for match in _JOINED.finditer(plain) if has_digit(match[0]))
        found += [match.span() for match in joined if in_one_piece(match[0]) in meant.forms]
    return sorted(found)


class _Meant(dict[str, bool]):
    """Whether a word that is seen is one that was meant; what was seen is remembered."""

    def __init__(self, words: tuple[Word, ...]) -> None:
        super().__init__()
        self.forms = frozenset(form for word in words if not word.prefix for form in word.forms)
        self._begun = tuple(word.forms[0] for word in words if word.prefix)
        self.has_digits = any(map(has_digit, self.forms))

    def __missing__(self, seen: str) -> bool:
        if len(self) >= MOST_SEEN:
            self.clear()
        self[seen] = meant = seen in self.forms or STEM + stem_of(seen) in self.forms or seen.startswith(self._begun)
        return meant


_meant = lru_cache(maxsize=64)(_Meant)


def folded(text: str) -> str:
    """The text without case and accents."""
    if not text.isascii():
        text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return text.lower()


def in_one_piece(text: str) -> str:
    """An identifier without its separators."""
    return re.sub(r"[\W_]", "", text)[:LONGEST_WORD]


def has_digit(text: str) -> bool:
    """Is it an id or a code rather than prose?"""
    return any(char.isdigit() for char in text)
