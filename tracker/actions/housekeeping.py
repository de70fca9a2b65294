"""What the worker clears away: expired sessions, and stored bytes that no row mentions."""

import time
from pathlib import Path

from sqlalchemy import select

from tracker.actions.sessions import forget_expired
from tracker.db import db
from tracker.models import Attachment, DraftFile

KEPT_SECONDS = 24 * 3600
"""Bytes younger than this may still be waiting for their row."""


def sweep(attachments: Path) -> None:
    """Forget what has expired, and remove orphaned files that are older than a day."""
    forget_expired()
    if attachments.is_dir():
        _sweep_files(attachments)


def _sweep_files(folder: Path) -> None:
    for path in _old_files(folder):
        if not _is_mentioned(path.parent.name + path.name):
            path.unlink(missing_ok=True)


def _old_files(folder: Path) -> list[Path]:
    oldest_kept = time.time() - KEPT_SECONDS
    return [path for path in folder.glob("*/*") if path.is_file() and path.stat().st_mtime < oldest_kept]


def _is_mentioned(sha256: str) -> bool:
    attached = select(Attachment.id).where(Attachment.sha256 == sha256).limit(1)
    drafted = select(DraftFile.id).where(DraftFile.sha256 == sha256).limit(1)
    return db.session.scalar(attached) is not None or db.session.scalar(drafted) is not None
