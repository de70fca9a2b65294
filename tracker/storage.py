"""Where the bytes of attachments lie: one file for each content, named by its SHA-256 (security.md S37, R24).

Bytes are written beside and flushed to the disk; they are only given their name when what mentions them was accepted,
and the row that mentions them is committed after. What was refused is gone at once. Whatever is derived from bytes is
asked of them each time: that somebody else keeps the same ones must show nowhere.
"""

import errno
import hashlib
import mmap
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import puremagic
import structlog

from tracker.domain.file_kinds import (
    CONTROLS,
    KINDS,
    UNNAMED,
    FileKind,
    begins_as,
    candidates,
    extension_of,
    is_mail,
    is_markup,
    kind_at,
    named_after,
)
from tracker.domain.sentence import Sentence
from tracker.errors import Invalid, NoRoom, NotFound, TooLarge, Unavailable

LARGEST_FILE = 20 * 1024 * 1024
CHUNK = 64 * 1024
HEAD = 1024
PARTIAL = "partial"
"""The folder of what is being written; never the beginning of a SHA-256."""

IDENTITY = "identity"
"""The file that says whose folder it is."""

STORED = re.compile(r"[0-9a-f]{64}")
SAVED_ONLY = "application/octet-stream"
"""The media type of text that holds what a browser could run: nothing shows it."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""A full disk, a used-up quota of the system, a limit of the file system."""

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
NO_ROOM = Sentence(
    "no-room",
    "The disk is full, so no file can be stored now. Nothing else is hindered: send without the files, or send them "
    "again when the operator has made room.",
)
NO_PLACE = Sentence(
    "no-place-for-files",
    "No file can be stored at this moment: the place where files are kept is away, or not the right one. Tell the "
    "operator, and send the files later; without files everything works.",
)


log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class StoredBytes:
    """Content that is on the disk, with the name that it is kept under: its extension says what it is."""

    sha256: str
    size: int
    media_type: str
    file_name: str


class Intake:
    """Files on their way in. What is not kept when it ends leaves nothing behind."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._partials: list[tuple[Path, str]] = []

    def take(self, stream: IO[bytes], file_name: str, limit: int = LARGEST_FILE) -> StoredBytes:
        """Write the stream to the disk, beside. Raises `TooLarge`, `NoRoom`, `Unavailable`, or `Invalid` at `files`."""
        if kind_at(extension_of(file_name)) is None:
            raise _not_taken(file_name)
        with _trouble_said():
            partial = _new_partial(self._folder)
            try:
                digest, size = _write(partial, stream, file_name, limit)
                extension, media_type = _told(partial, file_name)
                _prepare(path_of(self._folder, digest).parent)
            except BaseException:
                partial.unlink(missing_ok=True)
                raise
        self._partials.append((partial, digest))
        return StoredBytes(digest, size, media_type, named_after(file_name, extension))

    def keep(self) -> None:
        """Give what was taken its place; done when its rows are written and before they are committed.

        Raises `NoRoom` or `Unavailable`.
        """
        with _trouble_said():
            while self._partials:
                partial, digest = self._partials[-1]
                _settle(partial, path_of(self._folder, digest))
                self._partials.pop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for partial, _ in self._partials:
            partial.unlink(missing_ok=True)


def store(folder: Path, stream: IO[bytes], file_name: str, limit: int = LARGEST_FILE) -> StoredBytes:
    """Take one file, and keep it. Raises as `Intake.take` does."""
    with Intake(folder) as intake:
        kept = intake.take(stream, file_name, limit)
        intake.keep()
    return kept


def path_of(folder: Path, sha256: str) -> Path:
    """Where the content of this SHA-256 lies."""
    if not STORED.fullmatch(sha256):
        raise NotFound(Sentence("no-such-file", "There is no such file."))
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


def text_encoding(path: Path) -> str | None:
    """The encoding that a text is written in; None for what is no text."""
    with path.open("rb") as file:
        marked = file.read(2) in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8", "windows-1252"):
        try:
            return None if any(CONTROLS.search(part) for part in _text_of(path, encoding)) else encoding
        except UnicodeError:
            continue
    return None


def identity_of(folder: Path) -> str | None:
    """The identity of the market whose folder this is; None where none is written."""
    try:
        return (folder / IDENTITY).read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return None


def mark_folder(folder: Path, identity: str) -> None:
    """Write the identity of its market into the folder, wholly or not at all. Raises `NoRoom` or `Unavailable`."""
    with _trouble_said():
        partial = _new_partial(folder)
        try:
            _write_text(partial, identity)
            _settle(partial, folder / IDENTITY)
        finally:
            partial.unlink(missing_ok=True)


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


def _write_text(path: Path, text: str) -> None:
    with path.open("x", encoding="ascii") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _trouble_said() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.error("a file could not be stored", reason=str(error))
        raise (NoRoom(NO_ROOM) if error.errno in FULL else Unavailable(NO_PLACE)) from error


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
                raise _too_large(file_name, limit)
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        raise _refused("file-empty", "“{name}” is empty. Choose a file with something in it.", file_name)
    return digest.hexdigest(), size


def _told(path: Path, file_name: str) -> tuple[str, str]:
    """What some content is, whatever its name says: its extension, and the media type that it is served as."""
    own = extension_of(file_name)
    with path.open("rb") as file:
        head = file.read(CHUNK)
    encoding = text_encoding(path)
    for extension in candidates(own):
        kind = kind_at(extension)
        assert kind is not None  # a candidate is one of the table
        if not kind.is_text and begins_as(kind, head[:HEAD], by_name=extension == own) and _holds(path, kind):
            return extension, _unless_markup(kind, head, file_name)
        if kind.is_text and encoding and (extension != "eml" or is_mail(head[:HEAD])):
            return extension, SAVED_ONLY if _text_holds_markup(path, encoding, extension) else kind.media_type
    raise _nothing_known(own, file_name)


def _unless_markup(kind: FileKind, head: bytes, file_name: str) -> str:
    """No picture and no document begins like a page: what does was made to be taken for either."""
    if is_markup(head[:HEAD]) or _seems_markup(head):
        raise _refused(
            "file-seems-page",
            "“{name}” begins like a web page or a drawing that could run in a browser, so it is not taken. "
            "Save it again in its own format and attach that.",
            file_name,
        )
    return kind.media_type


def _text_holds_markup(path: Path, encoding: str, extension: str) -> bool:
    """Anywhere in it, also across two chunks; a mail is never shown, whatever it quotes."""
    before = ""
    for part in _text_of(path, encoding):
        if extension != "eml" and is_markup((before + part).encode("utf-8", "replace")):
            return True
        before = part[-20:]
    return False


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


def _prepare(parent: Path) -> None:
    """A full disk shows while nothing is promised yet: what follows only renames."""
    if not parent.is_dir():
        parent.mkdir(mode=0o700, exist_ok=True)
        _flush(parent.parent)


def _settle(partial: Path, final: Path) -> None:
    """Always puts the new bytes in place: that heals what was damaged, and makes them young again for the sweep."""
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


def _refused(code: str, template: str, file_name: str, **values: object) -> Invalid:
    return Invalid({"files": Sentence(code, template, name=file_name, **values)})


def _too_large(file_name: str, limit: int) -> TooLarge:
    template = "“{name}” is larger than {most} MB. Make it smaller, or split it."
    return TooLarge(Sentence("file-too-large", template, name=file_name, most=limit >> 20))


def _not_taken(file_name: str) -> Invalid:
    return _refused(
        "file-kind-not-taken",
        "“{name}” is not of a kind that can be attached. Taken are: {kinds}, and plain text without an ending.",
        file_name,
        kinds=", ".join(KINDS),
    )


def _nothing_known(extension: str, file_name: str) -> Invalid:
    if extension == UNNAMED or KINDS[extension].is_text:
        template = "“{name}” is not plain text. Save it as text in UTF-8, or under the name of what it is."
        return _refused("file-not-text", template, file_name)
    template = "The content of “{name}” is not what its name says. Save it again in its own format."
    return _refused("file-not-its-kind", template, file_name)
