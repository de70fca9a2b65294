"""Files that were made to hurt: every one ends, within its limits, in some text or in a sentence.

The limits are small ones, so that a test need not wait for what is endless.
"""

import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.extraction import made
from tests.patience import GUARD
from tracker.extraction import Limits, Unreadable, text_of
from tracker.extraction.unreadable import DAMAGED, TOO_BIG, TOO_LONG

ROOMY = Limits(seconds=GUARD, memory=96 << 20, characters=1000)
SHORT = Limits(seconds=0.5, memory=96 << 20, characters=1000)


def outcome(folder: Path, name: str, content: bytes, limits: Limits = ROOMY) -> str:
    """The text, or why there is none."""
    path = folder / "content"
    path.write_bytes(content)
    try:
        return text_of(path, name, limits).text
    except Unreadable as reason:
        return str(reason)


LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(name)} "{f"&{chr(name - 1)};" * 10}">' for name in range(ord("b"), ord("k")))
    + "]>"
)
OUTSIDE = '<!DOCTYPE a [<!ENTITY j SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("doctype", [LAUGHS, OUTSIDE], ids=["laughs", "outside"])
@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.docx", lambda doctype: made.word_of("<w:p><w:t>&j;</w:t></w:p>", doctype)),
        ("a.xlsx", lambda doctype: made.excel_of("<row><c><v>&j;</v></c></row>", doctype=doctype)),
        ("a.xlsx", lambda doctype: made.shared(made.excel(["x"]), "<si><t>&j;</t></si>", doctype)),
    ],
    ids=["document", "sheet", "strings"],
)
def test_entities_are_never_unfolded(tmp_path: Path, name: str, make: Callable[[str], bytes], doctype: str) -> None:
    assert outcome(tmp_path, name, make(doctype)) == DAMAGED


def test_an_archive_that_declares_too_much(tmp_path: Path) -> None:
    content = bytearray(made.word("a"))
    size_of_first = content.index(b"PK\x01\x02") + 24
    content[size_of_first : size_of_first + 4] = (1 << 30).to_bytes(4, "little")
    assert outcome(tmp_path, "a.docx", bytes(content)) == TOO_BIG


TEXT = f"<t>{'a' * 60_000_000}</t>"


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS binds no address space")
@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.docx", lambda: made.word_of(TEXT)),
        ("a.xlsx", lambda: made.shared(made.excel(["x"]), f"<si>{TEXT}</si>")),
        ("a.eml", lambda: b"Subject: much\n\n" + b"\n" * 10_000_000),
    ],
)
def test_more_than_fits_into_memory(tmp_path: Path, name: str, make: Callable[[], bytes]) -> None:
    assert outcome(tmp_path, name, make()) == TOO_BIG


def test_elements_within_elements(tmp_path: Path) -> None:
    assert outcome(tmp_path, "a.docx", made.word_of("<w:p>" * 100_000 + "</w:p>" * 100_000)) == ""


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="999999999999"><c r="A999999999999"><v>5</v></c></row>',
        "".join(f'<row r="{row}"><c r="XFD{row}"><v>5</v></c></row>' for row in range(1, 100_000)),
        "".join(f'<row r="{row}"/>' for row in range(1, 1_048_577)),
    ],
    ids=["a row far down", "cells far to the right", "a million empty rows"],
)
def test_sheets_of_nothing(tmp_path: Path, rows: str) -> None:
    sheet = made.excel_of(rows, '<dimension ref="A1:XFD1048576"/>')
    assert set(outcome(tmp_path, "a.xlsx", sheet, SHORT).split()) <= {"Reads", "5", *TOO_LONG.split()}


def test_a_large_table_is_not_read_to_its_end(tmp_path: Path) -> None:
    assert len(outcome(tmp_path, "a.csv", b"10443720001234567,2026-03-01,12.5\r\n" * 600_000)) == 1000
    assert outcome(tmp_path, "a.txt", b" " * 20_000_000 + b"x") == "x"


@pytest.mark.parametrize("count", [1, 5_000])
def test_pages_without_number(tmp_path: Path, count: int) -> None:
    pages = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, b"3 0 R " * count)
    content = made.pdf(made.CATALOG, pages, made.PAGE, made.stream(made.line(b"again")), made.FONT)
    assert outcome(tmp_path, "a.pdf", content) == ("again " * count)[:1000].strip()


@pytest.mark.parametrize(
    "pages",
    [
        [b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>"],
        [b"<< /Type /Pages /Count 1 /Kids [%s] >>" % (b"%d 0 R " % (number + 1) * 10) for number in range(2, 30)],
        [b"[" * 1_000_000],
    ],
    ids=["a tree that is its own branch", "branches without number", "lists in lists"],
)
def test_trees_of_pages_that_do_not_end(tmp_path: Path, pages: list[bytes]) -> None:
    assert outcome(tmp_path, "a.pdf", made.pdf(made.CATALOG, *pages), SHORT) in (DAMAGED, TOO_LONG)


def form(draws: bytes, number: int) -> bytes:
    """A drawing within a page, which may use another one by its number."""
    resources = b"/Resources << /Font << /F1 5 0 R >> /XObject << /X %d 0 R >> >>" % number
    return made.stream(draws, b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] " + resources)


def test_a_drawing_that_draws_itself(tmp_path: Path) -> None:
    content = made.one_page(made.line(b"on the page") + b"/X Do", form(made.line(b"within") + b"/X Do", 6))
    assert outcome(tmp_path, "a.pdf", content) == "on the page within"


def test_drawings_that_draw_ten_others_each(tmp_path: Path) -> None:
    forms = [form(made.line(b"ha") + b"/X Do " * 10, number + 1) for number in range(6, 40)]
    assert outcome(tmp_path, "a.pdf", made.one_page(b"/X Do", *forms), SHORT) in (DAMAGED, TOO_LONG)


@pytest.mark.parametrize("folds", [1, 2])
def test_a_page_that_unfolds_without_measure(tmp_path: Path, folds: int) -> None:
    content = b"(ha) Tj " * 20_000_000
    for _ in range(folds):
        content = zlib.compress(content, 9)
    filters = b"/Filter [%s]" % (b"/FlateDecode " * folds)
    page = made.pdf(made.CATALOG, made.PAGES, made.PAGE, made.stream(content, filters), made.FONT)
    assert outcome(tmp_path, "a.pdf", page, SHORT) in (DAMAGED, TOO_BIG, TOO_LONG)


@pytest.mark.parametrize(
    "content",
    [
        b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (depth, depth) for depth in range(9_999)),
        b"Content-Type: message/rfc822\n\n" * 9_999,
        b"Subject: " + b"=?utf-8?q?ha?= " * 1_000_000,
        b"Content-Type: text/html\n\n" + b"<!--" * 500_000,
        b"Content-Type: text/html\n\n" + b"<a " * 500_000,
    ],
    ids=["parts in parts", "mails in mails", "words in a header", "comments", "tags"],
)
def test_mail_without_end(tmp_path: Path, content: bytes) -> None:
    assert outcome(tmp_path, "a.eml", content, SHORT) in ("", DAMAGED, TOO_BIG, TOO_LONG)


def test_html_is_not_read_to_its_end(tmp_path: Path) -> None:
    assert len(outcome(tmp_path, "a.eml", b"Content-Type: text/html\n\n" + b"<p>ha" * 3_000_000)) >= 999
