"""The one place that reads the time. Stored times are UTC; people read the market's zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

MARKET_ZONE = ZoneInfo("America/Chicago")


def now() -> datetime:
    """This moment, in UTC, to the microsecond."""
    return datetime.now(UTC)


def market_today() -> date:
    """The calendar day that it is now in the market (US/Central)."""
    return now().astimezone(MARKET_ZONE).date()


def in_market(moment: datetime) -> datetime:
    """The same moment as a clock on a wall of the market shows it."""
    return moment.astimezone(MARKET_ZONE)
