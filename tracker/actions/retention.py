"""What is forgotten after a while: letters that went out, notices of last year, outcomes of old acts, old looks.

The history of issues says all of it for good; these rows only served to tell people in time.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from tracker.actions.unread import count_unread, hold
from tracker.alone import alone
from tracker.clock import market_today, now
from tracker.db import db
from tracker.domain.topics import Topic
from tracker.models import BulkAct, BulkItem, Event, Issue, Job, LateWarning, Mail, Notice, Person, RegistryLook

LETTERS_KEPT = timedelta(days=90)
"""A letter of its thread after so long refers to the root alone."""

ACTS_KEPT = timedelta(days=90)
NOTICES_KEPT = timedelta(days=400)
LOOKS_KEPT = timedelta(days=400)
AT_ONCE = 500
"""So many rows go in one transaction: on SQLite others wait for their turn."""


def forget_some() -> bool:
    """Forget a few hundred rows of each kind that are old enough; False when there were none."""
    forgotten = 0
    for step in STEPS:
        with alone("forgetting what is old", step=step.__name__):
            forgotten += step()
    return forgotten > 0


def _letters() -> int:
    gone = func.coalesce(Mail.sent_at, Mail.due_at) < now() - LETTERS_KEPT
    return _forget(Mail.id, gone, or_(Mail.sent_at.is_not(None), Mail.dropped_because.is_not(None)))


def _notices() -> int:
    """What somebody has not read in so long counts beside the inbox no more."""
    old = _oldest(Notice.id, Notice.at < now() - NOTICES_KEPT)
    unread = select(Notice.person_id).where(Notice.id.in_(old), Notice.read_at.is_(None)).distinct()
    people = db.session.scalars(unread).all()
    if people:
        hold(Person.id.in_(people))
    _delete(Notice.id, old)
    if people:
        count_unread(people)
    return len(old)


def _warnings() -> int:
    old = exists().where(Event.id == LateWarning.event_id, Event.at < now() - NOTICES_KEPT)
    return _forget(LateWarning.event_id, old)


def _outcomes() -> int:
    return _forget(BulkItem.id, exists().where(BulkAct.id == BulkItem.act_id, _ended_long_ago()))


def _acts() -> int:
    """When neither an outcome nor a letter names it any more."""
    outcome, letter = exists().where(BulkItem.act_id == BulkAct.id), exists().where(Mail.act_id == BulkAct.id)
    return _forget(BulkAct.id, _ended_long_ago(), ~outcome, ~letter)


def _presses() -> int:
    """Presses of the clock that broke, where it does not press any more: somebody else moved the issue."""
    due = select(Issue.id).where(Issue.clock_at <= now())
    return _forget(Job.id, Job.topic == Topic.CLOCK, Job.issue_id.not_in(due))


def _looks() -> int:
    return _forget(RegistryLook.id, RegistryLook.day < market_today() - LOOKS_KEPT)


STEPS: tuple[Callable[[], int], ...] = (_letters, _notices, _warnings, _outcomes, _acts, _presses, _looks)
"""What is named goes after what names it."""


def _ended_long_ago() -> ColumnElement[bool]:
    return BulkAct.ended_at < now() - ACTS_KEPT


def _forget(key: InstrumentedAttribute[int], *old: ColumnElement[bool]) -> int:
    """Forget the oldest rows by their key, if they are old enough; how many that were."""
    ids = _oldest(key, *old)
    _delete(key, ids)
    return len(ids)


def _oldest(key: InstrumentedAttribute[int], *old: ColumnElement[bool]) -> Sequence[int]:
    """Of the first rows of the table those that are old enough: to look at all would take long, with nothing to do."""
    first = select(key).order_by(key).limit(AT_ONCE)
    return db.session.scalars(select(key).where(key.in_(first), *old)).all()


def _delete(key: InstrumentedAttribute[int], ids: Sequence[int]) -> None:
    if ids:
        gone = delete(key.class_).where(key.in_(ids))
        db.session.execute(gone.execution_options(synchronize_session=False))
