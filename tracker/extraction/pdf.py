"""The text in a PDF: of its pages, and what was typed into its form. Scanned pages have none."""

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from pypdf import PageObject, PasswordType, PdfReader
from pypdf.errors import DependencyError

from tracker.extraction.unreadable import DAMAGED, ENCRYPTED, Unreadable


def text_in(file: BinaryIO) -> Iterator[str]:
    """The text page by page. A page that cannot be read hides none of the others."""
    reader = _opened(BytesIO(file.read()))
    broken = 0
    for page in reader.pages:
        text = _text_on(page)
        broken += text is None
        yield f"{text or ''}\n"
    if broken and broken == len(reader.pages):
        raise Unreadable(ENCRYPTED if reader.is_encrypted else DAMAGED)
    yield from _typed_into(reader)


def _opened(file: BytesIO) -> PdfReader:
    """Some are protected against being changed only: those open without a password."""
    try:
        reader = PdfReader(file)
        if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            raise Unreadable(ENCRYPTED)
    except DependencyError as error:  # AES, which pypdf leaves to another package
        raise Unreadable(ENCRYPTED) from error
    return reader


def _text_on(page: PageObject) -> str | None:
    try:
        return page.extract_text()
    except Exception:  # pypdf raises whatever a broken page leads it to
        return None


def _typed_into(reader: PdfReader) -> Iterator[str]:
    for value in reader.get_form_text_fields().values():
        if isinstance(value, str):
            yield f"{value}\n"
