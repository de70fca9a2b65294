"""Times, sizes and names as people read them."""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from tracker.clock import MARKET_ZONE, in_market
from tracker.domain.tables import complete
from tracker.domain.workflow import Status

CSS_OF_STATUS: Mapping[str, str] = complete(
    "classes of statuses",
    Status,
    {
        Status.NEW: "new",
        Status.WORKING: "working",
        Status.PENDING_COMPLETE: "pending",
        Status.CLOSED: "ended",
        Status.WITHDRAWN: "ended",
    },
)
"""The last part of a state's class in the style sheets."""


@lru_cache(maxsize=16_384)
def day(value: date | datetime | None) -> str:
    """A day as lists show it: `Mar 3, 2026`."""
    if value is None:
        return "–"
    local = in_market(value) if isinstance(value, datetime) else value
    return f"{local:%b} {local.day}, {local.year}"


def moment(value: datetime | None, own: ZoneInfo = MARKET_ZONE) -> Markup:
    """A moment in market time, with UTC for those who point at it, and their own time where it is another."""
    if value is None:
        return Markup("")
    local = in_market(value)
    there = "" if own is MARKET_ZONE else f"{value.astimezone(own):%Y-%m-%d %H:%M} {value.astimezone(own):%Z}, "
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        f"{value:%Y-%m-%dT%H:%M:%SZ}",
        f"{there}{value:%Y-%m-%d %H:%M:%S} UTC",
        f"{local:%b} {local.day}, {local.year} {local:%H:%M}",
    )


def size(count: int) -> str:
    """A number of bytes as people read it: `214 kB`."""
    for unit, step in (("MB", 1_000_000), ("kB", 1_000)):
        if count >= step:
            return f"{count / step:.0f} {unit}" if count >= 10 * step else f"{count / step:.1f} {unit}"
    return f"{count} bytes"


OPERATOR = Markup('<span class="operator" title="Of ERCOT, which runs the market">operator</span>')
"""How a page marks somebody of the operator: an element, which no name can be."""


def named(name: str, of_operator: bool = False) -> Markup:
    """A name beside other words: its letters turn nothing but themselves, and the operator's people are marked."""
    turns = any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in name)
    shown = Markup("<bdi>{}</bdi>").format(name) if turns else escape(name)
    return Markup("{} {}").format(shown, OPERATOR) if of_operator else shown


def initials(name: str) -> str:
    """The first letters of a name: `MA`."""
    return "".join(word[0] for word in name.split()[:2]).upper()
