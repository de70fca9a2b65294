"""What happened to an issue, as its page tells it."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import bindparam, select

from tracker.db import AnyRow, AnySelect, db
from tracker.models import Comment, Company, Event, Issue, Person

LAST = 2**31 - 1
"""No event has a greater id."""

SHOWN = 50
"""So many entries are shown at first; the rest when asked for."""


def timeline_of(issue_id: int, *, up_to_event: int | None = None, limit: int | None = SHOWN) -> Sequence[AnyRow]:
    """The events of an issue, newest first, with who did each and what was said with it."""
    statement = _events() if limit is None else _newest_events()
    given = {"issue": issue_id, "limit": limit, "last": up_to_event if up_to_event is not None else LAST}
    return db.session.execute(statement, given).all()


@cache
def _newest_events() -> AnySelect:
    return _events().limit(bindparam("limit"))


@cache
def _events() -> AnySelect:
    return (
        select(
            Event.id,
            Event.at,
            Event.name,
            Event.from_state,
            Event.to_state,
            Event.changes,
            Event.version,
            Person.full_name.label("person"),
            Company.name.label("company"),
            Company.id.label("company_id"),
            Comment.html.label("comment"),
            Comment.id.label("comment_id"),
        )
        .join(Person, Person.id == Event.person_id)
        .join(Company, Company.id == Event.company_id)
        .outerjoin(Comment, Comment.id == Event.comment_id)
        .where(Event.issue_id == bindparam("issue"), Event.id <= bindparam("last"))
        .order_by(Event.id.desc())
    )


def events_since(issue: Issue, version: int) -> Sequence[AnyRow]:
    """What happened after the version that somebody was looking at, oldest first."""
    return [event for event in reversed(timeline_of(issue.id, limit=None)) if event.version > version]
