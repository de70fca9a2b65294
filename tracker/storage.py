"""Where the bytes of attachments lie: one file for each content, named by its SHA-256 (security.md S37, R24).

Bytes are written beside, flushed to the disk, and only then given their name; the row that mentions
them comes after. What a row never mentions is swept by the worker.
"""

import hashlib
import os
import re
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import puremagic

from tracker.errors import Invalid, NotFound, TooLarge

LARGEST_FILE = 20 * 1024 * 1024
CHUNK = 64 * 1024
LONGEST_NAME = 255

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "txt": "text/plain",
    "csv": "text/csv",
    "eml": "message/rfc822",
    "msg": "application/vnd.ms-outlook",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
"""What may be attached, by extension, and how it is served."""

TEXTS = frozenset({"txt", "csv", "eml"})
BEGINNINGS = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "msg": (b"\xd0\xcf\x11\xe0",),
    "doc": (b"\xd0\xcf\x11\xe0",),
    "xls": (b"\xd0\xcf\x11\xe0",),
    "docx": (b"PK\x03\x04",),
    "xlsx": (b"PK\x03\x04",),
    "zip": (b"PK\x03\x04", b"PK\x05\x06"),
}
"""How the content of each kind begins, whatever the file is called."""


@dataclass(frozen=True, slots=True)
class StoredBytes:
    """Content that is on the disk."""

    sha256: str
    size: int
    media_type: str


def store(folder: Path, stream: IO[bytes], file_name: str) -> StoredBytes:
    """Write the stream under the SHA-256 of its content. Raises `TooLarge` or `Invalid` at `files`."""
    extension = file_name.rpartition(".")[2].lower()
    if extension not in MEDIA_TYPES:
        raise Invalid(
            {"files": f"“{file_name}” is not of a kind that can be attached. Taken are: {', '.join(MEDIA_TYPES)}."}
        )
    partial = folder / "partial" / secrets.token_hex(16)
    partial.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        digest, size = _write(partial, stream, file_name)
        _check_content(partial, extension, file_name)
        _settle(partial, path_of(folder, digest))
    finally:
        partial.unlink(missing_ok=True)
    return StoredBytes(digest, size, MEDIA_TYPES[extension])


def path_of(folder: Path, sha256: str) -> Path:
    """Where the content of this SHA-256 lies."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise NotFound("There is no such file.")
    return folder / sha256[:2] / sha256[2:]


def verified(folder: Path, sha256: str) -> Path:
    """The path of stored content that still is what it was. Raises `NotFound` when it is damaged or gone."""
    path = path_of(folder, sha256)
    if not path.is_file() or _digest(path) != sha256:
        raise NotFound(
            "The stored file is damaged or missing, so it is not given out. Everything else of the issue is "
            "untouched; ask whoever attached it to attach it again, and tell the operator."
        )
    return path


def clean_name(raw: str | None) -> str:
    """A file name without folders, control characters and marks that turn text around; at most 255 characters."""
    name = (raw or "").replace("\\", "/").rpartition("/")[2]
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C").strip(" .")
    stem, dot, extension = name.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(extension) - 1]}{dot}{extension}"[:LONGEST_NAME] or "file"


def _write(partial: Path, stream: IO[bytes], file_name: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with partial.open("xb") as file:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > LARGEST_FILE:
                raise TooLarge(f"“{file_name}” is larger than 20 MB. Make it smaller, or split it.")
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        raise Invalid({"files": f"“{file_name}” is empty. Choose a file with something in it."})
    return digest.hexdigest(), size


def _check_content(path: Path, extension: str, file_name: str) -> None:
    with path.open("rb") as file:
        head = file.read(CHUNK)
    fits = _is_text(path) if extension in TEXTS else head.startswith(BEGINNINGS[extension])
    if not fits or _is_markup(head):
        raise Invalid(
            {"files": f"The content of “{file_name}” is not what its name says. Save it again in its own format."}
        )


def _is_text(path: Path) -> bool:
    content = path.read_bytes()
    if b"\x00" in content:
        return False
    for encoding in ("utf-8", "cp1252"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _is_markup(head: bytes) -> bool:
    """Content that a browser could run, under whatever name."""
    try:
        kinds = {match.mime_type for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        kinds = set()
    start = head[:1024].lower()
    return bool(kinds & {"text/html", "image/svg+xml"}) or b"<script" in start or b"<svg" in start or b"<html" in start


def _settle(partial: Path, final: Path) -> None:
    final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not final.exists():
        partial.rename(final)
        directory = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
