"""A market registry full of canaries: who serves a premise of Wires, who did before, and by which order."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete

from tests.cast import ESI_ID, Cast
from tests.make import TRAN_ID
from tracker.clock import now
from tracker.db import db
from tracker.domain.permissions import Rank
from tracker.domain.roles import CompanyKind
from tracker.models import Company, MarketOrder, Person, Premise, RepOfRecord

GLOBAL_ID = "ZQGLOBAL77"
OTHER_ESI_ID = ESI_ID[:-1] + "0"


@dataclass
class Retailers:
    """Who serves the premise in one market, who did until then, and a second DUNS of Acme."""

    now: Person
    before: Person
    sister: Person


@dataclass(frozen=True)
class Order:
    """The order by which the premise changed hands, as far as markets differ in it."""

    kind: str = "Zqmovein"
    status: str = "Zqcompleted"
    global_id: str = GLOBAL_ID
    day: date = date(2026, 2, 17)
    esi_id: str = ESI_ID


def retailers(cast: Cast) -> Retailers:
    """Two retailers that no form of the story names, and Acme's second DUNS."""
    return Retailers(
        now=_somebody("777000111", "Zqpresent Power", "zed"),
        before=_somebody("777000222", "Zqformer Energy", "zoe"),
        sister=_somebody("111111119", "Acme Energy South", "sue", legal_name="Acme Energy"),
    )


def know_secrets(cast: Cast, now_serving: Person, before: Person, order: Order | None = None) -> None:
    """Let the registry hold this and nothing else of the premise and its order."""
    order = order or Order()
    for table in (RepOfRecord, MarketOrder, Premise):
        db.session.execute(delete(table))
    serves, served = now_serving.company.duns, before.company.duns
    for esi_id in (ESI_ID, OTHER_ESI_ID):
        db.session.add(
            Premise(
                esi_id=esi_id,
                tdsp_duns=cast.duns("wires"),
                rep_duns=serves,
                premise_type="Residential",
                status="Active",
                street="7811 Harvest Moon Way",
                load_profile=f"ZQPROFILE{serves}",
                loaded_at=now(),
            )
        )
    db.session.flush()
    db.session.add(RepOfRecord(esi_id=ESI_ID, start=order.day, rep_duns=serves))
    until = order.day - timedelta(days=1)
    db.session.add(RepOfRecord(esi_id=ESI_ID, start=date(2025, 8, 9), stop=until, rep_duns=served))
    db.session.add(
        MarketOrder(
            orig_tran_id=TRAN_ID,
            global_id=order.global_id,
            esi_id=order.esi_id,
            kind=order.kind,
            scheduled_for=order.day,
            gaining_duns=serves,
            losing_duns=served,
            priority=False,
            status=order.status,
            loaded_at=now(),
        )
    )
    db.session.commit()


def canaries(present: Retailers) -> tuple[str, ...]:
    """What nobody reads who may not know it: names, DUNS, days, and all that there is of the order."""
    people = (present.now, present.before)
    named = [word for person in people for word in (person.company.name, person.company.duns)]
    return (*named, "2026-02-17", "2026-02-16", "2025-08-09", "Zqmovein", "Zqcompleted", GLOBAL_ID, "ZQPROFILE")


def _somebody(duns: str, name: str, user_name: str, legal_name: str = "") -> Person:
    company = Company(duns=duns, name=name, legal_name=legal_name or name, kind=CompanyKind.CR, created_at=now())
    db.session.add(company)
    db.session.flush()
    person = Person(
        company_id=company.id,
        user_name=user_name,
        full_name=user_name.title(),
        email=f"{user_name}@{duns}.example",
        rank=Rank.ANALYST,
        created_at=now(),
    )
    db.session.add(person)
    db.session.commit()
    return person
