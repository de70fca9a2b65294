"""Files for the tests of reading: honest ones by the libraries that make them, hostile ones by hand."""

import io
import zipfile
from collections.abc import Mapping

import docx
from openpyxl import Workbook

EXCEL = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGES = b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>"
PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
    b" /Resources << /Font << /F1 5 0 R >> /XObject << /X 6 0 R >> >> >>"
)
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, which are numbered from 1; the first one is its catalogue."""
    content, places = bytearray(b"%PDF-1.4\n"), []
    for number, thing in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, thing)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(content) + end % (len(objects) + 1, table, len(objects) + 1, len(content))


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """An object that is a stream, with what its dictionary says besides its length."""
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content)


def line(words: bytes) -> bytes:
    """What draws a line of words on a page."""
    return b"BT /F1 12 Tf 72 700 Td (%s) Tj ET\n" % words


def one_page(content: bytes, *more: bytes) -> bytes:
    """A PDF of one page that draws this; `more` are objects from 6, which the page knows as `/X`."""
    return pdf(CATALOG, PAGES, PAGE, stream(content), FONT, *more)


def zipped(members: Mapping[str, str]) -> bytes:
    """An archive of these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def swapped(content: bytes, members: Mapping[str, str]) -> bytes:
    """An archive with these members, besides or in the place of those that it has."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        kept = {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}
    return zipped({**kept, **members})


def word(*paragraphs: str) -> bytes:
    """A Word document."""
    document, file = docx.Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(file)
    return file.getvalue()


def word_of(xml: str, doctype: str = "") -> bytes:
    """A Word document with this for its body, written as XML."""
    document = f"{doctype}<w:document {WORD}><w:body>{xml}</w:body></w:document>"
    return swapped(word(), {"word/document.xml": document})


def excel(*rows: list[object]) -> bytes:
    """A workbook with one sheet, “Reads”."""
    book, file = Workbook(), io.BytesIO()
    assert book.active
    book.active.title = "Reads"
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def excel_of(rows: str, dimension: str = "", doctype: str = "") -> bytes:
    """A workbook with these rows in “Reads”, written as XML."""
    sheet = f"{doctype}<worksheet {EXCEL}>{dimension}<sheetData>{rows}</sheetData></worksheet>"
    return swapped(excel(["x"]), {"xl/worksheets/sheet1.xml": sheet})


def shared(workbook: bytes, strings: str, doctype: str = "") -> bytes:
    """The workbook with these strings, written as XML, that its cells can share."""
    table = f"{doctype}<sst {EXCEL}>{strings}</sst>"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    types = f'<Types xmlns="{TYPES}"><Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/>'
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        types += archive.read("[Content_Types].xml").decode().partition(">")[2]
    return swapped(workbook, {"xl/sharedStrings.xml": table, "[Content_Types].xml": types})
