"""Lists of issues: what the reader's company sees, filtered, sorted, a page at a time.

Pages are cut by keyset (the last row's sort value and id), so page 40 costs what page 1 costs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from tracker.db import AnyRow, AnySelect, db
from tracker.models import Company, Issue, IssueParty, IssueViewer, Person
from tracker.queries.issue_filters import BY_OWN_ROWS, CONDITIONS, IssueFilter, names_of, values_of
from tracker.queries.visibility import VIEWER, company_sees

PAGE = 50

SORTS: dict[str, InstrumentedAttribute[Any]] = {
    "changed": Issue.changed_at,
    "created": Issue.created_at,
    "turn": Issue.turn_since,
}
"""What a list can be sorted by; a leading `-` means the newest first."""


@dataclass(frozen=True)
class IssuePage:
    """One page of a list; `newer` and `older` are the keys of its neighbours, None at an end."""

    rows: Sequence[AnyRow]
    newer: str | None
    older: str | None


@dataclass(frozen=True)
class Shape:
    """All that decides the statement of a list, besides its values."""

    names: frozenset[str]
    sort: str
    falling: bool
    goes_on: bool
    by_own_rows: bool


def list_issues(
    actor: Person, wanted: IssueFilter, sort: str = "-changed", after: str = "", before: str = ""
) -> IssuePage:
    """The page of the list that follows key `after`, or ends at key `before`; at most `PAGE` rows.

    A key that this list cannot have made is as none: the first page is shown.
    """
    place = _parse(before or after)
    backwards = bool(before) and place is not None
    falling = sort.startswith("-") is not backwards
    shape = Shape(names_of(wanted), sort.removeprefix("-"), falling, place is not None, not actor.company.is_operator)
    moment, issue_id = place or (None, None)
    given = {**values_of(actor, wanted), "place": moment, "place_id": issue_id}
    rows = db.session.execute(_statement(shape), given).all()
    return _page(rows, shape.sort, begun=place is not None, backwards=backwards)


@lru_cache(maxsize=512)
def _statement(shape: Shape) -> AnySelect:
    statement = _seen(shape.by_own_rows).where(*(_condition(name, shape.by_own_rows) for name in shape.names))
    column, tie = _order(shape)
    if shape.goes_on:
        statement = statement.where(_beyond(column, tie, shape.falling))
    order = ((c.desc() if shape.falling else c.asc()) for c in dict.fromkeys((column, tie)))
    return statement.order_by(*order).limit(PAGE + 1)


def _order(shape: Shape) -> tuple[InstrumentedAttribute[Any], InstrumentedAttribute[int]]:
    """What the rows are ordered by, and what decides between equals. Ids follow the order of filing."""
    if not shape.by_own_rows or shape.sort == "turn":
        return SORTS[shape.sort], Issue.id
    return IssueViewer.changed_at if shape.sort == "changed" else IssueViewer.issue_id, IssueViewer.issue_id


def _seen(by_own_rows: bool) -> AnySelect:
    if not by_own_rows:
        return _line().where(company_sees(VIEWER))
    own = and_(IssueViewer.issue_id == Issue.id, IssueViewer.company_id == VIEWER)
    return _line().join(IssueViewer, own)


def _condition(name: str, by_own_rows: bool) -> ColumnElement[bool]:
    table = {**CONDITIONS, **BY_OWN_ROWS} if by_own_rows else CONDITIONS
    return table[name]()


def _line() -> AnySelect:
    responsible = aliased(Company)
    return (
        select(
            Issue.id,
            Issue.number,
            Issue.title,
            Issue.subtype,
            Issue.state,
            Issue.status,
            Issue.esi_id,
            Issue.orig_tran_id,
            Issue.tran_id,
            Issue.created_at,
            Issue.changed_at,
            Issue.turn_since,
            Issue.closed_at,
            Issue.responsible_id,
            responsible.name.label("responsible"),
        )
        .select_from(Issue)
        .outerjoin(responsible, responsible.id == Issue.responsible_id)
    )


def _beyond(column: InstrumentedAttribute[Any], tie: InstrumentedAttribute[int], falling: bool) -> ColumnElement[bool]:
    place: BindParameter[datetime] = bindparam("place")
    place_id: BindParameter[int] = bindparam("place_id")
    if column is tie:
        return tie < place_id if falling else tie > place_id
    if falling:
        return or_(column < place, and_(column == place, tie < place_id))
    return or_(column > place, and_(column == place, tie > place_id))


def _parse(key: str) -> tuple[datetime, int] | None:
    moment, _, issue_id = key.rpartition("~")
    try:
        return datetime.fromisoformat(moment).astimezone(UTC), int(issue_id)
    except (ValueError, OverflowError):
        return None


def _page(rows: Sequence[AnyRow], sort: str, *, begun: bool, backwards: bool) -> IssuePage:
    more, shown = len(rows) > PAGE, list(rows[:PAGE])
    if backwards:
        shown.reverse()
    first, last = (_key(shown[0], sort), _key(shown[-1], sort)) if shown else (None, None)
    has_newer = more if backwards else begun
    has_older = True if backwards else more
    return IssuePage(shown, newer=first if has_newer else None, older=last if has_older else None)


def _key(row: AnyRow, sort: str) -> str:
    moment = {"changed": row.changed_at, "created": row.created_at, "turn": row.turn_since}[sort]
    return f"{moment.isoformat()}~{row.id}"


def owners_of(actor: Person, issue_ids: Sequence[int]) -> dict[int, str]:
    """Who owns each of these issues in the actor's company, by the issue's id."""
    given = {"viewer": actor.company_id, "issues": issue_ids}
    rows = db.session.execute(_owners(), given) if issue_ids else ()
    return {row.issue_id: row.full_name for row in rows}


@cache
def _owners() -> AnySelect:
    return (
        select(IssueParty.issue_id, Person.full_name)
        .join(Person, Person.id == IssueParty.owner_id)
        .where(IssueParty.issue_id.in_(bindparam("issues", expanding=True)), IssueParty.company_id == VIEWER)
    )
