"""Who looked up which premise in the market registry, and whether it is to be asked once more today."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import exists, func, select

from tracker.clock import market_today
from tracker.db import AnyRow, db
from tracker.domain.fields import Value
from tracker.domain.sentence import Sentence
from tracker.models import Company, Person, RegistryLook
from tracker.queries.registry import order_seen

MOST_A_DAY = 2_000
"""So many premises a company looks up in a day: more than all its analysts type, and too few to list a market."""

NOT_YET = Sentence("not-looked-up-yet", "Not checked yet today: it is checked when you type, and when you file.")
ENOUGH_TODAY = Sentence(
    "looked-up-enough",
    "Not checked today: your company has looked up {most:,} premises since midnight in Texas, the most for one day. "
    "You can file the issue all the same.",
    most=MOST_A_DAY,
)


class Looks(NamedTuple):
    """What a company looked up today: whether this premise, and how many in all."""

    this: bool
    premises: int


def premise_meant(actor: Person, values: Mapping[str, Value]) -> str | None:
    """The ESI ID that a form asks about: as typed, or that of an order which the actor's company may know."""
    if values.get("EsiID"):
        return str(values["EsiID"])
    order = order_seen(actor.company, str(values["OrigTrxnID"])).order if values.get("OrigTrxnID") else None
    return order.esi_id if order else None


def unasked_yet(actor: Person, values: Mapping[str, Value]) -> Sentence | None:
    """Why a page that only reads does not ask the registry: the actor has not said today that they look."""
    esi_id = premise_meant(actor, values)
    return NOT_YET if esi_id and not has_looked(actor, esi_id) else None


def has_looked(actor: Person, esi_id: str) -> bool:
    """The actor looked this premise up today."""
    same = (RegistryLook.esi_id == esi_id, RegistryLook.day == market_today(), RegistryLook.person_id == actor.id)
    return bool(db.session.scalar(select(exists().where(*same))))


def looks_of(company: Company, esi_id: str) -> Looks:
    """What the company looked up today."""
    today = (RegistryLook.company_id == company.id, RegistryLook.day == market_today())
    this = exists().where(*today, RegistryLook.esi_id == esi_id)
    return Looks(*db.session.execute(select(this, func.count(RegistryLook.esi_id.distinct())).where(*today)).one())


def looks_at(esi_id: str) -> Sequence[AnyRow]:
    """Who looked this premise up, the latest first: for whoever runs the machine, and for nobody's company."""
    return db.session.execute(
        select(RegistryLook.first_at, Company.name.label("company"), Person.full_name, Person.user_name)
        .join(Person, Person.id == RegistryLook.person_id)
        .join(Company, Company.id == RegistryLook.company_id)
        .where(RegistryLook.esi_id == esi_id)
        .order_by(RegistryLook.first_at.desc())
    ).all()
