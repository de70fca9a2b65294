"""What could happen next in a story, and how likely each of it is."""

import random
from collections.abc import Mapping
from datetime import datetime

from tracker.demo import likelihoods
from tracker.demo.players import Player
from tracker.demo.stage import Course, Option
from tracker.demo.tale import Tale
from tracker.demo.typing_in import others
from tracker.domain.roles import ACTIVE_ROLES, Role
from tracker.domain.workflow import Effect, Situation, Transition, may_press

FAR = 999
"""Further than any state is from another."""


def options_of(rng: random.Random, tale: Tale, at: datetime) -> list[Option]:
    """The buttons that somebody could press at this moment."""
    situations: dict[int, Situation] = {}
    found = []
    for transition in tale.workflow.by_state[tale.state]:
        for player in _pressers(rng, tale, transition):
            if player.id not in situations:
                situations[player.id] = tale.situation_of(player, at)
            if may_press(transition, situations[player.id]) and _can_fill(tale, transition, player):
                found.append(Option(transition, player))
    return found


def _pressers(rng: random.Random, tale: Tale, transition: Transition) -> list[Player]:
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
        return bool(others(player, tale.owner_at(player)))
    return not player.left_on or player is tale.case.filer


def weight_of(tale: Tale, option: Option, course: Course) -> float:
    """How readily it is pressed, compared with the others."""
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
