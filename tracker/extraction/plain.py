"""Plain text, and tables in plain text."""

import codecs
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO

from tracker.domain.file_kinds import CONTROLS
from tracker.extraction.unreadable import NOT_ITS_KIND, Unreadable

SAMPLE = 1 << 20
CHUNK = 64 << 10
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""How a text that names its encoding begins. The longer ones first: UTF-32 begins like UTF-16."""


def text_in(file: BinaryIO) -> Iterator[str]:
    """The text in chunks. Raises `Unreadable` for what is no text."""
    sample = file.read(SAMPLE)
    encoding = encoding_of(sample)
    if CONTROLS.search(sample.decode(encoding, "replace")):
        raise Unreadable(NOT_ITS_KIND)
    file.seek(0)
    text = TextIOWrapper(file, encoding, "replace")
    while chunk := text.read(CHUNK):
        yield chunk


def encoding_of(content: bytes) -> str:
    """By its mark, else UTF-8 if it can be that, else Windows-1252.

    Nothing is guessed: on texts as short as ours charset-normalizer took “Peña” for Chinese.
    """
    marked = next((encoding for mark, encoding in MARKS.items() if content.startswith(mark)), None)
    return marked or ("utf-8" if _is_utf8(content[:SAMPLE]) else "windows-1252")


def _is_utf8(sample: bytes) -> bool:
    """A sample may end in the middle of a character, a whole text does not."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=len(sample) < SAMPLE)
    except UnicodeDecodeError:
        return False
    return True
