"""The companies of an issue, and the situation of one of them there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from tracker.clock import now
from tracker.db import AnySelect, batched, db
from tracker.domain.roles import CompanyKind, Role
from tracker.domain.workflow import Situation
from tracker.market_calendar import business_hours_since
from tracker.models import Company, Issue, IssueOpening, IssueParty, Person, WorkGroup


class Party(NamedTuple):
    """One row of an issue's table of parties."""

    role: str
    company_id: int
    company: str
    duns: str
    kind: str
    owner_id: int | None
    owner: str | None
    group: str | None
    opened_at: datetime | None
    """When somebody of the company first opened the issue."""

    @property
    def is_operator(self) -> bool:
        """It runs the market."""
        return self.kind == CompanyKind.ERCOT


def parties_of(issue_id: int) -> Sequence[Party]:
    """The companies of an issue in the order in which they came, with owner and queue."""
    return parties_among([issue_id])[issue_id]


def parties_among(issue_ids: Sequence[int]) -> Mapping[int, Sequence[Party]]:
    """The same for each of many issues, some hundreds in a statement."""
    parties: dict[int, list[Party]] = defaultdict(list)
    for some in batched(issue_ids):
        for row in db.session.execute(_parties(), {"issues": some}):
            parties[row.issue_id].append(Party(*row[:-1]))
    return parties


@cache
def _parties() -> AnySelect:
    owner = aliased(Person)
    opening = (IssueOpening.issue_id == IssueParty.issue_id) & (IssueOpening.company_id == IssueParty.company_id)
    return (
        select(
            IssueParty.role,
            IssueParty.company_id,
            Company.name,
            Company.duns,
            Company.kind,
            IssueParty.owner_id,
            owner.full_name,
            WorkGroup.name,
            IssueOpening.at,
            IssueParty.issue_id,
        )
        .join(Company, Company.id == IssueParty.company_id)
        .outerjoin(owner, owner.id == IssueParty.owner_id)
        .outerjoin(WorkGroup, WorkGroup.id == IssueParty.group_id)
        .outerjoin(IssueOpening, opening)
        .where(IssueParty.issue_id.in_(bindparam("issues", expanding=True)))
        .order_by(IssueParty.id)
    )


def roles_of(actor: Person, parties: Sequence[Party]) -> frozenset[Role]:
    """The roles of the actor's company on the issue; the operator has its own on every one."""
    roles = {Role(party.role) for party in parties if party.company_id == actor.company_id}
    if actor.company.is_operator:
        roles.add(Role.ERCOT)
    return frozenset(roles - {Role.PRIOR_INVOLVED})


def situation_of(actor: Person, issue: Issue, parties: Sequence[Party]) -> Situation:
    """What the workflow's rules need to know about the issue and the actor's company."""
    return situation_in(issue, roles_of(actor, parties))


def situation_in(issue: Issue, roles: frozenset[Role]) -> Situation:
    """The same for a company that has these roles on the issue."""
    return Situation(
        state=issue.state,
        roles=roles,
        available=issue.available_at is not None,
        touched=issue.first_touched_at is not None,
        was_unexecutable=issue.was_unexecutable,
        is_child=issue.parent_id is not None,
        hours_held=business_hours_since(issue.turn_since, now()),
        values=issue.values,
    )
