"""What the worker clears away among the stored bytes (docs/decisions/0022).

What somebody let go knowingly, and what is half written, goes within the hour. Bytes that no row mentions, and nobody
knows why, lie in quarantine for a month before they go: the database may be the wrong one, or older than the folder.
Where that would be much at once, nothing is moved and an operator decides. What is mentioned again comes back.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import structlog
from sqlalchemy import delete, func, select, union_all

from tracker.actions.store_identity import ensure_ours
from tracker.clock import now
from tracker.db import AT_ONCE, batched, db, reads_only
from tracker.errors import NoRoom, Unavailable
from tracker.models import Attachment, DraftFile, LetGo
from tracker.storage import PARTIAL, STORED, lies_at, path_of, sha256_at, stored_in

GRACE = timedelta(minutes=15)
"""So long bytes that were let go stay: who sent them twice at that moment may be about to be believed."""

HALF_WRITTEN = timedelta(minutes=30)
"""No upload takes so long to be written; the process that began it is gone."""

WAITS = timedelta(hours=24)
"""Bytes younger than this may still be waiting for their row."""

QUARANTINE = "quarantine"
KEPT_DAYS = 30
MOST_MOVED, MOST_SHARE = 100, 0.1
"""More orphans than this, and than this share of all, are no litter: something else is wrong."""

log = structlog.get_logger()


@dataclass
class Swept:
    """What one sweep did, in numbers of files."""

    let_go: int = 0
    half_written: int = 0
    quarantined: int = 0
    came_back: int = 0
    deleted: int = 0


def sweep(folder: Path, *, whatever_many: bool = False) -> None:
    """Clear away what is not needed in the folder of this market; nothing in any other.

    `whatever_many` is for an operator who knows why so many orphans are there. Files are looked for and moved while
    no transaction may write: nobody waits for a disk.
    """
    swept = Swept()
    try:
        with reads_only():
            ensure_ours(folder)
    except (Unavailable, NoRoom):  # it said why, in the log
        return
    swept.half_written = _remove_half_written(folder)
    swept.let_go = _remove_let_go(folder)
    swept.quarantined = _quarantine_orphans(folder, whatever_many=whatever_many)
    _empty_quarantine(folder, swept)
    if any(asdict(swept).values()):
        log.info("the attachments were swept", **asdict(swept))
    db.session.execute(delete(LetGo).where(LetGo.at < now() - WAITS))


def _remove_half_written(folder: Path) -> int:
    old = [path for path in folder.glob(f"{PARTIAL}/*") if _is_from_before(path, now() - HALF_WRITTEN)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _remove_let_go(folder: Path) -> int:
    """The bytes as they lay when they were let go; stored again since, they are somebody's."""
    with reads_only():
        latest = select(LetGo.sha256, func.max(LetGo.at).label("at")).where(LetGo.at < now() - GRACE)
        rows = db.session.execute(latest.group_by(LetGo.sha256)).all()
        mentioned = set(_mentioned([row.sha256 for row in rows]))
    gone = [row for row in rows if row.sha256 not in mentioned]
    return sum(_remove(folder, path_of(folder, row.sha256), row.at) for row in gone)


def _quarantine_orphans(folder: Path, *, whatever_many: bool) -> int:
    stored, before = list(stored_in(folder)), now() - WAITS
    orphans = list(_unmentioned(path for path in stored if _is_from_before(path, before)))
    if len(orphans) > MOST_MOVED and len(orphans) > MOST_SHARE * len(stored) and not whatever_many:
        log.error(
            "so many stored files are mentioned nowhere that none was moved: is this the right database, and not an "
            "older one? If it is, run: flask --app wsgi attachments sweep --all",
            orphans=len(orphans),
            stored=len(stored),
        )
        return 0
    return sum(_put_aside(folder, path, before) is not None for path in orphans)


def _empty_quarantine(folder: Path, swept: Swept) -> None:
    """What a row mentions goes back to its place, whatever day it is; the rest is deleted after `KEPT_DAYS`."""
    quarantined = {path.name: path for path in folder.glob(f"{QUARANTINE}/*/*") if STORED.fullmatch(path.name)}
    with reads_only():
        mentioned = set(_mentioned(list(quarantined)))
    for sha256 in mentioned:
        swept.came_back += _bring_back(quarantined.pop(sha256), path_of(folder, sha256))
    last = (now() - timedelta(days=KEPT_DAYS)).date().isoformat()
    for path in quarantined.values():
        if path.parent.name < last:
            path.unlink(missing_ok=True)
            swept.deleted += 1
    for day in folder.glob(f"{QUARANTINE}/*"):
        with suppress(OSError):  # not empty yet
            day.rmdir()


def _unmentioned(paths: Iterable[Path]) -> Iterator[Path]:
    left = iter(paths)
    while some := list(islice(left, AT_ONCE)):
        with reads_only():
            mentioned = set(_mentioned([sha256_at(path) for path in some]))
        yield from (path for path in some if sha256_at(path) not in mentioned)


def _mentioned(hashes: Sequence[str]) -> Iterator[str]:
    """One statement for both tables: a file that moves from a form to its issue is seen in one of them."""
    for some in batched(hashes):
        attached = select(Attachment.sha256).where(Attachment.sha256.in_(some))
        drafted = select(DraftFile.sha256).where(DraftFile.sha256.in_(some))
        yield from filter(None, db.session.scalars(union_all(attached, drafted)))


def _remove(folder: Path, path: Path, before: datetime) -> bool:
    aside = _put_aside(folder, path, before)
    if aside is not None:
        aside.unlink(missing_ok=True)
    return aside is not None


def _put_aside(folder: Path, path: Path, before: datetime) -> Path | None:
    """Into quarantine, if it is from before also there: what is stored again at this moment goes back to its place.

    Whoever dies in the middle leaves it where what is mentioned comes back from.
    """
    if not _is_from_before(path, before):
        return None
    aside = folder / QUARANTINE / now().date().isoformat() / sha256_at(path)
    aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileNotFoundError):  # another worker was quicker
        path.rename(aside)
        if _is_from_before(aside, before):
            return aside
        aside.rename(path)
    return None


def _bring_back(aside: Path, path: Path) -> bool:
    with suppress(FileNotFoundError):  # another worker was quicker
        if lies_at(path):
            aside.unlink()
            return False
        path.parent.mkdir(mode=0o700, exist_ok=True)
        aside.rename(path)
        return True
    return False


def _is_from_before(path: Path, moment: datetime) -> bool:
    try:
        return path.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:  # what is being written is named and gone from here at any moment
        return False
