"""Where stored content lies, and whose folder it is; every look may find that the folder is away."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import structlog

from tracker.domain.sentence import Sentence
from tracker.errors import NotFound, Unavailable

PARTIAL = "partial"
"""The folder of what is being written; never the beginning of a SHA-256."""

IDENTITY = "identity"
"""The file that says whose folder it is."""

STORED = re.compile(r"[0-9a-f]{64}")

DAMAGED = Sentence(
    "file-damaged",
    "The stored file is damaged: it is not what was attached any more, so it is not given out. Everything else of the "
    "issue is untouched; ask whoever attached it to attach it again, and tell the operator.",
)

NOT_HERE = Sentence(
    "file-not-here",
    "The file is not here at this moment. Try again in a minute. If it stays away, tell the operator, who can bring "
    "the folder of the attachments back; everything else of the issue is untouched.",
)

log = structlog.get_logger()


def path_of(folder: Path, sha256: str) -> Path:
    """Where the content of this SHA-256 lies."""
    if not STORED.fullmatch(sha256):
        raise NotFound(Sentence("no-such-content", "There is no such file."))
    return folder / sha256[:2] / sha256[2:]


def verified(folder: Path, sha256: str) -> Path:
    """The path of stored content that still is what it was.

    Raises `Unavailable` while it cannot be read, and `NotFound` when it is damaged. Neither is a verdict for good: a
    folder of another machine may be away, or behind.
    """
    path = path_of(folder, sha256)
    try:
        digest = _digest(path)
    except OSError as error:
        log.error("a stored file cannot be read", sha256=sha256, reason=str(error))
        raise Unavailable(NOT_HERE) from error
    if digest != sha256:
        log.error("a stored file is damaged", sha256=sha256)
        raise NotFound(DAMAGED)
    return path


def identity_of(folder: Path) -> str | None:
    """The identity of the market whose folder this is; None where none is written."""
    try:
        return (folder / IDENTITY).read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return None


def holds_files(folder: Path) -> bool:
    """There is stored content in the folder."""
    return any(stored_in(folder))


def lies_at(path: Path) -> bool:
    """There is content at this place, as far as can be seen."""
    try:
        return path.is_file()
    except OSError:
        return False


def stored_in(folder: Path) -> Iterator[Path]:
    """The paths of all stored content; what others put there is none of it."""
    return (path for path in folder.glob("??/*") if STORED.fullmatch(sha256_at(path)))


def sha256_at(path: Path) -> str:
    """The SHA-256 of the content that lies here."""
    return path.parent.name + path.name


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
