"""The named cast of every test (companies by what they do in the stories, people by company and rank)."""

from dataclasses import dataclass

from tracker.clock import now
from tracker.db import db
from tracker.domain.permissions import Rank
from tracker.domain.roles import CompanyKind
from tracker.models import Company, EsiIdPrefix, Person, WorkGroup

ESI_ID = "1008901023456789012345"
"""An ESI ID of Wires (CenterPoint's prefix, 22 digits)."""


@dataclass
class Cast:
    """Who plays: an analyst for each company, and whoever else a story needs."""

    clock: Person
    ercot: Person
    ercot_admin: Person
    acme: Person
    acme_admin: Person
    acme_reader: Person
    bolt: Person
    bolt_admin: Person
    corp: Person
    wires: Person
    oncor: Person
    acme_desk: WorkGroup

    def duns(self, name: str) -> str:
        """The DUNS of a person's company, by the person's place in the cast."""
        person: Person = getattr(self, name)
        return person.company.duns


def make_cast() -> Cast:
    """The companies and people, committed."""
    ercot = _company("183529049", "ERCOT", CompanyKind.ERCOT)
    acme = _company("111111111", "Acme Energy", CompanyKind.CR)
    bolt = _company("222222222", "Bolt Power", CompanyKind.CR)
    corp = _company("333333333", "Corp Electric", CompanyKind.CR)
    wires = _company("957877905", "Wires Delivery", CompanyKind.TDSP)
    oncor = _company("1039940674000", "Oncor Delivery", CompanyKind.TDSP)
    db.session.add(EsiIdPrefix(prefix="1008901", length=22, company_id=wires.id))
    db.session.add(EsiIdPrefix(prefix="1044372", length=17, company_id=oncor.id))
    desk = WorkGroup(company_id=acme.id, name="Switching desk")
    db.session.add(desk)
    cast = Cast(
        clock=_person(ercot, "clock", Rank.SYSTEM),
        ercot=_person(ercot, "erin", Rank.ANALYST),
        ercot_admin=_person(ercot, "edgar", Rank.ADMINISTRATOR),
        acme=_person(acme, "ann", Rank.ANALYST),
        acme_admin=_person(acme, "adam", Rank.ADMINISTRATOR),
        acme_reader=_person(acme, "rita", Rank.READER),
        bolt=_person(bolt, "bob", Rank.ANALYST),
        bolt_admin=_person(bolt, "bea", Rank.ADMINISTRATOR),
        corp=_person(corp, "carl", Rank.ANALYST),
        wires=_person(wires, "wanda", Rank.ANALYST),
        oncor=_person(oncor, "olaf", Rank.ANALYST),
        acme_desk=desk,
    )
    db.session.commit()
    return cast


def _company(duns: str, name: str, kind: CompanyKind) -> Company:
    company = Company(duns=duns, name=name, legal_name=name, kind=kind, created_at=now())
    db.session.add(company)
    db.session.flush()
    return company


def _person(company: Company, user_name: str, rank: Rank) -> Person:
    person = Person(
        company_id=company.id,
        user_name=user_name,
        full_name=user_name.title(),
        email=f"{user_name}@{company.duns}.example",
        rank=rank,
        created_at=now(),
    )
    db.session.add(person)
    db.session.flush()
    return person
