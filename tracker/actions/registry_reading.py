"""Reading the lines of a registry file: each stands alone, so that a bad one spoils no other.

A value never goes on in the next line. Reading line by line then keeps an unclosed quote from
swallowing the rest of the file, and a line's number is the one that an editor shows.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO

from tracker.domain.fields import Field, Rejected
from tracker.domain.registry_files import FileKind, Row, row_of
from tracker.errors import Invalid

LONGEST_LINE = 64 * 1024
ROWS_AT_ONCE = 5_000
BOM = b"\xef\xbb\xbf"

NOT_UTF_8 = "is not UTF-8. Save the file as “CSV UTF-8” and load it again."


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line was not loaded; `column` is empty when the whole line is meant."""

    line: int
    column: str
    reason: str


@dataclass(slots=True)
class Chunk:
    """Some lines of a file: their rows, what was refused, and how many bytes they take."""

    rows: list[Row] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    refused_lines: int = 0
    size: int = 0


def chunks_of(stream: IO[bytes], kind: FileKind, at_once: int = ROWS_AT_ONCE) -> Iterator[Chunk]:
    """The file in chunks of at most so many lines. Raises `Invalid` at once when the header is not of this kind."""
    lines = _lines(stream)
    _, first, size = next(lines, (1, b"", 0))
    columns = kind.named(_header(first, kind))
    return _chunks(lines, columns, size, at_once)


def _chunks(lines: Iterator["_Line"], columns: Sequence[Field], size: int, at_once: int) -> Iterator[Chunk]:
    chunk = Chunk(size=size)
    while some := list(islice(lines, at_once)):
        for number, line, length in some:
            chunk.size += length
            _read(chunk, number, line, columns)
        yield chunk
        chunk = Chunk()


_Line = tuple[int, bytes | None, int]
"""Number, content without its end (None when it is too long), and size in bytes."""


def _lines(stream: IO[bytes]) -> Iterator[_Line]:
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number, size = number + 1, len(line)
        whole = line.endswith(b"\n") or size < LONGEST_LINE
        while not line.endswith(b"\n") and (line_rest := stream.readline(LONGEST_LINE)):
            line, size = line_rest, size + len(line_rest)
        yield number, line.rstrip(b"\r\n") if whole else None, size


def _read(chunk: Chunk, number: int, line: bytes | None, columns: Sequence[Field]) -> None:
    if line is not None and not line.strip():
        return
    try:
        row, reasons = row_of(columns, _cells(line, len(columns)))
    except Rejected as reason:
        row, reasons = {}, {"": str(reason)}
    if reasons:
        chunk.refused_lines += 1
        chunk.refusals += [Refusal(number, column, reason) for column, reason in reasons.items()]
    else:
        chunk.rows.append(row)


def _cells(line: bytes | None, columns: int) -> list[str]:
    if line is None:
        raise Rejected(f"The line is longer than {LONGEST_LINE:,} bytes. Look for a missing line break.")
    cells = _split(line)
    if len(cells) != columns:
        raise Rejected(f"The line has {len(cells):,} values where the header has {columns}. Look for a comma too many.")
    return cells


def _split(line: bytes) -> list[str]:
    try:
        return next(csv.reader([line.decode("utf-8")], strict=True))
    except UnicodeDecodeError as error:
        raise Rejected(f"Byte {error.start + 1} of the line {NOT_UTF_8}") from None
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise Rejected("A quote is opened and not closed on this line. A value stays on one line.") from None
        raise Rejected("A quote stands in a wrong place. Quote a whole value, and double quotes within it.") from None


def _header(first: bytes | None, kind: FileKind) -> list[str]:
    """The names of the columns, in the order of the file. Raises `Invalid`."""
    try:
        names = [name.strip().lower() for name in _split((first or b"").removeprefix(BOM))] if first else []
    except Rejected as reason:
        raise Invalid(f"The first line cannot be read as a header: {reason}") from None
    known = [column.name for column in kind.columns]
    unknown = [name for name in names if name not in known]
    missing = [column.name for column in kind.columns if column.required and column.name not in names]
    if unknown or missing or len(set(names)) < len(names):
        raise Invalid(_bad_header(kind, unknown, missing))
    return names


def _bad_header(kind: FileKind, unknown: list[str], missing: list[str]) -> str:
    text = f"The first line is not the header of a file of {kind.name}."
    if unknown:
        text += f" It names columns that there are not: {', '.join(repr(name[:40]) for name in unknown[:10])}."
    if missing:
        text += f" It lacks: {', '.join(missing)}."
    if not unknown and not missing:
        text += " It names a column twice."
    return f"{text} The columns are: {', '.join(column.name for column in kind.columns)}."
