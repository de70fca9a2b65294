"""Making the demo market in an empty database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from tracker.clock import MARKET_ZONE, market_today
from tracker.db import db
from tracker.demo.claims import answer_claims
from tracker.demo.desks import give_everybody_work, write_drafts
from tracker.demo.dice import dice
from tracker.demo.inboxes import fill_inboxes
from tracker.demo.ledger import Ledger, continue_counting
from tracker.demo.market import COMPANIES
from tracker.demo.plans import plan_stories, tell_by_who_left, tell_follow_ups, tell_planned
from tracker.demo.players import make_market
from tracker.demo.registry import make_registry
from tracker.demo.stage import Stage
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


@dataclass(frozen=True, eq=False)
class Told:
    """A market with its stories, in the order in which they were filed, before anything is written."""

    ledger: Ledger
    stage: Stage
    tales: list[Tale]
    follows: dict[int, Tale]


def make_demo(
    keep: Keep, progress: Progress, *, issues: int = ISSUES, premises: int = PREMISES, seed: str = "demo"
) -> int:
    """Write the demo market; how many issues it has. The same seed on the same day gives the same market."""
    told = tell_market(progress, issues=issues, premises=premises, seed=seed)
    ledger, stage = told.ledger, told.stage
    ledger.add(MarketFact, {"name": "demo", "value": f"{stage.until:%Y-%m-%d}"})
    _write(Writer(ledger, dice(f"{seed}:numbers"), html_of, keep), told)
    write_drafts(ledger, stage, dice(f"{seed}:drafts"))
    ledger.write()
    continue_counting(db.session.connection())
    fill_inboxes(stage.until)
    return len(told.tales)


def tell_market(progress: Progress, *, issues: int, premises: int, seed: str = "demo") -> Told:
    """The companies, the registry and the stories up to the beginning of today."""
    until = datetime.combine(market_today(), time(), MARKET_ZONE).astimezone(UTC)
    ledger = Ledger()
    stage = _make_stage(ledger, seed, until, premises)
    tales, follows = _tell(stage, seed, issues, progress)
    answer_claims(dice(f"{seed}:claims"), tales, until)
    return Told(ledger, stage, tales, follows)


def _make_stage(ledger: Ledger, seed: str, until: datetime, premises: int) -> Stage:
    rng = dice(f"{seed}:market")
    founded, left_on = until - timedelta(days=FOUNDED_DAYS), until.date() - timedelta(days=LEFT_DAYS)
    market = make_market(ledger, COMPANIES, founded, left_on)
    return Stage(market, make_registry(ledger, market, rng, until, premises), MarketPeople(), until)


def _tell(stage: Stage, seed: str, issues: int, progress: Progress) -> tuple[list[Tale], dict[int, Tale]]:
    rng = dice(f"{seed}:plans")
    tales: list[Tale] = list(tell_by_who_left(stage, rng))
    for number, plan in enumerate(plan_stories(rng, issues), 1):
        tale = tell_planned(stage, dice(f"{seed}:{number}"), plan)
        tales += (tale, *tale.children)
        progress(number, issues)
    follow_ups = list(tell_follow_ups(stage, rng, tales))
    tales += [tale for tale, _ in follow_ups]
    give_everybody_work(stage, rng, tales)
    return sorted(tales, key=lambda tale: tale.filed_at), {id(tale): earlier for tale, earlier in follow_ups}


def _write(writer: Writer, told: Told) -> None:
    for tale in told.tales:
        writer.write(tale)
        if id(tale) in told.follows:
            writer.link(tale, told.follows[id(tale)])
