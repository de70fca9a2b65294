"""Questions about people and groups: those of the own company, and who may manage which."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, func, or_, select

from tracker.clock import market_today
from tracker.db import db
from tracker.domain.names import key_of
from tracker.domain.permissions import Rank, Right
from tracker.domain.sentence import Sentence
from tracker.errors import Forbidden, NotFound
from tracker.models import Company, Issue, IssueParty, Person, SignInSession, WorkGroup
from tracker.queries.rights import may

NO_SUCH_PERSON = "There is nobody of this user name among the people whom you manage."
NO_SUCH_GROUP = "There is no such group in this company."
NO_OPEN_GROUP = Sentence("no-open-group", "Your company has no such group that is open. Pick one from the list.")
NO_SUCH_COLLEAGUE = Sentence(
    "no-such-colleague", "Nobody active in your company has this user name. Pick one from the list."
)
NO_SUCH_COMPANY = "No company of this market has this DUNS."


class PersonRow(NamedTuple):
    """One line of the list of people."""

    person: Person
    owns: int
    sessions: int


def people_of(actor: Person) -> Sequence[Person]:
    """The people of the actor's company by name, also those who are deactivated."""
    return db.session.scalars(_people(actor.company_id)).all()


def groups_of(actor: Person) -> Sequence[WorkGroup]:
    """The work queues of the actor's company by name, also the closed ones."""
    return groups_in(actor, actor.company)


def require_managing(actor: Person, company: Company) -> None:
    """Raise `Forbidden` unless the actor may manage the people of this company."""
    own = company.id == actor.company_id and may(actor, Right.MANAGE_PEOPLE)
    if not (own or actor.is_system or may(actor, Right.MANAGE_COMPANIES)):
        raise Forbidden("You may not manage the people of this company. Ask one of its administrators.")


def company_to_manage(actor: Person, duns: str) -> Company:
    """The company of this DUNS, for somebody who manages its people. Raises `NotFound` for all others."""
    company: Company | None = db.session.scalar(select(Company).where(Company.duns == duns))
    if company is None or (company.id != actor.company_id and not may(actor, Right.MANAGE_COMPANIES)):
        raise NotFound(NO_SUCH_COMPANY)
    return company


def person_in(actor: Person, company: Company, user_name: str) -> Person:
    """Somebody of the company; a foreign and an absent user name are one answer."""
    require_managing(actor, company)
    person: Person | None = db.session.scalar(_people(company.id).where(Person.user_name == user_name))
    if person is None:
        raise NotFound(NO_SUCH_PERSON)
    return person


def colleague(actor: Person, user_name: str) -> Person | None:
    """Somebody active of the actor's company, the actor too."""
    person: Person | None = db.session.scalar(
        _people(actor.company_id).where(Person.user_name == user_name, Person.active)
    )
    return person


def open_group(actor: Person, meant: str) -> WorkGroup | None:
    """The open group of the actor's company that a form means by its address; somebody who types means it by name."""
    named = or_(WorkGroup.public_id == meant, WorkGroup.name_key == key_of(meant))
    group: WorkGroup | None = db.session.scalar(
        select(WorkGroup)
        .where(WorkGroup.company_id == actor.company_id, named, WorkGroup.closed_at.is_(None))
        .order_by(WorkGroup.public_id != meant)
        .limit(1)
    )
    return group


def group_in(actor: Person, company: Company, public_id: str) -> WorkGroup:
    """A group of the company; a foreign and an absent one are one answer."""
    require_managing(actor, company)
    group: WorkGroup | None = db.session.scalar(
        select(WorkGroup).where(WorkGroup.public_id == public_id, WorkGroup.company_id == company.id)
    )
    if group is None:
        raise NotFound(NO_SUCH_GROUP)
    return group


def groups_in(actor: Person, company: Company) -> Sequence[WorkGroup]:
    """The groups of the company by name, also the closed ones."""
    if company.id != actor.company_id:
        require_managing(actor, company)
    statement = select(WorkGroup).where(WorkGroup.company_id == company.id).order_by(WorkGroup.name)
    return db.session.scalars(statement).all()


def people_in(actor: Person, company: Company) -> Sequence[PersonRow]:
    """The people of the company with the open issues that each owns there and the open sessions."""
    require_managing(actor, company)
    owns = (
        select(IssueParty.owner_id, func.count(IssueParty.issue_id.distinct()).label("issues"))
        .join(Issue, Issue.id == IssueParty.issue_id)
        .where(Issue.is_open, IssueParty.company_id == company.id)
        .group_by(IssueParty.owner_id)
        .subquery()
    )
    sessions = select(func.count()).where(SignInSession.person_id == Person.id).correlate(Person).scalar_subquery()
    statement = (
        _people(company.id)
        .add_columns(func.coalesce(owns.c.issues, 0), sessions)
        .outerjoin(owns, owns.c.owner_id == Person.id)
    )
    return [PersonRow(*row) for row in db.session.execute(statement)]


def is_away(until: date | None) -> bool:
    """Whether somebody who is away until that day is away today, by the market's calendar."""
    return until is not None and until >= market_today()


def deputy_of(person: Person) -> Person | None:
    """Who stands in for somebody who is away."""
    return db.session.get(Person, person.deputy_id) if is_away(person.away_until) and person.deputy_id else None


def open_ownership(person: Person) -> Sequence[IssueParty]:
    """Where the person owns an open issue for the company."""
    statement = (
        select(IssueParty)
        .join(Issue, Issue.id == IssueParty.issue_id)
        .where(IssueParty.owner_id == person.id, Issue.is_open)
        .order_by(IssueParty.issue_id, IssueParty.id)
    )
    return db.session.scalars(statement).all()


def is_last_administrator(person: Person) -> bool:
    """Nobody else could manage the people of the person's company."""
    others = select(Person.id).where(
        Person.company_id == person.company_id,
        Person.rank == Rank.ADMINISTRATOR,
        Person.active,
        Person.id != person.id,
    )
    return person.active and person.rank == Rank.ADMINISTRATOR and db.session.scalar(others.limit(1)) is None


def everybody() -> Sequence[Person]:
    """All people of the market, company by company, for the command line."""
    statement = select(Person).join(Person.company).where(Person.rank != Rank.SYSTEM)
    return db.session.scalars(statement.order_by(Company.name, Company.duns, Person.user_name)).all()


def _people(company_id: int) -> Select[Person]:
    """The system's person is nobody whom anybody manages or picks."""
    return (
        select(Person)
        .where(Person.company_id == company_id, Person.rank != Rank.SYSTEM)
        .order_by(Person.full_name, Person.id)
    )
