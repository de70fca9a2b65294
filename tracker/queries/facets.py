"""How the issues of a query divide: by subtype, status, state, turn, company and age, inside the reader's sight."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select

from tracker.clock import now
from tracker.db import AnyRow, AnySelect, db
from tracker.domain import catalogue
from tracker.models import Company, Issue, IssueParty, IssueViewer, Person
from tracker.queries.plans import Plan
from tracker.queries.shapes import Among, Shape, conditions_of, shaped
from tracker.queries.visibility import VIEWER
from tracker.search import Engine

MOST_COUNTED = 10_000
"""Counted exactly up to here; beyond, the newest are counted and the page says "over 10,000"."""

SHOWN = 8
AGES = ((7, "up to a week", "@today-7d"), (30, "up to 30 days", "@today-30d"), (90, "up to 90 days", "@today-90d"))


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
    by_own_rows = not actor.company.is_operator
    statement = _rows(part.shape, engine.among, by_own_rows)
    rows = db.session.execute(statement, {**part.values, "viewer": actor.company_id}).all()
    names = {row.id: row.name for row in db.session.execute(select(Company.id, Company.name))}
    counted = rows[:MOST_COUNTED]
    return Facets(len(rows), tuple(facet for facet in _facets(counted, names) if len(facet.counts) > 1))


def _facets(rows: Sequence[AnyRow], names: dict[int, str]) -> Iterable[Facet]:
    yield _facet("Status", "status", Counter(row.status for row in rows), lambda status: (status, status))
    yield _facet("State", "state", Counter(row.state for row in rows), lambda state: (state, state))
    yield _facet("Subtype", "subtype", Counter(row.subtype for row in rows), lambda key: (catalogue.NAMES[key], key))
    turns = Counter(row.responsible_id for row in rows if row.responsible_id)
    yield _facet("Whose turn", "turn", turns, lambda company: (names[company], names[company]))
    yield _facet("Company", "party", _parties(rows), lambda company: (names[company], names[company]))
    yield _ages(rows)


def _facet(title: str, key: str, counter: "Counter[Any]", said: Callable[[Any], tuple[str, str]]) -> Facet:
    """The most frequent first; `said` gives the label and the value of what was counted."""
    shown = sorted(counter.items(), key=lambda item: (-item[1], str(item[0])))[:SHOWN]
    named = [(said(what), count) for what, count in shown]
    return Facet(title, key, tuple(Count(label, count, value) for (label, value), count in named))


def _ages(rows: Sequence[AnyRow]) -> Facet:
    moment = now()
    counts = [
        Count(label, count, f">={value}")
        for days, label, value in AGES
        if (count := sum(row.created_at >= moment - timedelta(days=days) for row in rows))
    ]
    return Facet("Age", "created", tuple(counts))


def _parties(rows: Sequence[AnyRow]) -> "Counter[int]":
    ids = [row.id for row in rows]
    counter: Counter[int] = Counter()
    for start in range(0, len(ids), 5_000):
        given = {"issues": ids[start : start + 5_000]}
        pairs = {(row.issue_id, row.company_id) for row in db.session.execute(_party_rows(), given)}
        counter.update(company_id for _, company_id in pairs)
    return counter


@lru_cache(maxsize=1)
def _party_rows() -> AnySelect:
    ours = IssueParty.issue_id.in_(bindparam("issues", expanding=True))
    return select(IssueParty.issue_id, IssueParty.company_id).where(ours)


@lru_cache(maxsize=512)
def _rows(shape: Shape, among: Among, by_own_rows: bool) -> AnySelect:
    columns = (Issue.id, Issue.status, Issue.state, Issue.subtype, Issue.responsible_id, Issue.created_at)
    statement = select(*columns).join(
        IssueViewer, (IssueViewer.issue_id == Issue.id) & (IssueViewer.company_id == VIEWER)
    )
    return statement.where(*conditions_of(shape, among, by_own_rows=by_own_rows)).limit(MOST_COUNTED + 1)
