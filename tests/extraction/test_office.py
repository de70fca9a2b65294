"""Word and Excel: where their text stands, and what a cell shows."""

import io
from datetime import date, datetime, time

import docx
import pytest

from tests.extraction import made
from tracker.extraction import docx as word
from tracker.extraction import xlsx as excel


def text_in_word(content: bytes) -> str:
    """All the text in a Word document."""
    return " ".join("".join(word.text_in(io.BytesIO(content))).split())


def text_in_excel(content: bytes) -> str:
    """All the text in a workbook."""
    return " ".join("".join(excel.text_in(io.BytesIO(content))).split())


def test_paragraphs_tables_headers_and_comments() -> None:
    document, file = docx.Document(), io.BytesIO()
    run = document.add_paragraph("The meter ").add_run("reads wrong")
    document.add_comment(run, "by how much?")
    document.add_table(1, 2).cell(0, 1).text = "in a cell"
    document.sections[0].header.paragraphs[0].text = "at the head"
    document.save(file)
    assert text_in_word(file.getvalue()) == "The meter reads wrong in a cell by how much? at the head"


def test_a_word_goes_on_across_runs_and_ends_at_a_break() -> None:
    runs = "<w:p><w:r><w:t>kilo</w:t></w:r><w:r><w:t>watt</w:t><w:br/><w:t>hours</w:t><w:tab/><w:t>814</w:t>"
    assert text_in_word(made.word_of(f"{runs}<w:noBreakHyphen/><w:t>16</w:t></w:r></w:p>")) == "kilowatt hours 814-16"


def test_what_is_inserted_is_text_and_what_is_deleted_is_not() -> None:
    inserted = "<w:ins><w:r><w:t>new</w:t></w:r></w:ins>"
    deleted = "<w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
    assert text_in_word(made.word_of(f"<w:p>{deleted}{inserted}</w:p>")) == "new"


def test_rows_of_every_sheet() -> None:
    content = made.excel(["ESI ID", None, "kWh"], [], ["Peña", True, 12.5])
    assert text_in_excel(content) == "Reads ESI ID kWh Peña True 12.5"


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("10443720001234567", "10443720001234567"),
        ("1044372000123456712345", "1044372000123456712345"),
        ("1.04437200012345E+16", "10443720001234500"),
        ("1.04437200012345E+21", "1044372000123450000000"),
        ("1.0", "1"),
        ("0.30000000000000004", "0.3"),
        ("-12.50", "-12.5"),
    ],
)
def test_a_number_keeps_its_digits(kept: str, shown: str) -> None:
    assert text_in_excel(made.excel_of(f'<row r="1"><c r="A1"><v>{kept}</v></c></row>')) == f"Reads {shown}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (datetime(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 9, 30), "2026-03-01 09:30:00"),
        (date(2026, 3, 1), "2026-03-01"),
        (time(9, 30), "09:30:00"),
    ],
)
def test_days_and_times(value: object, shown: str) -> None:
    assert text_in_excel(made.excel([value])) == f"Reads {shown}"


def test_cells_that_share_a_string() -> None:
    rows = '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>0</v></c></row>'
    strings = "<si><t>wrong</t></si><si><r><t>kilo</t></r><r><t>watt</t></r></si>"
    assert text_in_excel(made.shared(made.excel_of(rows), strings)) == "Reads kilowatt kilowatt wrong"


def test_a_formula_is_its_last_result() -> None:
    assert text_in_excel(made.excel_of('<row r="1"><c r="A1"><f>6*7</f><v>42</v></c></row>')) == "Reads 42"
    assert text_in_excel(made.excel(["=6*7"])) == "Reads"


def test_what_a_sheet_says_of_its_size_is_not_believed() -> None:
    for size in ("A1", "A1:XFD1048576"):
        rows = '<row r="1"><c r="A1"><v>5</v></c><c r="B1"><v>6</v></c></row>'
        assert text_in_excel(made.excel_of(rows, f'<dimension ref="{size}"/>')) == "Reads 5 6"
