"""Every form in which a value of a key can be typed, made from what the keys declare: a new key is among them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from tracker.domain.query_language import quoted
from tracker.domain.search_keys import BOUNDED, ME, NOBODY, OWN_COMPANY, STARRED, Key, Kind, keys_for
from tracker.models import Person

ODD = (
    "nobody",
    "@me",
    "@mycompany",
    "@today",
    ">=2",
    "1..2",
    "a..b",
    "abc*",
    '"two words"',
    "²",
    "9" * 26,
    "%",
    "é",
    "\u202e",
)
"""What is typed at the wrong key: it means something, or is refused with the place."""


@dataclass(frozen=True)
class Samples:
    """What there is in the market to be named."""

    company: str
    duns: str
    person: str
    user_name: str
    group: str
    numbers: tuple[int, ...]
    esi_id: str
    tran_id: str


def queries_for(reader: Person, samples: Samples) -> Iterator[str]:
    """One query for each form of each value of each key that the reader may use, and for each of its names."""
    for key in keys_for(operator=reader.company.is_operator):
        if key.kind is Kind.SORT:
            continue  # orders the queries of all others
        values = list(dict.fromkeys(values_of(key, samples)))
        for value in values:
            yield f"{key.name}:{value}"
        yield from (f"{alias}:{values[0]}" for alias in key.aliases)
        if len(values) > 1:
            yield f"{key.name}:{values[0]},{values[-1]}"


def values_of(key: Key, samples: Samples) -> Iterator[str]:
    """The values of a key, as they stand in a query."""
    yield from _plain(key, samples)
    if key.nobody:
        yield NOBODY
    if key.kind in BOUNDED:
        yield from _bounded()


def _plain(key: Key, samples: Samples) -> Iterator[str]:
    match key.kind:
        case Kind.CHOICE | Kind.FLAG:
            yield from (quoted(text) for choice in key.choices for text in (choice.value, choice.label))
        case Kind.COMPANY:
            begun = samples.company.split()[0].lower()
            yield from (begun, quoted(samples.company), samples.duns, samples.duns[:7], OWN_COMPANY)
        case Kind.PERSON:
            yield from (samples.user_name, quoted(samples.person), ME)
        case Kind.GROUP:
            yield from (quoted(samples.group), samples.group.split()[0])
        case Kind.DAY:
            yield from (
                "2026-02",
                "2026-02-03",
                "@today",
                "@yesterday",
                "@today-5bd",
                "@today+2w",
                "@today-3m",
                "@today-9d",
            )
        case Kind.TEXT:
            yield from ("meter", '"meter swap"', "me-ter", "BATCH-77/B", "met*")
        case Kind.IDENTIFIER:
            yield from _identifiers(key, samples)
        case Kind.ISSUE:
            yield from map(str, (*samples.numbers, 999_999_999))
        case Kind.SORT:
            yield from (sign + choice.value for choice in key.choices for sign in ("", "-"))
        case _:
            assert_never(key.kind)


def _identifiers(key: Key, samples: Samples) -> Iterator[str]:
    whole = {"id": str(samples.numbers[0]), "esiid": samples.esi_id}.get(key.name, samples.tran_id)
    assert key.kind in STARRED
    yield from (whole, whole[:4], whole[:5] + "*", whole[-6:], f'"{whole}"', f"#{whole}")


def _bounded() -> Iterator[str]:
    for operator in (">=", "<=", ">", "<"):
        yield from (f"{operator}{day}" for day in ("2026-02", "2026-02-03", "@today-5bd"))
    yield from ("2026-01..2026-02-17", "2026-02..", "..@today", "0001-01-01..9999-12-30")
