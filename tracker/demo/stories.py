"""How a story goes on: what is pressed next, by whom and when, until the issue ends or the present is reached."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from tracker.actions.filing import PENDING
from tracker.actions.moving import CHILDREN_COMPLETE, EDIT, fields_of
from tracker.demo import likelihoods
from tracker.demo.cases import Case, make_case
from tracker.demo.courses import distances
from tracker.demo.papers import Paper, call_note, interval_list, occupant_statement
from tracker.demo.players import Market, Member, Player
from tracker.demo.registry import Registry
from tracker.demo.tale import Tale
from tracker.demo.values import USUALLY_GIVEN, filled, value_of
from tracker.domain.fields import CompanyRef, Field, Value
from tracker.domain.roles import ACTIVE_ROLES, CompanyKind, Role
from tracker.domain.subtype import Subtype
from tracker.domain.workflow import Effect, Transition, may_press

BY_REGISTRY = "select-iag-parties-by-registry"
MISTYPED = 0.28
"""How often the filer quotes a tran id that the registry does not know, so that ERCOT has to name the parties."""

MOST_STEPS = 36
FAR = 999


class Voice(Protocol):
    """Who writes what people say."""

    def filing(self, tale: Tale, rng: random.Random) -> str:
        """The comment with which the issue is filed; empty for none."""

    def press(self, tale: Tale, transition: Transition, player: Player, rng: random.Random, *, needed: bool) -> str:
        """What is said with a press; empty only where nothing is needed."""


@dataclass(frozen=True, eq=False)
class Stage:
    """What all stories share: companies, registry, who speaks, and the present in which they stop."""

    market: Market
    registry: Registry
    voice: Voice
    until: datetime


@dataclass(frozen=True, slots=True)
class Course:
    """Where a story tends to, how far away each state is from there, and what has been pressed how often."""

    target: str
    away: Mapping[str, int]
    pressed: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Option:
    """One button that one company could press now."""

    transition: Transition
    player: Player


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
    _pick_by_registry(stage, rng, tale)
    return tale


def _warnings(tale: Tale) -> list[dict[str, object]]:
    text = "Your company already takes part in an open issue on it. Look there first."
    return [{"check": "Other open issue on this ESI ID", "field": "EsiID", "text": text, "numbers": []}]


def _pick_by_registry(stage: Stage, rng: random.Random, tale: Tale) -> None:
    """The registry names the parties of most cases by itself; the rest wait for ERCOT with the reason."""
    transition = tale.workflow.find(tale.state, BY_REGISTRY)
    if not tale.subtype.picks_parties or transition is None:
        return
    case, order = tale.case, tale.case.order
    if tale.values["OrigTrxnID"] != order.tran_id:
        tale.waits_because = "The registry knows no order with this original tran id on this ESI ID."
    elif case.gaining is not order.gaining or case.losing is not order.losing:
        tale.waits_because = (
            "The registry does not name a gaining CR, a losing CR and a TDSP that are all active in the market."
        )
    else:
        _name_parties(stage, tale, transition)


def _name_parties(stage: Stage, tale: Tale, transition: Transition) -> None:
    case = tale.case
    named = {Role.GAINING: case.gaining, Role.LOSING: case.losing, Role.TDSP: case.tdsp}
    changes = [change for role, player in named.items() for change in tale.bring_in(role, player)]
    tale.press(transition, stage.market.operator, stage.market.clock, tale.at + timedelta(seconds=2), {})
    tale.events[-1].changes[:0] = changes
    tale.learn(
        GainingMP=case.gaining.duns,
        LosingMP=case.losing.duns,
        TDSPInvolved=case.tdsp.duns,
        GainingCRStartDate=f"{case.order.scheduled.isoformat()}T00:00:00",
    )


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
    options = _options(stage, rng, tale, at)
    if not options:
        return False
    weights = [_weight(tale, option, course) for option in options]
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


def _options(stage: Stage, rng: random.Random, tale: Tale, at: datetime) -> list[Option]:
    situations: dict[int, object] = {}
    found = []
    for transition in tale.workflow.by_state[tale.state]:
        for player in _pressers(stage, rng, tale, transition):
            if player.id not in situations:
                situations[player.id] = tale.situation_of(player, at)
            if may_press(transition, situations[player.id]) and _can_fill(tale, transition, player):  # type: ignore[arg-type]
                found.append(Option(transition, player))
    return found


def _pressers(stage: Stage, rng: random.Random, tale: Tale, transition: Transition) -> list[Player]:
    """The companies in the roles that press it; for what every party may do, one of them."""
    if transition.system:
        return []
    if transition.pressers != ACTIVE_ROLES:
        return list(dict.fromkeys(player for role in transition.pressers for player in tale.players_in(role)))
    if tale.responsible and rng.random() < 0.65:
        return [tale.responsible]
    parties = [part.player for part in tale.parts if part.role is not Role.PRIOR_INVOLVED]
    return [rng.choice(parties)] if tale.available_at else [tale.case.filer]


def _can_fill(tale: Tale, transition: Transition, player: Player) -> bool:
    if Effect.ASSIGNS_GROUP in transition.effects:
        return bool(player.groups)
    if Effect.ASSIGNS_OWNER in transition.effects:
        return bool(_others(player, tale.owner_at(player)))
    return not player.left_on or player is tale.case.filer


def _weight(tale: Tale, option: Option, course: Course) -> float:
    transition = option.transition
    weight = likelihoods.PRESSED.get(transition.name, likelihoods.BY_TONE[transition.tone])
    weight *= likelihoods.AGAIN ** course.pressed.get(transition.key, 0)
    if course.target and transition.to:
        weight *= _pull(tale, transition.target(tale.state), course.away)
    return weight


def _pull(tale: Tale, next_state: str, away: Mapping[str, int]) -> float:
    here, there = away.get(tale.state, FAR), away.get(next_state, FAR)
    if there == FAR:
        return 0.0
    return likelihoods.TOWARDS if there < here else likelihoods.AWAY


def _press(stage: Stage, rng: random.Random, tale: Tale, option: Option, at: datetime) -> None:
    transition, player = option.transition, option.player
    given = _typed(stage, rng, tale, option)
    needed = transition.wants_comment(given)
    comment = stage.voice.press(tale, transition, player, rng, needed=needed)
    tale.press(transition, player, _who(rng, tale, player), at, given, comment)
    if tale.state != PENDING and tale.events[-1].from_state == PENDING:
        _pick_by_registry(stage, rng, tale)
    if Effect.MAKES_CHILDREN in transition.effects:
        _tell_children(stage, rng, tale, given)
    elif rng.random() < likelihoods.ATTACHED_LATER and tale.is_open and tale.available_at:
        _attach(stage, rng, tale, player)


def _who(rng: random.Random, tale: Tale, player: Player) -> Member:
    owner = tale.owner_at(player)
    return owner if owner and rng.random() < 0.88 else rng.choice(player.workers)


def _others(player: Player, owner: Member | None) -> list[Member]:
    return [member for member in player.workers if member is not owner]


def _typed(stage: Stage, rng: random.Random, tale: Tale, option: Option) -> dict[str, Value]:
    """What somebody types into the form of a button."""
    fields = fields_of(tale.subtype, option.transition)
    if option.transition.key == EDIT:
        return _edited(rng, tale, fields)
    return {field.name: _typed_one(stage, rng, tale, option, field) for field in fields}


def _edited(rng: random.Random, tale: Tale, fields: tuple[Field, ...]) -> dict[str, Value]:
    """The fields as they stand, with one of those changed that are not looked up by."""
    given = {one.name: tale.values.get(one.name) for one in fields}
    loose = [one for one in fields if one.name not in ("EsiID", "OrigTrxnID") and not isinstance(one, CompanyRef)]
    for changed in rng.sample(loose, min(1, len(loose))):
        given[changed.name] = value_of(changed, tale.case, rng)
    return given


def _typed_one(stage: Stage, rng: random.Random, tale: Tale, option: Option, field: Field) -> Value:
    if field.name == "NewOwner":
        return rng.choice(_others(option.player, tale.owner_at(option.player))).user_name
    if field.name == "GroupName":
        return rng.choice(option.player.groups)[1]
    if isinstance(field, CompanyRef):
        return _named(stage, rng, tale, option.transition, field)
    if Effect.MAKES_CHILDREN in option.transition.effects and field.repeat > 1:
        return [rng.choice(stage.registry.sites).esi_id for _ in range(rng.randint(3, 5))]
    if not field.required and rng.random() > USUALLY_GIVEN:
        return None
    return value_of(field, tale.case, rng)


def _named(stage: Stage, rng: random.Random, tale: Tale, transition: Transition, field: CompanyRef) -> Value:
    """The company that a button brings in; a new one where somebody is to be replaced."""
    case, fitting = tale.case, tale.case.party(field.role)
    if field.role in (Role.TDSP, Role.GAINING, Role.LOSING):
        return fitting.duns
    held = [part.player for part in tale.parts if part.role is field.role] + [case.filer]
    likely = [case.site.rep, fitting, case.tdsp, case.gaining, case.losing]
    free = [player for player in likely if player and player not in held and not player.left_on]
    if free:
        return free[0].duns
    return stage.market.some_retailer(rng, *held).duns


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
