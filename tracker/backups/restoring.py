"""Putting a backup back into an empty place, proven before anything of it counts."""

import os
import shutil
from collections.abc import Collection
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import IO

from tracker.backups.archive import ATTACHMENTS, DATABASE, SEAL, SECRET, Contents, members_of, read_contents
from tracker.backups.copying import Damaged, opened, require_sound
from tracker.backups.digests import tables_of_file
from tracker.backups.making import Market
from tracker.domain.sentence import Sentence
from tracker.errors import Conflict

UNDER_WAY = ".restoring"
"""The folder in which everything is proven. While it stays a restore was killed; its seal says of which backup."""

UNPACKED = "market"


def restore_backup(source: Path, market: Market, data: Path, known: Collection[str]) -> Contents:
    """Put the market of a backup into an empty place: what it held. Raises `Damaged` and `Conflict`.

    `known` are the revisions of this release. The database comes last, so that a restore that is killed leaves a
    place that is still empty, and is done again; one that fails takes everything back.
    """
    contents, under_way = read_contents(source), data / UNDER_WAY
    _require_known(contents, known)
    _require_empty(market, under_way, contents.seal)
    try:
        _mark(under_way, contents.seal)
        unpacked = _unpack(source, under_way / UNPACKED)
        _require_proven(unpacked / DATABASE, contents)
        _settle(unpacked, market, data)
    except BaseException:
        if not _has_tables(market.database):
            _take_back(contents, market, under_way)
        raise
    shutil.rmtree(under_way, ignore_errors=True)
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


def _require_empty(market: Market, under_way: Path, seal: str) -> None:
    """A market is never written over: neither its database nor its files, but for those of this backup."""
    has_files = any(market.attachments.glob("??/*")) and not _is_marked(under_way, seal)
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


def _is_marked(under_way: Path, seal: str) -> bool:
    with suppress(FileNotFoundError):
        return (under_way / SEAL).read_text(errors="replace") == seal
    return False


def _mark(under_way: Path, seal: str) -> None:
    """Say whose files may be found here from now on, if they are not already."""
    if not _is_marked(under_way, seal):
        under_way.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(under_way / SEAL, BytesIO(seal.encode()))


def _take_back(contents: Contents, market: Market, under_way: Path) -> None:
    """Leave the place as empty as it was, also of what a killed restore of the same backup had brought."""
    for name in contents.members:
        if name.startswith(ATTACHMENTS):
            path = market.attachments / name.removeprefix(ATTACHMENTS)
            for one in (path, _beside(path)):
                with suppress(OSError):  # what is in the way says so by itself, and is not ours
                    one.unlink()
    _beside(market.database).unlink(missing_ok=True)
    shutil.rmtree(under_way, ignore_errors=True)


def _unpack(source: Path, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
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
    """Key and database come when nothing is left that takes room."""
    market.attachments.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (unpacked / "attachments").is_dir():
        _move_folder(unpacked / "attachments", market.attachments)
    shutil.move(unpacked / DATABASE, _beside(market.database))
    for name in ("-wal", "-shm"):
        market.database.with_name(market.database.name + name).unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        (unpacked / SECRET).replace(data / SECRET)
    _beside(market.database).replace(market.database)


def _move_folder(source: Path, target: Path) -> None:
    """Into the folder that may be a mount of its own."""
    for path in sorted(source.rglob("*")):
        if path.is_file():
            there = target / path.relative_to(source)
            there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.move(path, _beside(there))
            _beside(there).replace(there)


def _beside(target: Path) -> Path:
    """Where it is brought first, so that it is at once there or not at all, also on another disk."""
    return target.with_name(f"{target.name}.restored")
