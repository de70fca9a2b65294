"""What a query means to its reader: keys and values looked up, words analysed, the sort taken out.

Raises `QueryError` with the place and the nearest that would be right; nothing is ever dropped in silence. Values are
tried against what the reader may know: the companies of the market, the people and groups of the own company.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tracker.domain import catalogue
from tracker.domain.identifiers import BEGINNING, TAIL, looks_like_one, normalised
from tracker.domain.query_language import And, Node, Not, Or, QueryError, Span, Term, Text, Value, parse, parts_of
from tracker.domain.search_keys import (
    BOUNDED,
    BY_NAME,
    IDENTIFIER,
    KEYS,
    ME,
    NOBODY,
    OWN_COMPANY,
    RELEVANCE,
    SORTS,
    STARRED,
    Choice,
    Form,
    Key,
    Kind,
    condition_of,
    keys_for,
    matching,
    nearest,
)
from tracker.domain.sentence import Sentence
from tracker.domain.tables import complete
from tracker.domain.workflow import Status
from tracker.models import Person
from tracker.queries.days import day_bounds
from tracker.queries.known import companies_meant, groups_meant, people_meant
from tracker.search import Amount
from tracker.search.wanted import ANYWHERE, Phrase, Place
from tracker.search.words import wanted_prefix, wanted_words


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition by its name (`conditions.CONDITIONS`), with the values that it binds."""

    name: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class All:
    """All of the parts; none means everything."""

    parts: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Any of the parts; none means nothing."""

    parts: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class Except:
    """All but the part."""

    part: "Part"


@dataclass(frozen=True, slots=True)
class Found:
    """Words, once the engine has answered: in each tier what was found up to there."""

    tiers: tuple[Any, ...]
    amounts: tuple[Amount, ...]
    """How many those are."""


Part = Condition | Phrase | Found | All | AnyOf | Except


@dataclass(frozen=True, slots=True)
class Meaning:
    """A query that was understood. `sort` is empty where the best match comes first."""

    tree: Part
    sort: str
    identifier: str = ""
    """The query is nothing but this identifier (normalised)."""


PLACES = complete(
    "places of words",
    (key.name for key in KEYS if key.kind is Kind.TEXT),
    {
        "text": ANYWHERE,
        "comment": frozenset({Place.COMMENTS}),
        "attachment": frozenset({Place.ATTACHMENTS}),
    },
)
LONGEST_NUMBER = 9
"""Digits of an issue number that the database can hold."""

OPEN = tuple(status for status in Status if status.is_open)
ENDED = tuple(status for status in Status if not status.is_open)


def meaning_of(actor: Person, text: str) -> Meaning:
    """What this query means to the actor. Raises `QueryError`."""
    tree = parse(text)
    reader = _Reader(actor)
    sorts = [part for part in parts_of(tree) if isinstance(part, Term) and reader.key(part).kind is Kind.SORT]
    parts = tuple(part for part in parts_of(tree) if part not in sorts)
    meant = reader.all_of(parts) if isinstance(tree, And) or sorts else reader.part(tree)
    only = parts[0] if len(parts) == 1 else None
    return Meaning(meant, _sort(sorts), _identifier_alone(only))


def _identifier_alone(part: Node | None) -> str:
    if isinstance(part, Text) and not part.quoted and looks_like_one(part.text):
        return normalised(part.text.removeprefix("#"))
    return ""


def _sort(terms: list[Term]) -> str:
    if len(terms) > 1 or (terms and len(terms[0].values) > 1):
        raise _wrong(terms[-1].span, Sentence("two-sorts", "A list has one order. Keep one sort."))
    if not terms:
        return ""
    value = terms[0].values[0]
    name = value.text.removeprefix("-")
    found = [choice.value for choice in SORTS if choice.value == {"updated": "changed"}.get(name, name)]
    if not found:
        raise _unknown_value(BY_NAME["sort"], value, [choice.value for choice in SORTS])
    return "" if found == [RELEVANCE] else "-" * value.text.startswith("-") + found[0]


class _Reader:
    """Reads the parts of a query for one person."""

    def __init__(self, actor: Person) -> None:
        self._actor = actor

    def part(self, node: Node) -> Part:
        match node:
            case Text():
                return self._text(node)
            case Term():
                return self._term(node)
            case Not(part):
                return Except(self.part(part))
            case And(parts):
                return self.all_of(parts)
            case Or(parts):
                return AnyOf(tuple(map(self.part, parts)))

    def all_of(self, parts: Iterable[Node]) -> Part:
        return All(tuple(map(self.part, parts)))

    def key(self, term: Term) -> Key:
        known = keys_for(operator=self._actor.company.is_operator)
        key = BY_NAME.get(term.key)
        if key in known and key is not None:
            return key
        near = nearest(term.key, [name for one in known for name in (one.name, *one.aliases)])
        hint = "Did you mean “{near}:”? " if near else ""
        template = f"There is no key “{{key}}”. {hint}To look for the words themselves, put them in quotation marks."
        message = Sentence("unknown-key", template, key=term.key, near=near)
        raise QueryError(message, term.span.start, term.span.start + len(term.key), near)

    def _text(self, text: Text) -> Part:
        words = _phrase(text.text, text.prefix, ANYWHERE, text.span)
        if text.quoted or not looks_like_one(text.text):
            return words
        plain = normalised(text.text)
        companies = companies_meant(plain) if plain.isdigit() and len(plain) >= BEGINNING else ()
        parties = [Condition("party", (companies,))] if companies else []
        return AnyOf((_identifier(IDENTIFIER, text.text, text.prefix), *parties, words))

    def _term(self, term: Term) -> Part:
        key = self.key(term)
        if key.kind is Kind.SORT:
            raise _wrong(
                term.span, Sentence("sort-inside", "An order stands beside the rest, not inside brackets or after NOT.")
            )
        _require_plain(key, term)
        match key.kind:
            case Kind.CHOICE:
                return _choice(key, term)
            case Kind.FLAG:
                return _any(self._flag(key, one) for one in _all_chosen(key, term))
            case Kind.COMPANY:
                return self._company(key, term)
            case Kind.PERSON:
                return _looked_up(key, term, self._person)
            case Kind.GROUP:
                return _looked_up(key, term, self._group)
            case Kind.DAY:
                return _any(_day(key, value) for value in term.values)
            case Kind.TEXT:
                return _any(_phrase(value.text, value.prefix, PLACES[key.name], value.span) for value in term.values)
            case Kind.IDENTIFIER:
                name = condition_of(key)
                return _any(_identifier(name, value.text, value.prefix) for value in term.values)
            case Kind.ISSUE:
                return _any(Condition(condition_of(key), (_number(key, value),)) for value in term.values)

    def _flag(self, key: Key, value: str) -> Part:
        values = ((self._actor.id,),) if value == "mine" else ()
        return Condition(condition_of(key, value), values)

    def _company(self, key: Key, term: Term) -> Part:
        if key.name == "turn" and all(value.text == OWN_COMPANY for value in term.values):
            return Condition("is ours")  # the company's own rows answer it
        return _looked_up(key, term, self._companies)

    def _companies(self, key: Key, value: Value) -> tuple[int, ...]:
        if value.text == OWN_COMPANY:
            return (self._actor.company_id,)
        return _meant(companies_meant(value.text), key, value, "company of the market")

    def _person(self, key: Key, value: Value) -> tuple[int, ...]:
        if value.text == ME:
            return (self._actor.id,)
        return _meant(people_meant(self._actor, value.text), key, value, "person of your company")

    def _group(self, key: Key, value: Value) -> tuple[int, ...]:
        return _meant(groups_meant(self._actor, value.text), key, value, "group of your company")


def _choice(key: Key, term: Term) -> Part:
    chosen = _all_chosen(key, term)
    if key.name in ("type", "family"):
        members = (*catalogue.SUBTYPES, *catalogue.RETIRED)
        chosen = tuple(s.key for s in members if getattr(s, key.name) in chosen)
    if key.name == "status":
        chosen = tuple(s for one in chosen for s in {"open": OPEN, "ended": ENDED}.get(one, (one,)))
    return Condition(condition_of(key), (chosen,))


def _all_chosen(key: Key, term: Term) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.value for value in term.values for one in _chosen(key, value)))


def _looked_up(key: Key, term: Term, look_up: Callable[[Key, Value], tuple[int, ...]]) -> Part:
    """Any of those that the values name; nobody, where the key takes that."""
    named = [value for value in term.values if value.text != NOBODY or not key.nobody]
    found = tuple(dict.fromkeys(one for value in named for one in look_up(key, value)))
    some = [Condition(condition_of(key), (found,))] if named else []
    nobody = [Condition(condition_of(key, Form.NOBODY))] if len(named) < len(term.values) else []
    return _any((*some, *nobody))


def _number(key: Key, value: Value) -> int:
    if not value.text.isdecimal() or len(value.text) > LONGEST_NUMBER:
        raise _wrong(value.span, Sentence("not-a-number", "“{key}:” takes the number of an issue.", key=key.name))
    return int(value.text)


def _phrase(text: str, prefix: bool, places: frozenset[Place], span: Span) -> Part:
    words = wanted_prefix(text) if prefix else wanted_words(text)
    if not words:
        raise _wrong(span, Sentence("no-words", "There is no letter or digit to look for here. Take it away."))
    return Phrase(words, places)


def _identifier(name: str, text: str, prefix: bool) -> Part:
    """An identifier whole, its beginning, or its last 6, by the name of its condition."""
    plain = normalised(text.removeprefix("#"))
    if prefix or len(plain) > TAIL:
        return Condition(f"{name} {Form.BEGINS}", (plain, f"{plain}~"))
    if len(plain) == TAIL:
        return Condition(f"{name} {Form.BEGINS_OR_ENDS}", (plain, f"{plain}~", plain))
    return Condition(f"{name} {Form.WHOLE}", (plain,))


def _day(key: Key, value: Value) -> Part:
    start, end = day_bounds(key.name, value)
    bounds = [Condition(condition_of(key, Form.FROM), (start,))] if start else []
    bounds += [Condition(condition_of(key, Form.BEFORE), (end,))] if end else []
    return All(tuple(bounds))


def _chosen(key: Key, value: Value) -> tuple[Choice, ...]:
    found = matching(key.choices, value.text)
    if not found:
        raise _unknown_value(key, value, [name for one in key.choices for name in (one.value, one.label)])
    return found


def _meant(found: tuple[int, ...], key: Key, value: Value, what: str) -> tuple[int, ...]:
    if not found:
        template = "“{value}” is no {what}. Type a part of its name, or pick one from the list."
        raise _wrong(value.span, Sentence("nobody-meant", template, value=value.text, what=what, key=key.name))
    return found


def _require_plain(key: Key, term: Term) -> None:
    for value in term.values:
        if value.operator != "=" and key.kind not in BOUNDED:
            raise _wrong(value.span, Sentence("no-bounds", "“{key}:” takes no bounds; only days do.", key=key.name))
        if value.prefix and key.kind not in STARRED:
            template = "“{key}:” takes no star: a part of the name is enough."
            raise _wrong(value.span, Sentence("no-star", template, key=key.name))


def _unknown_value(key: Key, value: Value, known: list[str]) -> QueryError:
    near = nearest(value.text, known)
    hint = "Did you mean “{near}”?" if near else "For example: {example}."
    said = {"value": value.text, "key": key.name, "near": near, "example": key.example}
    message = Sentence("unknown-value", f"“{{value}}” is no value of “{{key}}:”. {hint}", **said)
    return QueryError(message, value.span.start, value.span.end, near)


def _wrong(span: Span, message: str) -> QueryError:
    return QueryError(message, span.start, span.end)


def _any(parts: Iterable[Part]) -> Part:
    found = tuple(parts)
    return found[0] if len(found) == 1 else AnyOf(found)
