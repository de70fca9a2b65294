"""How it stands with this process and with what the whole product needs: read for the probes and for the metrics."""

import errno
import os
import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import current_app
from flask_sqlalchemy.session import Session
from sqlalchemy import Engine

from config import Config
from tracker.clock import now
from tracker.db import db
from tracker.domain.mail_rules import DOWN
from tracker.models import MarketFact
from tracker.queries.clock import clock_note, presses_held
from tracker.queries.jobs import oldest_due_job
from tracker.queries.letters import waiting_since
from tracker.queries.schema import Schema, schema_of
from tracker.queries.store_identity import trouble_with
from tracker.web.engine import engine

LEAST_FREE = 0.05
LONGEST_WAIT = timedelta(minutes=10)


class Apart(Session):
    """A session on the connections that are kept for probes: users' work cannot exhaust them."""

    def get_bind(self, *args: Any, **options: Any) -> Engine:
        """Whatever is asked for."""
        return db.engines["probe"]


def database() -> Schema:
    """What the tables are, as the database says itself. Raises `SQLAlchemyError` when there is no answer."""
    db.session.registry.set(Apart(db))
    return schema_of(db.session.connection())


def attachments() -> str:
    """Why the folder of attachments is not the one to work with, or nothing. Raises `SQLAlchemyError` or `OSError`."""
    db.session.registry.set(Apart(db))
    folder = _config().attachments
    if folder.exists() and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "it cannot be read and written", str(folder))
    return trouble_with(folder) or ""


class Work(NamedTuple):
    """What is done for all processes together, and how far behind it is."""

    oldest_job: datetime | None
    index_is_whole: bool
    letters: int
    letters_since: datetime | None
    mail_down: str | None
    free: float
    clock: str
    presses_held: int


def work() -> Work:
    """Raises `SQLAlchemyError` or `OSError`."""
    letters, down = waiting_since(), db.session.get(MarketFact, DOWN)
    disk = shutil.disk_usage(_config().data)
    return Work(
        oldest_job=oldest_due_job(),
        index_is_whole=engine().is_whole(),
        letters=letters.waiting,
        letters_since=letters.since,
        mail_down=down.value.split()[0] if down else None,
        free=disk.free / disk.total,
        clock=clock_note(),
        presses_held=presses_held(),
    )


def notes() -> Mapping[str, str]:
    """What anybody may read of it. Raises `SQLAlchemyError` or `OSError`.

    How many letters wait is not said: a note that mentions somebody is one more.
    """
    done = work()
    return {
        "disk": "ok" if done.free > LEAST_FREE else "less than 5 % free",
        "jobs": "the worker is behind or not running" if _is_late(done.oldest_job) else "ok",
        "search": "ok" if done.index_is_whole else "the index is being made; titles are searched",
        "mail": _mail(done) if _config().smtp else "off",
        "clock": done.clock,
    }


def _mail(work: Work) -> str:
    if work.mail_down:
        return f"delayed since {work.mail_down}"
    if work.letters_since and _is_late(work.letters_since):
        return f"delayed since {work.letters_since.isoformat()}"
    return "ok"


def _is_late(since: datetime | None) -> bool:
    return since is not None and now() - since >= LONGEST_WAIT


def _config() -> Config:
    config: Config = current_app.config["TRACKER"]
    return config
