"""For whom somebody may write on an issue, by the names of the companies."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select

from tracker.db import db
from tracker.domain.rings import ALL_PARTIES, Audience, Ring
from tracker.domain.roles import CompanyKind, Role
from tracker.errors import Invalid
from tracker.models import Company, Issue, Person
from tracker.queries.parties import Party, parties_of

OPERATOR = "ERCOT"
NO_READERS = "Choose who reads it from the list: nothing is sent before that is clear."
WITH = "with:"
"""Before the DUNS of the company that ERCOT writes a note to."""


class Choice(NamedTuple):
    """One ring that the actor may write in: its value in a form, its name, and who reads it, by name."""

    value: str
    label: str
    readers: str
    ring: Ring
    with_company: int | None = None
    """The company that ERCOT shares a note with."""


def choices_for(actor: Person, issue: Issue, parties: Sequence[Party]) -> list[Choice]:
    """The rings of the actor on an issue, the widest first."""
    companies = _active(parties)
    everybody = Choice(Ring.PARTIES, "All parties", _all_readers(actor, issue, companies), Ring.PARTIES)
    if not actor.company.is_operator:
        return [everybody, *_own_rings(actor)]
    shared = [
        Choice(f"{WITH}{duns}", f"{name} and {OPERATOR}", f"{name} and {OPERATOR}", Ring.OPERATOR, company_id)
        for (company_id, duns), name in companies.items()
    ]
    return [everybody, *_own_rings(actor), *shared]


def choices_for_many(actor: Person) -> list[Choice]:
    """The rings that there are on many issues at once, whoever their parties are."""
    return [Choice(Ring.PARTIES, "All parties of each issue", "", Ring.PARTIES), *_own_rings(actor)]


def audiences_for_many(actor: Person) -> list[tuple[str, Audience]]:
    """Their values, and who reads each."""
    return [(one.value, _audience(actor, one)) for one in choices_for_many(actor)]


def _own_rings(actor: Person) -> list[Choice]:
    name = actor.company.name
    alone = Choice(Ring.COMPANY, f"{name} only", name, Ring.COMPANY)
    both = Choice(Ring.OPERATOR, f"{name} and {OPERATOR}", f"{name} and {OPERATOR}", Ring.OPERATOR)
    return [alone] if actor.company.is_operator else [alone, both]


def _all_readers(actor: Person, issue: Issue, companies: Mapping[tuple[int, str], str]) -> str:
    """By name; while an issue waits with its submitter, the others read it only later."""
    if issue.available_at:
        return joined([*companies.values(), OPERATOR])
    now = {key: name for key, name in companies.items() if key[0] == issue.submitter_id}
    later = [name for key, name in companies.items() if key not in now]
    readers = joined([*now.values(), OPERATOR])
    return f"{readers} now, {joined(later)} when it is submitted" if later else readers


def audience_of(actor: Person, issue: Issue, ring: str) -> Audience:
    """The readers of the ring that was chosen. Raises `Invalid` for one that is not the actor's, or for none."""
    found = [one for one in choices_for(actor, issue, parties_of(issue.id)) if one.value == ring]
    if not found:
        raise Invalid({"ring": NO_READERS})
    return _audience(actor, found[0])


def ring_of(actor: Person, choices: Sequence[Choice], audience: Audience) -> str:
    """The ring of the actor, by its value, that has these readers; the own company's where there is none any more."""
    return next((one.value for one in choices if _audience(actor, one) == audience), Ring.COMPANY)


def _audience(actor: Person, choice: Choice) -> Audience:
    match choice.ring:
        case Ring.PARTIES:
            return ALL_PARTIES
        case Ring.COMPANY:
            return Audience(actor.company_id)
        case Ring.OPERATOR:
            return Audience(choice.with_company or actor.company_id, _operator_id())


def _operator_id() -> int:
    return db.session.scalars(select(Company.id).where(Company.kind == CompanyKind.ERCOT)).one()


def _active(parties: Sequence[Party]) -> dict[tuple[int, str], str]:
    """The companies that read what all parties read, besides ERCOT: (id, DUNS) to name."""
    active = [party for party in parties if party.role not in (Role.PRIOR_INVOLVED, Role.ERCOT)]
    return {(party.company_id, party.duns): party.company for party in active if party.kind != CompanyKind.ERCOT}


def joined(names: Sequence[str]) -> str:
    """Names in a sentence: `A, B and C`."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
