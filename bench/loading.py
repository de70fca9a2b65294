"""Filling a database with issues of five years, told by the demo's stories and in the words of the bench."""

import random
from datetime import UTC, datetime, timedelta

from bench.market import declared_companies
from bench.words import Vocabulary
from tracker.db import db
from tracker.demo.ledger import Ledger, continue_counting
from tracker.demo.plans import Plan, plan_stories, tell_planned
from tracker.demo.players import Player, make_market
from tracker.demo.registry import make_registry
from tracker.demo.stage import Stage
from tracker.demo.tale import Tale
from tracker.demo.writing import Writer, only_named
from tracker.domain.states import STATUS_OF
from tracker.domain.workflow import Transition

YEARS = 5
PREMISES = 40_000
SEED = "bench"
SETTLED = 0.7
"""So many of the old stories that were to stand open have come to their end all the same."""

WRITTEN_AT_ONCE = 1_000
UNTIL = datetime(2026, 6, 30, tzinfo=UTC)


class ManyWords:
    """A voice that says a lot: texts of 14 to 62 words, four to five comments an issue."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def filing(self, tale: Tale, rng: random.Random) -> str:
        """The comment with which the issue is filed."""
        about = f"Reported for ESI ID {tale.case.site.esi_id} with transaction {tale.case.order.tran_id}."
        return f"{about} {self._vocabulary.text(rng, rng.randint(30, 62), _topical(tale))}"

    def press(self, tale: Tale, transition: Transition, player: Player, rng: random.Random, *, needed: bool) -> str:
        """What is said with a press."""
        if not needed and rng.random() > 0.6:
            return ""
        return self._vocabulary.text(rng, rng.randint(14, 36), _topical(tale))


def load(issues: int, *, seed: str = SEED) -> None:
    """Fill the empty database of this application, and let it count what it holds."""
    ledger = Ledger()
    stage = _stage(ledger, seed)
    writer = Writer(ledger, random.Random(f"{seed}:numbers"), _as_paragraph, only_named)
    rng = random.Random(f"{seed}:plans")
    plans = plan_stories(rng, issues)
    for number, plan in enumerate(plans[:issues]):
        for tale in _told(stage, random.Random(f"{seed}:{number}"), plan, number / issues):
            writer.write(tale)
        if number % WRITTEN_AT_ONCE == 0:
            _write(ledger, number, issues)
    _write(ledger, issues, issues)
    continue_counting(db.session.connection())
    db.session.commit()


def _stage(ledger: Ledger, seed: str) -> Stage:
    founded = UNTIL - timedelta(days=366 * YEARS)
    market = make_market(ledger, declared_companies(seed), founded, UNTIL.date())
    registry = make_registry(ledger, market, random.Random(f"{seed}:registry"), UNTIL, PREMISES, days=365 * YEARS)
    return Stage(market, registry, ManyWords(Vocabulary(seed)), UNTIL)


def _told(stage: Stage, rng: random.Random, plan: Plan, share: float) -> list[Tale]:
    """The story at its place in the five years; in the last weeks stories stop wherever the present finds them."""
    days = 365 * YEARS * (1 - share**0.9)
    target = plan.target
    if days > 120 and target and STATUS_OF[target].is_open and rng.random() < SETTLED:
        target = "Complete" if "Complete" in plan.subtype.workflow.turns else ""
    tale = tell_planned(stage, rng, Plan(plan.subtype, target), days=max(days, 0.3))
    return [tale, *tale.children]


def _write(ledger: Ledger, done: int, of: int) -> None:
    ledger.write()
    db.session.commit()
    print(f"\r  {done:,} of {of:,} issues", end="\n" if done == of else "", flush=True)


def _as_paragraph(text: str) -> str:
    """The HTML of plain words; the product's own rendering gives the same, and would double the time of loading."""
    return f"<p>{text}</p>\n"


def _topical(tale: Tale) -> list[str]:
    return tale.subtype.words.split()
