"""What stands in somebody's inbox: notices of issues that the own company sees, the newest first."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from tracker.db import AnyRow, AnySelect, db
from tracker.domain.notices import Reason
from tracker.models import Comment, Company, Event, Issue, IssueViewer, Notice, Person
from tracker.queries.visibility import VIEWER, company_reads, company_sees

PAGE = 50


class Inbox(NamedTuple):
    """One page: its rows, the key of the next page, and how many are unread by reason."""

    rows: Sequence[AnyRow]
    older: int | None
    unread: dict[str, int]


def inbox_of(actor: Person, *, reason: str = "", unread_only: bool = False, before: int | None = None) -> Inbox:
    """The page of the actor's notices that follows the notice `before`; of one reason, when it is given."""
    statement = _notices()
    if reason in set(Reason):
        statement = statement.where(Notice.reason == reason)
    if unread_only:
        statement = statement.where(Notice.read_at.is_(None))
    if before:
        statement = statement.where(Notice.id < before)
    given = {"me": actor.id, "viewer": actor.company_id}
    rows = db.session.execute(statement.limit(PAGE + 1), given).all()
    return Inbox(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None, _unread_by_reason(actor))


def _unread_by_reason(actor: Person) -> dict[str, int]:
    counted = (
        select(Notice.reason, func.count())
        .join(IssueViewer, (IssueViewer.issue_id == Notice.issue_id) & (IssueViewer.company_id == actor.company_id))
        .where(Notice.person_id == actor.id, Notice.read_at.is_(None))
        .group_by(Notice.reason)
    )
    return {row[0]: row[1] for row in db.session.execute(counted)}


def unread_of(person: Any, company: Any) -> ScalarSelect[int]:
    """How many notices a person has not read, of issues that the company sees (columns, or values)."""
    here = (IssueViewer.issue_id == Notice.issue_id) & (IssueViewer.company_id == company)
    counted = select(func.count(Notice.id)).join(IssueViewer, here)
    counted = counted.where(Notice.person_id == person, Notice.read_at.is_(None))
    return counted.correlate(Person).scalar_subquery()


@cache
def _notices() -> AnySelect:
    doer, stood_in, of_doer, turn = aliased(Person), aliased(Person), aliased(Company), aliased(Company)
    return (
        select(
            Notice.id,
            Notice.reason,
            Notice.at,
            Notice.read_at,
            Issue.number,
            Issue.title,
            Issue.state,
            Issue.status,
            turn.name.label("responsible"),
            Event.name,
            Event.at.label("event_at"),
            Event.to_state,
            Event.from_state,
            doer.full_name.label("person"),
            stood_in.full_name.label("instead_of"),
            of_doer.name.label("company"),
            func.substr(Comment.text, 1, 200).label("said"),
        )
        .join(Issue, Issue.id == Notice.issue_id)
        .join(Event, Event.id == Notice.event_id)
        .join(doer, doer.id == Event.person_id)
        .join(of_doer, of_doer.id == Event.company_id)
        .outerjoin(stood_in, stood_in.id == Notice.for_id)
        .outerjoin(turn, turn.id == Issue.responsible_id)
        .outerjoin(Comment, Comment.id == Event.comment_id)
        .where(Notice.person_id == bindparam("me"), company_sees(VIEWER))
        .where(or_(Event.comment_id.is_(None), company_reads(Event, VIEWER)))
        .order_by(Notice.id.desc())
    )
