"""What happened to an issue, as its page tells it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

from sqlalchemy import ColumnElement, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from tracker.db import AnyRow, AnySelect, db
from tracker.models import Comment, Company, Event, Issue, IssueViewer, Person
from tracker.queries.companies import of_operator
from tracker.queries.visibility import VIEWER, company_reads

LAST = 2**31 - 1
"""No event has a greater id."""

_of_ring = aliased(Company)

SHOWN = 50
"""So many entries are shown at first; the rest when asked for."""


def timeline_of(
    actor: Person, issue_id: int, *, up_to_event: int | None = None, limit: int | None = SHOWN
) -> Sequence[AnyRow]:
    """The events of an issue that the actor reads, newest first, with who did each and what was said with it."""
    statement = _events() if limit is None else _newest_events()
    last = up_to_event if up_to_event is not None else LAST
    given = {"issue": issue_id, "limit": limit, "last": last, "viewer": actor.company_id}
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
            Event.key,
            Event.name,
            Event.from_state,
            Event.to_state,
            Event.changes,
            Event.version,
            Event.ring_operator_id,
            _of_ring.name.label("ring_company"),
            Person.full_name.label("person"),
            Company.name.label("company"),
            Company.id.label("company_id"),
            of_operator(Company),
            Comment.html.label("comment"),
            Comment.id.label("comment_id"),
        )
        .join(Person, Person.id == Event.person_id)
        .join(Company, Company.id == Event.company_id)
        .outerjoin(Comment, Comment.id == Event.comment_id)
        .outerjoin(_of_ring, _of_ring.id == Event.ring_company_id)
        .where(Event.issue_id == bindparam("issue"), Event.id <= bindparam("last"))
        .where(company_reads(Event, VIEWER), or_(Event.about_id.is_(None), _sees_what_it_is_about()))
        .order_by(Event.id.desc())
    )


def anchor(moment: datetime) -> str:
    """How an entry of an issue is named in an address: by its moment; a number would tell of entries between."""
    return moment.strftime("%Y%m%d%H%M%S%f")


def moment_of(name: str) -> datetime:
    """The moment that an entry is addressed by. Raises `ValueError`."""
    return datetime.strptime(name, "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)


def comment_at(actor: Person, issue_id: int, name: str) -> AnyRow | None:
    """The comment with this anchor, if the actor reads it: its Markdown `text`, who said it, and its ring."""
    try:
        moment = moment_of(name)
    except ValueError:
        return None
    columns = (Comment.text, Comment.ring_company_id, Comment.ring_operator_id)
    said = select(*columns, Person.full_name.label("person"), Company.name.label("company"))
    said = said.join(Event, Event.comment_id == Comment.id).join(Person, Person.id == Comment.person_id)
    said = said.join(Company, Company.id == Event.company_id)
    here = said.where(Event.issue_id == issue_id, Event.at == moment, company_reads(Event, actor.company_id))
    return db.session.execute(here.limit(1)).first()


def _sees_what_it_is_about() -> ColumnElement[bool]:
    return exists().where(IssueViewer.issue_id == Event.about_id, IssueViewer.company_id == VIEWER)


def events_since(actor: Person, issue: Issue, version: int) -> Sequence[AnyRow]:
    """What happened after the version that somebody was looking at, oldest first."""
    return [event for event in reversed(timeline_of(actor, issue.id, limit=None)) if event.version > version]
