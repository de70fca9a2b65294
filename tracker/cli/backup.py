"""`flask backup`, `restore`, `digest`: a market put aside, put back, and compared with itself."""

import os
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.engine import make_url

from config import Config
from tracker.backups.copying import Damaged
from tracker.backups.digests import table_digests
from tracker.backups.making import Market, make_backup
from tracker.backups.restoring import restore_backup
from tracker.cli.plainly import AWAY, Command
from tracker.clock import now
from tracker.db import db, reads_only

BY_ITS_OWN_TOOLS = (
    "This market's database is PostgreSQL, which is backed up by its own tools: pg_dump and pg_restore, or a base "
    "backup with its log. Copy the attachments after it. The guide says how under “For the operator”."
)


@click.command(
    "backup", cls=Command, help="Put this market aside in one file, beside people who work: database, files, key."
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@with_appcontext
def backup(file: Path | None) -> None:
    """Without FILE it goes to `backups` in the data folder, named by the moment."""
    config: Config = current_app.config["TRACKER"]
    target = file or _named_by(now(), config)
    with _told():
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = make_backup(_market(config), target, _shown)
    click.echo(f"{target} holds {len(made.contents.tables)} tables and {made.contents.files:,} files.")
    if made.missing:
        raise click.ClickException(
            f"{len(made.missing):,} files that the database names are not in {config.attachments}, such as "
            f"{made.missing[0]}. The backup holds everything else."
        )


@click.command("restore", cls=Command, help="Put the market of a backup into this data folder, which must hold none.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def restore(file: Path) -> None:
    """Everything is proven before it counts: each file by its SHA-256, each table by its digest."""
    config: Config = current_app.config["TRACKER"]
    with _told():
        contents = restore_backup(file, _market(config), config.data, _known())
    click.echo(
        f"Restored: {len(contents.tables)} tables and {contents.files:,} files of Tracker "
        f"{contents.version}, each as it was. Start the product: it upgrades what this release has changed."
    )
    if "TRACKER_SECRET_KEY" in os.environ or "TRACKER_SECRET_FILE" in os.environ:
        click.echo(f"Your settings name a key of their own; that of the backup is in {config.data / 'secret-key'}.")


@click.command("digest", cls=Command, help="Print a digest of every table: equal digests, equal rows.")
@with_appcontext
def digest() -> None:
    """To be compared before a move or after a restore, on either database."""
    with reads_only():
        for name, number in table_digests(db.session.connection()).items():
            click.echo(f"{number}  {name}")


def _shown(files: Sequence[str]) -> Iterator[str]:
    """Each in turn, with a bar that grows on the terminal of whoever looks on."""
    with click.progressbar(files, label="Files", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield from bar


def _named_by(moment: datetime, config: Config) -> Path:
    return config.data / "backups" / f"tracker-{moment:%Y%m%d-%H%M%S}.tar"


def _market(config: Config) -> Market:
    if not config.is_sqlite:
        raise click.ClickException(BY_ITS_OWN_TOOLS)
    file = make_url(config.database_url).database
    return Market(Path(file or ""), config.attachments, config.secret_key)


def _known() -> list[str]:
    script = ScriptDirectory(str(Path(current_app.root_path).parent / "migrations"))
    return [revision.revision for revision in script.walk_revisions()]


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Damaged as damage:
        raise click.ClickException(f"{damage} Nothing was kept of it.") from None
    except sqlite3.OperationalError as error:
        raise click.ClickException(AWAY.format(reason=error)) from None
    except FileExistsError as error:
        raise click.ClickException(f"{error.filename} is there already. Name another file.") from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise click.ClickException(f"{where}{error.strerror}. Nothing was kept of it.") from None
