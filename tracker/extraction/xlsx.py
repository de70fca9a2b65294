"""The text in an Excel workbook: the names of its sheets, and what each cell shows."""

from collections.abc import Iterator
from datetime import datetime, time
from decimal import Decimal
from typing import BinaryIO

from openpyxl import load_workbook

from tracker.extraction.zipped import opened


def text_in(file: BinaryIO) -> Iterator[str]:
    """The cells row by row; of a formula, its last result."""
    opened(file, "xl/").close()
    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        yield f"{sheet.title}\n"
        sheet.reset_dimensions()  # what a sheet says about its size is often wrong, and may be absurd
        for row in sheet.iter_rows(values_only=True):
            yield "\t".join(written(value) for value in row if value is not None) + "\n"


def written(value: object) -> str:
    """A cell's value as one would look for it: identifiers in all their digits, days as 2026-03-01."""
    match value:
        case float() if value.is_integer():
            return f"{Decimal(repr(value)):.0f}"  # what Excel kept, where the float itself has stray digits behind
        case float():
            return f"{value:.15g}"
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case _:
            return str(value)
