"""PDF: pages, forms, protection."""

import io

import pytest
from pypdf import PdfReader, PdfWriter

from tests.extraction import made
from tracker.extraction.pdf import text_in
from tracker.extraction.unreadable import DAMAGED, ENCRYPTED, Unreadable


def text(content: bytes) -> str:
    """All the text in a PDF."""
    return " ".join("".join(text_in(io.BytesIO(content))).split())


def protected(password: str) -> bytes:
    """A PDF that this password opens."""
    writer, file = PdfWriter(), io.BytesIO()
    writer.append(PdfReader(io.BytesIO(made.one_page(made.line(b"Meter read")))))
    writer.encrypt(password, "of the owner", algorithm="RC4-128")
    writer.write(file)
    return file.getvalue()


def two_pages(first: bytes, second: bytes) -> bytes:
    """A PDF of two pages with these contents."""
    pages = b"<< /Type /Pages /Count 2 /Kids [3 0 R 6 0 R] >>"
    other = made.PAGE.replace(b"4 0 R", b"7 0 R")
    return made.pdf(made.CATALOG, pages, made.PAGE, first, made.FONT, other, second)


def test_pages_come_in_their_order() -> None:
    assert text(two_pages(made.stream(made.line(b"one")), made.stream(made.line(b"two")))) == "one two"


def test_a_broken_page_hides_no_other() -> None:
    broken = made.stream(b"not deflated", b"/Filter /NoSuchFilter")
    assert text(two_pages(broken, made.stream(made.line(b"two")))) == "two"
    with pytest.raises(Unreadable, match=DAMAGED):
        text(two_pages(broken, broken))


def test_what_was_typed_into_a_form_is_read() -> None:
    field = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Ann of Acme) /Rect [0 0 9 9] >>"
    form = made.CATALOG.replace(b">>", b"/AcroForm << /Fields [6 0 R] >> >>")
    assert text(made.pdf(form, made.PAGES, made.PAGE, made.stream(made.line(b"Name:")), made.FONT, field)) == (
        "Name: Ann of Acme"
    )


def test_a_password_keeps_it_closed() -> None:
    with pytest.raises(Unreadable, match=ENCRYPTED):
        text(protected("secret"))


def test_protected_against_changes_only_it_is_read() -> None:
    assert text(protected("")) == "Meter read"


def test_a_cipher_that_is_not_known_is_encryption_too() -> None:
    entries = b"/V 4 /CF << /StdCF << /CFM /AESV2 /Length 16 >> >> /StmF /StdCF /StrF /StdCF"
    with pytest.raises(Unreadable, match=ENCRYPTED):
        text(protected("").replace(b"/V 2", entries).replace(b"/R 3", b"/R 4"))
