"""What the market's registration system knows. A registry that is off, or does not know, answers None."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, exists, select

from tracker.db import db
from tracker.models import Company, EsiIdPrefix, MarketFact, MarketOrder, Premise

PREFIX_LENGTH = 7
"""ESI ID prefixes are `10` and a five-digit utility id (marketrak.md section 10.1)."""


OFF = "registry-off"
"""The fact that stands while the look-ups are switched off."""


@dataclass(frozen=True, slots=True)
class OrderParties:
    """The three companies that an order and its premise name."""

    gaining: Company
    losing: Company
    tdsp: Company
    gaining_start: date | None


def registry_is_on() -> bool:
    """The operator has not switched the registry's look-ups off."""
    return db.session.get(MarketFact, OFF) is None


def is_on() -> ColumnElement[bool]:
    """The same as a condition of a statement."""
    return ~exists().where(MarketFact.name == OFF)


def premise(esi_id: str) -> Premise | None:
    """The premise of this ESI ID."""
    return db.session.get(Premise, esi_id)


def order(orig_tran_id: str) -> MarketOrder | None:
    """The order that this original tran id began."""
    return db.session.get(MarketOrder, orig_tran_id)


def tdsp_of(esi_id: str, known: Premise | None) -> Company | None:
    """The wires company that owns the ESI ID: by its premise, or by its prefix when the premise is unknown."""
    if known is not None:
        return db.session.scalar(_company(), {"duns": known.tdsp_duns})
    return db.session.scalar(_by_prefix(), {"prefix": esi_id[:PREFIX_LENGTH], "length": len(esi_id)})


@cache
def _company() -> Select[Company]:
    return select(Company).where(Company.duns == bindparam("duns"))


@cache
def _by_prefix() -> Select[Company]:
    return (
        select(Company)
        .join(EsiIdPrefix, EsiIdPrefix.company_id == Company.id)
        .where(EsiIdPrefix.prefix == bindparam("prefix"), EsiIdPrefix.length == bindparam("length"))
    )


def owner_of_esi_id(esi_id: str) -> Company | None:
    """The wires company of an ESI ID of which nothing else was looked up."""
    return tdsp_of(esi_id, premise(esi_id))


def parties_by_registry(esi_id: str, orig_tran_id: str) -> OrderParties | str:
    """The companies of an order, or the sentence that says why they are not certain."""
    if not registry_is_on():
        return "The market registry is off, so its parties could not be looked up."
    found = order(orig_tran_id)
    if found is None or found.esi_id != esi_id:
        return "The registry knows no order with this original tran id on this ESI ID."
    gaining, losing, tdsp = (_active(duns) for duns in (found.gaining_duns, found.losing_duns, _tdsp_duns(esi_id)))
    if gaining is None or losing is None or tdsp is None:
        return "The registry does not name a gaining CR, a losing CR and a TDSP that are all active in the market."
    if gaining.id == losing.id:
        return "The registry names the same company as gaining and as losing CR."
    return OrderParties(gaining, losing, tdsp, found.scheduled_for)


def _tdsp_duns(esi_id: str) -> str | None:
    owner = owner_of_esi_id(esi_id)
    return owner.duns if owner else None


def _active(duns: str | None) -> Company | None:
    if duns is None:
        return None
    return db.session.scalar(select(Company).where(Company.duns == duns, Company.left_on.is_(None)))
