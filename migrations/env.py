"""Runs the migrations on the application's database. Revisions are numbered: 0001, 0002, …"""

from pathlib import Path

import click
from alembic import context
from alembic.util import CommandError
from flask import current_app
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from tracker.cli.plainly import AWAY
from tracker.clock import now
from tracker.db import MIGRATING, PATIENCE, READS_ONLY, WORKING, first_line, is_passing
from tracker.errors import Conflict
from tracker.upgrading import copy_aside, require_known

settings = current_app.config["TRACKER"]
database = current_app.extensions["migrate"].db


def run_migrations() -> None:
    """Apply what is asked for: on SQLite as a whole, on PostgreSQL each migration in a transaction of its own."""
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
        )
        prepare()
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


def prepare() -> None:
    """Refuse what this release does not know; copy SQLite's file before its tables change."""
    present, script = context.get_context().get_current_heads(), context.script
    try:
        require_known(present, [revision.revision for revision in script.walk_revisions()])
    except Conflict as refusal:
        raise SystemExit(str(refusal)) from None
    command = getattr(context.get_context().opts.get("fn"), "__name__", "")
    moves = command == "downgrade" or (command == "upgrade" and set(present) != set(script.get_heads()))
    if present and moves and settings.is_sqlite:
        file = Path(make_url(settings.database_url).database or "")
        copy = copy_aside(file, present[0], settings.data / "backups", now())
        click.echo(f"The tables change now; the database as it was is kept in {copy}.", err=True)


PATIENCE.set(MIGRATING)
READS_ONLY.set(bool(context._proxy.context_opts.get("dont_mutate")))  # `db current` waits for nobody
try:
    run_migrations()
except SQLAlchemyError as error:
    if not is_passing(error):
        raise
    raise CommandError(AWAY.format(reason=first_line(error))) from error
finally:
    READS_ONLY.set(False)
    PATIENCE.set(WORKING)
