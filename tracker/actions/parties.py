"""Bringing companies into an issue, replacing them, and whose the issue is inside a company."""

from collections.abc import Sequence

from sqlalchemy import func, select, update

from tracker.actions.grouping import choose_groups
from tracker.actions.history import Change, settle_viewers
from tracker.clock import now
from tracker.db import db
from tracker.domain.names import marked
from tracker.domain.roles import Role
from tracker.errors import Invalid
from tracker.models import Company, Event, HandOff, Issue, IssueParty, Person, WorkGroup
from tracker.queries.snapshots import snapshot_of


def company_named(duns: str) -> Company:
    """The active company of this DUNS. Raises `Invalid`."""
    company = db.session.scalar(select(Company).where(Company.duns == duns))
    if company is None:
        raise Invalid(f"No company of this market has the DUNS {duns}. Pick one from the list.")
    if not company.is_active:
        raise Invalid(f"{company.name} left the market on {company.left_on}. Pick another company.")
    return company


def add_party(issue: Issue, role: Role, company_id: int) -> IssueParty:
    """Give the company this role; a company that has it already keeps its owner and queue."""
    held = [party for party in party_rows(issue, role) if party.company_id == company_id]
    if held:
        return held[0]
    party = IssueParty(issue_id=issue.id, role=role, company_id=company_id, since=now())
    db.session.add(party)
    db.session.flush()
    return party


def replace_party(issue: Issue, role: Role, company: Company) -> Change | None:
    """Make `company` the one in this role; whoever had it becomes PriorInvolved (marketrak.md 4.1, rule 8)."""
    held = party_rows(issue, role)
    if any(party.company_id == company.id for party in held):
        return None
    for party in held:
        _hand_off(issue, party)
    choose_groups(issue, [add_party(issue, role, company.id)])
    settle_viewers(issue)
    old = ", ".join(_names(party.company_id for party in held))
    return Change(field=role, label=role, old=old, new=company.name)


def party_rows(issue: Issue, role: Role | None = None) -> Sequence[IssueParty]:
    """The rows of the companies in this role, or all."""
    statement = select(IssueParty).where(IssueParty.issue_id == issue.id).order_by(IssueParty.id)
    if role:
        statement = statement.where(IssueParty.role == role)
    return db.session.scalars(statement).all()


def take_ownership(actor: Person, issue: Issue, roles: frozenset[Role]) -> Change | None:
    """Make the actor owner for the own company where it has none yet (marketrak.md 1.2, Req 8 of 2008)."""
    rows = _own_rows(actor, issue, roles)
    free = [party for party in rows if party.owner_id is None]
    for party in free:
        party.owner_id = actor.id
    return Change(field="Owner", label="Owner", old="", new=_shown(actor, actor.full_name)) if free else None


def assign_owner(actor: Person, issue: Issue, roles: frozenset[Role], owner: Person) -> Change:
    """Make `owner`, somebody of the actor's company, the owner on the own side."""
    rows = _own_rows(actor, issue, roles)
    before = ", ".join(sorted({_shown(actor, _person_name(row.owner_id)) for row in rows if row.owner_id}))
    for party in rows:
        party.owner_id = owner.id
    return Change(field="Owner", label="Owner", old=before, new=_shown(actor, owner.full_name))


def assign_group(actor: Person, issue: Issue, roles: frozenset[Role], group: WorkGroup) -> Change:
    """Put the issue into a work queue of the actor's company."""
    rows = _own_rows(actor, issue, roles)
    before = ", ".join(sorted({_group_name(row.group_id) for row in rows if row.group_id}))
    for party in rows:
        party.group_id = group.id
    return Change(field="Group", label="Group", old=before, new=group.name)


def keep_own_hand_off(actor: Person, issue: Issue, event: Event) -> None:
    """A company that handed the issue over itself also keeps sight of its own last word."""
    before = select(func.max(Event.id)).where(Event.issue_id == issue.id, Event.id < event.id).scalar_subquery()
    db.session.execute(
        update(HandOff)
        .where(HandOff.issue_id == issue.id, HandOff.company_id == actor.company_id, HandOff.last_event_id == before)
        .values(last_event_id=event.id)
        .execution_options(synchronize_session=False)
    )


def _own_rows(actor: Person, issue: Issue, roles: frozenset[Role]) -> Sequence[IssueParty]:
    if Role.ERCOT in roles:
        add_party(issue, Role.ERCOT, actor.company_id)
    return [row for row in party_rows(issue) if row.company_id == actor.company_id and row.role in roles]


def _hand_off(issue: Issue, party: IssueParty) -> None:
    last_event = db.session.scalar(
        select(Event.id).where(Event.issue_id == issue.id).order_by(Event.id.desc()).limit(1)
    )
    if issue.available_at is not None:
        db.session.add(
            HandOff(
                issue_id=issue.id,
                company_id=party.company_id,
                at=now(),
                last_event_id=last_event or 0,
                snapshot=snapshot_of(issue, party.company_id),
            )
        )
    _retire(issue, party)


def _retire(issue: Issue, party: IssueParty) -> None:
    prior = [row for row in party_rows(issue, Role.PRIOR_INVOLVED) if row.company_id == party.company_id]
    if prior or issue.available_at is None:
        db.session.delete(party)
    else:
        party.role, party.owner_id, party.group_id = Role.PRIOR_INVOLVED, None, None
    db.session.flush()


def _shown(actor: Person, name: str) -> str:
    """The name of somebody of the actor's company in the history, where companies read it that do not know them."""
    return marked(name, of_operator=actor.company.is_operator)


def _names(company_ids: object) -> list[str]:
    return list(db.session.scalars(select(Company.name).where(Company.id.in_(list(company_ids)))))  # type: ignore[call-overload]


def _person_name(person_id: int) -> str:
    return db.session.scalar(select(Person.full_name).where(Person.id == person_id)) or ""


def _group_name(group_id: int) -> str:
    return db.session.scalar(select(WorkGroup.name).where(WorkGroup.id == group_id)) or ""
