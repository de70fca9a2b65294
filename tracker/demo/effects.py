"""What buttons do in a story beyond moving the issue: the mirror of `actions/effects.py`."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tracker.demo.claims import said_before, say
from tracker.demo.players import Member, Player
from tracker.domain.claims import Side, side_of
from tracker.domain.fields import Value
from tracker.domain.names import marked
from tracker.domain.roles import CompanyKind, Role
from tracker.domain.workflow import Effect

if TYPE_CHECKING:
    from tracker.demo.tale import Tale

Change = dict[str, str]
Given = Mapping[str, Value]
Roles = frozenset[Role]


def no_change(tale: "Tale", player: Player, member: Member, roles: Roles, given: Given) -> list[Change]:
    """An effect that leaves nothing to tell."""
    return []


def _take_ownership(tale: "Tale", player: Player, member: Member, roles: Roles, given: Given) -> list[Change]:
    free = [part for part in tale.own_parts(player, roles) if part.owner is None]
    for part in free:
        part.owner = member
    return [_changed("Owner", "", _shown(player, member))] if free else []


def _assign_owner(tale: "Tale", player: Player, member: Member, roles: Roles, given: Given) -> list[Change]:
    owner = next(one for one in player.members if one.user_name == given["NewOwner"])
    parts = tale.own_parts(player, roles)
    before = ", ".join(sorted({_shown(player, part.owner) for part in parts if part.owner}))
    for part in parts:
        part.owner = owner
    return [_changed("Owner", before, _shown(player, owner))]


def _shown(player: Player, member: Member) -> str:
    return marked(member.full_name, of_operator=player.kind is CompanyKind.ERCOT)


def _assign_group(tale: "Tale", player: Player, member: Member, roles: Roles, given: Given) -> list[Change]:
    group = next(one for one in player.groups if one[1] == given["GroupName"])
    parts = tale.own_parts(player, roles)
    before = ", ".join(sorted({part.group[1] for part in parts if part.group}))
    for part in parts:
        part.group = group
    return [_changed("Group", before, group[1])]


def _refresh_order_status(tale: "Tale", player: Player, member: Member, roles: Roles, given: Given) -> list[Change]:
    before = str(tale.values.get("SiebelStatus") or "")
    status = tale.case.order.status if _all_may_know_order(tale) else "Not checked"
    tale.learn(SiebelStatus=status, SiebelCheckDateTime=f"{tale.at:%Y-%m-%dT%H:%M:%S}")
    return [{"field": "SiebelStatus", "label": "Order status", "old": before, "new": status}]


def _all_may_know_order(tale: "Tale") -> bool:
    """Another company has begun to work, or the order concerns every party: the mirror of `queries/disclosure.py`."""
    order, filer = tale.case.order, tale.case.filer
    others = [event for event in tale.events if event.player is not filer and event.member is not tale.market.clock]
    if tale.first_touched_at and any(event.from_state not in (None, event.to_state) for event in others):
        return True
    concerned = (order.gaining, order.losing, order.site.rep, order.site.tdsp, tale.market.operator)
    return all(part.player in concerned for part in tale.parts if part.role is not Role.PRIOR_INVOLVED)


def _read_regaining_order(tale: "Tale", player: Player, member: Member, roles: Roles, given: Given) -> list[Change]:
    before = str(tale.values.get("RegainingTrxnSiebelStatus") or "")
    status = "Scheduled" if not before else "Completed"
    checked = f"{tale.at:%Y-%m-%dT%H:%M:%S}"
    tale.learn(RegainingTrxnSiebelStatus=status, RegainingTrxnSiebelCheckDate=checked)
    return [{"field": "RegainingTrxnSiebelStatus", "label": "Regaining order status", "old": before, "new": status}]


def _agree_with_submitter(tale: "Tale", player: Player, member: Member, roles: Roles, given: Given) -> list[Change]:
    side, submitter = side_of(roles), tale.case.filer
    claimed = [one.field.name for one in tale.subtype.claimed]
    values = {name: said_before(tale, Side.SUBMITTER, submitter, name) for name in claimed}
    return say(tale, side, player, member, values) if side else []


def _make_children(tale: "Tale", player: Player, member: Member, roles: Roles, given: Given) -> list[Change]:
    asked = given["EsiID"] if isinstance(given["EsiID"], list) else []
    return [{"field": "EsiID", "label": "Child issues", "old": "", "new": f"{len(asked):,} ESI IDs"}]


def _changed(what: str, old: str, new: str) -> Change:
    return {"field": what, "label": what, "old": old, "new": new}


EFFECTS: dict[Effect, Callable[["Tale", Player, Member, Roles, Given], list[Change]]] = {
    Effect.TAKES_OWNERSHIP: _take_ownership,
    Effect.ASSIGNS_OWNER: _assign_owner,
    Effect.ASSIGNS_GROUP: _assign_group,
    Effect.REFRESHES_ORDER_STATUS: _refresh_order_status,
    Effect.READS_REGAINING_ORDER: _read_regaining_order,
    Effect.AGREES_WITH_SUBMITTER: _agree_with_submitter,
    Effect.MAKES_CHILDREN: _make_children,
}
