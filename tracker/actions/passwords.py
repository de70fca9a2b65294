"""What a password may be: long enough, and none that a guesser would try early."""

import bisect
import hashlib
import re
from functools import cached_property
from pathlib import Path

from tracker.errors import Invalid
from tracker.models import Person

SHORTEST = 12
"""Characters."""

LONGEST = 1024
"""Bytes of UTF-8."""

COMMON = Path(__file__).parent.parent / "common_passwords.bin"
PREFIX = 8
"""Bytes of the SHA-1 of each common password; the file is nothing but these, sorted."""

DECORATION = 8
"""Characters around a common word that do not hide it: a year and a few marks."""

MARKET_WORDS = frozenset(
    re.findall(
        r"\w+",
        "tracker marketrak market meter meters electric electricity energy power retail texas ercot tdsp esiid issue "
        "password january february march april june july august september october november december "
        "spring summer autumn winter monday tuesday wednesday thursday friday saturday sunday",
    )
)
"""What somebody at work here thinks of first. May is left out: it is too short to mean the month."""


def require_good(person: Person, password: str) -> None:
    """Raise `Invalid` for a password that is too short, too long, or that a guesser would try."""
    reason = _fault(person, password)
    if reason:
        raise Invalid({"password": reason})


def _fault(person: Person, password: str) -> str | None:
    if "\x00" in password:
        return "A password cannot hold a NUL character. Type it again."
    if len(password) < SHORTEST:
        return f"{len(password)} characters are too few. Take {SHORTEST} or more; a few plain words are good."
    if len(as_bytes(password)) > LONGEST:
        return f"This is longer than {LONGEST:,} bytes. Take a shorter one."
    if is_common(password):
        return "This password stands in the lists that guessers try first. Choose another."
    if _says_only(password, _context(person)):
        return "This is made of names that anybody here would guess first. Add words that have nothing to do with you."
    return None


def is_common(password: str) -> bool:
    """It stands in the list of common passwords, or would but for capitals, and digits or marks around it."""
    lower = password.lower()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", lower)
    decorated = len(core) >= 4 and len(lower) - len(core) <= DECORATION
    return _in_list(password) or _in_list(lower) or (decorated and _in_list(core))


def _in_list(password: str) -> bool:
    wanted = hashlib.sha1(as_bytes(password), usedforsecurity=False).digest()[:PREFIX]
    place = bisect.bisect_left(_LIST, wanted)
    return place < len(_LIST) and _LIST[place] == wanted


class _Prefixes:
    """The file as a sequence, so that `bisect` searches it where it lies."""

    @cached_property
    def _bytes(self) -> bytes:
        return COMMON.read_bytes()

    def __len__(self) -> int:
        return len(self._bytes) // PREFIX

    def __getitem__(self, place: int) -> bytes:
        return self._bytes[place * PREFIX : (place + 1) * PREFIX]


_LIST = _Prefixes()


def _context(person: Person) -> frozenset[str]:
    said = f"{person.user_name} {person.full_name} {person.email} {person.company.name} {person.company.legal_name}"
    return MARKET_WORDS | {word for word in re.split(r"\W+|_", said.lower()) if len(word) > 2}


def _says_only(password: str, words: frozenset[str]) -> bool:
    """Fewer than eight letters are left when the words are taken out: what remains is years and marks."""
    rest = password.lower()
    for word in sorted(words, key=lambda word: (-len(word), word)):
        rest = rest.replace(word, "")
    return rest != password.lower() and sum(char.isalpha() for char in rest) < SHORTEST - 4


def as_bytes(password: str) -> bytes:
    """A password as it is hashed: exactly as typed."""
    return password.encode("utf-8", "surrogatepass")
