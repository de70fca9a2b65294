"""What stands in somebody's inbox: notices of issues that the own company sees, the newest first."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from tracker.db import AnyRow, AnySelect, db
from tracker.domain.identifiers import LARGEST_NUMBER
from tracker.domain.notices import Reason
from tracker.models import Comment, Company, Event, Issue, IssueViewer, Notice, Person
from tracker.queries.companies import of_operator
from tracker.queries.timeline import anchor, moment_of
from tracker.queries.visibility import VIEWER, company_reads, company_sees

PAGE = 50


class Key(NamedTuple):
    """How a notice is addressed: by the issue, the moment of its event, and why. A running number counts others'."""

    number: int
    moment: datetime
    reason: str

    def __str__(self) -> str:
        return f"{self.number}-{anchor(self.moment)}-{self.reason}"

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """The key that an address or a form sent; None for anything else."""
        found = re.fullmatch(r"([0-9]{1,10})-([0-9]{20})-([a-z]{1,20})", text)
        try:
            return cls(int(found[1]), moment_of(found[2]), found[3]) if found else None
        except ValueError:
            return None


class Inbox(NamedTuple):
    """One page: its rows, the key of the last when there are older ones, and how many are unread by reason."""

    rows: Sequence[AnyRow]
    older: Key | None
    unread: dict[str, int]


def key_of(row: AnyRow) -> Key:
    """The key of a row of the inbox."""
    return Key(row.number, row.event_at, row.reason)


def inbox_of(actor: Person, *, reason: str = "", unread_only: bool = False, before: Key | None = None) -> Inbox:
    """The page of the actor's notices that follows the notice `before`; of one reason, when it is given."""
    statement = _notices()
    if reason in set(Reason):
        statement = statement.where(Notice.reason == reason)
    if unread_only:
        statement = statement.where(Notice.read_at.is_(None))
    last = notices_named(actor, [before]) if before else ()
    if last:
        statement = statement.where(tuple_(Notice.at, Notice.id) < tuple_(last[0].at, last[0].id))
    given = {"me": actor.id, "viewer": actor.company_id}
    rows = db.session.execute(statement.limit(PAGE + 1), given).all()
    return Inbox(rows[:PAGE], key_of(rows[PAGE - 1]) if len(rows) > PAGE else None, _unread_by_reason(actor))


def notices_named(actor: Person, keys: Sequence[Key]) -> Sequence[AnyRow]:
    """The actor's own notices of these keys, at most a page of them, as (id, at); what is not there is left out."""
    named = [
        and_(Issue.number == key.number, Event.at == key.moment, Notice.reason == key.reason)
        for key in keys[:PAGE]
        if key.number <= LARGEST_NUMBER
    ]
    if not named:
        return ()
    rows = (
        select(Notice.id, Notice.at).join(Issue, Issue.id == Notice.issue_id).join(Event, Event.id == Notice.event_id)
    )
    return db.session.execute(rows.where(Notice.person_id == actor.id, or_(*named))).all()


def _unread_by_reason(actor: Person) -> dict[str, int]:
    counted = (
        select(Notice.reason, func.count())
        .join(IssueViewer, (IssueViewer.issue_id == Notice.issue_id) & (IssueViewer.company_id == actor.company_id))
        .join(Event, Event.id == Notice.event_id)
        .where(Notice.person_id == actor.id, Notice.read_at.is_(None), *_readable(actor.company_id))
        .group_by(Notice.reason)
    )
    return {row[0]: row[1] for row in db.session.execute(counted)}


def unread_of(person: Any, company: Any) -> ScalarSelect[int]:
    """How many notices a person has not read, of what the company sees and reads (columns, or values)."""
    here = (IssueViewer.issue_id == Notice.issue_id) & (IssueViewer.company_id == company)
    counted = select(func.count(Notice.id)).join(IssueViewer, here).join(Event, Event.id == Notice.event_id)
    counted = counted.where(Notice.person_id == person, Notice.read_at.is_(None), *_readable(company))
    return counted.correlate(Person).scalar_subquery()


def _readable(company: Any) -> tuple[ColumnElement[bool], ...]:
    """The event of a notice is in a ring of the company's, whether words came with it or not, and about this issue."""
    return company_reads(Event, company), Event.about_id.is_(None)


@cache
def _notices() -> AnySelect:
    doer, stood_in, of_doer, turn = aliased(Person), aliased(Person), aliased(Company), aliased(Company)
    return (
        select(
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
            of_operator(of_doer),
            func.substr(Comment.text, 1, 200).label("said"),
        )
        .join(Issue, Issue.id == Notice.issue_id)
        .join(Event, Event.id == Notice.event_id)
        .join(doer, doer.id == Event.person_id)
        .join(of_doer, of_doer.id == Event.company_id)
        .outerjoin(stood_in, stood_in.id == Notice.for_id)
        .outerjoin(turn, turn.id == Issue.responsible_id)
        .outerjoin(Comment, Comment.id == Event.comment_id)
        .where(Notice.person_id == bindparam("me"), company_sees(VIEWER), *_readable(VIEWER))
        .order_by(Notice.at.desc(), Notice.id.desc())
    )
