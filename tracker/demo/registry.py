"""What the demo's registration system knows: premises, who served them when, and the orders that changed it."""

import bisect
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from tracker.demo.ledger import Ledger
from tracker.demo.places import PREMISE_SHARES, PROFILES, STATUS_SHARES, STREETS, TOWNS, ZONE_CODES
from tracker.demo.players import Market, Player
from tracker.models import MarketOrder, Premise, RepOfRecord

OLDEST_CHANGE, LATEST_CHANGE = 540, -16
"""Orders are scheduled so many days before today; below zero is still to come."""

CHANGES, CHANGE_SHARES = (0, 1, 2), (50, 40, 10)
"""How often a premise changed its retailer, and how usual that is."""


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A premise; `rep` is who serves it now."""

    esi_id: str
    tdsp: Player
    rep: Player | None
    premise_type: str
    status: str
    street: str
    city: str
    zip_code: str
    zone: str
    profile: str


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """A switch, a move-in or a move-out."""

    tran_id: str
    global_id: str
    site: Site
    kind: str
    requested: date
    scheduled: date
    gaining: Player | None
    losing: Player | None
    priority: bool
    status: str


@dataclass(eq=False)
class Registry:
    """All premises, and the orders by the day for which they are scheduled."""

    sites: list[Site]
    orders: list[Order]

    def __post_init__(self) -> None:
        self.orders.sort(key=lambda order: (order.scheduled, order.tran_id))
        self._days = [order.scheduled for order in self.orders]

    def some_order(self, rng: random.Random, first: date, last: date) -> Order:
        """An order scheduled between two days, or the nearest to them that there is."""
        low, high = bisect.bisect_left(self._days, first), bisect.bisect_right(self._days, last)
        low = min(low, len(self.orders) - 1)
        return self.orders[rng.randrange(low, max(high, low + 1))]


def make_registry(
    ledger: Ledger, market: Market, rng: random.Random, until: datetime, premises: int, *, days: int = OLDEST_CHANGE
) -> Registry:
    """The rows of so many premises with their history and the orders of so many days."""
    today = until.date()
    sites: list[Site] = []
    orders: list[Order] = []
    shares = [player.share for player in market.wires]
    for number, tdsp in enumerate(rng.choices(market.wires, shares, k=premises)):
        served = _served(market, rng, today, days)
        site = _site(rng, number, tdsp, _now_serving(served, today))
        sites.append(site)
        ledger.add(Premise, _premise_row(site, until))
        _write_spans(ledger, site, served, today)
        orders += _orders(ledger, rng, site, served, until)
    return Registry(sites, orders)


Span = tuple[date, Player]


def _served(market: Market, rng: random.Random, today: date, oldest: int) -> list[Span]:
    """Who served the premise from when on, oldest first; the last may still be to come."""
    changes = rng.choices(CHANGES, CHANGE_SHARES)[0]
    days = sorted(today - timedelta(days=rng.randrange(LATEST_CHANGE, oldest + 1)) for _ in range(changes))
    first = today - timedelta(days=rng.randrange(oldest + 30, oldest + 3000))
    served: list[Span] = [(first, _first_retailer(market, rng, days))]
    for day in days:
        if day > served[-1][0]:
            served.append((day, market.some_retailer(rng, served[-1][1])))
    return served


def _first_retailer(market: Market, rng: random.Random, days: list[date]) -> Player:
    for gone in market.who_left:
        if gone.left_on and days and days[0] < gone.left_on and rng.random() < 0.04:
            return gone
    return market.some_retailer(rng)


def _now_serving(served: list[Span], today: date) -> Player:
    return [player for day, player in served if day <= today][-1]


def _site(rng: random.Random, number: int, tdsp: Player, rep: Player) -> Site:
    prefix, length = tdsp.prefixes[0] if len(tdsp.prefixes) == 1 or rng.random() < 0.9 else tdsp.prefixes[1]
    premise_type = _by_share(rng, PREMISE_SHARES)
    status = _by_share(rng, STATUS_SHARES)
    city, zip_code, zone = rng.choice(TOWNS[prefix])
    unit = f" Apt {rng.randrange(1, 320)}" if premise_type == "Residential" and rng.random() < 0.3 else ""
    # The number of the premise keeps ESI IDs apart; mixing it up keeps them from looking counted.
    digits = length - len(prefix)
    return Site(
        esi_id=f"{prefix}{(number + 1) * 7_368_787 % 10**9:0{digits}d}",
        tdsp=tdsp,
        rep=rep if status == "Active" else None,
        premise_type=premise_type,
        status=status,
        street=f"{rng.randrange(100, 9900)} {rng.choice(STREETS)}{unit}",
        city=city,
        zip_code=zip_code,
        zone=zone,
        profile=f"{rng.choice(PROFILES[premise_type])}_{ZONE_CODES[zone]}_IDR_WS_NOTOU",
    )


def _premise_row(site: Site, loaded_at: datetime) -> dict[str, object]:
    return {
        "esi_id": site.esi_id,
        "tdsp_duns": site.tdsp.duns,
        "rep_duns": site.rep.duns if site.rep else None,
        "premise_type": site.premise_type,
        "status": site.status,
        "street": site.street,
        "city": site.city,
        "state": "TX",
        "zip_code": site.zip_code,
        "load_profile": site.profile,
        "weather_zone": site.zone,
        "loaded_at": loaded_at,
    }


def _write_spans(ledger: Ledger, site: Site, served: list[Span], today: date) -> None:
    begun = [span for span in served if span[0] <= today]
    ends: list[date | None] = [day for day, _ in begun[1:]]
    ends.append(None if site.rep else today - timedelta(days=20))
    for (start, player), stop in zip(begun, ends, strict=True):
        stop = max(start, stop) if stop else None
        ledger.add(RepOfRecord, {"esi_id": site.esi_id, "start": start, "stop": stop, "rep_duns": player.duns})


def _orders(ledger: Ledger, rng: random.Random, site: Site, served: list[Span], until: datetime) -> Iterator[Order]:
    for (_, losing), (day, gaining) in pairwise(served):
        yield _write_order(ledger, rng, _order(rng, site, day, gaining, losing, until.date()), until)


def _order(rng: random.Random, site: Site, day: date, gaining: Player, losing: Player, today: date) -> Order:
    kind = rng.choices(("Switch", "Move-In"), (45, 55))[0]
    requested = day - timedelta(days=rng.randrange(1, 9))
    code = "MVI" if kind == "Move-In" else "SWI"
    return Order(
        tran_id=f"{requested:%Y%m%d}{code}{rng.randrange(10**10):010d}",
        global_id=f"{requested:%Y%m%d}{rng.randrange(10**12):012d}",
        site=site,
        kind=kind,
        requested=requested,
        scheduled=day,
        gaining=gaining,
        losing=losing,
        priority=kind == "Move-In" and rng.random() < 0.12,
        status=_order_status(rng, day, today),
    )


def _order_status(rng: random.Random, day: date, today: date) -> str:
    if day > today:
        return rng.choices(("Scheduled", "In Review", "Permit Pending"), (80, 14, 6))[0]
    return rng.choices(("Completed", "Cancelled", "Completed with Exception"), (93, 5, 2))[0]


def _write_order(ledger: Ledger, rng: random.Random, order: Order, until: datetime) -> Order:
    row = {
        "orig_tran_id": order.tran_id,
        "global_id": order.global_id,
        "esi_id": order.site.esi_id,
        "kind": order.kind,
        "requested_for": order.requested,
        "scheduled_for": order.scheduled,
        "gaining_duns": order.gaining.duns if order.gaining else None,
        "losing_duns": order.losing.duns if order.losing else None,
        "priority": order.priority,
        "status": order.status,
        "loaded_at": until,
    }
    ledger.add(MarketOrder, row)
    return order


def _by_share(rng: random.Random, shares: dict[str, int]) -> str:
    return rng.choices(list(shares), list(shares.values()))[0]
