"""The text in a Word document, streamed out of its XML: a library would first build all of it in memory.

What was deleted under “track changes” is not text any more; notes, comments, headers and footers are.
"""

import re
from collections.abc import Iterator
from typing import IO, BinaryIO

from defusedxml.ElementTree import iterparse

from tracker.extraction.zipped import opened

PARTS = re.compile(r"word/(document|footnotes|endnotes|comments|header|footer)\d*\.xml")
WRITTEN = {"p": "\n", "br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-"}
"""Elements that stand for a character."""


def text_in(file: BinaryIO) -> Iterator[str]:
    """The text of the document, and then of what stands around it."""
    with opened(file, "word/") as archive:
        for name in sorted(filter(PARTS.fullmatch, archive.namelist()), key=_order):
            with archive.open(name) as part:
                yield from _text_of(part)


def _order(name: str) -> tuple[bool, str]:
    return not name.startswith("word/document"), name


def _text_of(part: IO[bytes]) -> Iterator[str]:
    for _, element in iterparse(part):
        name = element.tag.rpartition("}")[2]
        yield element.text or "" if name == "t" else WRITTEN.get(name, "")
        element.clear()
