"""Work on everybody's desk: nobody opens the demo and finds an empty home page."""

import random
from collections import Counter
from datetime import timedelta

from tracker.demo.ledger import Ledger
from tracker.demo.players import Member, Player
from tracker.demo.stage import Stage
from tracker.demo.tale import Tale
from tracker.domain import catalogue
from tracker.models import Draft

ASSIGN_OWNER = "assign-owner"
LEAST = 2

DRAFTS = ("usage-billing-dispute", "inadvertent-losing", "switch-hold-removal", "service-address")
"""Forms that somebody of the larger retailers began and has not sent."""


def give_everybody_work(stage: Stage, rng: random.Random, tales: list[Tale]) -> None:
    """Hand open issues inside each company to those of its people who have too few."""
    for player in stage.market.players:
        waiting = [tale for tale in tales if tale.is_open and tale.responsible is player]
        owned = Counter(owner for tale in waiting if (owner := tale.owner_at(player)))
        for member in player.workers:
            _fill_desk(stage, rng, player, member, waiting, owned)


def _fill_desk(
    stage: Stage, rng: random.Random, player: Player, member: Member, waiting: list[Tale], owned: Counter[Member]
) -> None:
    for tale in waiting:
        if owned[member] >= LEAST:
            return
        owner = tale.owner_at(player)
        if owner is member or (owner and owned[owner] <= LEAST):
            continue
        if _hand_over(stage, rng, tale, player, member):
            owned[member] += 1
            owned.subtract([owner] if owner else [])


def _hand_over(stage: Stage, rng: random.Random, tale: Tale, player: Player, member: Member) -> bool:
    """The company's first administrator names the owner, if there is time for it before the present."""
    at = tale.at + timedelta(minutes=rng.randint(20, 90))
    transition = tale.workflow.find(tale.state, ASSIGN_OWNER)
    if transition is None or at >= stage.until or tale.available_at is None:
        return False
    tale.press(transition, player, player.workers[0], at, {"NewOwner": member.user_name})
    return True


def write_drafts(ledger: Ledger, stage: Stage, rng: random.Random) -> None:
    """A few half-filled forms."""
    for number, key in enumerate(DRAFTS):
        player = stage.market.retailers[number % 3]
        subtype, site = catalogue.by_key(key), rng.choice(stage.registry.sites)
        order = rng.choice(stage.registry.orders)
        case_values = {"EsiID": site.esi_id, "OrigTrxnID": order.tran_id}
        known = {field.name for field in subtype.fields}
        row = {
            "person_id": player.workers[number % 2].id,
            "subtype": key,
            "raw": {name: value for name, value in case_values.items() if name in known},
            "follows_id": None,
            "changed_at": stage.until - timedelta(hours=9 + 20 * number),
        }
        ledger.number(Draft, row)
