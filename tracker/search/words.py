"""How text becomes words, for every engine alike: what one engine finds, the other finds.

A word is kept as it was typed, and as its stem where that differs (marked `~`): prose is found in any of its
inflections, ids and codes (`814_16`, `BGN02`, `997`) exactly, and a beginning (`connecti*`) among the words
themselves. An identifier with separators (`EVT-2026-000123`) is kept in one piece besides its parts.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from snowballstemmer import stemmer

LONGEST_WORD = 100
MOST_BYTES = 128 * 1024
"""Of one place of an issue so much text is indexed; PostgreSQL refuses vectors above 1 MB."""

MOST_BYTES_OF_NOTES = 32 * 1024
"""The same of what one company reads besides: apart, so that notes take no room from what all parties read."""

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


def words_of(texts: Iterable[str], most_bytes: int = MOST_BYTES) -> Words:
    """The words of some texts of one place, with their positions; beyond `most_bytes` nothing is read."""
    found: dict[str, list[int]] = {}
    position, left = 0, most_bytes
    for text in texts:
        kept = text.encode("utf-8", "ignore")[:left].decode("utf-8", "ignore")
        left -= len(kept.encode())
        position = _add(found, folded(kept), position) + GAP
    return found


def notes_of(reader: int, texts: Iterable[str]) -> Words:
    """The words of the notes that a company reads, told apart from all other words by who reads them."""
    return {note_form(reader, form): places for form, places in words_of(texts, MOST_BYTES_OF_NOTES).items()}


def note_form(reader: int, form: str) -> str:
    """A form of a word as it stands in the notes that this company reads."""
    return f"{NOTE}{reader}{NOTE}{form}"


def _add(found: dict[str, list[int]], text: str, position: int) -> int:
    joined = {match.start(): in_one_piece(match[0]) for match in _JOINED.finditer(text) if has_digit(match[0])}
    for match in _WORD.finditer(text):
        position += 1
        extra = {joined[match.start()]} if match.start() in joined else ()
        for form in _kept_forms(match[0][:LONGEST_WORD]).union(extra):
            places = found.setdefault(form, [])
            if position <= LAST_POSITION and len(places) < MOST_POSITIONS:
                places.append(position)
    return position


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
