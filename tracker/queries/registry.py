"""What the market's registration system says to whom. A registry that is off, or does not know, answers None.

No statement here gives out more than the one who asks may know (`queries.disclosure`), and each is asked alike
whatever the registry holds.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, String, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from tracker.db import AnySelect, db
from tracker.domain.sentence import Sentence
from tracker.models import Company, EsiIdPrefix, Issue, MarketFact, MarketOrder, Person, Premise
from tracker.queries.companies import companies_by_duns
from tracker.queries.disclosure import READER, all_may_know_order, may_know_order

PREFIX_LENGTH = 7
"""ESI ID prefixes are `10` and a five-digit utility id (marketrak.md section 10.1)."""


OFF = "registry-off"
"""The fact that stands while the look-ups are switched off."""

NO_PARTIES_WHILE_OFF = Sentence(
    "no-parties-while-off", "The market registry is off, so its parties could not be looked up."
)
NO_ORDER_OF_SUBMITTER = Sentence(
    "no-order-of-submitter",
    "The registry knows no order with this original tran id on this ESI ID that names the submitter.",
)
"""One sentence for an order that is not there, is for another premise, or is of others: which, is not for the filer."""

NOT_ALL_ACTIVE = Sentence(
    "parties-not-active",
    "The registry does not name a gaining CR, a losing CR and a TDSP that are all active in the market.",
)
SAME_TWICE = Sentence("parties-the-same", "The registry names the same company as gaining and as losing CR.")


class PremiseSeen(NamedTuple):
    """What anybody may know of a premise, and whether the reader itself serves it."""

    tdsp_duns: str
    status: str
    premise_type: str | None
    is_ours: bool | None


class OrderSeen(NamedTuple):
    """What a look for an order gives.

    `fits`: its tran id, ESI ID and global id belong together, as far as they were given. `order` is the order
    itself, for who may know it.
    """

    fits: bool
    order: MarketOrder | None


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


def premise_seen(reader: Company, esi_id: str) -> PremiseSeen | None:
    """The premise of this ESI ID, as far as it is anybody's."""
    row = db.session.execute(_premise(), {"esi_id": esi_id, "duns": reader.duns}).one_or_none()
    return PremiseSeen(*row) if row else None


def order_seen(reader: Company, tran_id: str, esi_id: str | None = None, global_id: str | None = None) -> OrderSeen:
    """The order that this original tran id began, as far as the reader may know it."""
    given = {"reader": reader.id, "tran_id": tran_id, "esi_id": esi_id, "global_id": global_id}
    row = db.session.execute(_order(), given).one_or_none()
    return OrderSeen(*row) if row else OrderSeen(fits=False, order=None)


def order_shown_to_all(issue: Issue, tran_id: str) -> MarketOrder | None:
    """The order of this tran id on the premise of the issue, if every party of the issue may know it."""
    return db.session.scalar(_order_for_all(), {"issue": issue.id, "esi_id": issue.esi_id, "tran_id": tran_id})


def order_for_ercot(actor: Person, issue: Issue) -> Sentence | None:
    """What ERCOT reads of the quoted order beside an issue whose parties it has to select; nobody else does."""
    if not (actor.company.is_operator and issue.waits_because and registry_is_on()):
        return None
    order = order_seen(actor.company, issue.orig_tran_id or "").order
    if order is None:
        return Sentence("no-order", "Only ERCOT reads this: the registry knows no order with this original tran id.")
    names = {company.duns: company.name for company in companies_by_duns(_duns_of(order))}
    text = (
        "Only ERCOT reads this: the registry has the order on ESI ID {esi_id}: {kind}, {status}, gaining {gaining}, "
        "losing {losing}."
    )
    gaining, losing = (names.get(duns or "", duns or "nobody") for duns in (order.gaining_duns, order.losing_duns))
    return Sentence(
        "order-for-ercot",
        text,
        esi_id=order.esi_id,
        kind=order.kind,
        status=order.status,
        gaining=gaining,
        losing=losing,
    )


def tdsp_of(esi_id: str, tdsp_duns: str | None) -> Company | None:
    """The wires company that owns the ESI ID: by its premise, or by its prefix when the premise is unknown."""
    if tdsp_duns is not None:
        return db.session.scalar(_company(), {"duns": tdsp_duns})
    return db.session.scalar(_by_prefix(), {"prefix": esi_id[:PREFIX_LENGTH], "length": len(esi_id)})


def owner_of_esi_id(esi_id: str) -> Company | None:
    """The wires company of an ESI ID of which nothing else was looked up."""
    return tdsp_of(esi_id, db.session.scalar(select(Premise.tdsp_duns).where(Premise.esi_id == esi_id)))


def parties_by_registry(submitter: Company, esi_id: str, tran_id: str) -> OrderParties | Sentence:
    """The companies of an order that names the submitter, or the sentence that says why they are not certain."""
    if not registry_is_on():
        return NO_PARTIES_WHILE_OFF
    given = {"tran_id": tran_id, "esi_id": esi_id, "duns": submitter.duns}
    found = db.session.scalar(_order_of_submitter(), given)
    if found is None:
        return NO_ORDER_OF_SUBMITTER
    gaining, losing, tdsp = (_active(duns) for duns in (found.gaining_duns, found.losing_duns, _tdsp_duns(esi_id)))
    if gaining is None or losing is None or tdsp is None:
        return NOT_ALL_ACTIVE
    if gaining.id == losing.id:
        return SAME_TWICE
    return OrderParties(gaining, losing, tdsp, found.scheduled_for)


@cache
def _premise() -> AnySelect:
    is_ours = (Premise.rep_duns == bindparam("duns")).label("is_ours")
    columns = (Premise.tdsp_duns, Premise.status, Premise.premise_type, is_ours)
    return select(*columns).where(Premise.esi_id == bindparam("esi_id"))


@cache
def _order() -> AnySelect:
    """A row for an order that there is; the order itself stands on it for who may know it, and nothing else does."""
    asked = aliased(MarketOrder)
    global_id = bindparam("global_id", type_=String)
    same_premise = asked.esi_id == bindparam("esi_id", type_=String)
    fits = func.coalesce(and_(same_premise, or_(global_id.is_(None), asked.global_id == global_id)), False)
    shown = and_(MarketOrder.orig_tran_id == asked.orig_tran_id, may_know_order(READER, asked))
    return (
        select(fits, MarketOrder)
        .select_from(asked)
        .outerjoin(Premise, Premise.esi_id == asked.esi_id)
        .outerjoin(MarketOrder, shown)
        .where(asked.orig_tran_id == bindparam("tran_id"))
    )


@cache
def _order_for_all() -> Select[MarketOrder]:
    same = (MarketOrder.orig_tran_id == bindparam("tran_id")) & (MarketOrder.esi_id == bindparam("esi_id"))
    premise = Premise.esi_id == MarketOrder.esi_id
    return select(MarketOrder).outerjoin(Premise, premise).where(same, all_may_know_order(bindparam("issue")))


@cache
def _order_of_submitter() -> Select[MarketOrder]:
    duns: BindParameter[str] = bindparam("duns")
    names_it = or_(MarketOrder.gaining_duns == duns, MarketOrder.losing_duns == duns)
    same = (MarketOrder.orig_tran_id == bindparam("tran_id")) & (MarketOrder.esi_id == bindparam("esi_id"))
    return select(MarketOrder).where(same, names_it)


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


def _duns_of(order: MarketOrder) -> list[str]:
    return [duns for duns in (order.gaining_duns, order.losing_duns) if duns]


def _tdsp_duns(esi_id: str) -> str | None:
    owner = owner_of_esi_id(esi_id)
    return owner.duns if owner else None


def _active(duns: str | None) -> Company | None:
    if duns is None:
        return None
    return db.session.scalar(select(Company).where(Company.duns == duns, Company.left_on.is_(None)))
