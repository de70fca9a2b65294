"""Files in a store, as old as a story needs them."""

import io
import os
from datetime import timedelta
from pathlib import Path

from tracker.actions.attachments import StoredFile
from tracker.clock import now
from tracker.storage import path_of, store


def stored(folder: Path, text: str, age: timedelta = timedelta(), name: str = "a.txt") -> StoredFile:
    """A file whose bytes were stored some time ago."""
    kept = store(folder, io.BytesIO(text.encode()), name)
    grow_old(path_of(folder, kept.sha256), age)
    return StoredFile(kept.file_name, kept.file_name, kept.media_type, kept.size, kept.sha256)


def grow_old(path: Path, age: timedelta) -> None:
    """Let a file be so old."""
    written = (now() - age).timestamp()
    os.utime(path, (written, written))


def everything_in(folder: Path) -> set[str]:
    """The SHA-256 of all bytes that are there, in their place or in quarantine."""
    names = {path.parent.name + path.name for path in folder.glob("??/*")}
    return names | {path.name for path in folder.glob("quarantine/*/*")}
