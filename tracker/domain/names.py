"""Names that people give: made plain before anybody reads them, and compared by what a reader can tell apart.

What stands in square brackets beside a name is said by the product, never by the name (docs/decisions/0021).
"""

import unicodedata
from collections.abc import Callable
from functools import lru_cache

BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""What takes room and shows nothing, though Unicode calls it a letter or a symbol."""

UNSEEN = frozenset("\u034f\u17b4\u17b5\U00016fe4\U0001d159") | {
    chr(code)
    for first, last in ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
    for code in range(first, last + 1)
}
"""What shows nothing besides the controls and formats: joiners, fillers, and the choice among forms of a sign."""

TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What turns the direction of the signs around it. Letters of right-to-left scripts need none of these."""

HIDDEN = frozenset("\u200b\u2060\ufeff")
"""What shows nothing in text of several lines either; what joins or shapes letters there is part of them."""

_MARKS = dict.fromkeys(map(ord, "#>*_~`|=+-"))

OF_THE_OPERATOR = "[operator]"
"""How the product marks somebody of the operator where there is nothing but text."""


def visible(text: str) -> str:
    """What is seen of a line, in the signs that it was written in: a plain blank for each blank, none at the ends."""
    return _with_each(text, _as_seen).strip()


def lines(text: str) -> str:
    """Text of several lines without controls and what turns or hides; its breaks, tabs and blanks stay."""
    return _with_each(text, _as_seen_in_lines)


@lru_cache(maxsize=8192)
def one_line(text: str) -> str:
    """The text as it stands on a line: composed, one plain blank for blanks of every kind, and nothing unseen.

    Nothing in it breaks the line, turns its direction, or hangs on to what stands before it. Empty when nothing shows.
    """
    line = unicodedata.normalize("NFC", " ".join(visible(text).split()))
    while line and unicodedata.category(line[0])[0] == "M":
        line = line[1:].lstrip()
    return line


@lru_cache(maxsize=8192)
def clean(name: str) -> str:
    """The name of somebody or something as others read it: on one line, and every bracket a round one."""
    return "".join(_round(char) for char in one_line(name))


@lru_cache(maxsize=8192)
def key_of(name: str) -> str:
    """What two names have in common when they are one: they differ at most in case, forms of signs, and blanks."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", clean(name)).casefold())
    return clean(folded)


@lru_cache(maxsize=8192)
def legal_key_of(name: str) -> str:
    """What the legal names of one company have in common: its letters and digits. `Acme, LLC` is `ACME L.L.C.`"""
    key = key_of(name)
    return "".join(filter(str.isalnum, key)) or key


def marked(name: str, *, of_operator: bool) -> str:
    """The name in a letter, or wherever there is nothing but text; no name can hold the mark itself."""
    return f"{name} {OF_THE_OPERATOR}" if of_operator else name


def shows_nothing(text: str) -> bool:
    """There is nothing in it but blanks and signs that do not show. What cannot be stored at all is something."""
    return all(_is_blank(char) or (_is_unseen(char) and not _is_unstorable(char)) for char in set(text))


def says_nothing(text: str) -> bool:
    """The same, or marks alone that give words their form: `#`, `---`, `>`, `*`."""
    return shows_nothing(text.translate(_MARKS))


def called(sign: str) -> str:
    """A sign, and its name, since it may look like another."""
    return f"“{sign}” ({unicodedata.name(sign, f'U+{ord(sign):04X}').lower()})"


def _with_each(text: str, seen: Callable[[str], str]) -> str:
    if text.isascii() and text.isprintable():
        return text
    return text.translate({ord(char): seen(char) for char in set(text)})


def _as_seen(char: str) -> str:
    if _is_blank(char):
        return " "
    return "" if _is_unseen(char) else char


def _as_seen_in_lines(char: str) -> str:
    if char in "\n\t":
        return char
    if unicodedata.category(char) in ("Cc", "Zl", "Zp"):
        return _as_seen(char)
    return "" if char in TURNING | HIDDEN else char


def _is_blank(char: str) -> bool:
    return char.isspace() or char in BLANKS


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char)[0] == "C" or char in UNSEEN


def _is_unstorable(char: str) -> bool:
    return char == "\x00" or unicodedata.category(char) == "Cs"


def _round(char: str) -> str:
    """Quotation marks are of the same category as brackets; only brackets are mirrored."""
    category = unicodedata.category(char)
    if category not in ("Ps", "Pe") or not unicodedata.mirrored(unicodedata.normalize("NFKC", char)):
        return char
    return "(" if category == "Ps" else ")"
