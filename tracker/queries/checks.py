"""The checks that run by themselves when an issue is typed and when it is filed (marketrak.md section 3.2).

A broken rule is an error at its field. A warning parks the issue with its filer. What the registry
does not know, or cannot say because it is off, is "not checked" and never blocks.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, select

from tracker.clock import market_today
from tracker.db import db
from tracker.domain.fields import Value
from tracker.domain.roles import CompanyKind
from tracker.domain.subtype import Check, Subtype
from tracker.market_calendar import market_calendar
from tracker.models import Issue, MarketOrder, Person
from tracker.queries import registry
from tracker.queries.companies import company_by_duns
from tracker.queries.visibility import sees

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
    numbers: tuple[int, ...] = field(default=())

    def as_row(self) -> dict[str, object]:
        """The finding as it is kept with the issue that it parked."""
        return {"check": self.check, "field": self.field, "text": self.text, "numbers": list(self.numbers)}


def run_checks(
    actor: Person, subtype: Subtype, values: Mapping[str, Value], *, besides: int | None = None
) -> list[Finding]:
    """What every check of the subtype finds in the values typed so far; `besides` is an issue not to count."""
    findings: list[Finding | None] = [_shape(values)] if values.get("EsiID") else []
    findings += [_ANSWERS[check](actor, values, besides) for check in subtype.checks if _is_askable(check, values)]
    findings += _attached_rules(actor, subtype, values)
    return [finding for finding in findings if finding is not None]


def _is_askable(check: Check, values: Mapping[str, Value]) -> bool:
    return all(values.get(name) for name in _NEEDED[check])


def _shape(values: Mapping[str, Value]) -> Finding | None:
    esi_id = str(values["EsiID"])
    if not re.fullmatch(r"[0-9]{17}|[0-9]{22}", esi_id):
        return Finding(
            "Shape of the ESI ID",
            Outcome.WARNING,
            "EsiID",
            f"An ESI ID has 17 or 22 digits; this has {len(esi_id)} characters.",
        )
    if registry.tdsp_of(esi_id) is None:
        return Finding("Shape of the ESI ID", Outcome.WARNING, "EsiID", "No wires company owns ESI IDs that begin so.")
    return None


def _attached_rules(actor: Person, subtype: Subtype, values: Mapping[str, Value]) -> list[Finding]:
    if not subtype.never_by_rep_of_record or not values.get("EsiID"):
        return []
    premise = registry.premise(str(values["EsiID"])) if registry.registry_is_on() else None
    if premise is None or premise.rep_duns != actor.company.duns:
        return []
    text = "Your company is the REP of record of this ESI ID; the REP of record does not file this subtype."
    return [Finding("REP of record", Outcome.ERROR, "EsiID", text)]


def _esi_id_known(actor: Person, values: Mapping[str, Value], besides: int | None) -> Finding:
    name, esi_id = "ESI ID known", str(values["EsiID"])
    if not registry.registry_is_on():
        return _off(name, "EsiID")
    known = registry.premise(esi_id)
    if known is None:
        return Finding(name, Outcome.WARNING, "EsiID", "The market registry knows no premise with this ESI ID.")
    return Finding(name, Outcome.FINE, "EsiID", f"{known.status}, {known.premise_type or 'premise type unknown'}.")


def _tdsp_owns_it(actor: Person, values: Mapping[str, Value], besides: int | None) -> Finding | None:
    name, owner = "TDSP owns the ESI ID", registry.tdsp_of(str(values["EsiID"]))
    for field_name, tdsp in _tdsps_meant(actor, values):
        if owner is None:
            return Finding(name, Outcome.NOT_CHECKED, field_name, "No wires company is known for this ESI ID.")
        if tdsp != owner.duns:
            text = f"This ESI ID belongs to {owner.name}. Pick {owner.name}, or correct the ESI ID."
            return Finding(name, Outcome.ERROR, field_name, text)
        return Finding(name, Outcome.FINE, field_name, f"{owner.name} owns this ESI ID.")
    return None


def _tdsps_meant(actor: Person, values: Mapping[str, Value]) -> list[tuple[str, str]]:
    meant = [(name, str(values[name])) for name in ("TDSPInvolved", "Assignee") if values.get(name)]
    found = [(name, duns) for name, duns in meant if _is_tdsp(duns)]
    if not found and actor.company.kind == CompanyKind.TDSP:
        found = [("EsiID", actor.company.duns)]
    return found


def _is_tdsp(duns: str) -> bool:
    company = company_by_duns(duns)
    return company is not None and company.kind == CompanyKind.TDSP


def _tran_id_matches(actor: Person, values: Mapping[str, Value], besides: int | None) -> Finding:
    name = "Tran id matches an order"
    if not registry.registry_is_on():
        return _off(name, "OrigTrxnID")
    order = registry.order(str(values["OrigTrxnID"]))
    if order is None:
        return Finding(
            name, Outcome.WARNING, "OrigTrxnID", "The market registry knows no order with this original tran id."
        )
    return _order_fits(name, order, values)


def _order_fits(name: str, order: MarketOrder, values: Mapping[str, Value]) -> Finding:
    if values.get("EsiID") and order.esi_id != values["EsiID"]:
        return Finding(name, Outcome.WARNING, "OrigTrxnID", "The order of this tran id is for another ESI ID.")
    if values.get("GlobalID") and order.global_id != values["GlobalID"]:
        return Finding(name, Outcome.WARNING, "GlobalID", "The order of this tran id has another global id.")
    scheduled = f", scheduled for {order.scheduled_for}" if order.scheduled_for else ""
    return Finding(name, Outcome.FINE, "OrigTrxnID", f"{order.kind}, {order.status}{scheduled}.")


def _other_on_esi_id(actor: Person, values: Mapping[str, Value], besides: int | None) -> Finding:
    return _others(actor, "Other open issue on this ESI ID", "EsiID", Issue.esi_id == values["EsiID"], besides)


def _other_on_order(actor: Person, values: Mapping[str, Value], besides: int | None) -> Finding:
    same = Issue.orig_tran_id == values["OrigTrxnID"]
    return _others(actor, "Other open issue on this order", "OrigTrxnID", same, besides)


def _others(actor: Person, name: str, field_name: str, same: ColumnElement[bool], besides: int | None) -> Finding:
    statement = select(Issue.number).where(sees(actor), Issue.is_open, same).order_by(Issue.id)
    if besides is not None:
        statement = statement.where(Issue.number != besides)
    numbers = tuple(db.session.scalars(statement.limit(MOST_DUPLICATES)))
    if not numbers:
        return Finding(name, Outcome.FINE, field_name, "None that your company takes part in.")
    text = "Your company already takes part in an open issue on it. Look there first."
    return Finding(name, Outcome.WARNING, field_name, text, numbers)


def _evaluation_window(actor: Person, values: Mapping[str, Value], besides: int | None) -> Finding:
    name = "Evaluation window"
    order = registry.order(str(values["OrigTrxnID"])) if registry.registry_is_on() else None
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


Answer = Callable[[Person, Mapping[str, Value], int | None], Finding | None]

_ANSWERS: dict[Check, Answer] = {
    Check.ESI_ID_KNOWN: _esi_id_known,
    Check.TDSP_OWNS_IT: _tdsp_owns_it,
    Check.TRAN_ID_MATCHES_ORDER: _tran_id_matches,
    Check.OTHER_ISSUE_ON_ESI_ID: _other_on_esi_id,
    Check.OTHER_ISSUE_ON_ORDER: _other_on_order,
    Check.EVALUATION_WINDOW: _evaluation_window,
}

_NEEDED: dict[Check, tuple[str, ...]] = {
    Check.ESI_ID_KNOWN: ("EsiID",),
    Check.TDSP_OWNS_IT: ("EsiID",),
    Check.TRAN_ID_MATCHES_ORDER: ("OrigTrxnID",),
    Check.OTHER_ISSUE_ON_ESI_ID: ("EsiID",),
    Check.OTHER_ISSUE_ON_ORDER: ("OrigTrxnID",),
    Check.EVALUATION_WINDOW: ("OrigTrxnID",),
}
