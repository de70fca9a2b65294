"""What one story is about: the premise, the order behind it, and the companies around them."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.demo.players import Market, Player
from tracker.demo.registry import Order, Registry, Site
from tracker.domain.roles import CompanyKind, Role
from tracker.domain.subtype import Subtype

AGO: tuple[int, int] = (4, 45)
"""An issue is usually about an order that was scheduled so many days before."""

TO_COME: dict[str, tuple[int, int]] = {"cancel-with-approval": (-9, -2), "cancel-without-approval": (-9, -2)}
"""Subtypes about an order that is still to be carried out: days before the filing, so below zero."""

ASKED_BY_RETAILERS = frozenset({"usage-billing-missing", "usage-billing-dispute", "missing-enrollment-txns"})
"""Subtypes that wires companies may file, and hardly ever do."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """The facts of one story, as they are on the day it is filed."""

    day: date
    site: Site
    order: Order
    filer: Player
    assignee: Player
    tdsp: Player
    gaining: Player
    losing: Player
    third: Player

    def party(self, role: Role) -> Player:
        """Who would take this role."""
        return {
            Role.TDSP: self.tdsp,
            Role.GAINING: self.gaining,
            Role.LOSING: self.losing,
            Role.SECONDARY: self.third,
        }.get(role, self.assignee)


def make_case(market: Market, registry: Registry, rng: random.Random, subtype: Subtype, day: date) -> Case:
    """A case that the subtype is meant for, filed on `day` by a company that may file it."""
    first, last = TO_COME.get(subtype.key, AGO)
    order = registry.some_order(rng, day - timedelta(days=last), day - timedelta(days=first))
    gaining, losing = _active(market, rng, order.gaining, None), _active(market, rng, order.losing, order.gaining)
    rep = gaining if subtype.never_by_rep_of_record is False else losing
    filer = _filer(market, rng, subtype, order, {Role.GAINING: gaining, Role.LOSING: losing})
    return Case(
        day=day,
        site=order.site,
        order=order,
        filer=filer,
        assignee=_assignee(market, rng, filer, order.site.tdsp, rep),
        tdsp=order.site.tdsp,
        gaining=gaining,
        losing=losing,
        third=market.some_retailer(rng, gaining, losing, filer),
    )


def _active(market: Market, rng: random.Random, player: Player | None, other: Player | None) -> Player:
    return market.some_retailer(rng, other) if player is None or player.left_on else player


def _filer(market: Market, rng: random.Random, subtype: Subtype, order: Order, parties: dict[Role, Player]) -> Player:
    if subtype.submitter_role in parties:
        return parties[subtype.submitter_role]
    kind = _kind_of_filer(rng, subtype)
    if kind is CompanyKind.ERCOT:
        return market.operator
    if kind is CompanyKind.TDSP:
        return order.site.tdsp
    if subtype.never_by_rep_of_record:
        return market.some_retailer(rng, order.site.rep)
    return order.site.rep or parties[Role.GAINING]


def _kind_of_filer(rng: random.Random, subtype: Subtype) -> CompanyKind:
    wires = 0 if subtype.key in ASKED_BY_RETAILERS else 14
    weights = {CompanyKind.CR: 80, CompanyKind.TDSP: wires or len(subtype.filed_by) < 2, CompanyKind.ERCOT: 8}
    return rng.choices(subtype.filed_by, [weights[kind] for kind in subtype.filed_by])[0]


def _assignee(market: Market, rng: random.Random, filer: Player, tdsp: Player, rep: Player) -> Player:
    """Retailers ask the wires company, wires companies the retailer, ERCOT either."""
    if filer.kind is CompanyKind.CR or (filer.kind is CompanyKind.ERCOT and rng.random() < 0.6):
        return tdsp
    return rep if rep is not filer else market.some_retailer(rng, filer)
