"""The checks that run by themselves when an issue is typed and when it is filed (marketrak.md section 3.2).

A broken rule is an error at its field. A warning parks the issue with its filer. What the registry
does not know, cannot say because it is off, or does not say to this company, is "not checked" and never blocks.
Who may not know an order learns whether what was typed belongs together, in the same words whatever the order is.
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
from tracker.domain.sentence import Sentence
from tracker.domain.subtype import Check, Subtype
from tracker.domain.tables import complete
from tracker.market_calendar import market_calendar
from tracker.models import Company, Issue, MarketOrder, Person
from tracker.queries import registry
from tracker.queries.companies import companies_by_duns
from tracker.queries.registry import OrderSeen, PremiseSeen
from tracker.queries.visibility import VIEWER, company_sees

EVALUATION_WINDOW_DAYS = 2
"""A cancel reaches the evaluation window this many business days before the scheduled meter read."""

MOST_DUPLICATES = 10

OFF = Sentence("registry-off", "Not checked: the market registry is off.")
NO_ESI_ID_TYPED = Sentence("no-esi-id-typed", "Not checked: type the ESI ID of the order as well.")
SUCH_AN_ORDER = Sentence("order-fits", "The market registry has such an order on this ESI ID.")
NO_SUCH_ORDER = Sentence(
    "no-such-order",
    "The market registry knows no such order on this ESI ID. Check the ESI ID, the tran id and any global id.",
)
NO_METER_READ = Sentence("no-meter-read", "Not checked: your company knows of no scheduled meter read.")


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
    text: Sentence
    numbers: tuple[int, ...] = ()

    def as_row(self) -> dict[str, object]:
        """The finding as it is kept with the issue that it parked."""
        return {"check": self.check, "field": self.field, "text": self.text, "numbers": list(self.numbers)}


class Question:
    """What is asked of the registry for one form: each fact is looked up once, and only when a check wants it.

    `unasked` is why the registry is not asked at all this time.
    """

    def __init__(
        self, actor: Person, values: Mapping[str, Value], besides: int | None = None, unasked: Sentence | None = None
    ) -> None:
        self.actor, self.values, self.besides, self._unasked = actor, values, besides, unasked

    @cached_property
    def unasked(self) -> Sentence | None:
        """Why the registry says nothing, if it does not."""
        return self._unasked or (None if registry.registry_is_on() else OFF)

    @cached_property
    def premise(self) -> PremiseSeen | None:
        esi_id = str(self.values["EsiID"])
        return None if self.unasked else registry.premise_seen(self.actor.company, esi_id)

    @cached_property
    def asked(self) -> OrderSeen:
        """What is found by the tran id, the ESI ID and the global id of the form together."""
        given = (str(self.values[name]) if self.values.get(name) else None for name in ("EsiID", "GlobalID"))
        return registry.order_seen(self.actor.company, str(self.values["OrigTrxnID"]), *given)

    @cached_property
    def order(self) -> MarketOrder | None:
        """The order, if the actor's company may know it."""
        return None if self.unasked else self.asked.order

    @cached_property
    def owner(self) -> Company | None:
        """The wires company that owns the ESI ID."""
        return registry.tdsp_of(str(self.values["EsiID"]), self.premise.tdsp_duns if self.premise else None)

    @cached_property
    def named(self) -> Mapping[str, Company]:
        """The companies that the form names, by the name of the field."""
        duns = {name: str(self.values[name]) for name in ("TDSPInvolved", "Assignee") if self.values.get(name)}
        found = {company.duns: company for company in companies_by_duns(duns.values())}
        return {name: found[number] for name, number in duns.items() if number in found}


def run_checks(
    actor: Person,
    subtype: Subtype,
    values: Mapping[str, Value],
    *,
    besides: int | None = None,
    unasked: Sentence | None = None,
) -> list[Finding]:
    """What every check of the subtype finds in the values typed so far; `besides` is an issue not to count.

    `unasked` says why the registry is not asked: its checks then give this reason.
    """
    question = Question(actor, values, besides, unasked)
    asked = [_ANSWERS[check] for check in subtype.checks if _is_askable(check, values)]
    if values.get("EsiID"):
        asked = [_shape, *asked, *([_not_by_rep] if subtype.never_by_rep_of_record else [])]
    return [finding for answer in asked if (finding := answer(question))]


def _is_askable(check: Check, values: Mapping[str, Value]) -> bool:
    return all(values.get(name) for name in _NEEDED[check])


def _shape(question: Question) -> Finding | None:
    name, esi_id = "Shape of the ESI ID", str(question.values["EsiID"])
    if not re.fullmatch(r"[0-9]{17}|[0-9]{22}", esi_id):
        text = "An ESI ID has 17 or 22 digits; this has {given} characters."
        return Finding(name, Outcome.WARNING, "EsiID", Sentence("esi-id-shape", text, given=len(esi_id)))
    if question.owner is None:
        text = "No wires company owns ESI IDs that begin so."
        return Finding(name, Outcome.WARNING, "EsiID", Sentence("esi-id-of-nobody", text))
    return None


def _not_by_rep(question: Question) -> Finding | None:
    """What it tells only the retailer itself can hear."""
    if question.premise is None or not question.premise.is_ours:
        return None
    text = "Your company is the REP of record of this ESI ID; the REP of record does not file this subtype."
    return Finding("REP of record", Outcome.ERROR, "EsiID", Sentence("filed-by-rep-of-record", text))


def _esi_id_known(question: Question) -> Finding:
    name, known = "ESI ID known", question.premise
    if question.unasked:
        return Finding(name, Outcome.NOT_CHECKED, "EsiID", question.unasked)
    if known is None:
        text = Sentence("premise-unknown", "The market registry knows no premise with this ESI ID.")
        return Finding(name, Outcome.WARNING, "EsiID", text)
    premise_type = known.premise_type or "premise type unknown"
    text = Sentence("premise-known", "{status}, {premise_type}.", status=known.status, premise_type=premise_type)
    return Finding(name, Outcome.FINE, "EsiID", text)


def _tdsp_owns_it(question: Question) -> Finding | None:
    name, owner, meant = "TDSP owns the ESI ID", question.owner, _tdsp_meant(question)
    if meant is None:
        return None
    field_name, tdsp = meant
    if owner is None:
        nobody = Sentence("owner-unknown", "No wires company is known for this ESI ID.")
        return Finding(name, Outcome.NOT_CHECKED, field_name, nobody)
    if tdsp.id != owner.id:
        text = "This ESI ID belongs to {owner}. Pick {owner}, or correct the ESI ID."
        return Finding(name, Outcome.ERROR, field_name, Sentence("esi-id-of-another", text, owner=owner.name))
    fine = Sentence("esi-id-of-tdsp", "{owner} owns this ESI ID.", owner=owner.name)
    return Finding(name, Outcome.FINE, field_name, fine)


def _tdsp_meant(question: Question) -> tuple[str, Company] | None:
    """The wires company of the form: one that it names, or the filer itself."""
    for name, company in question.named.items():
        if company.kind == CompanyKind.TDSP:
            return name, company
    filer = question.actor.company
    return ("EsiID", filer) if filer.kind == CompanyKind.TDSP else None


def _tran_id_matches(question: Question) -> Finding:
    name = "Tran id matches an order"
    if question.unasked:
        return Finding(name, Outcome.NOT_CHECKED, "OrigTrxnID", question.unasked)
    if question.order is not None:
        return _order_fits(name, question.order, question.values)
    if not question.values.get("EsiID"):
        return Finding(name, Outcome.NOT_CHECKED, "OrigTrxnID", NO_ESI_ID_TYPED)
    if question.asked.fits:
        return Finding(name, Outcome.FINE, "OrigTrxnID", SUCH_AN_ORDER)
    return Finding(name, Outcome.WARNING, "OrigTrxnID", NO_SUCH_ORDER)


def _order_fits(name: str, order: MarketOrder, values: Mapping[str, Value]) -> Finding:
    """For who may know the order: what does not fit, or what it is."""
    if values.get("EsiID") and order.esi_id != values["EsiID"]:
        text = Sentence("order-of-another-premise", "The order of this tran id is for another ESI ID.")
        return Finding(name, Outcome.WARNING, "OrigTrxnID", text)
    if values.get("GlobalID") and order.global_id != values["GlobalID"]:
        text = Sentence("order-of-another-global-id", "The order of this tran id has another global id.")
        return Finding(name, Outcome.WARNING, "GlobalID", text)
    return Finding(name, Outcome.FINE, "OrigTrxnID", _order_told(order))


def _order_told(order: MarketOrder) -> Sentence:
    given = {"kind": order.kind, "status": order.status}
    if order.scheduled_for is None:
        return Sentence("order", "{kind}, {status}.", **given)
    return Sentence("order-scheduled", "{kind}, {status}, scheduled for {day}.", **given, day=order.scheduled_for)


def _other_on_esi_id(question: Question) -> Finding:
    return _others(question, "Other open issue on this ESI ID", "EsiID", Issue.esi_id)


def _other_on_order(question: Question) -> Finding:
    return _others(question, "Other open issue on this order", "OrigTrxnID", Issue.orig_tran_id)


def _others(question: Question, name: str, field_name: str, column: InstrumentedAttribute[str | None]) -> Finding:
    given = {"viewer": question.actor.company_id, "same": question.values[field_name], "besides": question.besides or 0}
    numbers = tuple(db.session.scalars(_open_by(column), given))
    if not numbers:
        none = Sentence("no-other-issue", "None that your company takes part in.")
        return Finding(name, Outcome.FINE, field_name, none)
    text = Sentence("other-issue", "Your company already takes part in an open issue on it. Look there first.")
    return Finding(name, Outcome.WARNING, field_name, text, numbers)


@cache
def _open_by(column: InstrumentedAttribute[str | None]) -> Select[int]:
    same = and_(Issue.is_open, column == bindparam("same"), Issue.number != bindparam("besides"))
    return select(Issue.number).where(company_sees(VIEWER), same).order_by(Issue.id).limit(MOST_DUPLICATES)


def _evaluation_window(question: Question) -> Finding:
    name = "Evaluation window"
    day = question.order.scheduled_for if question.order else None
    if day is None:
        return Finding(name, Outcome.NOT_CHECKED, "OrigTrxnID", question.unasked or NO_METER_READ)
    left = market_calendar().business_days_until(market_today(), day)
    if left < EVALUATION_WINDOW_DAYS:
        return Finding(name, Outcome.WARNING, "OrigTrxnID", _late(day, left))
    text = Sentence("days-to-meter-read", "{left} business days to the meter read of {day}.", left=left, day=day)
    return Finding(name, Outcome.FINE, "OrigTrxnID", text)


def _late(day: date, left: int) -> Sentence:
    if left < 0:
        text = "The scheduled meter read was on {day}; the order may have completed."
        return Sentence("meter-read-past", text, day=day)
    text = "Only {left} business days to the meter read of {day}; the cancel may come too late."
    return Sentence("meter-read-near", text, left=left, day=day)


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
