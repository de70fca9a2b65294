"""Managing the people and groups of a company. Nobody is ever deleted, and nothing gets stuck."""

from collections.abc import Mapping
from contextlib import AbstractContextManager

from sqlalchemy import or_, select, update

from tracker.actions.at_once import hold_to_manage, unless_taken
from tracker.actions.history import Change, record
from tracker.actions.sessions import close_ways_in, end_sessions_of
from tracker.actions.views import hand_over_views
from tracker.clock import now
from tracker.db import db
from tracker.domain.deeds import ASSIGN_OWNER
from tracker.domain.fields import Choice, EmailAddress, Field, Text, clean_all
from tracker.domain.name_fields import Name
from tracker.domain.names import key_of, marked
from tracker.domain.permissions import Rank, ranks_at
from tracker.domain.sentence import Sentence
from tracker.errors import Conflict, Invalid
from tracker.models import Company, Issue, Person, WorkGroup
from tracker.queries.people import is_last_administrator, open_ownership, require_managing

USER_NAME = Text(
    name="user_name",
    label="User name",
    help="What the person types to sign in. It cannot be changed later.",
    min_length=2,
    max_length=64,
    pattern=r"[a-z0-9]([a-z0-9._@-]*[a-z0-9])?",
    pattern_hint="small letters, digits, dots, hyphens, underscores and @, a letter or digit first and last,",
)
FULL_NAME = Name(name="full_name", label="Full name", help="As the other companies see it.", max_length=120)
EMAIL = EmailAddress(
    name="email",
    label="E-mail address",
    help="Where the company reaches the person. Other companies do not see it.",
)
RANK = Choice(
    name="rank",
    label="Rank",
    help="What the person may do.",
    values=tuple(rank.value for rank in Rank if rank is not Rank.SYSTEM),
)
GROUP_NAME = Name(name="name", label="Name", help="Other companies see it beside yours.", max_length=80)

ABOUT_A_PERSON: tuple[Field, ...] = (FULL_NAME, EMAIL, RANK)


def add_person(actor: Person, company: Company, raw: Mapping[str, object]) -> Person:
    """Add somebody to the company, who then comes in by a one-time link. Raises `Invalid`."""
    require_managing(actor, company)
    user_name = str(raw.get("user_name") or "").lower()
    values = _cleaned((USER_NAME, *ABOUT_A_PERSON), {**raw, "user_name": user_name})
    _require_rank_of(company, values["rank"])
    person = Person(**values, company_id=company.id, created_at=now())
    taken = Sentence("user-name-taken", "The user name {name} is taken. Choose another.", name=person.user_name)
    with unless_taken(lambda: Invalid({"user_name": taken}), Person.user_name):
        db.session.add(person)
    return person


def edit_person(actor: Person, person: Person, raw: Mapping[str, object], *, keep: int | None = None) -> None:
    """Change name, e-mail address and rank. A new address or rank ends every session but `keep`. Raises `Invalid`."""
    hold_to_manage(actor, person.company, person)
    values = _cleaned(ABOUT_A_PERSON, raw)
    _require_rank_of(person.company, values["rank"])
    if values["rank"] != Rank.ADMINISTRATOR:
        _require_another_administrator(actor, person, field="rank")
    before = (person.email, person.rank)
    for name, value in values.items():
        setattr(person, name, value)
    db.session.flush()
    if (person.email, person.rank) != before:
        close_ways_in(person, keep=keep)


def deactivate(actor: Person, person: Person) -> int:
    """End what the person may do; open issues owned go back to the company's queue. How many those were.

    What the person shared as views goes to an administrator.
    """
    hold_to_manage(actor, person.company, person)
    _require_another_administrator(actor, person)
    person.active = False
    close_ways_in(person, devices=True)
    hand_over_views(person)
    _leave_deputies(person)
    return _give_back(actor, person)


def reactivate(actor: Person, person: Person) -> None:
    """Let the person come in again, by a one-time link alone; what was given back stays where it is."""
    hold_to_manage(actor, person.company, person)
    if person.active:
        raise Conflict(
            Sentence(
                "already-active",
                "{name} is active, so nothing was changed. For a lost password make a sign-in link on their page.",
                name=person.full_name,
            )
        )
    person.active, person.password_hash = True, None
    close_ways_in(person, devices=True)


def sign_out_everywhere(actor: Person, person: Person) -> None:
    """End every session of the person, who may sign in again."""
    require_managing(actor, person.company)
    end_sessions_of(person)


def add_group(actor: Person, company: Company, raw: Mapping[str, object]) -> WorkGroup:
    """Open a new work queue in the company. Raises `Invalid`."""
    require_managing(actor, company)
    group = WorkGroup(company_id=company.id, name=_cleaned((GROUP_NAME,), raw)["name"])
    with _unless_named(company.id, group.name):
        db.session.add(group)
    return group


def rename_group(actor: Person, group: WorkGroup, raw: Mapping[str, object]) -> None:
    """Give the group another name; what is in it stays in it. Raises `Invalid`."""
    require_managing(actor, _company_of(group))
    name = _cleaned((GROUP_NAME,), raw)["name"]
    with _unless_named(group.company_id, name):
        group.name = name


def close_group(actor: Person, group: WorkGroup) -> None:
    """Take the group from the lists to pick from; issues that are in it stay and keep its name."""
    require_managing(actor, _company_of(group))
    group.closed_at = group.closed_at or now()
    db.session.flush()


def reopen_group(actor: Person, group: WorkGroup) -> None:
    """Offer the group again."""
    require_managing(actor, _company_of(group))
    group.closed_at = None
    db.session.flush()


def _leave_deputies(person: Person) -> None:
    """Whoever is away with this person as deputy is away without one."""
    left = update(Person).where(Person.deputy_id == person.id).values(deputy_id=None)
    db.session.execute(left.execution_options(synchronize_session=False))


def _give_back(actor: Person, person: Person) -> int:
    owned = open_ownership(person)
    for party in owned:
        party.owner_id = None
    issue_ids = dict.fromkeys(party.issue_id for party in owned)
    old = marked(person.full_name, of_operator=person.company.is_operator)
    change = Change(field="Owner", label="Owner", old=old, new="")
    for issue_id in issue_ids:
        issue = db.session.get_one(Issue, issue_id)
        record(actor, issue, ASSIGN_OWNER, from_state=issue.state, changes=[change])
    db.session.flush()
    return len(issue_ids)


def _cleaned(fields: tuple[Field, ...], raw: Mapping[str, object]) -> dict[str, str]:
    values, reasons = clean_all(fields, raw)
    if reasons:
        raise Invalid(reasons)
    return {name: str(value) for name, value in values.items()}


def _require_rank_of(company: Company, rank: str) -> None:
    offered = ranks_at(operator=company.is_operator)
    if rank not in offered:
        raise Invalid({"rank": f"At {company.name} a person is {' or '.join(offered)}. Pick one of these."})


def _require_another_administrator(actor: Person, person: Person, *, field: str = "") -> None:
    """Others may take the last administrator's place away, for they can also fill it. Raises `Invalid` at the field."""
    if person.id == actor.id and is_last_administrator(person):
        template = (
            "You are the last administrator of {company}: without one nobody could add people or let them in again. "
            "Make somebody else administrator first, then this can be done."
        )
        raise Invalid({field: Sentence("last-administrator", template, company=person.company.name)})


def _unless_named(company_id: int, name: str) -> AbstractContextManager[None]:
    """No two groups of a company have one name, closed ones too."""
    return unless_taken(lambda: _named_already(company_id, name), WorkGroup.name_key, WorkGroup.name)


def _named_already(company_id: int, name: str) -> Invalid:
    """By the name of the group that is there, which may be written otherwise."""
    same = or_(WorkGroup.name_key == key_of(name), WorkGroup.name == name)
    there = db.session.scalars(select(WorkGroup).where(WorkGroup.company_id == company_id, same)).first()
    if there and there.closed_at:
        template = "There is a closed group named {name} already. Choose another name, or reopen that one."
        return Invalid({"name": Sentence("closed-group-name-taken", template, name=there.name)})
    template = "There is a group named {name} already. Choose another name."
    return Invalid({"name": Sentence("group-name-taken", template, name=there.name if there else name)})


def _company_of(group: WorkGroup) -> Company:
    return db.session.get_one(Company, group.company_id)
