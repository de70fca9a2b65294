"""The market's calendar: US federal bank holidays (marketrak.md section 5)."""

from datetime import datetime, timedelta
from functools import cache

from holidays import country_holidays

from tracker.clock import in_market, market_today
from tracker.domain.business_time import Calendar

LONGEST_COUNT = timedelta(days=60)
"""Nothing in the market waits for business hours longer than this; counting stops here."""


@cache
def market_calendar() -> Calendar:
    """The calendar, from the first year of MarkeTrak to ten years from now."""
    years = range(2006, market_today().year + 11)
    return Calendar(frozenset(country_holidays("US", years=years)))


def business_hours_since(since: datetime, until: datetime) -> float:
    """Business hours between two stored moments, counted over at most `LONGEST_COUNT`."""
    start = in_market(max(since, until - LONGEST_COUNT))
    return market_calendar().business_hours_between(start, in_market(until))
