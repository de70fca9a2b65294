"""The worker: one step of whatever is due, each in a transaction of its own.

A job is at least once: its row goes with the transaction that did the work. One that fails is tried
again later and later, and parked after `MOST_TRIES`, so that it never holds up the rest.
"""

import time
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import select

from tracker.actions.attachments import READ, SCAN
from tracker.actions.clockwork import press_next_due
from tracker.actions.digests import promise_digests
from tracker.actions.history import INDEX, TELL
from tracker.actions.housekeeping import forget_stale
from tracker.actions.indexing import BATCH, begin_building, build_next, index_changes, mend
from tracker.actions.jobs import try_parked_again
from tracker.actions.retention import forget_some
from tracker.actions.scanning import have_scanner, promise_scans
from tracker.actions.sweeping import sweep
from tracker.actions.telling import tell_changes, tell_late
from tracker.actions.view_watching import ask_again
from tracker.clock import now
from tracker.db import db, first_line, is_passing, reads_only, undo
from tracker.jobs import HANDLERS
from tracker.jobs.letters import send_letters
from tracker.jobs.tools import Tools
from tracker.jobs.writing import Post
from tracker.models import Job
from tracker.queries.indexing import due_jobs
from tracker.search import SearchBackend, SearchUnavailable

MOST_TRIES = 8
LOOK_EVERY = 600.0
"""Seconds between two looks at what time alone brings."""

IN_TURN = HANDLERS.keys() - {SCAN}
"""The topics of what is done one after the other."""

FILES_TRIED_AGAIN = timedelta(hours=6)
"""A file that was away so often that its job was parked is looked for once more after so long, again and again."""

log = structlog.get_logger()
_last_look = 0.0
_outage: str | None = None


def begin() -> None:
    """Once, before the first step: views that broke are asked again, for the product may be another than it was."""
    _tried(partial(_to_its_end, ask_again))


def work_once(tools: Tools) -> bool:
    """Do one thing of each kind that is due; False when there was nothing. Whatever fails, the rest goes on.

    While nothing is known of the time, or something speaks against the clock, nothing is pressed or deleted.
    """
    trusted = _tried(lambda: look_at_clock(tools))
    steps: tuple[Callable[[], bool], ...] = (
        lambda: _index(tools),
        lambda: _tell(by_mail=tools.post is not None),
        lambda: _do_job(tools),
        lambda: trusted and _press_due(),
        lambda: _look_around(tools, trusted=trusted),
    )
    return sum(_tried(step) for step in steps) > 0


def look_at_clock(tools: Tools) -> bool:
    """Whether the clock is believed; after an outage only once the database says so."""
    global _outage
    trusted = tools.keeper.may_press(ask=_outage is not None)
    db.session.commit()
    if _outage is not None:
        _outage = None
        log.info("the database answers again")
    return trusted


def _tried(step: Callable[[], bool]) -> bool:
    """The next try goes on where one that failed was. An outage is one line when it begins, and one when it ends."""
    global _outage
    try:
        return step()
    except Exception as error:
        undo()
        if not is_passing(error):
            log.exception("a step of the worker failed")
        elif _outage is None:
            _outage = first_line(error)
            log.warning("the database is busy or away", reason=_outage)
        return False


def outage() -> str | None:
    """What the database said when it failed, until it answers again."""
    return _outage


def send_once(post: Post) -> bool:
    """Send letters that are due; False when there were none. The server may be slow: this is done beside the rest."""
    return _tried(lambda: send_letters(post))


def scan_once(tools: Tools) -> bool:
    """Ask the scanner about one file; False when none waits. It may be slow, or hang: this is done beside the rest."""
    return _tried(lambda: _scan(tools))


def build_once(tools: Tools) -> bool:
    """A step of comparing the index when it is doubted, or of making it anew when it is missing, damaged or scattered.

    False when there was nothing to do. It takes long: the worker does it beside its other work. What fails is tried
    again later and later, and so is what is damaged again as soon as it was made.
    """
    if not (tools.building.is_over() and tools.rebuilding.is_over()):
        return False
    try:
        return _compare(tools.engine) or _build(tools)
    except Exception as error:  # a full disk, a locked database: a line each time says what, and how long it waits
        db.session.rollback()
        log.error("the search index could not be made", error=repr(error), again_in=tools.building.tried())
        return False


def _compare(engine: SearchBackend) -> bool:
    """A doubted index against the database; one that cannot be read is made anew."""
    if not engine.is_doubted():
        return False
    mended = 0
    try:
        for _ in mend(engine):
            mended += 1
            db.session.commit()
    except SearchUnavailable:
        return False
    db.session.commit()
    log.warning("index and database did not have the same mark: they were compared", mended=mended)
    return True


def _build(tools: Tools) -> bool:
    engine, begun = tools.engine, tools.engine.building() is not None
    if not begun and engine.is_whole() and not engine.is_scattered():
        db.session.rollback()
        return False
    if not begun:
        begin_building(engine)
        db.session.commit()
    build_next(engine)
    ended = engine.building() is None
    db.session.commit()
    if not begun:
        log.warning("the search index is made anew")
    if ended:
        tools.building.worked()
        tools.rebuilding.tried()
    return True


def _index(tools: Tools) -> bool:
    """The changes of the last moment in one batch; they wait while there is no index, or it cannot be written."""
    engine = tools.engine
    if not tools.writing.is_over():
        return False
    try:
        done = index_changes(engine)
        db.session.commit()
        tools.writing.worked()
    except SearchUnavailable:
        db.session.rollback()
        return False
    except Exception as error:  # one issue that cannot be indexed must not keep the others from being found
        if _stops_all(error):
            tools.writing.tried()
            raise
        db.session.rollback()
        log.exception("a batch could not be indexed")
        return _one_by_one(INDEX, lambda job_id: index_changes(engine, only=job_id))
    return done


def _one_by_one(topic: str, do: Callable[[int], bool]) -> bool:
    """What cannot be done is tried later and later, like any job."""
    for job_id in [job.id for job in due_jobs(topic, BATCH)]:
        try:
            do(job_id)
            db.session.commit()
        except Exception as error:
            if _stops_all(error):
                raise
            db.session.rollback()
            _postpone(job_id, error)
    return True


def _stops_all(error: Exception) -> bool:
    """What is wrong is no single job, but the disk, the database or the index."""
    return isinstance(error, OSError | SearchUnavailable) or is_passing(error)


def _scan(tools: Tools) -> bool:
    """Looked for before in a transaction that only reads: an idle scanner must not take the writer's turn."""
    with reads_only():
        waiting = due_jobs(SCAN, 1)
    return bool(waiting) and _do_job(tools, (SCAN,))


def _tell(*, by_mail: bool) -> bool:
    """What happened in the last moment is told many at once; an event that cannot be told keeps no other back."""
    try:
        done = tell_changes(by_mail=by_mail)
        db.session.commit()
    except Exception as error:
        if is_passing(error):
            raise
        db.session.rollback()
        log.exception("a batch could not be told")
        return _one_by_one(TELL, lambda job_id: tell_changes(job_id, by_mail=by_mail))
    return done


def _do_job(tools: Tools, topics: Collection[str] = IN_TURN) -> bool:
    due = (Job.topic.in_(topics), Job.due_at <= now(), Job.parked_at.is_(None))
    statement = select(Job).where(*due).order_by(Job.due_at, Job.id).limit(1)
    job = db.session.scalar(statement.with_for_update(skip_locked=True))
    if job is None:
        db.session.rollback()
        return False
    job_id, topic = job.id, job.topic
    try:
        HANDLERS[topic](job, tools)
        db.session.delete(job)
        db.session.commit()
    except Exception as error:  # whatever a handler meets, the rest of the queue must flow
        db.session.rollback()
        log.exception("job failed", job=job_id, topic=topic)
        _postpone(job_id, error)
    return True


def _postpone(job_id: int, error: Exception) -> None:
    job = db.session.get(Job, job_id)
    if job is not None:
        job.tries += not is_passing(error)  # a database that is busy or away is no fault of the job
        job.last_error = f"{type(error).__name__}: {error}"[:500]
        job.due_at = now() + timedelta(seconds=2 ** min(max(job.tries, 1), MOST_TRIES))
        job.parked_at = now() if job.tries >= MOST_TRIES else None
    db.session.commit()


def _press_due() -> bool:
    issue = press_next_due()
    db.session.commit()
    return issue is not None


def _look_around(tools: Tools, *, trusted: bool) -> bool:
    """Every few minutes: what is soon late, whose morning it is, what has expired; one that fails delays none."""
    global _last_look
    if _last_look and time.monotonic() - _last_look < LOOK_EVERY:
        return False
    _last_look = time.monotonic()
    by_mail = tools.post is not None
    looks: tuple[Callable[[], object], ...] = (
        lambda: tell_late(by_mail=by_mail),
        lambda: by_mail and promise_digests(),
        lambda: try_parked_again((READ, SCAN), FILES_TRIED_AGAIN),
        lambda: have_scanner(present=bool(tools.scanner)),
        lambda: promise_scans() if tools.scanner else None,
    )
    if trusted:
        looks += (forget_some, forget_stale, lambda: sweep(tools.attachments))
    for look in looks:
        _tried(partial(_to_its_end, look))
    return False


def _to_its_end(step: Callable[[], object]) -> bool:
    """Some at a time, each in a transaction of its own, as long as there are more."""
    while step():
        db.session.commit()
    db.session.commit()
    return False
