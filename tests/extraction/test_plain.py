"""Plain text in the encodings that people have."""

import codecs
import io

import pytest

from tracker.extraction.plain import SAMPLE, encoding_of, text_in
from tracker.extraction.unreadable import NOT_ITS_KIND, Unreadable


def text(content: bytes) -> str:
    """All the text in a plain file."""
    return "".join(text_in(io.BytesIO(content)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_every_encoding(encoding: str) -> None:
    assert text("Peña – “Blvd”\n".encode(encoding)) == "Peña – “Blvd”\n"


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE])
def test_either_order_of_bytes(mark: bytes) -> None:
    order = "utf-16-be" if mark == codecs.BOM_UTF16_BE else "utf-16-le"
    assert text(mark + "Peña".encode(order)) == "Peña"


def test_the_last_character_decides_too() -> None:
    assert text("a caf\u00e9".encode("cp1252")) == "a café"


def test_a_character_across_the_end_of_the_sample() -> None:
    content = b"x" * (SAMPLE - 1) + "ñ".encode() + b"x" * 100
    assert encoding_of(content) == "utf-8"
    assert text(content)[SAMPLE - 1] == "ñ"


def test_bytes_that_mean_nothing_hide_nothing() -> None:
    assert text(b"Pe\xf1a \x81 Blvd") == "Peña \ufffd Blvd"
    assert text(b"a" * SAMPLE + b"\xff north").endswith("a\ufffd north")


@pytest.mark.parametrize("content", [b"one\x00two", b"one\x1b[31mtwo", "hello".encode("utf-16-le")])
def test_what_is_no_text(content: bytes) -> None:
    with pytest.raises(Unreadable, match=NOT_ITS_KIND):
        text(content)
