"""What the worker clears away: what can no longer sign anybody in, and stored bytes that no row mentions."""

import re
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from sqlalchemy import select, union_all

from tracker.actions.presence import forget_presence
from tracker.actions.sessions import forget_expired
from tracker.clock import now
from tracker.db import db
from tracker.models import Attachment, DraftFile
from tracker.storage import PARTIAL

KEPT_SECONDS = 24 * 3600
"""Bytes younger than this may still be waiting for their row."""

AT_ONCE = 500
STORED = re.compile(r"[0-9a-f]{64}")


def sweep(attachments: Path) -> None:
    """Forget what has expired, and remove orphaned and half-written files that are older than a day."""
    # Looked for before the first statement: on SQLite others wait for their turn while this may write.
    stored = iter([path for path in attachments.glob("??/*") if STORED.fullmatch(_sha256(path)) and _is_old(path)])
    forget_expired()
    forget_presence()
    while some := list(islice(stored, AT_ONCE)):
        _remove_orphans(some)
    for path in attachments.glob(f"{PARTIAL}/*"):
        if _is_old(path):
            path.unlink(missing_ok=True)


def _remove_orphans(paths: Sequence[Path]) -> None:
    mentioned = _mentioned([_sha256(path) for path in paths])
    for path in paths:
        if _sha256(path) not in mentioned:
            _remove(path)


def _mentioned(hashes: Sequence[str]) -> set[str]:
    """One statement for both tables: a file that moves from a draft to its issue is seen in one of them."""
    attached = select(Attachment.sha256).where(Attachment.sha256.in_(hashes))
    drafted = select(DraftFile.sha256).where(DraftFile.sha256.in_(hashes))
    return {sha256 for sha256 in db.session.scalars(union_all(attached, drafted)) if sha256}


def _remove(path: Path) -> None:
    """Take the file aside first: if somebody stores the same bytes at this moment, theirs go back to their place."""
    aside = path.parent.parent / PARTIAL / f"swept-{_sha256(path)}"
    aside.parent.mkdir(mode=0o700, exist_ok=True)
    with suppress(FileNotFoundError):  # another worker was quicker
        path.rename(aside)
        if _is_old(aside):
            aside.unlink()
        else:
            aside.rename(path)


def _is_old(path: Path) -> bool:
    try:
        return now().timestamp() - path.stat().st_mtime > KEPT_SECONDS
    except FileNotFoundError:  # what is being written is named and gone from here at any moment
        return False


def _sha256(path: Path) -> str:
    return path.parent.name + path.name
