"""Telling people what happened: notices in their inboxes, written by the worker from events, many at a time."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from tracker.actions.history import TELL
from tracker.actions.mailing import promise_letters
from tracker.actions.unread import count_unread
from tracker.actions.view_watching import told_by_views
from tracker.clock import now
from tracker.db import db
from tracker.domain.notices import Reason
from tracker.models import Event, Job, Notice
from tracker.queries.indexing import due_jobs
from tracker.queries.late import about_to_be_late
from tracker.queries.told import Told, told_by

BATCH = 200


def tell_changes(only: int | None = None, *, by_mail: bool = False) -> bool:
    """Tell of the events that happened, at most `BATCH`, or of the one of a single job; False when there was none.

    Whoever is told twice of an event is told once: the rows are unique, and the jobs go with them.
    """
    jobs = due_jobs(TELL, BATCH, only)
    if not jobs:
        return False
    event_ids = [job.details["event_id"] for job in jobs]
    told = told_by(event_ids)
    tell([*told, *told_by_views(event_ids, told)], by_mail=by_mail)
    db.session.execute(delete(Job).where(Job.id.in_([job.id for job in jobs])))
    return True


def tell_late(*, by_mail: bool = False) -> bool:
    """Tell of issues whose state ends by itself soon; False when everybody knows."""
    told = about_to_be_late()
    tell(told, by_mail=by_mail)
    return bool(told)


def tell(told: Sequence[Told], *, by_mail: bool = False) -> None:
    """Write the notices that are not there yet, count what is unread, and promise the letters."""
    if not told:
        return
    events = select(Event.id, Event.at).where(Event.id.in_({one.event_id for one in told}))
    moments = {row.id: row.at for row in db.session.execute(events)}
    rows = [
        {
            "person_id": one.person_id,
            "issue_id": one.issue_id,
            "event_id": one.event_id,
            "reason": one.reason,
            "at": now() if one.reason is Reason.LATE else moments[one.event_id],
        }
        for one in told
    ]
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    db.session.execute(insert(Notice).on_conflict_do_nothing(), rows)
    count_unread(sorted({one.person_id for one in told}))
    if by_mail:
        promise_letters(told)
