"""Making the demo market in an empty database."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from tracker.clock import MARKET_ZONE, market_today
from tracker.db import db
from tracker.demo.ledger import Ledger, continue_counting
from tracker.demo.market import COMPANIES
from tracker.demo.plans import plan_stories, tell_by_who_left, tell_follow_ups, tell_planned
from tracker.demo.players import make_market
from tracker.demo.registry import make_registry
from tracker.demo.stories import Stage
from tracker.demo.tale import Tale
from tracker.demo.voice import MarketPeople
from tracker.demo.writing import Keep, Writer
from tracker.models import Company, MarketFact
from tracker.prose import html_of

ISSUES, PREMISES = 2_000, 20_000
FOUNDED_DAYS, LEFT_DAYS = 500, 60
"""The companies are known for so many days; who left the market did so so many days ago."""

Progress = Callable[[int, int], None]
"""Told how much of how much is done."""


def has_companies() -> bool:
    """The database is in use, so no demo market can be made in it."""
    return db.session.scalar(select(Company.id).limit(1)) is not None


def make_demo(
    keep: Keep, progress: Progress, *, issues: int = ISSUES, premises: int = PREMISES, seed: str = "demo"
) -> int:
    """Write the demo market; how many issues it has. The same seed on the same day gives the same market."""
    until = datetime.combine(market_today(), time(), MARKET_ZONE).astimezone(UTC)
    ledger, rng = Ledger(), random.Random(f"{seed}:market")
    stage = _make_stage(ledger, rng, until, premises)
    ledger.add(MarketFact, {"name": "demo", "value": f"{until:%Y-%m-%d}"})
    tales, follows = _tell(stage, seed, issues, progress)
    _write(Writer(ledger, random.Random(f"{seed}:numbers"), html_of, keep), tales, follows)
    ledger.write()
    continue_counting(db.session.connection())
    return len(tales)


def _make_stage(ledger: Ledger, rng: random.Random, until: datetime, premises: int) -> Stage:
    founded, left_on = until - timedelta(days=FOUNDED_DAYS), until.date() - timedelta(days=LEFT_DAYS)
    market = make_market(ledger, COMPANIES, founded, left_on)
    return Stage(market, make_registry(ledger, market, rng, until, premises), MarketPeople(), until)


def _tell(stage: Stage, seed: str, issues: int, progress: Progress) -> tuple[list[Tale], dict[int, Tale]]:
    rng = random.Random(f"{seed}:plans")
    tales: list[Tale] = list(tell_by_who_left(stage, rng))
    for number, plan in enumerate(plan_stories(rng, issues), 1):
        tale = tell_planned(stage, random.Random(f"{seed}:{number}"), plan)
        tales += (tale, *tale.children)
        progress(number, issues)
    follow_ups = list(tell_follow_ups(stage, rng, tales))
    tales += [tale for tale, _ in follow_ups]
    return sorted(tales, key=lambda tale: tale.filed_at), {id(tale): earlier for tale, earlier in follow_ups}


def _write(writer: Writer, tales: list[Tale], follows: dict[int, Tale]) -> None:
    for tale in tales:
        writer.write(tale)
        if id(tale) in follows:
            writer.link(tale, follows[id(tale)])
