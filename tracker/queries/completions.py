"""How a query goes on: keys, then the values of a key, each from what the reader may use and see."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.domain.query_language import quoted
from tracker.domain.search_keys import BY_NAME, ME, NOBODY, OWN_COMPANY, Choice, Key, Kind, begins, keys_for, slug
from tracker.models import Person
from tracker.queries.companies import companies_called
from tracker.queries.people import groups_of, people_of

MOST = 12
_ONE = r'(?:"[^"]*(?:"|\Z)|[^\s()",])*+'
_PART = re.compile(rf"-?([A-Za-z][A-Za-z_-]*)(?::({_ONE}(?:,{_ONE})*+))?\Z")
DAYS = ("@today", "@today-5bd", "@today-2w", ">=@today-5bd", "2026-01..2026-03")


@dataclass(frozen=True, slots=True)
class Completion:
    """What replaces the part being typed, from `start` on; and what it means."""

    text: str
    note: str
    start: int


def completions_for(actor: Person, before: str) -> list[Completion]:
    """How the text that ends at the cursor may go on; at most `MOST`."""
    part = _PART.search(before)
    if part is None or (part.start() and before[part.start() - 1] not in ' ("'):
        return []
    if part[2] is None:
        return _keys(actor, part)
    key = BY_NAME.get(part[1].lower())
    return _values(actor, key, part) if key in keys_for(operator=actor.company.is_operator) and key else []


def _keys(actor: Person, part: re.Match[str]) -> list[Completion]:
    typed = part[1].lower()
    keys = keys_for(operator=actor.company.is_operator)
    named = [key for key in keys if any(name.startswith(typed) for name in (key.name, *key.aliases))]
    return [Completion(f"{key.name}:", key.help, part.start(1)) for key in named][:MOST]


def _values(actor: Person, key: Key, part: re.Match[str]) -> list[Completion]:
    typed = part[2].rpartition(",")[2]
    start = part.end() - len(typed)
    plain = typed.strip('"')
    offered = [one for one in _offered(actor, key) if not plain or _fits(one, plain)]
    return [Completion(_written(one, key), one.label if one.label != one.value else "", start) for one in offered][
        :MOST
    ]


def _fits(choice: Choice, typed: str) -> bool:
    return slug(choice.value).startswith(slug(typed)) or choice.value.startswith(typed) or begins(choice.label, typed)


def _written(choice: Choice, key: Key) -> str:
    return choice.value if key.kind is Kind.DAY else quoted(choice.value)


def _offered(actor: Person, key: Key) -> Iterable[Choice]:
    match key.kind:
        case Kind.CHOICE | Kind.FLAG:
            return key.choices
        case Kind.SORT:
            return [Choice(f"{sign}{one.value}", one.label) for one in key.choices for sign in ("-", "")]
        case Kind.COMPANY:
            called = [Choice(one.value, one.label) for one in companies_called()]
            return [Choice(OWN_COMPANY, actor.company.name), *_nobody(key), *called]
        case Kind.PERSON:
            people = [Choice(person.user_name, person.full_name) for person in people_of(actor) if person.active]
            return [Choice(ME, actor.full_name), *_nobody(key), *people]
        case Kind.GROUP:
            groups = [Choice(group.name, group.name) for group in groups_of(actor)]
            return [*_nobody(key), *groups]
        case Kind.DAY:
            return [Choice(day, day) for day in DAYS]
        case Kind.IDENTIFIER | Kind.TEXT | Kind.ISSUE:
            return ()


def _nobody(key: Key) -> Iterable[Choice]:
    return [Choice(NOBODY, key.nobody)] if key.nobody else []
