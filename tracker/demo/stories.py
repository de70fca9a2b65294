"""How a story goes on: what is pressed next, by whom and when, until the issue ends or the present is reached."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from tracker.actions.filing import PENDING
from tracker.actions.moving import CHILDREN_COMPLETE
from tracker.demo import likelihoods
from tracker.demo.cases import Case, make_case
from tracker.demo.courses import distances
from tracker.demo.options import options_of, weight_of
from tracker.demo.papers import Paper, call_note, interval_list, occupant_statement
from tracker.demo.party_picking import pick_by_registry
from tracker.demo.players import Member, Player
from tracker.demo.stage import Course, Option, Stage
from tracker.demo.tale import Tale
from tracker.demo.typing_in import typed
from tracker.demo.values import filled
from tracker.domain.fields import Value
from tracker.domain.roles import CompanyKind
from tracker.domain.subtype import Subtype
from tracker.domain.workflow import Effect, Transition

MISTYPED = 0.28
"""How often the filer quotes a tran id that the registry does not know, so that ERCOT has to name the parties."""

MOST_STEPS = 36


def tell(
    stage: Stage, rng: random.Random, subtype: Subtype, filed_at: datetime, target: str = "", case: Case | None = None
) -> Tale:
    """A story that tends towards the state `target`; it may not get there before the present."""
    case = case or make_case(stage.market, stage.registry, rng, subtype, filed_at.date())
    tale = _filed(stage, rng, subtype, case, filed_at, parked=target == PENDING or rng.random() < 0.06)
    go_on(stage, rng, tale, target)
    return tale


def go_on(stage: Stage, rng: random.Random, tale: Tale, target: str) -> None:
    """Let the story happen until it ends, stands where it should, or reaches the present."""
    rough = rng.random() < likelihoods.ROUGH
    course = Course(target, distances(tale.workflow, target, rough=rough) if target else {})
    for _ in range(MOST_STEPS):
        if _stands_there(stage, rng, tale, target) or not _step(stage, rng, tale, course):
            return
    clocked = tale.workflow.clocked(tale.state)
    if clocked:
        _clock_presses(stage, tale, clocked)


def new_moment(rng: random.Random, after: datetime, hours: float) -> datetime:
    """A moment about so many hours later at which people are at work (in UTC, for a market in Texas)."""
    at = after + timedelta(hours=rng.expovariate(1 / hours), minutes=rng.randint(3, 40), seconds=rng.randrange(60))
    if not 14 <= at.hour < 23:
        at = at.replace(hour=14, minute=rng.randrange(60)) + timedelta(days=at.hour >= 23)
    while at.weekday() > 4:
        at += timedelta(days=1)
    return at if at > after else after + timedelta(minutes=7)


def _filed(stage: Stage, rng: random.Random, subtype: Subtype, case: Case, filed_at: datetime, *, parked: bool) -> Tale:
    filer = rng.choice(case.filer.workers)
    values = filled(subtype.fields, case, rng)
    if subtype.picks_parties and rng.random() < MISTYPED:
        values["OrigTrxnID"] = f"{case.order.tran_id[:-2]}{rng.randrange(10, 100)}"
    tale = Tale(stage.market, case, subtype, subtype.workflow, filed_at, filer, values)
    papers = [occupant_statement(case)] if subtype.needs_attachment else []
    tale.file(stage.voice.filing(tale, rng), papers, _warnings(tale) if parked else [])
    pick_by_registry(stage, tale)
    return tale


def _warnings(tale: Tale) -> list[dict[str, object]]:
    text = "Your company already takes part in an open issue on it. Look there first."
    return [{"check": "Other open issue on this ESI ID", "field": "EsiID", "text": text, "numbers": []}]


def _stands_there(stage: Stage, rng: random.Random, tale: Tale, target: str) -> bool:
    """The issue has ended, or stands in the open state that it was meant for until the present."""
    if not tale.is_open:
        return True
    waits_on = tale.clock_at is None or tale.clock_at > stage.until
    return tale.state == target and waits_on and rng.random() < 0.85


def _step(stage: Stage, rng: random.Random, tale: Tale, course: Course) -> bool:
    """Let one thing happen; False when the present comes first."""
    at = new_moment(rng, tale.at, likelihoods.HOURS_BETWEEN.get(tale.subtype.key, likelihoods.USUAL_HOURS_BETWEEN))
    clocked = tale.workflow.clocked(tale.state)
    if tale.clock_at and clocked and (at >= tale.clock_at or _waits_for_clock(rng, tale, clocked, course.target)):
        return _clock_presses(stage, tale, clocked)
    if at >= stage.until:
        return False
    options = options_of(rng, tale, at)
    if not options:
        return False
    weights = [weight_of(tale, option, course) for option in options]
    option = rng.choices(options, weights)[0] if any(weights) else rng.choice(options)
    course.pressed[option.transition.key] = course.pressed.get(option.transition.key, 0) + 1
    _press(stage, rng, tale, option, at)
    return True


def _clock_presses(stage: Stage, tale: Tale, clocked: Transition) -> bool:
    if tale.clock_at is None or tale.clock_at >= stage.until:
        return False
    tale.press(clocked, stage.market.operator, stage.market.clock, tale.clock_at + timedelta(seconds=3), {})
    return True


def _waits_for_clock(rng: random.Random, tale: Tale, clocked: Transition, target: str) -> bool:
    """Nobody answers, when the story is to end by the clock or to stand here."""
    return target == tale.state or (bool(target) and clocked.target(tale.state) == target and rng.random() < 0.9)


def _press(stage: Stage, rng: random.Random, tale: Tale, option: Option, at: datetime) -> None:
    transition, player = option.transition, option.player
    given = typed(stage, rng, tale, option)
    needed = transition.wants_comment(given)
    comment = stage.voice.press(tale, transition, player, rng, needed=needed)
    tale.press(transition, player, _who(rng, tale, player), at, given, comment)
    if tale.state != PENDING and tale.events[-1].from_state == PENDING:
        pick_by_registry(stage, tale)
    if Effect.MAKES_CHILDREN in transition.effects:
        _tell_children(stage, rng, tale, given)
    elif rng.random() < likelihoods.ATTACHED_LATER and tale.is_open and tale.available_at:
        _attach(stage, rng, tale, player)


def _who(rng: random.Random, tale: Tale, player: Player) -> Member:
    owner = tale.owner_at(player)
    return owner if owner and rng.random() < 0.88 else rng.choice(player.workers)


def _attach(stage: Stage, rng: random.Random, tale: Tale, player: Player) -> None:
    at = tale.at + timedelta(minutes=rng.randint(1, 9))
    if at < stage.until and player.kind is not CompanyKind.ERCOT:
        paper: Paper = rng.choice((interval_list, call_note))(tale.case)
        tale.attach(player, _who(rng, tale, player), at, paper)


def _tell_children(stage: Stage, rng: random.Random, tale: Tale, given: Mapping[str, Value]) -> None:
    """The child issues of an LPA issue, and the end of their parent when all have ended."""
    asked = given["EsiID"]
    for number, esi_id in enumerate(asked if isinstance(asked, list) else []):
        tale.children.append(_told_child(stage, rng, tale, str(esi_id), tale.at + timedelta(seconds=30 + number)))
    complete = tale.workflow.find(tale.state, CHILDREN_COMPLETE)
    if complete and not any(child.is_open for child in tale.children):
        at = max(child.at for child in tale.children)
        tale.press(complete, stage.market.operator, stage.market.clock, at, {})


def _told_child(stage: Stage, rng: random.Random, parent: Tale, esi_id: str, at: datetime) -> Tale:
    values = {**parent.values, "EsiID": esi_id}
    member = parent.events[-1].member
    case = replace(parent.case, filer=parent.events[-1].player)
    child = Tale(stage.market, case, parent.subtype, parent.workflow, at, member, values, parent)
    child.file("", [], [])
    go_on(stage, rng, child, rng.choices(("Complete", "Auto Complete", ""), (7, 1, 1))[0])
    return child
