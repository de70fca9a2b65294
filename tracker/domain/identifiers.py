"""Identifiers: what people read out on the telephone. Compared in upper case, without separators."""

import re
from collections.abc import Iterator, Mapping

from tracker.domain.fields import EsiId, TransactionId, Value
from tracker.domain.names import one_line
from tracker.domain.subtype import Subtype

NUMBER, ESI_ID, TRAN = "number", "esiid", "tran"
"""The kinds, as the query language calls them."""

KIND_OF: Mapping[type, str] = {EsiId: ESI_ID, TransactionId: TRAN}

TAIL = 6
"""So many last characters are enough to find an identifier by."""

BEGINNING = 6
"""From so many characters on, a beginning is enough."""

SHORTEST = 4

LARGEST_NUMBER = 2**31 - 1
"""No issue has a greater number, and no row a greater id."""


def normalised(text: str) -> str:
    """`evt-2026.000123` as it is compared: `EVT2026000123`."""
    return re.sub(r"[\W_]", "", one_line(text)).upper()


def looks_like_one(text: str) -> bool:
    """It has a digit and is long enough to be (a part of) an identifier."""
    plain = normalised(text.removeprefix("#"))
    return len(plain) >= SHORTEST and plain.isascii() and any(char.isdigit() for char in plain)


def identifiers_of(subtype: Subtype, number: int, values: Mapping[str, Value]) -> set[tuple[str, str]]:
    """What an issue is found by: (kind, normalised value)."""
    found = {(NUMBER, str(number))}
    found |= {(kind, plain) for kind, value in _typed(subtype, values) if (plain := normalised(value))}
    return found


def _typed(subtype: Subtype, values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        kind = KIND_OF.get(type(subtype.all_fields.get(name)))
        if kind:
            yield from ((kind, str(one)) for one in (value if isinstance(value, list) else [value]) if one)
