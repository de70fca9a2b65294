"""Where the bytes of attachments lie: one file for each content, named by its SHA-256 (security.md S37, R24).

Bytes are written beside, flushed to the disk, and only then given their name; the row that mentions
them comes after. What a row never mentions is swept by the worker.
"""

import hashlib
import mmap
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import puremagic
import structlog

from tracker.domain.file_kinds import CONTROLS, KINDS, FileKind, extension_of, is_markup
from tracker.errors import Invalid, NotFound, TooLarge

LARGEST_FILE = 20 * 1024 * 1024
CHUNK = 64 * 1024
PARTIAL = "partial"
"""The folder of what is being written; never the beginning of a SHA-256."""

DAMAGED = (
    "The stored file is damaged or missing, so it is not given out. Everything else of the issue is "
    "untouched; ask whoever attached it to attach it again, and tell the operator."
)


log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class StoredBytes:
    """Content that is on the disk."""

    sha256: str
    size: int
    media_type: str


def store(folder: Path, stream: IO[bytes], file_name: str, limit: int = LARGEST_FILE) -> StoredBytes:
    """Write the stream under the SHA-256 of its content. Raises `TooLarge` or `Invalid` at `files`."""
    extension = extension_of(file_name)
    if extension not in KINDS:
        raise _refused(f"“{file_name}” is not of a kind that can be attached. Taken are: {', '.join(KINDS)}.")
    partial = _new_partial(folder)
    try:
        digest, size = _write(partial, stream, file_name, limit)
        _check_content(partial, extension, file_name)
        _settle(partial, path_of(folder, digest))
    finally:
        partial.unlink(missing_ok=True)
    return StoredBytes(digest, size, KINDS[extension].media_type)


def path_of(folder: Path, sha256: str) -> Path:
    """Where the content of this SHA-256 lies."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise NotFound("There is no such file.")
    return folder / sha256[:2] / sha256[2:]


def verified(folder: Path, sha256: str) -> Path:
    """The path of stored content that still is what it was. Raises `NotFound` when it is damaged or gone."""
    path = path_of(folder, sha256)
    try:
        sound = _digest(path) == sha256
    except OSError:
        sound = False
    if not sound:
        log.error("a stored file is damaged or missing", sha256=sha256)
        raise NotFound(DAMAGED)
    return path


def text_encoding(path: Path) -> str | None:
    """`utf-8` or `windows-1252`, whichever a text is written in; None for what is no text."""
    for encoding in ("utf-8", "windows-1252"):
        try:
            return None if any(CONTROLS.search(part) for part in _text_of(path, encoding)) else encoding
        except UnicodeDecodeError:
            continue
    return None


def _new_partial(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / PARTIAL).mkdir(mode=0o700, exist_ok=True)
    return folder / PARTIAL / secrets.token_hex(16)


def _write(partial: Path, stream: IO[bytes], file_name: str, limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with partial.open("xb") as file:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise TooLarge(f"“{file_name}” is larger than {limit >> 20} MB. Make it smaller, or split it.")
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        raise _refused(f"“{file_name}” is empty. Choose a file with something in it.")
    return digest.hexdigest(), size


def _check_content(path: Path, extension: str, file_name: str) -> None:
    kind = KINDS[extension]
    with path.open("rb") as file:
        head = file.read(CHUNK)
    if is_markup(head, extension) or _seems_markup(head):
        raise _refused(
            f"“{file_name}” reads like a web page or a drawing that could run in a browser, so it is not taken. "
            "Save it as PDF and attach that."
        )
    if kind.is_text and not text_encoding(path):
        raise _refused(f"“{file_name}” is not plain text. Save it as text in UTF-8 and attach it again.")
    if not kind.is_text and not (head.startswith(kind.begins) and _holds(path, kind)):
        raise _refused(f"The content of “{file_name}” is not what its name says. Save it again in its own format.")


def _seems_markup(head: bytes) -> bool:
    """A second opinion, from whoever knows how thousands of kinds begin."""
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return False
    return any(match.mime_type in ("text/html", "image/svg+xml", "application/xhtml+xml") for match in found)


def _holds(path: Path, kind: FileKind) -> bool:
    """Looks through the file without reading it into memory; nothing in it is unpacked."""
    if not kind.holds:
        return True
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return any(content.find(mark) >= 0 for mark in kind.holds)


def _text_of(path: Path, encoding: str) -> Iterator[str]:
    with path.open(encoding=encoding, newline="") as file:
        while part := file.read(CHUNK):
            yield part


def _settle(partial: Path, final: Path) -> None:
    """Always puts the new bytes in place: that heals what was damaged, and makes them young again for the sweep."""
    if not final.parent.is_dir():
        final.parent.mkdir(mode=0o700, exist_ok=True)
        _flush(final.parent.parent)
    partial.replace(final)
    _flush(final.parent)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refused(text: str) -> Invalid:
    return Invalid({"files": text})
