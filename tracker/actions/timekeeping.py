"""Whether the clock may be believed: what the worker sees of it, and who confirms it (docs/decisions/0024).

The worker presses and deletes only while nothing speaks against its clock. What speaks against it is written down, so
that every worker waits, and waits until the clock comes back or somebody of ERCOT confirms it.
"""

import math
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import InstrumentedAttribute

from tracker.clock import CLOCK, STEP, Seen, name_of_boot, now
from tracker.db import db, insert_into
from tracker.domain.permissions import Right
from tracker.domain.sentence import Sentence
from tracker.errors import Conflict
from tracker.models import FailedSignIns, Job, Mail, MarketFact, Person, Presence, SignInLink, SignInSession
from tracker.queries.clock import (
    ASKED,
    CONFIRMED,
    SEEN,
    Asked,
    Known,
    Why,
    due_presses,
    fact_of_here,
    learn_time,
    written_seen,
)
from tracker.queries.market import is_demo
from tracker.queries.rights import require
from tracker.queries.sessions import LONGEST

LONGEST_STOP = timedelta(days=1)
MOST_AT_ONCE = 20
"""So many presses after a longer stop surprise nobody."""

ASKED_EVERY = 60.0
ASKED_IN_DOUBT = 2.0
"""Seconds after which the database is asked again what others know."""

KEPT = timedelta(days=30)
"""So long it is known of a machine when it was seen."""

SHORT_LIVED = (
    *(SignInSession.seen_at, SignInSession.created_at, SignInLink.expires_at, Presence.seen_at),
    *(FailedSignIns.next_try_at, FailedSignIns.last_at, Job.due_at, Mail.due_at),
)
"""Moments that say how long something lasts or rests: when the clock is set, so are they."""

ASKS_ELSE = Sentence("clock-asks-else", "Something else waits to be confirmed by now. Look at it again.")

log = structlog.get_logger()


class Timekeeper:
    """What one worker knows of the time."""

    def __init__(self) -> None:
        self._asked_at = -math.inf
        self._is_trusted = False

    def may_press(self, *, ask: bool = False) -> bool:
        """Whether what time alone brings may be done. The door commits."""
        if ask or self._is_to_ask():
            self._is_trusted = False  # until the database has answered
            self._is_trusted = _look()
            self._asked_at = CLOCK.steady()
        return self._is_trusted

    def _is_to_ask(self) -> bool:
        if self._is_trusted and CLOCK.step():
            return True
        return CLOCK.steady() - self._asked_at > (ASKED_EVERY if self._is_trusted else ASKED_IN_DOUBT)


def confirm(actor: Person, shown: str) -> Asked:
    """Believe the clock, for what the actor was shown. Raises `Forbidden`; `Conflict` if it is not so any more."""
    require(actor, Right.CONFIRM_CLOCK)
    known = learn_time()
    if known.asked is None:
        raise Conflict(Sentence("clock-not-asked", "The clock is believed: there is nothing to confirm."))
    is_here = known.asked.boot == name_of_boot()
    if known.asked.written() != shown or (is_here and _doubt(known) != known.asked):
        raise Conflict(ASKS_ELSE)
    if not _confirm(known, known.asked, actor.user_name):
        raise Conflict(ASKS_ELSE)
    return known.asked


def _look() -> bool:
    """Whether the clock is believed. A demo market confirms itself."""
    known = learn_time()
    doubt = _doubt(known)
    if doubt is None:
        _believe(known)
    elif doubt != known.asked:
        _ask(doubt)
        return is_demo() and _look()
    elif is_demo():
        _confirm(known, doubt, "demo")  # or another worker has, which is known at the next look
        return _look()
    return doubt is None


def _doubt(known: Known) -> Asked | None:
    """What speaks against the clock now."""
    step, asked = CLOCK.step(), known.asked
    if step is not None:
        same = asked and asked.why is Why.STEP and abs(asked.step - step) <= STEP
        return asked if same else Asked(Why.STEP, name_of_boot(), now(), now() + step)
    if asked is not None and (asked.why, asked.boot) != (Why.STEP, name_of_boot()):
        return asked
    due = due_presses(now())
    last = known.last_seen or due.since
    if due.count > MOST_AT_ONCE and last and now() - last > LONGEST_STOP:
        return Asked(Why.STOP, name_of_boot(), last, now())
    return None


def _believe(known: Known) -> None:
    """Write down what was seen, and that nothing waits any more."""
    if known.asked is not None:
        log.info("the clock came back")
        _forget(ASKED)
    _write(fact_of_here(), written_seen(Seen(now(), CLOCK.steady())))
    old = MarketFact.name.startswith(SEEN) & (MarketFact.value < (now() - KEPT).isoformat())
    db.session.execute(delete(MarketFact).where(old))


def _ask(asked: Asked) -> None:
    log.warning("the clock is not believed", why=str(asked.why), was=str(asked.was), now_is=str(asked.now_is))
    _write(ASKED, asked.written())


def _confirm(known: Known, asked: Asked, by: str) -> bool:
    """Nobody goes on counting from before. What was counted here is moved along; False if somebody else came first."""
    waits = delete(MarketFact).where(MarketFact.name == ASKED, MarketFact.value == asked.written())
    if not db.session.execute(waits).rowcount:  # type: ignore[attr-defined]
        return False
    log.warning("the clock is confirmed", by=by, was=str(asked.was), now_is=str(asked.now_is))
    step = CLOCK.step()
    if step is not None:
        for column in SHORT_LIVED:
            _move_along(column, step)
    _forget(*(name for name in known.facts if name.startswith(SEEN)))
    _write(CONFIRMED, f"{CLOCK.wall().isoformat()} {by}")
    _write(fact_of_here(), written_seen(Seen(CLOCK.wall(), CLOCK.steady())))  # for who has learned nothing before
    return True


def _move_along(column: InstrumentedAttribute[datetime], step: timedelta) -> None:
    """Nobody is signed out by a clock that was set, and nobody stays signed in for longer.

    Whoever writes a row at this moment is waited for; a job that a worker does now is soon over or put off anew.
    """
    table = column.class_.__table__
    keys, moment = tuple(table.primary_key), table.c[column.key]
    around = moment.between(now() - LONGEST - STEP, now() + LONGEST + STEP)
    held = select(moment, *keys).where(around).order_by(*keys).with_for_update(skip_locked=column.class_ is Job)
    for before, *key in db.session.execute(held).all():
        same = (own == value for own, value in zip(keys, key, strict=True))
        db.session.execute(update(table).where(*same).values({moment: before + step}))


def _write(name: str, value: str) -> None:
    new = insert_into(MarketFact).values(name=name, value=value)
    db.session.execute(new.on_conflict_do_update(index_elements=["name"], set_={"value": new.excluded.value}))


def _forget(*names: str) -> None:
    db.session.execute(delete(MarketFact).where(MarketFact.name.in_(names)))
