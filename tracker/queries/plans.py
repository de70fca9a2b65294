"""How a query is carried out: the words go to the engine, its answer and the rest become one condition.

Whatever of a query is words alone is asked of the engine in one piece, with the reader's company and the conditions
that hold for the whole query inside it, so no limit ever hides what the reader may see. A query with words comes in
tiers, the best first: the identifier itself, then the words in the title and fields, in comments, in attachments.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tracker.models import Person
from tracker.queries.meaning import All, AnyOf, Condition, Except, Found, Meaning, Part
from tracker.search import Conditions, Engine
from tracker.search.wanted import Every, Phrase, Some, Wanted, Without, with_notes

LAST = -1
"""What is not meant is not meant anywhere: exclusions are of the last tier in every tier."""

MARKED = {"subtype", "status", "state"}
"""Conditions that the engine's documents bear as marks."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The tiers of a query, each containing the one before; `whole` is the last."""

    tiers: tuple[Part, ...]
    sort: str

    @property
    def whole(self) -> Part:
        """All that the query asks for."""
        return self.tiers[-1]

    def tier(self, number: int) -> Part:
        """What is in this tier and in none before."""
        if number == 0:
            return self.tiers[0]
        return All((*conjuncts(self.tiers[number]), Except(self.tiers[number - 1])))


def plan_of(actor: Person, meaning: Meaning, engine: Engine) -> Plan:
    """Ask the engine for the words. Raises `SearchUnavailable`."""
    marks = {
        part.name: [one.replace(" ", "_") for one in part.values[0]]
        for part in conjuncts(meaning.tree)
        if isinstance(part, Condition) and part.name in MARKED
    }
    conditions = Conditions(actor.company_id, marks, sees_all=actor.company.is_operator)
    asker = _Asker(engine, conditions, ranked=not meaning.sort)
    tree = asker.asked(meaning.tree)
    tiers = [_in_tier(tree, number) for number in range(asker.tiers)]
    if meaning.identifier and not meaning.sort:
        tiers.insert(0, Condition("identifier whole", (meaning.identifier,)))
    return Plan(tuple(tiers), meaning.sort or "-changed")


def conjuncts(part: Part) -> tuple[Part, ...]:
    """What a tree joins by "and" at its top."""
    return part.parts if isinstance(part, All) else (part,)


class _Asker:
    """Puts the engine's answers in the place of the words."""

    def __init__(self, engine: Engine, conditions: Conditions, *, ranked: bool) -> None:
        self._engine, self._conditions, self._ranked = engine, conditions, ranked
        self.tiers = 1

    def asked(self, part: Part) -> Part:
        words = self._words(part)
        if words is not None:
            return self._found(words)
        match part:
            case All(parts):
                return All(tuple(self._together(parts, Every)))
            case AnyOf(parts):
                return AnyOf(tuple(self._together(parts, Some)))
            case Except(inner):
                return Except(self.asked(inner))
            case Condition() | Phrase() | Found():
                return part

    def _together(self, parts: Iterable[Part], join: type[Every] | type[Some]) -> Iterator[Part]:
        """The parts that are words alone as one question, the others one by one."""
        words: list[Wanted] = []
        for part in parts:
            found = self._words(part)
            if found is None or not self._engine.joins:
                yield self.asked(part)
            else:
                words.append(found)
        if words:
            yield self._found(join(tuple(words)) if len(words) > 1 else words[0])

    def _words(self, part: Part) -> Wanted | None:
        """What goes to the engine in one piece."""
        return words_in(part) if self._engine.joins or isinstance(part, Phrase) else None

    def _found(self, wanted: Wanted) -> Part:
        if self._engine.joins:
            wanted = with_notes(wanted, self._conditions.viewer)
        tiers = self._engine.find(wanted, self._conditions, ranked=self._ranked)
        self.tiers = max(self.tiers, len(tiers))
        return Found(tiers, tuple(map(self._engine.amount_of, tiers)))


def words_in(part: Part) -> Wanted | None:
    """The part as the engine understands it, if it is made of words alone."""
    match part:
        case Phrase():
            return part
        case All(parts) | AnyOf(parts) if parts:
            words = [words_in(one) for one in parts]
            known = tuple(one for one in words if one is not None)
            join = Every if isinstance(part, All) else Some
            return join(known) if len(known) == len(words) else None
        case Except(inner):
            excluded = words_in(inner)
            return None if excluded is None else Without(excluded)
        case _:
            return None


def _in_tier(part: Part, number: int) -> Part:
    match part:
        case Found(tiers, amounts):
            here = number if number == LAST else min(number, len(tiers) - 1)
            return Found((tiers[here],), (amounts[here],))
        case All(parts):
            return All(tuple(_in_tier(one, number) for one in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_in_tier(one, number) for one in parts))
        case Except(inner):
            return Except(_in_tier(inner, LAST))
        case _:
            return part
