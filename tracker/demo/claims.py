"""What the sides of a story say: the mirror of `actions/claims.py`, and who states something by the present day."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tracker.demo.players import Member, Player
from tracker.demo.values import value_of
from tracker.domain.claims import Claimed, Side, label_in, side_of
from tracker.domain.fields import Value
from tracker.domain.roles import Role

if TYPE_CHECKING:
    from tracker.demo.tale import Tale

ANSWERED, CONTRADICTED = 0.7, 0.45
"""How often an assignee who works on an issue has stated its values, and how usual it is that one differs."""


@dataclass(frozen=True, slots=True)
class Said:
    """One value that a company said."""

    value: Value
    player: Player
    member: Member
    at: datetime


def say(tale: "Tale", side: Side, player: Player, member: Member, values: Mapping[str, Value]) -> list[dict[str, str]]:
    """Keep what a side says, and tell what differs from what it said until now."""
    changes = []
    for claimed in tale.subtype.claimed:
        name = claimed.field.name
        before = said_before(tale, side, player, name)
        if name in values and values[name] != before:
            tale.said[side, name] = Said(values[name], player, member, tale.at)
            show, label = claimed.field.show, label_in(side, claimed.field)
            changes.append({"field": name, "label": label, "old": show(before), "new": show(values[name])})
    return changes


def said_before(tale: "Tale", side: Side, player: Player, name: str) -> Value:
    """What stands in the column: the company's own word, else what the submitter filed."""
    last = tale.said.get((side, name))
    if last is not None and last.player is player:
        return last.value
    return tale.filed_values.get(name) if side is Side.SUBMITTER else None


def answer_claims(rng: random.Random, tales: Sequence["Tale"], until: datetime) -> None:
    """Let assignees who have begun state what their records show, as the last thing that happened."""
    for tale in tales:
        if tale.subtype.claimed and tale.state.startswith("In Progress") and rng.random() < ANSWERED:
            _answer(rng, tale, until)


def _answer(rng: random.Random, tale: "Tale", until: datetime) -> None:
    at = tale.at + timedelta(minutes=rng.randint(12, 200))
    holders = tale.players_in(Role.ASSIGNEE)
    if at >= until or not holders or side_of(tale.roles_of(holders[-1])) is not Side.ASSIGNEE:
        return
    player = holders[-1]
    values = {claimed.field.name: _found(rng, tale, claimed) for claimed in tale.subtype.claimed}
    if not any(rule({**tale.values, **values}) for rule in tale.subtype.rules):
        member = tale.owner_at(player) or rng.choice(player.workers)
        tale.state_claims(player, member, at, values)


def _found(rng: random.Random, tale: "Tale", claimed: Claimed) -> Value:
    """What the assignee's records show: mostly what the submitter says, else something near it."""
    asked = tale.filed_values.get(claimed.field.name)
    if asked is not None and rng.random() > CONTRADICTED:
        return asked
    return value_of(claimed.field, tale.case, rng) if asked is not None or rng.random() < CONTRADICTED else None
