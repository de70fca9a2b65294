"""Which stories the demo tells: every state of every workflow at least once, the rest by how usual they are."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from tracker.demo import likelihoods
from tracker.demo.cases import make_case
from tracker.demo.courses import ends_and_open
from tracker.demo.stage import Stage
from tracker.demo.stories import new_moment, tell
from tracker.demo.tale import Tale
from tracker.domain.catalogue import RETIRED, SUBTYPES
from tracker.domain.states import STATUS_OF
from tracker.domain.subtype import Subtype

YEAR = 360
MOST_TRIES = 120

FOLLOW_UPS = 0.015
"""So many of the ended stories have a follow-up."""

BY_WHO_LEFT = 8
"""So many stories were filed by each retailer that is in the market no more."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One story to be told."""

    subtype: Subtype
    target: str
    must_arrive: bool = False


def plan_stories(rng: random.Random, count: int) -> list[Plan]:
    """What to tell in about so many issues, in random order."""
    plans = list(_one_of_each())
    keyed = {subtype.key: likelihoods.FAMILIES.get(subtype.key, likelihoods.RARELY) for subtype in SUBTYPES}
    for subtype in rng.choices(SUBTYPES, list(keyed.values()), k=max(0, count - len(plans))):
        plans.append(Plan(subtype, _target(rng, subtype)))
    rng.shuffle(plans)
    return plans


def _one_of_each() -> Iterator[Plan]:
    """A story for every state of every workflow, and one for every subtype."""
    seen: dict[tuple[str, str], list[Subtype]] = {}
    for subtype in (*SUBTYPES, *RETIRED):
        for state in subtype.workflow.turns:
            seen.setdefault((subtype.workflow.key, state), []).append(subtype)
    for number, ((_, state), subtypes) in enumerate(seen.items()):
        yield Plan(subtypes[number % len(subtypes)], state, must_arrive=True)
    for subtype in (*SUBTYPES, *RETIRED):
        yield Plan(subtype, "Complete" if "Complete" in subtype.workflow.turns else "", must_arrive=True)


def _target(rng: random.Random, subtype: Subtype) -> str:
    ends, unfinished = ends_and_open(subtype.workflow)
    if rng.random() < likelihoods.OPEN_SHARE:
        return rng.choice(unfinished)
    return rng.choices(ends, [likelihoods.STATES_LIKED.get(state, 1) for state in ends])[0]


def tell_planned(stage: Stage, rng: random.Random, plan: Plan, *, days: float | None = None) -> Tale:
    """The story of a plan, begun so many days ago, told anew until it arrives where it must."""
    for attempt in range(MOST_TRIES):
        tale = _told(stage, rng, plan, _days_ago(rng, plan, attempt) if days is None else days)
        if tale.state == plan.target or not plan.target or not plan.must_arrive:
            return tale
    return tale


def _days_ago(rng: random.Random, plan: Plan, attempt: int) -> float:
    """When a story began that is to stand where it should by now; failed attempts try longer ago."""
    unfinished = plan.target and STATUS_OF[plan.target].is_open
    days = rng.expovariate(1 / 14) + attempt % 20 if unfinished else rng.uniform(20, YEAR)
    return min(days + 1, YEAR)


def _told(stage: Stage, rng: random.Random, plan: Plan, days: float) -> Tale:
    filed_at = new_moment(rng, stage.until - timedelta(days=days), 3)
    if filed_at >= stage.until:
        filed_at = stage.until - timedelta(hours=rng.uniform(1, 9))
    return tell(stage, rng, plan.subtype, filed_at, plan.target)


def tell_by_who_left(stage: Stage, rng: random.Random) -> Iterator[Tale]:
    """Finished stories of retailers from the time when they were in the market."""
    usual = [subtype for subtype in SUBTYPES if subtype.key.startswith("usage-billing")]
    for gone in stage.market.who_left:
        told = 0
        while told < BY_WHO_LEFT and gone.left_on:
            days = (stage.until.date() - gone.left_on).days + rng.uniform(30, 150)
            filed_at = new_moment(rng, stage.until - timedelta(days=days), 3)
            subtype = rng.choice(usual)
            case = make_case(stage.market, stage.registry, rng, subtype, filed_at.date())
            case = replace(case, filer=gone, assignee=case.tdsp)
            tale = tell(stage, rng, subtype, filed_at, "Complete", case)
            if not tale.is_open and tale.at.date() < gone.left_on:
                told += 1
                yield tale


def tell_follow_ups(stage: Stage, rng: random.Random, tales: list[Tale]) -> Iterator[tuple[Tale, Tale]]:
    """New stories, each with the ended one that it continues."""
    for tale in tales:
        may_follow = tale.closed_at and not tale.subtype.retired and not tale.parent and not tale.case.filer.left_on
        if may_follow and tale.closed_at and rng.random() < FOLLOW_UPS:
            filed_at = new_moment(rng, tale.closed_at, 40)
            if filed_at < stage.until:
                yield tell(stage, rng, tale.subtype, filed_at, _target(rng, tale.subtype), tale.case), tale
