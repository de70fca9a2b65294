"""What the home page shows: the reader's work in four lists, each with its count."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import NamedTuple

from sqlalchemy import ScalarSelect, bindparam, exists, func, select

from tracker.clock import now
from tracker.db import AnyRow, AnySelect, db
from tracker.models import Company, Draft, Issue, IssueParty, IssueViewer, Person
from tracker.queries.visibility import VIEWER

SHOWN = 10
MOST_COUNTED = 10_000
"""Counting stops here, and the page says "over 10,000"."""

LATELY = timedelta(days=14)


class Section(NamedTuple):
    """One list of the home page: its first rows and how many there are."""

    rows: Sequence[AnyRow]
    total: int


def sections(actor: Person) -> list[Section]:
    """The four lists in the order of the page: waiting on me, on my company, on others; lately finished."""
    given = {"viewer": actor.company_id, "me": actor.id, "lately": now() - LATELY}
    totals = db.session.execute(_totals(), given).one()
    return [
        Section(db.session.execute(statement, given).all() if total else [], total)
        for statement, total in zip(_lists(), totals, strict=True)
    ]


def drafts_of(actor: Person) -> Sequence[Draft]:
    """The forms that the actor began and has not sent, last changed first."""
    return db.session.scalars(select(Draft).where(Draft.person_id == actor.id).order_by(Draft.changed_at.desc())).all()


@cache
def _totals() -> AnySelect:
    return select(*(_count(wanted) for wanted in _wanted()))


@cache
def _lists() -> tuple[AnySelect, ...]:
    return tuple(_lines(wanted) for wanted in _wanted())


def _wanted() -> tuple[AnySelect, ...]:
    owned = exists().where(
        IssueParty.issue_id == IssueViewer.issue_id,
        IssueParty.company_id == VIEWER,
        IssueParty.owner_id == bindparam("me"),
    )
    lately = IssueViewer.changed_at >= bindparam("lately")
    return (_standing("ours").where(owned), _standing("ours"), _standing("theirs"), _standing("ended").where(lately))


def _standing(standing: str) -> AnySelect:
    return select(IssueViewer.issue_id).where(IssueViewer.company_id == VIEWER, IssueViewer.standing == standing)


def _count(wanted: AnySelect) -> ScalarSelect[int]:
    return select(func.count()).select_from(wanted.limit(MOST_COUNTED + 1).subquery()).scalar_subquery()


def _lines(wanted: AnySelect) -> AnySelect:
    newest = wanted.order_by(IssueViewer.changed_at.desc(), IssueViewer.issue_id.desc()).limit(SHOWN).subquery()
    return (
        select(
            Issue.number,
            Issue.title,
            Issue.state,
            Issue.status,
            Issue.subtype,
            Issue.esi_id,
            Issue.changed_at,
            Issue.turn_since,
            Issue.responsible_id,
            Company.name.label("responsible"),
        )
        .join(newest, newest.c.issue_id == Issue.id)
        .outerjoin(Company, Company.id == Issue.responsible_id)
        .order_by(Issue.changed_at.desc(), Issue.id.desc())
    )
