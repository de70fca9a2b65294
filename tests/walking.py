"""Walking through the workflows: who may press what, and what a careful person types."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import time_machine
from sqlalchemy import select

from tests.cast import ESI_ID, Cast
from tests.make import STATEMENT, know_order
from tests.samples import filled
from tracker.actions.automation import BY_REGISTRY, pick_parties
from tracker.actions.filing import file_issue
from tracker.actions.moving import Press, carry_out, fields_of, press_transition
from tracker.db import db
from tracker.domain import catalogue
from tracker.domain.roles import CompanyKind, Role
from tracker.domain.subtype import Subtype
from tracker.domain.workflow import Transition, Workflow
from tracker.models import Issue, IssueParty, Person

DAYS_LATER = "2026-11-20T22:00:00Z"
A_DAY_LATER = "2026-11-23T22:00:00Z"
FILED = "2026-11-17T16:00:00Z"

BY_WORKFLOW = {subtype.workflow.key: subtype for subtype in reversed(catalogue.SUBTYPES)}


@dataclass
class Walk:
    """One walk: the issue, who plays, and what was pressed and reached so far."""

    cast: Cast
    subtype: Subtype
    issue: Issue
    pressed: set[tuple[str, str]] = field(default_factory=set)
    reached: set[tuple[object, ...]] = field(default_factory=set)
    refusals: int = 0

    @property
    def workflow(self) -> Workflow:
        return self.subtype.workflow

    def place(self) -> tuple[object, ...]:
        """What the guards can tell apart."""
        issue = self.issue
        return (issue.state, issue.available_at is None, issue.first_touched_at is None, issue.was_unexecutable)


def players_of(cast: Cast) -> list[Person]:
    """One analyst for each company of the market."""
    return [cast.acme, cast.bolt, cast.corp, cast.wires, cast.oncor, cast.ercot]


def filer_of(cast: Cast, subtype: Subtype) -> Person:
    if CompanyKind.CR in subtype.filed_by:
        return cast.acme
    return cast.wires if CompanyKind.TDSP in subtype.filed_by else cast.ercot


def roles_now(walk: Walk, person: Person) -> set[str]:
    rows = select(IssueParty.role).where(
        IssueParty.issue_id == walk.issue.id, IssueParty.company_id == person.company_id
    )
    roles = set(db.session.scalars(rows)) - {Role.PRIOR_INVOLVED}
    return roles | ({Role.ERCOT} if person is walk.cast.ercot else set())


def sees(walk: Walk, person: Person) -> bool:
    pending = walk.issue.available_at is None
    roles = roles_now(walk, person)
    return Role.ERCOT in roles or (Role.SUBMITTER in roles if pending else bool(roles))


def answer_for(walk: Walk, person: Person, transition: Transition) -> Press:
    """The press of a careful person: everything asked for, a comment always."""
    players = {Role.ASSIGNEE: "corp"} if transition.key == "re-assign" else {}
    if walk.subtype.submitter_role is Role.GAINING:
        players |= {Role.GAINING: "acme", Role.LOSING: "bolt"}
    own = {"NewOwner": person.user_name, "GroupName": "Desk"}
    asked = fields_of(walk.subtype, transition)
    raw = filled((f for f in asked if f.name not in own), walk.cast, players)
    raw |= {f.name: own[f.name] for f in asked if f.name in own}
    return Press(transition.key, version=walk.issue.version, raw=raw, comment="Said with care.")


def presser_of(walk: Walk, transition: Transition) -> Person | None:
    """Somebody of a company that has one of the pressing roles now."""
    if transition.system:
        return walk.cast.clock
    able = (p for p in players_of(walk.cast) if sees(walk, p) and roles_now(walk, p) & set(transition.pressers))
    return next(able, None)


def press_once(walk: Walk, person: Person, transition: Transition, press: Press | None = None) -> None:
    """Press it as the person would, or with what is typed otherwise; what the clock and the registry press, too."""
    press = press or answer_for(walk, person, transition)
    if transition.key == BY_REGISTRY:
        gaining = walk.subtype.submitter_role is Role.GAINING
        know_order(walk.cast, gaining="acme" if gaining else "bolt", losing="bolt" if gaining else "acme", keep=False)
        pick_parties(walk.issue)
    elif transition.key == "time-limit-exceeded":
        with time_machine.travel(A_DAY_LATER, tick=False):
            press_transition(person, walk.issue.number, press)
    elif transition.system:
        carry_out(person, walk.issue, transition, press)
        db.session.flush()
    else:
        press_transition(person, walk.issue.number, press)


def begin(cast: Cast, subtype: Subtype, *, parked: bool, typed: Mapping[str, object] | None = None) -> Walk:
    """File an issue of the subtype; a parked one waits with its filer, as the checks warn."""
    players = {Role.GAINING: "acme", Role.LOSING: "bolt"} if subtype.submitter_role is Role.GAINING else {}
    raw = filled(subtype.fields, cast, players)
    if parked and "EsiID" in raw:
        raw["EsiID"] = "9" + ESI_ID[1:]  # nobody owns ESI IDs that begin so
    raw |= typed or {}
    filer = filer_of(cast, subtype)
    files = [STATEMENT] if subtype.needs_attachment else []
    return Walk(cast, subtype, file_issue(filer, subtype.key, raw, files=files))
