"""What a load balancer asks: is the process alive, and may it be given work (security.md R22)."""

import shutil
from datetime import timedelta
from functools import cache
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tracker.clock import now
from tracker.db import READS_ONLY, db
from tracker.domain.mail_rules import DOWN
from tracker.models import MarketFact
from tracker.queries.clock import clock_note
from tracker.queries.jobs import oldest_due_job
from tracker.queries.letters import waiting_since
from tracker.web.access import Access, access
from tracker.web.engine import engine

pages = Blueprint("probes", __name__)

LEAST_FREE = 0.05
LONGEST_WAIT = timedelta(minutes=10)


@pages.get("/healthz")
@access(Access.PUBLIC)
def alive() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return jsonify(status="alive")


@pages.get("/readyz")
@access(Access.PUBLIC)
def ready() -> ResponseReturnValue:
    """Whether this process may be given work, and what is wrong when it may not."""
    checks = {"database": _database(), "migrations": _migrations(), "disk": _disk(), "jobs": _jobs()}
    fine = all(reason == "ok" for reason in checks.values())
    notes = {"search": _search(), "mail": _mail(), "clock": _clock()}
    return jsonify(status="ready" if fine else "not ready", checks=checks, notes=notes), 200 if fine else 503


def _database() -> str:
    """Writable: a transaction that may write can be begun. It is rolled back."""
    db.session.rollback()
    READS_ONLY.set(False)
    try:
        db.session.execute(text("UPDATE market_fact SET value = value WHERE name = ''"))
    except SQLAlchemyError:
        return "cannot be written"
    finally:
        db.session.rollback()
    return "ok"


def _search() -> str:
    """A note and no check: without an index titles are searched, and everything else works."""
    try:
        return "ok" if engine().is_whole() else "the index is being made; titles are searched"
    except SQLAlchemyError:
        db.session.rollback()
        return "unknown"


def _mail() -> str:
    """A note and no check: a server that takes no letters delays them, and nothing else.

    Anybody reads it, so it does not say how many letters wait: a note that mentions somebody is one more.
    """
    if not current_app.config["TRACKER"].smtp:
        return "off"
    letters = waiting_since()
    late = letters.since is not None and now() - letters.since > LONGEST_WAIT
    fact = db.session.get(MarketFact, DOWN)
    if fact is None and not late:
        return "ok"
    return f"delayed since {fact.value.split()[0] if fact else letters.since.isoformat()}"


def _clock() -> str:
    """A note and no check: while the clock is not believed, the product goes on by its own count."""
    try:
        return clock_note()
    except SQLAlchemyError:
        db.session.rollback()
        return "unknown"


def _migrations() -> str:
    try:
        present = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        db.session.rollback()
        return "not run yet"
    return "ok" if present == _newest_migration() else "not those of this version: run flask --app wsgi db upgrade"


@cache
def _newest_migration() -> str | None:
    """Read once: the files do not change under a running process."""
    folder = Path(current_app.root_path).parent / "migrations"
    return ScriptDirectory(str(folder)).get_current_head()


def _disk() -> str:
    usage = shutil.disk_usage(current_app.config["TRACKER"].data)
    return "ok" if usage.free > LEAST_FREE * usage.total else "less than 5 % free"


def _jobs() -> str:
    due = oldest_due_job()
    return "ok" if due is None or now() - due < LONGEST_WAIT else "the worker is behind or not running"
