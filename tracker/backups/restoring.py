"""Putting a backup back into an empty place, proven before anything of it counts."""

import os
import shutil
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import IO

from tracker.backups.archive import DATABASE, SECRET, Contents, members_of, read_contents
from tracker.backups.copying import Damaged, opened, require_sound
from tracker.backups.digests import tables_of_file
from tracker.backups.making import Market
from tracker.domain.sentence import Sentence
from tracker.errors import Conflict

UNPACKED = ".restoring"
"""The folder in which everything is proven; where it is still there, a restore was killed."""


def restore_backup(source: Path, market: Market, data: Path, known: Collection[str]) -> Contents:
    """Put the market of a backup into an empty place: what it held. Raises `Damaged` and `Conflict`.

    `known` are the revisions of this release. The database comes last, so that a restore that is killed leaves a
    place that is still empty, and is done again.
    """
    contents = read_contents(source)
    _require_known(contents, known)
    _require_empty(market, data)
    shutil.rmtree(data / UNPACKED, ignore_errors=True)
    unpacked = _unpack(source, data / UNPACKED)
    _require_proven(unpacked / DATABASE, contents)
    _settle(unpacked, market, data)
    return contents


def _require_known(contents: Contents, known: Collection[str]) -> None:
    if contents.revision not in known:
        raise Conflict(
            Sentence(
                "backup-is-newer",
                "This backup was made by Tracker {version}, whose tables this release does not know. Nothing was "
                "restored. Restore it with that release or a later one.",
                version=contents.version,
            )
        )


def _require_empty(market: Market, data: Path) -> None:
    """A market is never written over: neither its database nor its files, but for those of a killed restore."""
    has_files = any(market.attachments.glob("??/*")) and not (data / UNPACKED).exists()
    if _has_tables(market.database) or has_files:
        raise Conflict(
            Sentence(
                "place-is-not-empty",
                "There is a market in {place} already, so nothing was restored. Stop the product, and move that folder "
                "away or name an empty one with TRACKER_DATA; then run this again.",
                place=str(market.database.parent),
            )
        )


def _has_tables(database: Path) -> bool:
    if not database.exists():
        return False
    with opened(database) as connection:
        return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None


def _unpack(source: Path, folder: Path) -> Path:
    for name, content in members_of(source):
        path = folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path, content)
    return folder


def _write(path: Path, content: IO[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(content, file)
        file.flush()
        os.fsync(file.fileno())


def _require_proven(database: Path, contents: Contents) -> None:
    """Every table holds what it held when it was copied."""
    require_sound(database)
    found = tables_of_file(database)
    different = sorted(name for name in contents.tables.keys() | found if contents.tables.get(name) != found.get(name))
    if different:
        raise Damaged(f"The table {different[0]} is not what it was when it was copied.")


def _settle(unpacked: Path, market: Market, data: Path) -> None:
    with suppress(FileNotFoundError):
        (unpacked / SECRET).replace(data / SECRET)
    market.attachments.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (unpacked / "attachments").is_dir():
        _move_folder(unpacked / "attachments", market.attachments)
    for name in ("-wal", "-shm"):
        market.database.with_name(market.database.name + name).unlink(missing_ok=True)
    _move(unpacked / DATABASE, market.database)
    shutil.rmtree(unpacked, ignore_errors=True)


def _move_folder(source: Path, target: Path) -> None:
    """Into the folder that may be a mount of its own."""
    for path in sorted(source.rglob("*")):
        if path.is_file():
            there = target / path.relative_to(source)
            there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _move(path, there)


def _move(source: Path, target: Path) -> None:
    """At once there or not at all, also onto another disk."""
    beside = target.with_name(f"{target.name}.restored")
    shutil.move(source, beside)
    beside.replace(target)
