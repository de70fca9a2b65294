"""What the home page shows: the reader's work in four lists, each with its count."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select

from tracker.clock import now
from tracker.db import AnyRow, AnySelect, db
from tracker.models import Company, Draft, Issue, IssueParty, IssueViewer, Person

SHOWN = 10
MOST_COUNTED = 10_000
"""Counting stops here, and the page says "over 10,000"."""

LATELY = timedelta(days=14)


class Section(NamedTuple):
    """One list of the home page: its first rows and how many there are."""

    rows: Sequence[AnyRow]
    total: int


def waiting_on_me(actor: Person) -> AnySelect:
    """Issues that the actor owns where it is the company's turn."""
    return _standing(actor, "ours").where(
        exists().where(
            IssueParty.issue_id == IssueViewer.issue_id,
            IssueParty.company_id == actor.company_id,
            IssueParty.owner_id == actor.id,
        )
    )


def waiting_on_company(actor: Person) -> AnySelect:
    """Issues where it is the company's turn, whoever owns them."""
    return _standing(actor, "ours")


def waiting_for_others(actor: Person) -> AnySelect:
    """Open issues where another company acts next."""
    return _standing(actor, "theirs")


def lately_finished(actor: Person) -> AnySelect:
    """Issues that ended in the last two weeks."""
    return _standing(actor, "ended").where(IssueViewer.changed_at >= now() - LATELY)


def sections(actor: Person) -> list[Section]:
    """The four lists in the order of the page."""
    wanted = [waiting_on_me(actor), waiting_on_company(actor), waiting_for_others(actor), lately_finished(actor)]
    counts = db.session.execute(select(*(_count(statement) for statement in wanted))).one()
    return [Section(_lines(statement), count) for statement, count in zip(wanted, counts, strict=True)]


def drafts_of(actor: Person) -> Sequence[Draft]:
    """The forms that the actor began and has not sent, last changed first."""
    return db.session.scalars(select(Draft).where(Draft.person_id == actor.id).order_by(Draft.changed_at.desc())).all()


def _standing(actor: Person, standing: str) -> AnySelect:
    return select(IssueViewer.issue_id).where(
        IssueViewer.company_id == actor.company_id, IssueViewer.standing == standing
    )


def _count(statement: AnySelect) -> Any:
    return select(func.count()).select_from(statement.limit(MOST_COUNTED + 1).subquery()).scalar_subquery()


def _lines(wanted: AnySelect) -> Sequence[AnyRow]:
    newest = wanted.order_by(IssueViewer.changed_at.desc(), IssueViewer.issue_id.desc()).limit(SHOWN).subquery()
    statement = (
        select(
            Issue.number,
            Issue.title,
            Issue.state,
            Issue.status,
            Issue.subtype,
            Issue.esi_id,
            Issue.changed_at,
            Issue.turn_since,
            Company.name.label("responsible"),
        )
        .join(newest, newest.c.issue_id == Issue.id)
        .outerjoin(Company, Company.id == Issue.responsible_id)
        .order_by(Issue.changed_at.desc(), Issue.id.desc())
    )
    return db.session.execute(statement).all()
