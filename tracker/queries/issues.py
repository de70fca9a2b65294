"""Lists of issues: what the reader's company sees, filtered, sorted, a page at a time.

Pages are cut by keyset (the last row's sort value and id), so page 40 costs what page 1 costs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from tracker.clock import MARKET_ZONE
from tracker.db import AnyRow, AnySelect, db
from tracker.models import Company, Issue, IssueParty, IssueViewer, Person
from tracker.queries.visibility import sees

PAGE = 50

SORTS: dict[str, InstrumentedAttribute[Any]] = {
    "changed": Issue.changed_at,
    "created": Issue.created_at,
    "number": Issue.number,
    "turn": Issue.turn_since,
}
"""What a list can be sorted by; a leading `-` means newest or highest first."""


@dataclass(frozen=True)
class IssueFilter:
    """What a list is narrowed to. Empty members do not narrow. Dates are days of the market, both ends included."""

    subtype: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    standing: str = ""
    responsible: str = ""
    company: str = ""
    role: str = ""
    owner: str = ""
    group: str = ""
    esi_id: str = ""
    tran: str = ""
    created_from: date | None = None
    created_to: date | None = None
    changed_from: date | None = None
    changed_to: date | None = None


@dataclass(frozen=True)
class IssuePage:
    """One page of a list; `newer` and `older` are the keys of its neighbours, None at an end."""

    rows: Sequence[AnyRow]
    newer: str | None
    older: str | None


def list_issues(
    actor: Person, wanted: IssueFilter, sort: str = "-changed", after: str = "", before: str = ""
) -> IssuePage:
    """The page of the list that follows key `after`, or ends at key `before`; at most `PAGE` rows.

    A key that this list cannot have made is as none: the first page is shown.
    """
    column, descending = SORTS[sort.removeprefix("-")], sort.startswith("-")
    place = _parse(column, before or after)
    backwards = bool(before) and place is not None
    column, falling = _sort_column(actor, column), descending is not backwards
    statement = _narrowed(actor, _line(), wanted)
    if place is not None:
        statement = statement.where(_beyond(column, *place, falling))
    statement = statement.order_by(*((c.desc() if falling else c.asc()) for c in (column, Issue.id)))
    rows = db.session.execute(statement.limit(PAGE + 1)).all()
    return _page(rows, sort, begun=place is not None, backwards=backwards)


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
            Issue.is_open,
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


def _narrowed(actor: Person, statement: AnySelect, wanted: IssueFilter) -> AnySelect:
    if is_driven_by_viewer(actor):
        statement = statement.join(
            IssueViewer, and_(IssueViewer.issue_id == Issue.id, IssueViewer.company_id == actor.company_id)
        )
    else:
        statement = statement.where(sees(actor))
    return statement.where(*_conditions(actor, wanted))


def is_driven_by_viewer(actor: Person) -> bool:
    """Whether a list walks the company's own rows. The operator sees all, so its lists walk the issues."""
    return not actor.company.is_operator


def _sort_column(actor: Person, column: InstrumentedAttribute[Any]) -> InstrumentedAttribute[Any]:
    if column is Issue.changed_at and is_driven_by_viewer(actor):
        return IssueViewer.changed_at
    return column


def _conditions(actor: Person, wanted: IssueFilter) -> list[ColumnElement[bool]]:
    return [condition(actor, wanted) for name, condition in CONDITIONS.items() if getattr(wanted, name)]


def _standing(actor: Person, wanted: IssueFilter) -> ColumnElement[bool]:
    if wanted.standing == "ended":
        return Issue.is_open.is_(False)
    if is_driven_by_viewer(actor):
        return IssueViewer.standing == wanted.standing
    ours = Issue.responsible_id == actor.company_id
    return ours if wanted.standing == "ours" else and_(Issue.is_open, or_(~ours, Issue.responsible_id.is_(None)))


def _party(actor: Person, wanted: IssueFilter) -> ColumnElement[bool]:
    company = select(Company.id).where(Company.duns == wanted.company).scalar_subquery()
    party = exists().where(IssueParty.issue_id == Issue.id, IssueParty.company_id == company)
    return party.where(IssueParty.role == wanted.role) if wanted.role else party


def _owner(actor: Person, wanted: IssueFilter) -> ColumnElement[bool]:
    own = exists().where(IssueParty.issue_id == Issue.id, IssueParty.company_id == actor.company_id)
    if wanted.owner == "nobody":
        return ~own.where(IssueParty.owner_id.is_not(None))
    owner = actor.user_name if wanted.owner == "me" else wanted.owner
    person = select(Person.id).where(Person.user_name == owner, Person.company_id == actor.company_id)
    return own.where(IssueParty.owner_id == person.scalar_subquery())


def _group(actor: Person, wanted: IssueFilter) -> ColumnElement[bool]:
    return exists().where(
        IssueParty.issue_id == Issue.id,
        IssueParty.company_id == actor.company_id,
        IssueParty.group_id == int(wanted.group),
    )


def _responsible(actor: Person, wanted: IssueFilter) -> ColumnElement[bool]:
    return Issue.responsible_id == select(Company.id).where(Company.duns == wanted.responsible).scalar_subquery()


def _esi_id(actor: Person, wanted: IssueFilter) -> ColumnElement[bool]:
    return and_(Issue.esi_id >= wanted.esi_id, Issue.esi_id < wanted.esi_id + "~")


def _tran(actor: Person, wanted: IssueFilter) -> ColumnElement[bool]:
    return or_(Issue.orig_tran_id == wanted.tran, Issue.tran_id == wanted.tran)


CONDITIONS: dict[str, Callable[[Person, IssueFilter], ColumnElement[bool]]] = {
    "subtype": lambda actor, wanted: Issue.subtype.in_(wanted.subtype),
    "state": lambda actor, wanted: Issue.state.in_(wanted.state),
    "status": lambda actor, wanted: Issue.status.in_(wanted.status),
    "standing": _standing,
    "responsible": _responsible,
    "company": _party,
    "owner": _owner,
    "group": _group,
    "esi_id": _esi_id,
    "tran": _tran,
    "created_from": lambda actor, wanted: Issue.created_at >= _start_of(wanted.created_from),
    "created_to": lambda actor, wanted: Issue.created_at < _start_of(wanted.created_to, 1),
    "changed_from": lambda actor, wanted: Issue.changed_at >= _start_of(wanted.changed_from),
    "changed_to": lambda actor, wanted: Issue.changed_at < _start_of(wanted.changed_to, 1),
}


def _start_of(day: date | None, days_later: int = 0) -> datetime:
    assert day is not None  # a condition is asked for only where its member is set
    return datetime.combine(day + timedelta(days=days_later), time(), MARKET_ZONE)


def _beyond(column: InstrumentedAttribute[Any], value: Any, issue_id: int, falling: bool) -> ColumnElement[bool]:
    if falling:
        return or_(column < value, and_(column == value, Issue.id < issue_id))
    return or_(column > value, and_(column == value, Issue.id > issue_id))


def _parse(column: InstrumentedAttribute[Any], key: str) -> tuple[Any, int] | None:
    value, _, issue_id = key.rpartition("~")
    try:
        return (int(value) if column is Issue.number else datetime.fromisoformat(value).astimezone(UTC)), int(issue_id)
    except ValueError:
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
    value = {"changed": row.changed_at, "created": row.created_at, "number": row.number, "turn": row.turn_since}[
        sort.removeprefix("-")
    ]
    return f"{value.isoformat() if isinstance(value, datetime) else value}~{row.id}"


def owners_of(actor: Person, issue_ids: Sequence[int]) -> dict[int, str]:
    """Who owns each of these issues in the actor's company, by the issue's id."""
    statement = (
        select(IssueParty.issue_id, Person.full_name)
        .join(Person, Person.id == IssueParty.owner_id)
        .where(IssueParty.issue_id.in_(issue_ids), IssueParty.company_id == actor.company_id)
    )
    rows = db.session.execute(statement) if issue_ids else ()
    return {row.issue_id: row.full_name for row in rows}
