"""Making a backup beside people who work: the database first, then the files that it names, then proof of both."""

import os
import tarfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tracker.backups.archive import (
    ATTACHMENTS,
    CONTENTS,
    DATABASE,
    SEAL,
    SECRET,
    Contents,
    add_file,
    add_text,
    read_contents,
)
from tracker.backups.copying import copy_database, opened
from tracker.backups.digests import tables_of_file
from tracker.storage import IDENTITY, path_of
from tracker.version import VERSION

OWNER = f"{ATTACHMENTS}{IDENTITY}"
"""The file by which the folder says whose it is."""

Shown = Callable[[Sequence[str]], Iterable[str]]
"""The files one by one, as somebody looks on."""


@dataclass(frozen=True, slots=True)
class Market:
    """Where the parts of a market on one machine lie."""

    database: Path
    attachments: Path
    secret: str


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was read again; `missing` are files that the database names and the folder has not."""

    contents: Contents
    missing: list[str]


def make_backup(market: Market, target: Path, shown: Shown = iter) -> Made:
    """Write the backup to a new file and read it again. Raises `FileExistsError` and `Damaged`.

    The copy of the database is of one moment. Files are never changed and leave the folder only days after
    nobody names them, so those that the copy names are still there.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
            copy = Path(folder) / DATABASE
            copy_database(market.database, copy)
            missing = _write(market, copy, target, shown)
        return Made(read_contents(target), missing)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _write(market: Market, copy: Path, target: Path, shown: Shown) -> list[str]:
    missing: list[str] = []
    with tarfile.open(target, "w:", format=tarfile.PAX_FORMAT) as archive:
        members = {DATABASE: add_file(archive, DATABASE, copy), SECRET: add_text(archive, SECRET, market.secret)}
        with suppress(FileNotFoundError):  # a folder that holds no file yet
            members[OWNER] = add_file(archive, OWNER, market.attachments / IDENTITY)
        for sha256 in shown(list(_named_in(copy))):
            try:
                name = f"{ATTACHMENTS}{sha256[:2]}/{sha256[2:]}"
                members[name] = add_file(archive, name, path_of(market.attachments, sha256))
            except FileNotFoundError:
                missing.append(sha256)
        text = Contents(VERSION, _revision(copy), members, tables_of_file(copy)).as_text()
        add_text(archive, SEAL, add_text(archive, CONTENTS, text))
    return missing


def _named_in(copy: Path) -> Iterator[str]:
    """The SHA-256 of every file that the database names."""
    with opened(copy) as connection:
        named = "SELECT sha256 FROM attachment WHERE sha256 IS NOT NULL UNION SELECT sha256 FROM draft_file"
        yield from (sha256 for (sha256,) in connection.execute(named))


def _revision(copy: Path) -> str:
    with opened(copy) as connection:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(revision)
