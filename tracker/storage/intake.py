"""Writing bytes: beside first, and in their place when what mentions them was accepted."""

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import structlog

from tracker.domain.file_kinds import extension_of, kind_at, named_after
from tracker.domain.sentence import Sentence
from tracker.errors import NoRoom, TooLarge, Unavailable
from tracker.storage.content import CHUNK, not_taken, refused, told
from tracker.storage.places import IDENTITY, PARTIAL, path_of

LARGEST_FILE = 20 * 1024 * 1024

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""A full disk, a used-up quota of the system, a limit of the file system."""

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

    def take(self, stream: IO[bytes], file_name: str) -> StoredBytes:
        """Write the stream to the disk, beside. Raises `TooLarge`, `NoRoom`, `Unavailable`, or `Invalid` at `files`."""
        if kind_at(extension_of(file_name)) is None:
            raise not_taken(file_name)
        with _trouble_said():
            partial = _new_partial(self._folder)
            try:
                digest, size = _write(partial, stream, file_name)
                extension, media_type = told(partial, file_name)
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


def store(folder: Path, stream: IO[bytes], file_name: str) -> StoredBytes:
    """Take one file, and keep it. Raises as `Intake.take` does."""
    with Intake(folder) as intake:
        kept = intake.take(stream, file_name)
        intake.keep()
    return kept


def mark_folder(folder: Path, identity: str) -> None:
    """Write the identity of its market into the folder, wholly or not at all. Raises `NoRoom` or `Unavailable`."""
    with _trouble_said():
        partial = _new_partial(folder)
        try:
            _write_text(partial, identity)
            _settle(partial, folder / IDENTITY)
        finally:
            partial.unlink(missing_ok=True)


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


def _write(partial: Path, stream: IO[bytes], file_name: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with partial.open("xb") as file:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > LARGEST_FILE:
                raise _too_large(file_name)
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        raise refused("file-empty", "“{name}” is empty. Choose a file with something in it.", file_name)
    return digest.hexdigest(), size


def _write_text(path: Path, text: str) -> None:
    with path.open("x", encoding="ascii") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())


def _too_large(file_name: str) -> TooLarge:
    template = "“{name}” is larger than {most} MB. Make it smaller, or split it."
    return TooLarge(Sentence("file-too-large", template, name=file_name, most=LARGEST_FILE >> 20))


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
