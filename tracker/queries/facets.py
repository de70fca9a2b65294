"""How the issues of a query divide: by subtype, status, state, turn, company and age, inside the reader's sight."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from tracker.db import db
from tracker.domain import catalogue
from tracker.domain.query_language import Value
from tracker.domain.search_keys import BY_NAME
from tracker.domain.tables import known
from tracker.models import Issue, IssueParty, IssueViewer, Person
from tracker.queries.companies import companies_called
from tracker.queries.days import day_bounds
from tracker.queries.plans import Plan
from tracker.queries.shapes import Among, Shape, conditions_of, shaped
from tracker.queries.visibility import VIEWER
from tracker.search import Engine

MOST_COUNTED = 10_000
"""Counted exactly up to here; beyond, so many of them are counted and the page says "over 10,000"."""

SHOWN = 8
TOTAL = "total"
TITLES = {
    "status": "Status",
    "state": "State",
    "subtype": "Subtype",
    "turn": "Whose turn",
    "party": "Company",
    "created": "Age",
}
"""The keys by which issues are divided, in the order of the page, and what the page calls each."""

COLUMN_OF: Mapping[str, InstrumentedAttribute[Any]] = {
    "status": Issue.status,
    "state": Issue.state,
    "subtype": Issue.subtype,
    "turn": Issue.responsible_id,
}
"""Those of which an issue has one value."""

known("facets", TITLES, BY_NAME)
known("columns of facets", COLUMN_OF, TITLES)
AGES = (("up to a week", "@today-7d"), ("up to 30 days", "@today-30d"), ("up to 90 days", "@today-90d"))


@dataclass(frozen=True, slots=True)
class Count:
    """One line of a facet: what people read, how many, and the value of the key that asks for these alone."""

    label: str
    count: int
    value: str


@dataclass(frozen=True, slots=True)
class Facet:
    """How the issues divide by one key."""

    title: str
    key: str
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Facets:
    """All facets of a query; `total` is `MOST_COUNTED` + 1 when there are more."""

    total: int
    facets: tuple[Facet, ...]


def facets_of(actor: Person, plan: Plan, engine: Engine) -> Facets:
    """Count the issues of the query that the actor sees; what is counted is what the list shows."""
    part = shaped(plan.whole)
    since = {age: day_bounds("created", Value(age, ">="))[0] for _, age in AGES}
    statement = _counts(part.shape, engine.among, not actor.company.is_operator)
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for facet, value, hits in db.session.execute(statement, {**part.values, **since, "viewer": actor.company_id}):
        counted[facet][value] = hits
    return Facets(counted[TOTAL][""], tuple(facet for facet in _facets(counted) if len(facet.counts) > 1))


def _facets(counted: dict[str, dict[str, int]]) -> Iterable[Facet]:
    companies = {str(one.id): (one.label, one.value) for one in companies_called()}
    said = {
        "subtype": lambda key: (catalogue.NAMES.get(key, key), key),
        "turn": companies.__getitem__,
        "party": companies.__getitem__,
    }
    for key, title in TITLES.items():
        if key == "created":
            yield _ages(title, counted[key])
        else:
            yield _facet(title, key, counted, said.get(key, lambda value: (value, value)))


def _ages(title: str, young: dict[str, int]) -> Facet:
    return Facet(title, "created", tuple(Count(label, young[age], f">={age}") for label, age in AGES if young[age]))


def _facet(title: str, key: str, counted: dict[str, dict[str, int]], said: Callable[[str], tuple[str, str]]) -> Facet:
    """The most frequent first; `said` gives the label and the value of what was counted."""
    shown = sorted(counted[key].items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
    named = [(said(value), count) for value, count in shown]
    return Facet(title, key, tuple(Count(label, count, value) for (label, value), count in named))


@lru_cache(maxsize=512)
def _counts(shape: Shape, among: Among, by_own_rows: bool) -> CompoundSelect[Any]:
    """All counts in one statement, (facet, value, hits): ten thousand rows stay where they are."""
    hits = _hits(conditions_of(shape, among, by_own_rows=by_own_rows))
    parties = select(IssueParty.issue_id, IssueParty.company_id).distinct()
    of_hits = parties.where(IssueParty.issue_id.in_(select(hits.c.id))).subquery()
    return union_all(
        select(*_line(TOTAL, literal(""))).select_from(hits),
        *(_divided(key, hits.c[column.key]) for key, column in COLUMN_OF.items()),
        _divided("party", of_hits.c.company_id),
        *(select(*_line("created", literal(age))).where(hits.c.created_at >= bindparam(age)) for _, age in AGES),
    )


def _hits(conditions: Sequence[ColumnElement[bool]]) -> CTE:
    columns = (Issue.id, *COLUMN_OF.values(), Issue.created_at)
    ours = (IssueViewer.issue_id == Issue.id) & (IssueViewer.company_id == VIEWER)
    return select(*columns).join(IssueViewer, ours).where(*conditions).limit(MOST_COUNTED + 1).cte("hits")


def _divided(key: str, column: ColumnElement[Any]) -> Select[Any]:
    return select(*_line(key, cast(column, String))).where(column.is_not(None)).group_by(column)


def _line(key: str, value: ColumnElement[str]) -> tuple[ColumnElement[Any], ...]:
    return literal(key).label("facet"), value.label("value"), func.count().label("hits")
