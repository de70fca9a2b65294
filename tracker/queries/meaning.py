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
from tracker.domain.roles import Role
from tracker.domain.search_keys import BY_NAME, SORTS, Choice, Key, Kind, keys_for, matching, nearest
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


PLACES = {
    "text": ANYWHERE,
    "comment": frozenset({Place.COMMENTS}),
    "attachment": frozenset({Place.ATTACHMENTS}),
}
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
        raise _wrong(terms[-1].span, "A list has one order. Keep one sort.")
    if not terms:
        return ""
    value = terms[0].values[0]
    name = value.text.removeprefix("-")
    found = [choice.value for choice in SORTS if choice.value == {"updated": "changed"}.get(name, name)]
    if not found:
        raise _unknown_value(BY_NAME["sort"], value, [choice.value for choice in SORTS])
    return "" if found == ["relevance"] else "-" * value.text.startswith("-") + found[0]


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
        hint = f"Did you mean “{near}:”? " if near else ""
        message = f"There is no key “{term.key}”. {hint}To look for the words themselves, put them in quotation marks."
        raise QueryError(message, term.span.start, term.span.start + len(term.key), near)

    def _text(self, text: Text) -> Part:
        words = _phrase(text.text, text.prefix, ANYWHERE, text.span)
        if text.quoted or not looks_like_one(text.text):
            return words
        plain = normalised(text.text)
        companies = companies_meant(plain) if plain.isdigit() and len(plain) >= BEGINNING else ()
        parties = [Condition("party", (companies,))] if companies else []
        return AnyOf((_identifier("", text.text, text.prefix), *parties, words))

    def _term(self, term: Term) -> Part:
        key = self.key(term)
        if key.kind is Kind.SORT:
            raise _wrong(term.span, "An order stands beside the rest, not inside brackets or after NOT.")
        if key.kind is not Kind.DAY:
            _require_plain(key, term)
        if key.kind in (Kind.CHOICE, Kind.COMPANY, Kind.PERSON, Kind.GROUP):
            return self._named[key.kind](self, key, term)
        return _any(self._one(key, value) for value in term.values)

    def _one(self, key: Key, value: Value) -> Part:
        if key.kind is Kind.DAY:
            return _day(key, value)
        if key.kind is Kind.TEXT:
            return _phrase(value.text, value.prefix, PLACES[key.name], value.span)
        if key.kind is Kind.IDENTIFIER:
            return _identifier({"id": "number"}.get(key.name, key.name), value.text, value.prefix)
        if not value.text.isdecimal() or len(value.text) > LONGEST_NUMBER:
            raise _wrong(value.span, f"“{key.name}:” takes the number of an issue.")
        return Condition(key.name, (int(value.text),))

    def _choice(self, key: Key, term: Term) -> Part:
        chosen = tuple(dict.fromkeys(one.value for value in term.values for one in _chosen(key, value)))
        if key.name in ("has", "is"):
            return _any(self._flag(key, one) for one in chosen)
        if key.name in ("type", "family"):
            members = (*catalogue.SUBTYPES, *catalogue.RETIRED)
            return Condition("subtype", (tuple(s.key for s in members if getattr(s, key.name) in chosen),))
        if key.name == "status":
            chosen = tuple(s for one in chosen for s in {"open": OPEN, "ended": ENDED}.get(one, (one,)))
        return Condition(key.name, (chosen,))

    def _flag(self, key: Key, value: str) -> Part:
        if value == "mine":
            return Condition("owner", ((self._actor.id,),))
        return Condition(f"{key.name} {value}")

    def _company(self, key: Key, term: Term) -> Part:
        found: list[int] = []
        nobody = False
        for value in term.values:
            if value.text == "nobody" and key.name == "turn":
                nobody = True
            elif value.text == "@mycompany":
                found.append(self._actor.company_id)
            else:
                found += _meant(companies_meant(value.text), key, value, "company of the market")
        if key.name == "turn" and found == [self._actor.company_id] and not nobody:
            return Condition("is ours")
        return _any(_company_conditions(key.name, tuple(dict.fromkeys(found)), nobody=nobody))

    def _person(self, key: Key, term: Term) -> Part:
        return self._of_ours(key, term, people_meant, "person of your company")

    def _group(self, key: Key, term: Term) -> Part:
        return self._of_ours(key, term, groups_meant, "group of your company")

    def _of_ours(self, key: Key, term: Term, look_up: Callable[[Person, str], tuple[int, ...]], what: str) -> Part:
        plain = [value for value in term.values if value.text != "nobody"]
        found = tuple(one for value in plain for one in _meant(self._ours(value, look_up), key, value, what))
        named = [Condition(key.name, (found,))] if plain else []
        nobody = [Condition(f"{key.name} nobody")] if len(plain) < len(term.values) else []
        return _any((*named, *nobody))

    def _ours(self, value: Value, look_up: Callable[[Person, str], tuple[int, ...]]) -> tuple[int, ...]:
        if value.text == "@me" and look_up is people_meant:
            return (self._actor.id,)
        return look_up(self._actor, value.text)

    _named: dict[Kind, Callable[["_Reader", Key, Term], Part]] = {
        Kind.CHOICE: _choice,
        Kind.COMPANY: _company,
        Kind.PERSON: _person,
        Kind.GROUP: _group,
    }


def _phrase(text: str, prefix: bool, places: frozenset[Place], span: Span) -> Part:
    words = wanted_prefix(text) if prefix else wanted_words(text)
    if not words:
        raise _wrong(span, "There is no letter or digit to look for here. Take it away.")
    return Phrase(words, places)


def _identifier(kind: str, text: str, prefix: bool) -> Part:
    """An identifier whole, its beginning, or its last 6; of `kind`, or of any."""
    plain = normalised(text.removeprefix("#"))
    of = f" {kind}" if kind else ""
    if prefix or len(plain) > TAIL:
        return Condition(f"identifier begins{of}", (plain, f"{plain}~"))
    if len(plain) == TAIL:
        return Condition(f"identifier begins or ends{of}", (plain, f"{plain}~", plain))
    return Condition(f"identifier whole{of}", (plain,))


def _day(key: Key, value: Value) -> Part:
    start, end = day_bounds(key.name, value)
    bounds = [Condition(f"{key.name} from", (start,))] if start else []
    bounds += [Condition(f"{key.name} before", (end,))] if end else []
    return All(tuple(bounds))


def _company_conditions(name: str, ids: tuple[int, ...], *, nobody: bool) -> Iterable[Part]:
    if nobody:
        yield Condition("turn nobody")
    if ids:
        roles = {role.lower(): role for role in Role}
        yield Condition("party in role", (roles[name], ids)) if name in roles else Condition(name, (ids,))


def _chosen(key: Key, value: Value) -> tuple[Choice, ...]:
    found = matching(key.choices, value.text)
    if not found:
        raise _unknown_value(key, value, [name for one in key.choices for name in (one.value, one.label)])
    return found


def _meant(found: tuple[int, ...], key: Key, value: Value, what: str) -> tuple[int, ...]:
    if not found:
        raise _wrong(value.span, f"“{value.text}” is no {what}. Type a part of its name, or pick one from the list.")
    return found


def _require_plain(key: Key, term: Term) -> None:
    for value in term.values:
        if value.operator != "=":
            raise _wrong(value.span, f"“{key.name}:” takes no bounds; only days do.")
        if value.prefix and key.kind not in (Kind.TEXT, Kind.IDENTIFIER):
            raise _wrong(value.span, f"“{key.name}:” takes no star: a part of the name is enough.")


def _unknown_value(key: Key, value: Value, known: list[str]) -> QueryError:
    near = nearest(value.text, known)
    hint = f" Did you mean “{near}”?" if near else f" For example: {key.example}."
    return QueryError(f"“{value.text}” is no value of “{key.name}:”.{hint}", value.span.start, value.span.end, near)


def _wrong(span: Span, message: str) -> QueryError:
    return QueryError(message, span.start, span.end)


def _any(parts: Iterable[Part]) -> Part:
    found = tuple(parts)
    return found[0] if len(found) == 1 else AnyOf(found)
