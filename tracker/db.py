"""The database: one session, naming conventions, and what SQLite needs to be trusted.

SQLite runs in WAL with `synchronous=FULL` (an acknowledged commit survives a power cut), strict
tables, foreign keys on, and `BEGIN IMMEDIATE` for whoever may write: a writer waits for its turn
at the start, where waiting is safe, and never fails in the middle (docs/decisions/0002). Nobody waits
for ever on either database: each door says how long (docs/decisions/0024).
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Row,
    Select,
    String,
    Table,
    Text,
    TypeDecorator,
    event,
    exc,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine

from tracker.clock import read_steady
from tracker.domain.names import clean, lines, one_line, visible

READS_ONLY: ContextVar[bool] = ContextVar("reads_only", default=False)
"""Set by a door that will only read, before its first statement."""


class Patience(NamedTuple):
    """For how many milliseconds a transaction waits for a lock, and one of its statements may run; 0 is for ever.

    SQLite knows no limit for a statement. That of locks is the shorter: who waits for one is never told that it asked
    for too much.
    """

    lock: int
    statement: int


READING = Patience(lock=1_500, statement=2_000)
"""Of a page that only reads (security.md S42)."""

WRITING = Patience(lock=3_000, statement=10_000)
"""Of a page that may write."""

WORKING = Patience(lock=15_000, statement=600_000)
"""Of the worker and of commands, which nobody sits before."""

MIGRATING = Patience(lock=30_000, statement=0)

PATIENCE: ContextVar[Patience] = ContextVar("patience")
"""Set by a door before its first statement; that of whoever is no door is `WORKING`."""

QUERY_CANCELED = "57014"
ALL_BUT = 0.95
"""Of its limit: the server counts by a clock of its own."""

READ_ONLY = "25006"
BROKEN_OFF = "8s2b"
"""SQLAlchemy's name for a transaction whose connection is gone."""

PASSING_STATES = ("08", "40", "53", "55P03", "57P", "58")
"""Of PostgreSQL: connection, deadlock and serialisation, disk and memory, a lock, shutting down, the system."""

PASSING_OF_SQLITE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}

T = TypeVar("T")
AT_ONCE = 500
"""So many ids at most stand in one statement."""

STRICT = {"sqlite_strict": True}
"""The last member of every `__table_args__`: SQLite checks types as PostgreSQL does."""

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class TookTooLong(exc.OperationalError):
    """A statement was ended after all the time that it had.

    PostgreSQL names that and an order to end it by one code, and tells them apart in the language of the server alone.
    """


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; comes back aware of its zone from both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Line(TypeDecorator[str]):
    """A title as it stands on a line, also one that was stored before titles were cleaned."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return value if value is None else one_line(value)


class Name(TypeDecorator[str]):
    """A name as others may read it, also one that was stored before names were cleaned."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return value if value is None else clean(value)


class Identifier(TypeDecorator[str]):
    """A `Code` that somebody typed, as others may read it, also one that was stored before they were cleaned."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        return dialect.type_descriptor(String(collation="C") if dialect.name == "postgresql" else String())

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return value if value is None else visible(value)


class Typed(TypeDecorator[Any]):
    """JSON of what was typed, as others may read it, also where it was stored before fields were cleaned."""

    impl = JSON
    cache_ok = True
    should_evaluate_none = True  # as JSON itself has it: nothing is a value

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        return self.impl_instance.coerce_compared_value(op, value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return _readable(value)


class TypedValues(Typed):
    """The same as PostgreSQL searches in it."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(postgresql.JSONB() if dialect.name == "postgresql" else JSON())


def _readable(value: Any) -> Any:
    if isinstance(value, str):
        return lines(value)
    if isinstance(value, list):
        return [_readable(one) for one in value]
    return {name: _readable(one) for name, one in value.items()} if isinstance(value, dict) else value


Code = String().with_variant(String(collation="C"), "postgresql")
"""An identifier: compared byte by byte on both databases, so that a prefix is a range."""

Json = JSON().with_variant(postgresql.JSONB(), "postgresql")


class Base(DeclarativeBase):
    """What every table inherits."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={datetime: Moment, dict[str, Any]: Json, list[Any]: Json},
    )
    __table_args__: Any = STRICT


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model  # made at run time, so a type checker cannot follow it

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
AnySelect: TypeAlias = Select[*tuple[Any, ...]]
"""A row or a select whose columns are named where it is made."""


def insert_into(table: "type[Base] | Table") -> postgresql.Insert:
    """An insert that may say `on_conflict_…`: both databases write it alike, the constructs differ only in name."""
    if db.session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return cast(postgresql.Insert, sqlite.insert(table))


def batched(ids: Sequence[T]) -> Iterator[Sequence[T]]:
    """The ids, as many at a time as stand well in one statement."""
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def undo() -> None:
    """End the transaction with nothing kept, also one whose connection is gone."""
    try:
        db.session.rollback()
    except exc.SQLAlchemyError:
        db.session().invalidate()


@contextmanager
def reads_only() -> Iterator[None]:
    """A transaction of its own that only reads, so that it holds up no writer however long it takes."""
    token = READS_ONLY.set(True)
    db.session.rollback()
    try:
        yield
    finally:
        undo()
        READS_ONLY.reset(token)


def is_passing(error: BaseException) -> bool:
    """The database's disk, a lock or the connection failed: nothing is wrong with what was asked."""
    if isinstance(error, exc.TimeoutError):  # no connection was free
        return True
    if not isinstance(error, exc.DBAPIError):
        return isinstance(error, exc.PendingRollbackError) and error.code == BROKEN_OFF
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in PASSING_OF_SQLITE
    state = state_of(error)
    if state == READ_ONLY:  # a server that became the standby of another
        return not READS_ONLY.get()
    if state == QUERY_CANCELED:  # by somebody's order; what asked for too much is `took_too_long`
        return not took_too_long(error)
    return state.startswith(PASSING_STATES) if state else isinstance(error, exc.OperationalError | exc.InterfaceError)


def took_too_long(error: BaseException) -> bool:
    """PostgreSQL ended a statement at its limit, and not by somebody's order."""
    return isinstance(error, TookTooLong)


def first_line(error: BaseException) -> str:
    """What the database said, without the statement and its values, in one line."""
    return str(getattr(error, "orig", error)).strip().partition("\n")[0]


def state_of(error: BaseException) -> str | None:
    """The five characters by which PostgreSQL names an error (SQLSTATE)."""
    return getattr(error.orig, "sqlstate", None) if isinstance(error, exc.DBAPIError) else None


@compiles(String, "sqlite")
@compiles(Text, "sqlite")
@compiles(JSON, "sqlite")
@compiles(DateTime, "sqlite")
@compiles(Date, "sqlite")
def _as_text(element: object, compiler: object, **options: object) -> str:
    """Strict tables know five types; text is the one for these."""
    return "TEXT"


@compiles(Boolean, "sqlite")
def _as_integer(element: object, compiler: object, **options: object) -> str:
    return "INTEGER"


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: object, record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # the driver must not begin: `_begin` does, so that savepoints work
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-32768",
        "mmap_size=268435456",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    patience, reads = PATIENCE.get(WORKING), READS_ONLY.get()
    if connection.dialect.name == "sqlite":
        if connection.info.get("patience") != patience.lock:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience.lock}")
            connection.info["patience"] = patience.lock
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
    else:
        limits = f"SET LOCAL lock_timeout = {patience.lock}; SET LOCAL statement_timeout = {patience.statement}"
        connection.exec_driver_sql(f"SET TRANSACTION READ ONLY; {limits}" if reads else limits)
        connection.info["limit"] = patience.statement


@event.listens_for(Engine, "before_cursor_execute")
def _note_beginning(connection: Connection, *rest: object) -> None:
    connection.info["asked_at"] = read_steady()


@event.listens_for(Engine, "handle_error", retval=True)
def _name_what_took_too_long(context: ExceptionContext) -> BaseException | None:
    error, connection = context.sqlalchemy_exception, context.connection
    if connection is None or not isinstance(error, exc.DBAPIError) or state_of(error) != QUERY_CANCELED:
        return None
    limit, took = connection.info.get("limit", 0), 1_000 * (read_steady() - connection.info["asked_at"])
    if not limit or took < limit * ALL_BUT:
        return None
    return TookTooLong(error.statement, error.params, context.original_exception, hide_parameters=error.hide_parameters)
