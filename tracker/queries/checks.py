"""The checks that run by themselves when an issue is typed and when it is filed (marketrak.md section 3.2).

A broken rule is an error at its field. A warning parks the issue with its filer. What the registry
does not know, or cannot say because it is off, is "not checked" and never blocks.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, cached_property

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute

from tracker.clock import market_today
from tracker.db import db
from tracker.domain.fields import Value
from tracker.domain.roles import CompanyKind
from tracker.domain.subtype import Check, Subtype
from tracker.domain.tables import complete
from tracker.market_calendar import market_calendar
from tracker.models import Company, Issue, MarketOrder, Person, Premise
from tracker.queries import registry
from tracker.queries.companies import companies_by_duns
from tracker.queries.visibility import VIEWER, company_sees

EVALUATION_WINDOW_DAYS = 2
"""A cancel reaches the evaluation window this many business days before the scheduled meter read."""

MOST_DUPLICATES = 10


class Outcome(StrEnum):
    """What a check found."""

    FINE = "fine"
    WARNING = "warning"
    ERROR = "error"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of one check: `field` is where it belongs, `numbers` the issues meant that the asker sees."""

    check: str
    outcome: Outcome
    field: str
    text: str
    numbers: tuple[int, ...] = ()

    def as_row(self) -> dict[str, object]:
        """The finding as it is kept with the issue that it parked."""
        return {"check": self.check, "field": self.field, "text": self.text, "numbers": list(self.numbers)}


class Question:
    """What is asked of the registry for one form: each fact is looked up once, and only when a check wants it."""

    def __init__(self, actor: Person, values: Mapping[str, Value], besides: int | None) -> None:
        self.actor, self.values, self.besides = actor, values, besides

    @cached_property
    def registry_is_on(self) -> bool:
        return registry.registry_is_on()

    @cached_property
    def premise(self) -> Premise | None:
        return registry.premise(str(self.values["EsiID"])) if self.registry_is_on else None

    @cached_property
    def order(self) -> MarketOrder | None:
        return registry.order(str(self.values["OrigTrxnID"])) if self.registry_is_on else None

    @cached_property
    def owner(self) -> Company | None:
        """The wires company that owns the ESI ID."""
        return registry.tdsp_of(str(self.values["EsiID"]), self.premise)

    @cached_property
    def named(self) -> Mapping[str, Company]:
        """The companies that the form names, by the name of the field."""
        duns = {name: str(self.values[name]) for name in ("TDSPInvolved", "Assignee") if self.values.get(name)}
        found = {company.duns: company for company in companies_by_duns(duns.values())}
        return {name: found[number] for name, number in duns.items() if number in found}


def run_checks(
    actor: Person, subtype: Subtype, values: Mapping[str, Value], *, besides: int | None = None
) -> list[Finding]:
    """What every check of the subtype finds in the values typed so far; `besides` is an issue not to count."""
    question = Question(actor, values, besides)
    asked = [_ANSWERS[check] for check in subtype.checks if _is_askable(check, values)]
    if values.get("EsiID"):
        asked = [_shape, *asked, *([_not_by_rep] if subtype.never_by_rep_of_record else [])]
    return [finding for answer in asked if (finding := answer(question))]


def _is_askable(check: Check, values: Mapping[str, Value]) -> bool:
    return all(values.get(name) for name in _NEEDED[check])


def _shape(question: Question) -> Finding | None:
    esi_id = str(question.values["EsiID"])
    if not re.fullmatch(r"[0-9]{17}|[0-9]{22}", esi_id):
        return Finding(
            "Shape of the ESI ID",
            Outcome.WARNING,
            "EsiID",
            f"An ESI ID has 17 or 22 digits; this has {len(esi_id)} characters.",
        )
    if question.owner is None:
        return Finding("Shape of the ESI ID", Outcome.WARNING, "EsiID", "No wires company owns ESI IDs that begin so.")
    return None


def _not_by_rep(question: Question) -> Finding | None:
    if question.premise is None or question.premise.rep_duns != question.actor.company.duns:
        return None
    text = "Your company is the REP of record of this ESI ID; the REP of record does not file this subtype."
    return Finding("REP of record", Outcome.ERROR, "EsiID", text)


def _esi_id_known(question: Question) -> Finding:
    name, known = "ESI ID known", question.premise
    if not question.registry_is_on:
        return _off(name, "EsiID")
    if known is None:
        return Finding(name, Outcome.WARNING, "EsiID", "The market registry knows no premise with this ESI ID.")
    return Finding(name, Outcome.FINE, "EsiID", f"{known.status}, {known.premise_type or 'premise type unknown'}.")


def _tdsp_owns_it(question: Question) -> Finding | None:
    name, owner, meant = "TDSP owns the ESI ID", question.owner, _tdsp_meant(question)
    if meant is None:
        return None
    field_name, tdsp = meant
    if owner is None:
        return Finding(name, Outcome.NOT_CHECKED, field_name, "No wires company is known for this ESI ID.")
    if tdsp.id != owner.id:
        text = f"This ESI ID belongs to {owner.name}. Pick {owner.name}, or correct the ESI ID."
        return Finding(name, Outcome.ERROR, field_name, text)
    return Finding(name, Outcome.FINE, field_name, f"{owner.name} owns this ESI ID.")


def _tdsp_meant(question: Question) -> tuple[str, Company] | None:
    """The wires company of the form: one that it names, or the filer itself."""
    for name, company in question.named.items():
        if company.kind == CompanyKind.TDSP:
            return name, company
    filer = question.actor.company
    return ("EsiID", filer) if filer.kind == CompanyKind.TDSP else None


def _tran_id_matches(question: Question) -> Finding:
    name = "Tran id matches an order"
    if not question.registry_is_on:
        return _off(name, "OrigTrxnID")
    if question.order is None:
        return Finding(
            name, Outcome.WARNING, "OrigTrxnID", "The market registry knows no order with this original tran id."
        )
    return _order_fits(name, question.order, question.values)


def _order_fits(name: str, order: MarketOrder, values: Mapping[str, Value]) -> Finding:
    if values.get("EsiID") and order.esi_id != values["EsiID"]:
        return Finding(name, Outcome.WARNING, "OrigTrxnID", "The order of this tran id is for another ESI ID.")
    if values.get("GlobalID") and order.global_id != values["GlobalID"]:
        return Finding(name, Outcome.WARNING, "GlobalID", "The order of this tran id has another global id.")
    scheduled = f", scheduled for {order.scheduled_for}" if order.scheduled_for else ""
    return Finding(name, Outcome.FINE, "OrigTrxnID", f"{order.kind}, {order.status}{scheduled}.")


def _other_on_esi_id(question: Question) -> Finding:
    return _others(question, "Other open issue on this ESI ID", "EsiID", Issue.esi_id)


def _other_on_order(question: Question) -> Finding:
    return _others(question, "Other open issue on this order", "OrigTrxnID", Issue.orig_tran_id)


def _others(question: Question, name: str, field_name: str, column: InstrumentedAttribute[str | None]) -> Finding:
    given = {"viewer": question.actor.company_id, "same": question.values[field_name], "besides": question.besides or 0}
    numbers = tuple(db.session.scalars(_open_by(column), given))
    if not numbers:
        return Finding(name, Outcome.FINE, field_name, "None that your company takes part in.")
    text = "Your company already takes part in an open issue on it. Look there first."
    return Finding(name, Outcome.WARNING, field_name, text, numbers)


@cache
def _open_by(column: InstrumentedAttribute[str | None]) -> Select[int]:
    same = and_(Issue.is_open, column == bindparam("same"), Issue.number != bindparam("besides"))
    return select(Issue.number).where(company_sees(VIEWER), same).order_by(Issue.id).limit(MOST_DUPLICATES)


def _evaluation_window(question: Question) -> Finding:
    name = "Evaluation window"
    order = question.order
    if order is None or order.scheduled_for is None:
        return Finding(name, Outcome.NOT_CHECKED, "OrigTrxnID", "Not checked: no scheduled meter read is known.")
    left = market_calendar().business_days_until(market_today(), order.scheduled_for)
    if left < EVALUATION_WINDOW_DAYS:
        return Finding(name, Outcome.WARNING, "OrigTrxnID", _late(order.scheduled_for, left))
    return Finding(
        name, Outcome.FINE, "OrigTrxnID", f"{left} business days to the meter read of {order.scheduled_for}."
    )


def _late(scheduled_for: date, left: int) -> str:
    if left < 0:
        return f"The scheduled meter read was on {scheduled_for}; the order may have completed."
    return f"Only {left} business days to the meter read of {scheduled_for}; the cancel may come too late."


def _off(name: str, field_name: str) -> Finding:
    return Finding(name, Outcome.NOT_CHECKED, field_name, "Not checked: the market registry is off.")


Answer = Callable[[Question], Finding | None]

_ANSWERS: Mapping[Check, Answer] = complete(
    "answers of checks",
    Check,
    {
        Check.ESI_ID_KNOWN: _esi_id_known,
        Check.TDSP_OWNS_IT: _tdsp_owns_it,
        Check.TRAN_ID_MATCHES_ORDER: _tran_id_matches,
        Check.OTHER_ISSUE_ON_ESI_ID: _other_on_esi_id,
        Check.OTHER_ISSUE_ON_ORDER: _other_on_order,
        Check.EVALUATION_WINDOW: _evaluation_window,
    },
)

_NEEDED: Mapping[Check, tuple[str, ...]] = complete(
    "needs of checks",
    Check,
    {
        Check.ESI_ID_KNOWN: ("EsiID",),
        Check.TDSP_OWNS_IT: ("EsiID",),
        Check.TRAN_ID_MATCHES_ORDER: ("OrigTrxnID",),
        Check.OTHER_ISSUE_ON_ESI_ID: ("EsiID",),
        Check.OTHER_ISSUE_ON_ORDER: ("OrigTrxnID",),
        Check.EVALUATION_WINDOW: ("OrigTrxnID",),
    },
)
