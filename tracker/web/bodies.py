"""Reading forms within limits: counted and measured before anything is made of them, and never read by halves.

The cost of a form grows with its parts and their heads, not with its bytes. Werkzeug bounds the bytes.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from io import BytesIO
from itertools import chain
from typing import IO, Any
from urllib.parse import parse_qsl

from werkzeug.datastructures import FileStorage, Headers
from werkzeug.exceptions import BadRequest
from werkzeug.formparser import FormDataParser
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from tracker.domain.sentence import Sentence
from tracker.errors import TooLarge

MOST_FIELDS = 1_000
LONGEST_NAME = 200
"""Characters of the name of a field."""

LONGEST_HEAD = 4 * 1024
"""Bytes of what stands before the content of a part: its name, and a file's."""

LONGEST_BOUNDARY = 200
CHUNK = 64 * 1024
BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")

UNREADABLE = "What was sent is no form that can be read, so nothing was done. Go back, reload the page, and send again."

Pairs = list[tuple[str, Any]]


class BoundedForms(FormDataParser):
    """Werkzeug's parser with these limits. Raises `TooLarge`, or `ValueError` for what is no form."""

    def _parse_urlencoded(self, stream: IO[bytes], *about: Any) -> Any:
        body = stream.read()
        stream.read(1)  # of a body in chunks that goes on beyond its limit, the beginning alone would be taken
        require_few(body)
        if BROKEN_ESCAPE.search(body):
            raise BadRequest(UNREADABLE)
        items = parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
        return stream, self.cls(_named(items)), self.cls()

    def _parse_multipart(self, stream: IO[bytes], mimetype: str, length: int | None, options: dict[str, str]) -> Any:
        fields: Pairs = []
        files: Pairs = []
        decoder = _BoundedDecoder(_boundary(options), self.max_form_memory_size, max_parts=self.max_form_parts)
        with ExitStack() as opened:
            for part, content in self._parts(_events(decoder, stream), opened):
                content.seek(0)
                if isinstance(part, File):
                    files.append((part.name, FileStorage(content, part.filename, part.name, headers=part.headers)))
                else:
                    fields.append((part.name, content.read().decode()))
            read = stream, self.cls(_named(fields)), self.cls(_named(files))
            opened.pop_all()
        return read

    def _parts(self, events: Iterator[Event], opened: ExitStack) -> Iterator[tuple[Field | File, IO[bytes]]]:
        """Each part with its content, which is closed with `opened`."""
        for event in events:
            if isinstance(event, Field | File):
                part, content = event, opened.enter_context(self._content_of(event))
            elif isinstance(event, Data):
                content.write(event.data)
                if isinstance(part, Field):
                    self._require_short(content)
                if not event.more_data:
                    yield part, content

    def _content_of(self, part: Field | File) -> IO[bytes]:
        if isinstance(part, Field):
            return BytesIO()
        return self.stream_factory(None, part.headers.get("content-type"), part.filename)

    def _require_short(self, content: IO[bytes]) -> None:
        if self.max_form_memory_size is not None and content.tell() > self.max_form_memory_size:
            raise TooLarge(too_long(self.max_form_memory_size))


class _BoundedDecoder(MultipartDecoder):
    def _parse_headers(self, data: bytes | bytearray) -> Headers:
        if len(data) > LONGEST_HEAD:
            raise TooLarge(too_long(LONGEST_HEAD))
        headers = super()._parse_headers(data)
        said = headers.getlist("content-disposition")
        if len(said) != 1 or said[0].partition(";")[0].strip().lower() != "form-data":
            raise BadRequest(UNREADABLE)
        return headers


def require_few(encoded: bytes, most: int = MOST_FIELDS) -> None:
    """Raise `TooLarge` where fields, not parsed yet, are more than a form of ours has."""
    if encoded.count(b"&") >= most:
        raise TooLarge(
            Sentence(
                "too-many-fields",
                "More than {most:,} fields were sent, which no page here has. Go back, reload the page and send again.",
                most=most,
            )
        )


def too_long(most: int) -> Sentence:
    """What a part of a form, or a whole one without files, is told when it is longer."""
    return Sentence(
        "form-too-long",
        "What was sent is longer than {most:,} bytes, so nothing was done. Go back, shorten it, and send again.",
        most=most,
    )


def _boundary(options: dict[str, str]) -> bytes:
    boundary = options.get("boundary", "").encode("ascii")
    if not 0 < len(boundary) <= LONGEST_BOUNDARY:
        raise BadRequest(UNREADABLE)
    return boundary


def _events(decoder: MultipartDecoder, stream: IO[bytes]) -> Iterator[Event]:
    for chunk in chain(iter(partial(stream.read, CHUNK), b""), (None,)):
        decoder.receive_data(chunk)
        while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
            yield event


def _named(pairs: Sequence[tuple[str | None, Any]]) -> Sequence[tuple[str, Any]]:
    """The pairs. Raises `BadRequest` where one has no name, or one that no page of ours gives."""
    for name, _ in pairs:
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise BadRequest(UNREADABLE)
    return pairs  # type: ignore[return-value]  # just looked at
