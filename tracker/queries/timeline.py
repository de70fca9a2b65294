"""What happened to an issue, as its page tells it."""

from collections.abc import Sequence

from sqlalchemy import select

from tracker.db import AnyRow, db
from tracker.models import Comment, Company, Event, Issue, Person

SHOWN = 50
"""So many entries are shown at first; the rest when asked for."""


def timeline_of(issue_id: int, *, up_to_event: int | None = None, limit: int | None = SHOWN) -> Sequence[AnyRow]:
    """The events of an issue, newest first, with who did each and what was said with it."""
    statement = (
        select(
            Event.id,
            Event.at,
            Event.name,
            Event.from_state,
            Event.to_state,
            Event.changes,
            Person.full_name.label("person"),
            Company.name.label("company"),
            Company.id.label("company_id"),
            Comment.html.label("comment"),
            Comment.id.label("comment_id"),
        )
        .join(Person, Person.id == Event.person_id)
        .join(Company, Company.id == Event.company_id)
        .outerjoin(Comment, Comment.id == Event.comment_id)
        .where(Event.issue_id == issue_id)
        .order_by(Event.id.desc())
        .limit(limit)
    )
    if up_to_event is not None:
        statement = statement.where(Event.id <= up_to_event)
    return db.session.execute(statement).all()


def events_since(issue: Issue, version: int) -> Sequence[AnyRow]:
    """What happened after the version that somebody was looking at, oldest first."""
    shown = timeline_of(issue.id, limit=None)
    newer = db.session.scalars(select(Event.id).where(Event.issue_id == issue.id, Event.version > version)).all()
    return [event for event in reversed(shown) if event.id in set(newer)]
