"""Days as people type them in a query: 2026-01-31, 2026-01, @today-5bd, >=, <=, a..b; days of the market."""

import re
from datetime import date, datetime, time, timedelta

from tracker.clock import MARKET_ZONE, market_today
from tracker.domain.query_language import QueryError, Value
from tracker.market_calendar import market_calendar

_RELATIVE = re.compile(r"@(today|yesterday)(?:([+-])(\d{1,4})(bd|d|w|m))?")
_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
ONE_DAY = timedelta(days=1)


def day_bounds(key: str, value: Value) -> tuple[datetime | None, datetime | None]:
    """The moments from which and before which a value of a day's key lies; None for an open end.

    Raises `QueryError` for what is no day.
    """
    if value.operator == "..":
        first = _days(key, value.text, value)[0] if value.text else None
        last = _days(key, value.upto, value)[1] if value.upto else None
        return _moment(first), _moment(last)
    first, end = _days(key, value.text, value)
    bounds = {"=": (first, end), ">=": (first, None), ">": (end, None), "<=": (None, end), "<": (None, first)}
    start, before = bounds[value.operator]
    return _moment(start), _moment(before)


def _days(key: str, text: str, value: Value) -> tuple[date, date]:
    """The first day that is meant, and the day after the last."""
    try:
        return _relative(text) or _written(text)
    except (ValueError, OverflowError):
        message = f"“{text}” is no day. Write {key}:2026-01-31, {key}:2026-01, or {key}:>=@today-5bd."
        raise QueryError(message, value.span.start, value.span.end) from None


def _relative(text: str) -> tuple[date, date] | None:
    found = _RELATIVE.fullmatch(text.lower())
    if not found:
        return None
    day = market_today() - ONE_DAY * (found[1] == "yesterday")
    count = int(found[3] or 0) * (-1 if found[2] == "-" else 1)
    day = _shifted(day, count, found[4] or "d")
    return day, day + ONE_DAY


def _shifted(day: date, count: int, unit: str) -> date:
    if unit == "bd":
        return market_calendar().add_business_days(day, count)
    if unit == "m":
        months = day.year * 12 + day.month - 1 + count
        return date(months // 12, months % 12 + 1, min(day.day, 28))
    return day + timedelta(days=count * (7 if unit == "w" else 1))


def _written(text: str) -> tuple[date, date]:
    found = _DAY.fullmatch(text)
    if not found:
        raise ValueError(text)
    year, month = int(found[1]), int(found[2])
    if found[3]:
        day = date(year, month, int(found[3]))
        return day, day + ONE_DAY
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def _moment(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), MARKET_ZONE) if day else None
