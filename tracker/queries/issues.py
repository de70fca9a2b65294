"""Lists of issues: what the reader's company sees of a query, sorted or ranked, a page at a time.

Pages are cut by keyset (the last row's sort value and id), so page 40 costs what page 1 costs. A reader is given the
issue's number in place of its id, which would count the issues of the market. The operator sees every issue, so
its lists walk the issues; every other company's lists walk the company's own rows of `issue_viewer`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from tracker.db import AnyRow, AnySelect, db
from tracker.domain import search_keys
from tracker.domain.identifiers import LARGEST_NUMBER
from tracker.domain.tables import complete
from tracker.models import Company, Issue, IssueParty, IssueViewer, Person
from tracker.queries.plans import Plan
from tracker.queries.shapes import Among, Shape, conditions_of, shaped
from tracker.queries.visibility import VIEWER, company_sees
from tracker.search import Engine

PAGE = 50

SORTS: Mapping[str, InstrumentedAttribute[Any]] = complete(
    "orders of the list",
    (choice.value for choice in search_keys.SORTS if choice.value != search_keys.RELEVANCE),
    {"changed": Issue.changed_at, "created": Issue.created_at, "turn": Issue.turn_since},
)
"""What a list can be sorted by; a leading `-` means the newest first."""

BY_OWN_ROWS: Mapping[str, InstrumentedAttribute[Any]] = {
    "changed": IssueViewer.changed_at,
    "created": IssueViewer.issue_id,
}
"""The same orders by the company's own rows. Ids follow the order of filing."""


@dataclass(frozen=True)
class IssuePage:
    """One page of a list; `newer` and `older` are the keys of its neighbours, None at an end."""

    rows: Sequence[AnyRow]
    newer: str | None
    older: str | None


@dataclass(frozen=True)
class Place:
    """A row of the list: its tier, its sort value, its id."""

    tier: int
    moment: datetime
    issue_id: int


@dataclass(frozen=True)
class Ask:
    """All that decides the statement of a list, besides its values."""

    shape: Shape
    sort: str
    falling: bool
    goes_on: bool
    by_own_rows: bool


def list_issues(actor: Person, plan: Plan, engine: Engine, after: str = "", before: str = "") -> IssuePage:
    """The page of the list that follows key `after`, or ends at key `before`; at most `PAGE` rows.

    A key that this list cannot have made, or of an issue that is out of sight, is as none: the first page is shown.
    """
    place = _place(actor, before or after, len(plan.tiers))
    backwards = bool(before) and place is not None
    found = _Walk(actor, plan, engine, backwards=backwards).rows(place)
    return _page(found, plan.sort.removeprefix("-"), begun=place is not None, backwards=backwards)


class _Walk:
    """Goes through the tiers of a plan, from a place on, until a page is full."""

    def __init__(self, actor: Person, plan: Plan, engine: Engine, *, backwards: bool) -> None:
        self._actor, self._plan, self._engine, self._backwards = actor, plan, engine, backwards

    def rows(self, place: Place | None) -> list[tuple[int, AnyRow]]:
        """The next rows, one more than a page holds, each with its tier."""
        found: list[tuple[int, AnyRow]] = []
        for tier in self._tiers(place.tier if place else 0):
            inside = place if place and place.tier == tier else None
            rows = self._asked(tier, inside, PAGE + 1 - len(found))
            found += [(tier, row) for row in rows]
            if len(found) > PAGE:
                break
        return found

    def _tiers(self, first: int) -> range:
        return range(first, -1, -1) if self._backwards else range(first, len(self._plan.tiers))

    def _asked(self, tier: int, place: Place | None, most: int) -> Sequence[AnyRow]:
        part = shaped(self._plan.tier(tier))
        falling = self._plan.sort.startswith("-") is not self._backwards
        sort = self._plan.sort.removeprefix("-")
        ask = Ask(part.shape, sort, falling, place is not None, not self._actor.company.is_operator)
        given = {**part.values, "viewer": self._actor.company_id, "most": most}
        if place:
            given |= {"place": place.moment, "place_id": place.issue_id}
        return db.session.execute(_statement(ask, self._engine.among), given).all()


@lru_cache(maxsize=1024)
def _statement(ask: Ask, among: Among) -> AnySelect:
    conditions = conditions_of(ask.shape, among, by_own_rows=ask.by_own_rows)
    statement = _seen(ask.by_own_rows).where(*conditions)
    column, tie = _order(ask)
    if ask.goes_on:
        statement = statement.where(_beyond(column, tie, ask.falling))
    order = ((c.desc() if ask.falling else c.asc()) for c in dict.fromkeys((column, tie)))
    return statement.order_by(*order).limit(bindparam("most"))


def _order(ask: Ask) -> tuple[InstrumentedAttribute[Any], InstrumentedAttribute[int]]:
    """What the rows are ordered by, and what decides between equals."""
    if ask.by_own_rows and ask.sort in BY_OWN_ROWS:
        return BY_OWN_ROWS[ask.sort], IssueViewer.issue_id
    return SORTS[ask.sort], Issue.id


def _seen(by_own_rows: bool) -> AnySelect:
    if not by_own_rows:
        return _line().where(company_sees(VIEWER))
    own = and_(IssueViewer.issue_id == Issue.id, IssueViewer.company_id == VIEWER)
    return _line().join(IssueViewer, own)


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


def _place(actor: Person, key: str, tiers: int) -> Place | None:
    moment, _, rest = key.partition("~")
    number, _, tier = rest.partition("~")
    try:
        row = Place(int(tier or 0), datetime.fromisoformat(moment).astimezone(UTC), _id_of(actor, number))
    except (ValueError, OverflowError):
        return None
    return row if 0 <= row.tier < tiers else None


def _id_of(actor: Person, number: str) -> int:
    """The id of an issue that the actor sees. Raises `ValueError`."""
    given = {"number": int(number), "viewer": actor.company_id}
    if not 0 < given["number"] <= LARGEST_NUMBER:
        raise ValueError(number)
    found = db.session.scalar(_ids(), given)
    if found is None:
        raise ValueError(number)
    return found


@cache
def _ids() -> Select[int]:
    return select(Issue.id).where(Issue.number == bindparam("number"), company_sees(VIEWER))


def _page(found: list[tuple[int, AnyRow]], sort: str, *, begun: bool, backwards: bool) -> IssuePage:
    more, shown = len(found) > PAGE, found[:PAGE]
    if backwards:
        shown.reverse()
    first, last = (_key(*shown[0], sort), _key(*shown[-1], sort)) if shown else (None, None)
    has_newer = more if backwards else begun
    has_older = True if backwards else more
    rows = [row for _, row in shown]
    return IssuePage(rows, newer=first if has_newer else None, older=last if has_older else None)


def _key(tier: int, row: AnyRow, sort: str) -> str:
    moment = getattr(row, SORTS[sort].key)
    return f"{moment.isoformat()}~{row.number}" + (f"~{tier}" if tier else "")


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
