"""Telling people what happened: notices in their inboxes, written by the worker from events, many at a time."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from tracker.actions.history import TELL
from tracker.actions.mailing import promise_letters
from tracker.actions.unread import count_unread
from tracker.actions.view_watching import told_by_views
from tracker.alone import each_alone
from tracker.clock import now
from tracker.db import AnyRow, db, insert_into
from tracker.models import Event, Job, LateWarning, Notice
from tracker.queries.indexing import due_jobs
from tracker.queries.late import about_to_end
from tracker.queries.told import Telling, Told, told_by

BATCH = 200


def tell_changes(only: int | None = None, *, by_mail: bool = False) -> bool:
    """Tell of the events that happened, at most `BATCH`, or of the one of a single job; False when there was none.

    Whoever is told twice of an event is told once: the rows are unique, and the jobs go with them.
    """
    event_ids = _taken(only)
    if not event_ids:
        return False
    told = told_by(event_ids)
    by_views = told_by_views(event_ids, told.people)
    tell(Telling([*told.people, *by_views], told.companies), by_mail=by_mail)
    return True


def _taken(only: int | None) -> list[int]:
    """The events of the due jobs, whose rows go with this transaction; what another worker takes is left to it."""
    jobs = due_jobs(TELL, BATCH, only, to_take=True)
    if jobs:
        db.session.execute(delete(Job).where(Job.id.in_([job.id for job in jobs])))
    return [job.details["event_id"] for job in jobs]


def tell_late(*, by_mail: bool = False) -> bool:
    """Tell of issues whose state ends by itself soon, once for each state; False when everybody knows."""
    event_ids = _warned_of(about_to_end())
    each_alone(
        "telling of what is late",
        event_ids,
        lambda some: tell(told_by(some, late=True), late=True, by_mail=by_mail),
    )
    return bool(event_ids)


def _warned_of(ends: Sequence[AnyRow]) -> list[int]:
    """The events of those that no other worker warns of at the same moment."""
    if not ends:
        return []
    rows = insert_into(LateWarning).values([end._asdict() for end in ends])
    return sorted(db.session.scalars(rows.on_conflict_do_nothing().returning(LateWarning.event_id)))


def tell(telling: Telling, *, late: bool = False, by_mail: bool = False) -> None:
    """Write the notices that are not there yet, count what is unread, and promise the letters.

    What is late is dated now, the rest by its event.
    """
    if telling.people:
        each_alone("telling a person", telling.people, lambda some: _write(_rows(some, late=late)))
        count_unread(sorted({one.person_id for one in telling.people}))
    if by_mail:
        promise_letters(telling)


def _write(rows: Sequence[dict[str, object]]) -> None:
    db.session.execute(insert_into(Notice).on_conflict_do_nothing(), rows)


def _rows(told: Sequence[Told], *, late: bool) -> list[dict[str, object]]:
    events = select(Event.id, Event.at).where(Event.id.in_({one.event_id for one in told}))
    moments = {row.id: row.at for row in db.session.execute(events)}
    return [
        {
            "person_id": one.person_id,
            "issue_id": one.issue_id,
            "event_id": one.event_id,
            "reason": one.reason,
            "for_id": one.for_id,
            "at": now() if late else moments[one.event_id],
        }
        for one in told
    ]
