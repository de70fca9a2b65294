"""Committing, and saying truly whether it was written (docs/decisions/0024).

What fails before COMMIT was sent, or is refused by the database, was not written. A connection that breaks while
COMMIT is on its way leaves it open: the database may have written it and lost only its answer. So does a server
that stopped waiting for its standby: it has the change, and may lose it with itself.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tracker.db import db, state_of

LONGEST_COMMIT = 10.0
"""Seconds that a server may take for COMMIT: no `statement_timeout` ends its waiting for a standby."""

TIMER = "ends a COMMIT"
"""What the session keeps while it commits."""

ENDED_BY_SERVER = ("08", "57P")
WITHOUT_STANDBY = "01000"
"""The warning of a server that has the change for itself alone (security.md R13)."""

_warned: ContextVar[bool] = ContextVar("warned", default=False)


class OutcomeUnknown(Exception):
    """COMMIT was sent, and nobody can say whether it was done."""


def commit() -> None:
    """Commit what was done. Raises `OutcomeUnknown`; after any other error nothing was written."""
    db.session.flush()  # what is refused here was never sent
    _warned.set(False)
    try:
        with _not_for_ever():
            db.session.commit()
    except DBAPIError as error:
        if may_be_written(error):
            raise OutcomeUnknown from error
        raise
    if _warned.get():
        raise OutcomeUnknown


def may_be_written(error: DBAPIError) -> bool:
    """Whether a COMMIT that ended so may have been done all the same."""
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_IOERR
    state = state_of(error)
    return error.connection_invalidated or state is None or state.startswith(ENDED_BY_SERVER)


@contextmanager
def _not_for_ever() -> Iterator[None]:
    """End the waiting of a server after `LONGEST_COMMIT`; it then warns that its standby has nothing."""
    waiting = _connection()
    if waiting is None:
        yield
        return
    timer = threading.Timer(LONGEST_COMMIT, _end, [waiting])
    timer.daemon = True
    db.session.info[TIMER] = timer
    timer.start()
    try:
        yield
    finally:
        _let_be(db.session())


@event.listens_for(Session, "after_commit")
def _let_be(session: Session) -> None:
    """The connection is still the session's own: what the next one asks on it is ended by nobody."""
    timer: threading.Timer | None = session.info.pop(TIMER, None)
    if timer is not None:
        timer.cancel()
        timer.join()  # it may be ending the waiting just now


def _connection() -> "psycopg.Connection | None":
    """The connection of the transaction to be committed, if it is one to PostgreSQL."""
    session = db.session()
    if session.get_bind().dialect.name != "postgresql" or not session.in_transaction():
        return None
    connection = session.connection().connection.driver_connection
    return connection if isinstance(connection, psycopg.Connection) else None


def _end(waiting: "psycopg.Connection") -> None:
    with suppress(psycopg.Error):  # a server that is away ends it by itself
        waiting.cancel_safe(timeout=LONGEST_COMMIT)


@event.listens_for(Engine, "connect")
def _listen_for_warnings(connection: object, record: object) -> None:
    if isinstance(connection, psycopg.Connection):
        connection.add_notice_handler(_note)


def _note(notice: psycopg.errors.Diagnostic) -> None:
    if notice.sqlstate == WITHOUT_STANDBY:
        _warned.set(True)
