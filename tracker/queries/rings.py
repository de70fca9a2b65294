"""For whom somebody may write on an issue, by the names of the companies."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select

from tracker.db import db
from tracker.domain.rings import ALL_PARTIES, Audience, Ring
from tracker.domain.roles import CompanyKind, Role
from tracker.errors import Invalid
from tracker.models import Company, Issue, Person
from tracker.queries.parties import Party, parties_of

OPERATOR = "ERCOT"
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


def choices_for(actor: Person, parties: Sequence[Party]) -> list[Choice]:
    """The rings of the actor on an issue, the widest first."""
    companies = _active(parties)
    own = actor.company
    everybody = Choice(Ring.PARTIES, "All parties", _joined([*companies.values(), OPERATOR]), Ring.PARTIES)
    alone = Choice(Ring.COMPANY, f"{own.name} only", own.name, Ring.COMPANY)
    if own.is_operator:
        shared = [
            Choice(f"{WITH}{duns}", f"{name} and {own.name}", f"{name} and {own.name}", Ring.OPERATOR, company_id)
            for (company_id, duns), name in companies.items()
        ]
        return [everybody, alone, *shared]
    both = f"{own.name} and {OPERATOR}"
    return [everybody, alone, Choice(Ring.OPERATOR, both, both, Ring.OPERATOR)]


def audience_of(actor: Person, issue: Issue, ring: str) -> Audience:
    """The readers of the ring that was chosen. Raises `Invalid` for one that is not the actor's."""
    found = [one for one in choices_for(actor, parties_of(issue.id)) if one.value == (ring or Ring.PARTIES)]
    if not found:
        raise Invalid({"ring": "Your company cannot write for these readers. Choose who reads it from the list."})
    return _audience(actor, found[0])


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


def _joined(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
