"""What a file is: its content says so, and its name only helps; and what no browser must be shown."""

import mmap
from collections.abc import Iterator
from pathlib import Path

import puremagic

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
)
from tracker.domain.sentence import Sentence
from tracker.errors import Invalid

CHUNK = 64 * 1024
HEAD = 1024
SAVED_ONLY = "application/octet-stream"
"""The media type of text that holds what a browser could run: nothing shows it."""


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


def told(path: Path, file_name: str) -> tuple[str, str]:
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


def not_taken(file_name: str) -> Invalid:
    """Why a file of this name is not even looked at."""
    return refused(
        "file-kind-not-taken",
        "“{name}” is not of a kind that can be attached. Taken are: {kinds}, and plain text without an ending.",
        file_name,
        kinds=", ".join(KINDS),
    )


def refused(code: str, template: str, file_name: str, **values: object) -> Invalid:
    """Why this file is not taken, at the place where files are chosen."""
    return Invalid({"files": Sentence(code, template, name=file_name, **values)})


def _unless_markup(kind: FileKind, head: bytes, file_name: str) -> str:
    """No picture and no document begins like a page: what does was made to be taken for either."""
    if is_markup(head[:HEAD]) or _seems_markup(head):
        raise refused(
            "file-seems-page",
            "“{name}” begins like a web page or a drawing that could run in a browser, so it is not taken. "
            "Save it again in its own format and attach that.",
            file_name,
        )
    return kind.media_type


def _text_holds_markup(path: Path, encoding: str, extension: str) -> bool:
    """Anywhere in it, also across two chunks; a mail is never shown, whatever it quotes."""
    if extension == "eml":
        return False
    before = ""
    for part in _text_of(path, encoding):
        if is_markup((before + part).encode("utf-8", "replace")):
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


def _nothing_known(extension: str, file_name: str) -> Invalid:
    if extension == UNNAMED or KINDS[extension].is_text:
        template = "“{name}” is not plain text. Save it as text in UTF-8, or under the name of what it is."
        return refused("file-not-text", template, file_name)
    template = "The content of “{name}” is not what its name says. Save it again in its own format."
    return refused("file-not-its-kind", template, file_name)
