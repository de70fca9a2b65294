"""The text in a mail: who wrote what to whom, the names of the files that it carries, and mails within it."""

from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import Header, decode_header
from email.message import Message
from email.parser import BytesParser
from typing import BinaryIO

from tracker.extraction.markup import text_of_html
from tracker.extraction.plain import encoding_of

HEADERS = ("Subject", "From", "To", "Cc")


def text_in(file: BinaryIO) -> Iterator[str]:
    """The text of each part of the mail, in its order."""
    for part in BytesParser().parse(file).walk():
        for header in HEADERS:
            yield from (f"{_unfolded(value)}\n" for value in part.get_all(header, []))
        yield from _text_of(part)
        yield "\n"


def _text_of(part: Message) -> Iterator[str]:
    file_name = part.get_filename()
    if file_name:
        yield _unfolded(file_name)
    elif part.get_content_type() == "text/plain":
        yield _body(part)
    elif part.get_content_type() == "text/html":
        yield from text_of_html(_body(part))


def _body(part: Message) -> str:
    content = part.get_payload(decode=True)
    return _decoded(content, part.get_content_charset()) if isinstance(content, bytes) else ""


def _unfolded(value: str | Header) -> str:
    """A header's words, out of their encodings; as they stand where these are broken."""
    try:
        pieces = decode_header(value)
    except HeaderParseError:
        return str(value)
    return "".join(piece if isinstance(piece, str) else _decoded(piece, charset) for piece, charset in pieces)


def _decoded(content: bytes, charset: str | None) -> str:
    """By the charset that is declared; many are declared wrong, or not known to anyone."""
    try:
        return content.decode(charset or "ascii")
    except (LookupError, ValueError):
        return content.decode(encoding_of(content), "replace")
