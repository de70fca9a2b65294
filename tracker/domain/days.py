"""Days as people write them, and what is said of one that cannot be read."""

import re
from contextlib import suppress
from datetime import date

ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
OTHER_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")


def no_date(text: str, form: str) -> str:
    """Why this is no date: there is none such, or it is written in another form, and how it is written here."""
    shown = f"“{text[:40]}”"
    if ISO_DAY.match(text):
        return f"{shown} is not a date that exists. Write {form}."
    day = _read_otherwise(text)
    if day is None:
        return f"{shown} is not a date. Write {form}."
    return f"{shown} is written in another form. Write {day.isoformat()}, if you mean {day:%B} {day.day}, {day.year}."


def _read_otherwise(text: str) -> date | None:
    """The day of `10/05/2026`: month first, as this market writes, and day first where no month has that number."""
    found = OTHER_DAY.match(text)
    if found is None:
        return None
    first, second, year = map(int, found.groups())
    for month, day in ((first, second), (second, first)):
        with suppress(ValueError):
            return date(year, month, day)
    return None
