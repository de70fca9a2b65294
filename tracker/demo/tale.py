"""One issue while its story is told: it moves by the rules of `actions/`, in memory and at made-up times.

Thousands of stories through the real actions would take minutes; the test of the demo holds the
outcome of both against each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tracker.actions.moving import EDIT, fields_of
from tracker.actions.standing import title_of
from tracker.demo.cases import Case
from tracker.demo.claims import Said, say
from tracker.demo.effects import EFFECTS, Change, no_change
from tracker.demo.papers import Paper
from tracker.demo.players import Market, Member, Player
from tracker.domain.claims import Side, meant, side_of
from tracker.domain.deeds import ATTACH, STATE_CLAIM, SUBMIT, Deed
from tracker.domain.fields import CompanyRef, Field, Value
from tracker.domain.roles import CompanyKind, Role
from tracker.domain.states import STATUS_OF
from tracker.domain.subtype import Subtype
from tracker.domain.workflow import Situation, Tone, Transition, Workflow, parties_named
from tracker.market_calendar import business_hours_since

PENDING = "Pending Issue"


@dataclass(slots=True)
class Part:
    """A company in a role, with its owner and its queue."""

    role: Role
    player: Player
    since: datetime
    owner: Member | None = None
    group: tuple[int, str] | None = None


@dataclass(slots=True)
class Happening:
    """One event, and what was said and attached with it."""

    at: datetime
    member: Member
    player: Player
    key: str
    name: str
    from_state: str | None
    to_state: str
    responsible: Player | None
    changes: list[Change]
    comment: str
    papers: Sequence[Paper] = ()


@dataclass(slots=True)
class Replaced:
    """A company that was replaced: what it may still see, up to which event (counted from 1)."""

    player: Player
    at: datetime
    last_event: int
    snapshot: dict[str, Any]


@dataclass(eq=False)
class Tale:
    """The issue as it stands, and all that has happened to it."""

    market: Market
    case: Case
    subtype: Subtype
    workflow: Workflow
    at: datetime
    filer: Member
    values: dict[str, Value]
    parent: "Tale | None" = None
    children: "list[Tale]" = field(default_factory=list)
    state: str = ""
    parts: list[Part] = field(default_factory=list)
    events: list[Happening] = field(default_factory=list)
    replaced: list[Replaced] = field(default_factory=list)
    said: dict[tuple[Side, str], Said] = field(default_factory=dict)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    responsible: Player | None = None
    available_at: datetime | None = None
    first_touched_at: datetime | None = None
    first_touched_by_tdsp_at: datetime | None = None
    clock_at: datetime | None = None
    closed_at: datetime | None = None
    was_unexecutable: bool = False
    waits_because: str | None = None

    def __post_init__(self) -> None:
        self.filed_at = self.state_changed_at = self.turn_since = self.at
        self.filed_values = dict(self.values)
        self._add_part(Role.SUBMITTER, self.case.filer, self.filer)
        if self.subtype.submitter_role:
            self._add_part(self.subtype.submitter_role, self.case.filer, self.filer)
        for role, duns in parties_named(self.subtype.fields, self.values).items():
            self._add_part(role, self.market.by_duns[duns])

    @property
    def is_open(self) -> bool:
        """Somebody still has to act."""
        return STATUS_OF[self.state].is_open

    @property
    def title(self) -> str:
        """The generated title."""
        return title_of(self.subtype, dict(self.values))

    def file(self, comment: str, papers: Sequence[Paper], warnings: list[dict[str, Any]]) -> None:
        """The first event; warnings park the issue with its filer."""
        self.warnings = warnings
        self.available_at = None if warnings else self.at
        self._set_state(PENDING if warnings else self.workflow.start)
        self._record(self.case.filer, self.filer, SUBMIT, None, [], comment, papers)

    def players_in(self, role: Role) -> list[Player]:
        """The companies that have this role; ERCOT has its own on every issue."""
        if role is Role.ERCOT:
            return [self.market.operator]
        return [part.player for part in self.parts if part.role is role]

    def roles_of(self, player: Player) -> frozenset[Role]:
        """The active roles of a company."""
        roles = {part.role for part in self.parts if part.player is player}
        if player is self.market.operator:
            roles.add(Role.ERCOT)
        return frozenset(roles - {Role.PRIOR_INVOLVED})

    def situation_of(self, player: Player, at: datetime) -> Situation:
        """What the workflow's rules need to know about a company here."""
        return Situation(
            state=self.state,
            roles=self.roles_of(player),
            available=self.available_at is not None,
            touched=self.first_touched_at is not None,
            was_unexecutable=self.was_unexecutable,
            is_child=self.parent is not None,
            hours_held=business_hours_since(self.turn_since, at),
            values=self.values,
        )

    def owner_at(self, player: Player) -> Member | None:
        """Who owns the issue in a company."""
        return next((part.owner for part in self.parts if part.player is player and part.owner), None)

    def press(
        self,
        transition: Transition,
        player: Player,
        member: Member,
        at: datetime,
        given: Mapping[str, Value],
        comment: str = "",
    ) -> None:
        """What pressing a button does, in the order in which `actions/moving.py` does it."""
        self.at, from_state = at, self.state
        replaced_before, roles = len(self.replaced), self.roles_of(player)
        changes = self._store(fields_of(self.subtype, transition), given)
        changes += self._said_by_press(player, member, roles, given, changes)
        self._touch(player, member, transition)
        for effect in transition.effects:
            changes += EFFECTS.get(effect, no_change)(self, player, member, roles, given)
        self._move(transition)
        self._record(player, member, transition, from_state, changes, comment)
        for replaced in self.replaced[replaced_before:]:
            if replaced.player is player:
                replaced.last_event = len(self.events)

    def _said_by_press(
        self,
        player: Player,
        member: Member,
        roles: frozenset[Role],
        given: Mapping[str, Value],
        told: Sequence[Change],
    ) -> list[Change]:
        side, known = side_of(roles), {change["field"] for change in told}
        changes = say(self, side, player, member, meant(self.subtype.claimed, given)) if side else []
        return [change for change in changes if change["field"] not in known]

    def state_claims(self, player: Player, member: Member, at: datetime, values: Mapping[str, Value]) -> None:
        """Write the own column without moving the issue."""
        self.at, side = at, side_of(self.roles_of(player))
        changes = say(self, side, player, member, values) if side else []
        if changes:
            self._record(player, member, STATE_CLAIM, self.state, changes, "")

    def attach(self, player: Player, member: Member, at: datetime, paper: Paper) -> None:
        """Attach a file without moving the issue."""
        self.at = at
        change = {"field": "Attachment", "label": "Attachment", "old": "", "new": paper.title}
        self._record(player, member, ATTACH, self.state, [change], "", (paper,))

    def bring_in(self, role: Role, player: Player) -> list[Change]:
        """Make the company the one in this role; whoever had it becomes PriorInvolved."""
        held = [part for part in self.parts if part.role is role]
        if any(part.player is player for part in held):
            return []
        for part in held:
            self._hand_off(part)
        self._add_part(role, player)
        old = ", ".join(part.player.name for part in held)
        return [{"field": role, "label": role, "old": old, "new": player.name}]

    def learn(self, **values: Value) -> None:
        """Store what the registry says."""
        self.values = {**self.values, **values}

    def _add_part(self, role: Role, player: Player, owner: Member | None = None) -> None:
        if not any(part.role is role and part.player is player for part in self.parts):
            self.parts.append(Part(role, player, self.at, owner))

    def own_parts(self, player: Player, roles: frozenset[Role]) -> list[Part]:
        """The parts of a company in its active roles; ERCOT gets one when it first needs it."""
        if Role.ERCOT in roles:
            self._add_part(Role.ERCOT, player)
        return [part for part in self.parts if part.player is player and part.role in roles]

    def _store(self, fields: Sequence[Field], given: Mapping[str, Value]) -> list[Change]:
        stored = [one for one in fields if one.stored]
        changes = [change for one in stored if (change := self._difference(one, given))]
        for role, duns in parties_named(tuple(fields), dict(given)).items():
            changes += self.bring_in(role, self.market.by_duns[duns])
        said = {
            one.name: given.get(one.name)
            for one in stored
            if given.get(one.name) is not None or self.values.get(one.name) is not None
        }
        self.values = {**self.values, **said}
        return changes

    def _difference(self, one: Field, given: Mapping[str, Value]) -> Change | None:
        before, after = one.show(self.values.get(one.name)), one.show(given.get(one.name))
        if before == after or isinstance(one, CompanyRef):
            return None
        return {"field": one.name, "label": one.label, "old": before, "new": after}

    def _touch(self, player: Player, member: Member, transition: Transition) -> None:
        if member is self.market.clock or player is self.case.filer or transition.tone is Tone.SYSTEM:
            return
        self.first_touched_at = self.first_touched_at or self.at
        if player.kind is CompanyKind.TDSP:
            self.first_touched_by_tdsp_at = self.first_touched_by_tdsp_at or self.at

    def _move(self, transition: Transition) -> None:
        if transition.key == EDIT:
            self.warnings = []
        if transition.to:
            self.waits_because = None
            self._set_state(transition.to)
        else:
            self._set_turn()
        if self.available_at is None and self.state != PENDING and self.is_open:
            self.available_at, self.warnings = self.at, []

    def _set_state(self, state: str) -> None:
        if state != self.state:
            self.state_changed_at = self.at
        self.state = state
        self.closed_at = None if self.is_open else self.at
        self.was_unexecutable = self.was_unexecutable or state == "Unexecutable (PC)"
        clocked = self.workflow.clocked(state)
        days = clocked.after_days if clocked else None
        self.clock_at = self.state_changed_at + timedelta(days=days) if days is not None else None
        self._set_turn()

    def _set_turn(self) -> None:
        role = self.workflow.turn(self.state)
        holders = self.players_in(role) if role else []
        responsible = holders[-1] if holders else None
        if responsible is not self.responsible:
            self.turn_since = self.at
        self.responsible = responsible

    def _hand_off(self, part: Part) -> None:
        prior = any(one.role is Role.PRIOR_INVOLVED and one.player is part.player for one in self.parts)
        if self.available_at is not None:
            self.replaced.append(Replaced(part.player, self.at, len(self.events), self._snapshot()))
        if prior or self.available_at is None:
            self.parts.remove(part)
        else:
            part.role, part.owner, part.group = Role.PRIOR_INVOLVED, None, None

    def _snapshot(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "subtype": self.subtype.key,
            "state": self.state,
            "esi_id": self.values.get("EsiID"),
            "orig_tran_id": self.values.get("OrigTrxnID"),
            "values": self.values,
            "parties": [
                {
                    "role": part.role,
                    "company": part.player.name,
                    "duns": part.player.duns,
                    "of_operator": part.player is self.market.operator,
                }
                for part in self.parts
            ],
        }

    def _record(
        self,
        player: Player,
        member: Member,
        deed: Deed,
        from_state: str | None,
        changes: list[Change],
        comment: str,
        papers: Sequence[Paper] = (),
    ) -> None:
        self.events.append(
            Happening(
                self.at,
                member,
                player,
                deed.key,
                deed.name,
                from_state,
                self.state,
                self.responsible,
                changes,
                comment,
                papers,
            )
        )
