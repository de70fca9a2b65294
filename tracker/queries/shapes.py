"""A plan as SQL: its shape decides the statement, which is built once; its values are bound each time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BinaryExpression,
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    false,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.operators import in_op

from tracker.models import Issue
from tracker.queries.conditions import BY_OWN_ROWS, CONDITIONS
from tracker.queries.meaning import All, AnyOf, Condition, Except, Found, Part
from tracker.queries.plans import conjuncts
from tracker.search import Amount

Among = Callable[[BindParameter[Any], Amount], ColumnElement[bool]]
"""The engine's condition for what it found: (parameter, amount)."""

Shape = tuple[Any, ...]
"""A tree of names: hashable, and without a value in it."""


@dataclass(frozen=True, slots=True)
class Shaped:
    """A part of a plan as its shape and its values."""

    shape: Shape
    values: Mapping[str, Any]


def shaped(part: Part) -> Shaped:
    """Take the values out of a part."""
    values: list[Any] = []
    shape = ("all", tuple(_shape(one, values) for one in conjuncts(part)))
    return Shaped(shape, {f"v{number}": value for number, value in enumerate(values)})


def _shape(part: Part, values: list[Any]) -> Shape:
    match part:
        case Condition(name, given):
            values += given
            return ("condition", name, tuple(isinstance(value, tuple) for value in given))
        case Found(tiers, amounts):
            values.append(tiers[0])
            return ("found", amounts[0])
        case All(parts):
            return ("all", tuple(_shape(one, values) for one in parts))
        case AnyOf(parts):
            return ("any", tuple(_shape(one, values) for one in parts))
        case Except(inner):
            return ("except", _shape(inner, values))
    raise TypeError(part)  # words, which the engine has not been asked for


def conditions_of(shape: Shape, among: Among, *, by_own_rows: bool) -> list[ColumnElement[bool]]:
    """The conditions of a shape, to be joined by "and"; the company's own rows answer those that they can."""
    maker = _Maker(among)
    return [maker.made(part, {**CONDITIONS, **BY_OWN_ROWS} if by_own_rows else CONDITIONS) for part in shape[1]]


class _Maker:
    """Counts the parameters in the order in which `shaped` took the values out."""

    def __init__(self, among: Among) -> None:
        self._among, self._count = among, 0

    def made(self, shape: Shape, table: Mapping[str, Callable[..., ColumnElement[bool]]]) -> ColumnElement[bool]:
        match shape:
            case ("condition", name, lists):
                return table[name](*(self._parameter(expanding=one) for one in lists))
            case ("found", amount):
                return self._among(self._parameter(), amount)
            case ("all", parts):
                return and_(true(), *(self.made(part, CONDITIONS) for part in parts))
            case ("any", parts):
                return _any_of([self.made(part, CONDITIONS) for part in parts])
            case ("except", part):
                return self.made(part, CONDITIONS).is_not(true())  # what is unknown is not so either
        raise TypeError(shape)

    def _parameter(self, *, expanding: bool = False) -> BindParameter[Any]:
        name = f"v{self._count}"
        self._count += 1
        return bindparam(name, expanding=expanding)


def _any_of(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Any of the conditions; lists of ids become one list, as PostgreSQL goes through all issues for an "or" of two."""
    lists = [_ids_of(condition) for condition in conditions]
    ids = [one for one in lists if one is not None]
    if len(ids) < 2 or len(ids) < len(lists):
        return or_(false(), *conditions)
    return Issue.id.in_(union_all(*(select(*one.subquery().c) for one in ids)))


def _ids_of(condition: ColumnElement[bool]) -> Any:
    """The select in a condition "the issue is among these", None for any other condition."""
    is_list = isinstance(condition, BinaryExpression) and condition.operator is in_op
    return condition.right.element if is_list and condition.left.compare(Issue.id.expression) else None
