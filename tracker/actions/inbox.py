"""What somebody does with the own inbox: read, watch, mute."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select, update

from tracker.actions.unread import count_unread, hold
from tracker.clock import now
from tracker.db import db, insert_into
from tracker.domain.notices import Reason
from tracker.models import Event, Issue, Notice, Person, Watch
from tracker.queries.inbox import Key, notices_named
from tracker.queries.visibility import issue_for


def mark_read(actor: Person, keys: Sequence[Key] | None = None) -> None:
    """Mark notices of the actor as read: those of these keys, or all."""
    _mark(actor, *([] if keys is None else [Notice.id.in_([row.id for row in notices_named(actor, keys)])]))


def mark_read_on(actor: Person, issue: Issue) -> None:
    """Mark what the actor was told of this issue as read."""
    if actor.unread:
        _mark(actor, Notice.issue_id == issue.id)


def mark_shown(actor: Person, issue: Issue, *, until: datetime, drawn_at: datetime) -> None:
    """Mark what a page of the issue shows: what happened `until` then, as far as it was told when the page was drawn.

    What is late is told of an old event, and no page shows it that was drawn before.
    """
    if actor.unread:
        shown = select(Event.id).where(Event.issue_id == issue.id, Event.at <= until)
        of_issue = (Notice.issue_id == issue.id, Notice.event_id.in_(shown))
        _mark(actor, *of_issue, or_(Notice.reason != Reason.LATE, Notice.at <= drawn_at))


def watch(actor: Person, number: int) -> None:
    """Tell the actor of all that happens to the issue. Raises `NotFound`."""
    _set(actor, issue_for(actor, number), muted=False)


def mute(actor: Person, number: int) -> None:
    """Tell the actor of the issue no more, but for mentions and when it is given to them; what is unread is read."""
    issue = issue_for(actor, number)
    _set(actor, issue, muted=True)
    mark_read_on(actor, issue)


def leave(actor: Person, number: int) -> None:
    """Neither watch nor mute the issue: the actor is told as whoever takes part in it."""
    issue = issue_for(actor, number)
    db.session.execute(delete(Watch).where(Watch.person_id == actor.id, Watch.issue_id == issue.id))


def _set(actor: Person, issue: Issue, *, muted: bool) -> None:
    new = insert_into(Watch).values(person_id=actor.id, issue_id=issue.id, muted=muted, at=now())
    again = {"muted": new.excluded.muted, "at": new.excluded.at}
    db.session.execute(new.on_conflict_do_update(index_elements=["person_id", "issue_id"], set_=again))


def _mark(actor: Person, *which: ColumnElement[bool]) -> None:
    hold(Person.id == actor.id)
    unread = (Notice.person_id == actor.id, Notice.read_at.is_(None))
    db.session.execute(
        update(Notice).where(*unread, *which).values(read_at=now()).execution_options(synchronize_session=False)
    )
    count_unread([actor.id])
    db.session.refresh(actor, ["unread"])
