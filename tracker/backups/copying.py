"""A copy of a SQLite database as it stands at one moment, whoever writes to it meanwhile."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

PAGES_AT_ONCE = 2_000


class Damaged(Exception):
    """What was read is not what was written; the sentence says which part."""


def copy_database(source: Path, target: Path) -> None:
    """Copy the database by SQLite's own means, and look the copy through. Raises `Damaged`; the target is new."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.close(descriptor)
    with opened(source) as present, closing(sqlite3.connect(target)) as copy:
        present.backup(copy, pages=PAGES_AT_ONCE)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    require_sound(target)


def require_sound(database: Path) -> None:
    """Raise `Damaged` for a file that SQLite finds fault with."""
    try:
        with opened(database) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise Damaged(f"The database is damaged: {found}.")


@contextmanager
def opened(database: Path) -> Iterator[sqlite3.Connection]:
    """A connection that only reads, and makes no file where there is none."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        yield connection
