"""What a letter may say at this moment, and the letters before it in its thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from sqlalchemy import bindparam, exists, func, or_, select

from tracker.clock import now
from tracker.db import AnyRow, AnySelect, db
from tracker.domain.mail_rules import Purpose
from tracker.domain.notices import Reason
from tracker.models import BulkAct, Comment, Company, Event, Issue, IssueViewer, Mail, Notice, Person
from tracker.queries.visibility import VIEWER, company_reads

TOLD_WITHIN = timedelta(seconds=30)
"""So long after its end the last of an act on many is told."""

MOST_LINES = 100
"""A digest says so much; the rest as a number."""


@dataclass(frozen=True, slots=True)
class Content:
    """The entries that the receiver may read now, the oldest first, each with its issue; `more` are left out."""

    entries: Sequence[AnyRow]
    more: int
    link_only: bool


def due_letters(most: int) -> Sequence[int]:
    """The ids of letters whose time has come; one about an act on many waits until the act has ended and was told."""
    due = (Mail.sent_at.is_(None), Mail.dropped_because.is_(None), Mail.due_at <= now())
    whole = or_(Mail.act_id.is_(None), BulkAct.ended_at <= now() - TOLD_WITHIN)
    letters = select(Mail.id).outerjoin(BulkAct, BulkAct.id == Mail.act_id).where(*due, whole)
    return db.session.scalars(letters.order_by(Mail.due_at, Mail.id).limit(most)).all()


def waiting_since() -> AnyRow:
    """How many letters are overdue, and since when the oldest is: `waiting`, `since`."""
    due = (Mail.sent_at.is_(None), Mail.dropped_because.is_(None), Mail.due_at <= now())
    first = func.min(Mail.due_at)
    return db.session.execute(select(func.count().label("waiting"), first.label("since")).where(*due)).one()


def content_of(letter: Mail) -> Content | str:
    """What the letter says; or why it says nothing any more."""
    company = db.session.get_one(Company, letter.company_id)
    if letter.person_id and not db.session.get_one(Person, letter.person_id).active:
        return "The receiver is deactivated."
    given = {"events": [event_id for event_id, _ in letter.about], "viewer": letter.company_id}
    entries = db.session.execute(_entries(), given).all()
    if not entries:
        return "The receiver's company sees nothing of it any more."
    read = _read_by(letter) if letter.person_id else set()
    unread = [entry for entry in entries if entry.id not in read]
    if not unread:
        return "Read on the screen before."
    unread = _still_true(letter, unread)
    if not unread:
        return "The issue was about to be late, and has moved on."
    return Content(unread[:MOST_LINES], max(0, len(unread) - MOST_LINES), company.link_only)


def _still_true(letter: Mail, entries: Sequence[AnyRow]) -> list[AnyRow]:
    """Without warnings of the end of a state in which the issue is no more."""
    warned = {event_id for event_id, why in letter.about if why in (Reason.LATE, Purpose.ESCALATED)}
    return [entry for entry in entries if entry.id not in warned or (entry.clock_at and entry.state == entry.to_state)]


def thread_of(letter: Mail) -> Sequence[str]:
    """The ids of the letters about this issue that the receiver got before, the oldest first."""
    if letter.issue_id is None:
        return []
    here = select(Mail.message_id).where(Mail.issue_id == letter.issue_id, Mail.receiver == letter.receiver)
    sent = here.where(Mail.sent_at.is_not(None), Mail.id != letter.id).order_by(Mail.sent_at)
    return db.session.scalars(sent).all()


def _read_by(letter: Mail) -> set[int]:
    read = select(Notice.event_id).where(Notice.person_id == letter.person_id, Notice.read_at.is_not(None))
    return set(db.session.scalars(read.where(Notice.event_id.in_([event_id for event_id, _ in letter.about]))))


@cache
def _entries() -> AnySelect:
    """Through the visibility of issues and of rings, whoever caused the letter and whenever."""
    seen = exists().where(IssueViewer.issue_id == Issue.id, IssueViewer.company_id == VIEWER)
    columns = (Issue.number, Issue.title, Issue.subtype, Issue.state, Issue.esi_id)
    more = (Issue.created_at, Issue.clock_at)
    return (
        select(
            Event.id,
            Event.at,
            Event.name,
            Event.from_state,
            Event.to_state,
            Person.full_name.label("person"),
            Company.name.label("company"),
            Comment.text.label("said"),
            Comment.html.label("html"),
            *columns,
            *more,
        )
        .join(Issue, Issue.id == Event.issue_id)
        .join(Person, Person.id == Event.person_id)
        .join(Company, Company.id == Event.company_id)
        .outerjoin(Comment, Comment.id == Event.comment_id)
        .where(Event.id.in_(bindparam("events", expanding=True)), seen, company_reads(Event, VIEWER))
        .where(Event.about_id.is_(None))
        .order_by(Event.id)
    )
