"""The text of a file of each kind, through the process of its own, and files that have none."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.extraction import made
from tracker.domain.file_kinds import OLE
from tracker.extraction import Inside, Limits, Unreadable, text_of
from tracker.extraction.unreadable import DAMAGED, ENCRYPTED, NOT_ITS_KIND, NOT_READ

WORDS = "Meter 10443720001234567 read twice"
PDF = made.one_page(made.line(WORDS.encode()))
MAIL = b"Subject: Meter\nFrom: ann@acme.example\n\nread twice\n"


@pytest.fixture
def read(tmp_path: Path) -> Callable[[bytes, str], str]:
    """Puts content on the disk, as attachments lie there, and reads it."""

    def text(content: bytes, name: str) -> str:
        path = tmp_path / "content"
        path.write_bytes(content)
        return text_of(path, name).text

    return text


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.pdf", PDF, WORDS),
        ("a.PDF", PDF, WORDS),
        ("a.docx", made.word("Meter  10443720001234567", "read twice"), WORDS),
        ("a.xlsx", made.excel(["Meter", 7], [None, "twice"]), "Reads Meter 7 twice"),
        ("a.csv", b"meter,kWh\r\n10443720001234567,1.5\r\n", "meter,kWh 10443720001234567,1.5"),
        ("a.txt", "Peña Blvd\n\n\tnorth ".encode(), "Peña Blvd north"),
        ("a.eml", MAIL, "Meter ann@acme.example read twice"),
        ("a.pdf", b"\r\n" + PDF, WORDS),
        ("a.pdf", b"\xef\xbb\xbf" + PDF, WORDS),
        (
            "867FWD.446407.1.edi",
            b"REF*Q5**10443720001234567~\r\nSE*2*0001~\r\n",
            "REF*Q5**10443720001234567~ SE*2*0001~",
        ),
        ("a.x12", b"REF\x1dQ5\x1d\x1d10443720001234567\x1c", "REF Q5 10443720001234567"),
        ("a.lse", b"10443720001234567|LSE\n", "10443720001234567|LSE"),
        ("a.tsv", b"meter\tkWh\n", "meter kWh"),
        ("a.log", b"read twice\x1a", "read twice"),
        ("867FWD.446407.1", b"read twice", "read twice"),
        ("statement", b"read twice", "read twice"),
        ("a.csv", b"<html><td>read</td> twice", "<html><td>read</td> twice"),
        ("a.txt", b"", ""),
        ("a.pdf", made.one_page(b""), ""),
    ],
)
def test_each_kind_is_read(read: Callable[[bytes, str], str], name: str, content: bytes, text: str) -> None:
    assert read(content, name) == text


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.png", PDF, NOT_READ),
        ("a.zip", made.word("a"), NOT_READ),
        ("a.xls", OLE, NOT_READ),
        ("a.exe", b"text", NOT_READ),
        ("a.html", b"text", NOT_READ),
        ("pdf", b"\x89PNG\r\n\x1a\n\x00", NOT_ITS_KIND),
        ("", b"\x89PNG\r\n\x1a\n\x00", NOT_ITS_KIND),
        ("a.pdf", b" " * 1024 + PDF, NOT_ITS_KIND),
        ("a.pdf", b"", NOT_ITS_KIND),
        ("a.docx", b"", NOT_ITS_KIND),
        ("a.eml", b"", NOT_ITS_KIND),
        ("a.pdf", made.word("a"), NOT_ITS_KIND),
        ("a.docx", PDF, NOT_ITS_KIND),
        ("a.docx", made.excel(["a"]), NOT_ITS_KIND),
        ("a.xlsx", made.word("a"), NOT_ITS_KIND),
        ("a.eml", PDF, NOT_ITS_KIND),
        ("a.eml", b"<html><body>no mail</body></html>", NOT_ITS_KIND),
        ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00", NOT_ITS_KIND),
        ("a.csv", b"one\x00two", NOT_ITS_KIND),
        ("a.docx", OLE + bytes(600), ENCRYPTED),
        ("a.xlsx", OLE + bytes(600), ENCRYPTED),
        ("a.pdf", b"%PDF-1.4 and nothing that belongs there", DAMAGED),
        ("a.docx", made.word("a")[:500], DAMAGED),
        ("a.xlsx", made.excel(["a"])[:500], DAMAGED),
    ],
)
def test_what_cannot_be_read_says_why(
    read: Callable[[bytes, str], str], name: str, content: bytes, reason: str
) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(content, name)
    assert str(refusal.value) == reason


def test_a_file_that_is_away_says_nothing_of_it(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(OSError):
            text_of(path, "a.pdf")


def test_a_long_text_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "long"
    path.write_bytes("ñandú ".encode() * 3_000_000)
    inside = text_of(path, "a.csv")
    assert (len(inside.text), inside.whole) == (256 * 1024, False)
    assert text_of(path, "a.csv", Limits(20, 128 << 20, 9)) == Inside("ñandú ñan", whole=False)


def test_what_came_before_the_damage_is_kept(read: Callable[[bytes, str], str], tmp_path: Path) -> None:
    broken = made.word_of("<w:p><w:t>Read</w:t></w:p></w:oops>")
    assert read(broken, "a.docx") == "Read"
    assert not text_of(tmp_path / "content", "a.docx").whole
