"""Who may know what the market registry says: the one rule, as a condition of every statement that reads it.

The address of a premise, its wires company, its status and its type stand in ERCOT's public extract. Who serves or
served it, since when, and its orders are for the retailers that they name, for its wires company, for ERCOT, and for
the parties of an issue once another company than the filer has worked on it there (docs/decisions/0025).
"""

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Exists, and_, bindparam, exists, or_
from sqlalchemy.orm import aliased

from tracker.domain.permissions import Rank
from tracker.domain.roles import CompanyKind, Role
from tracker.models import Company, Event, Issue, IssueParty, IssueViewer, MarketOrder, Person, Premise

READER: BindParameter[int] = bindparam("reader")
"""The company that would know it, in statements that are built once and asked often."""


def may_know(company: Any, esi_id: Any, *named: Any, besides: Any = None) -> ColumnElement[bool]:
    """The company of this id may know what the registry says of the premise beyond the public extract.

    `named` are the DUNS of the retailers that it would tell of, and of the wires company. `besides` is an issue whose
    parties may know it though it has ended.
    """
    reader = aliased(Company)
    is_named = [reader.duns == duns for duns in named]
    told = or_(reader.kind == CompanyKind.ERCOT, *is_named, _takes_part(reader.id, esi_id, besides))
    return exists().where(reader.id == company, told).correlate_except(reader)


def may_know_order(company: Any, order: Any) -> ColumnElement[bool]:
    """The same of an order, in a statement that joins the premise of the order."""
    named = (order.gaining_duns, order.losing_duns, Premise.rep_duns, Premise.tdsp_duns)
    return may_know(company, order.esi_id, *named)


def all_may_know_order(issue_id: Any) -> ColumnElement[bool]:
    """The same of an order and of every party of an issue: what is written there is read by all of them."""
    party = aliased(IssueParty)
    takes_part = and_(party.issue_id == issue_id, party.role != Role.PRIOR_INVOLVED)
    stranger = exists().where(takes_part, ~may_know_order(party.company_id, MarketOrder))
    return ~stranger.correlate_except(party)


def _takes_part(company: Any, esi_id: Any, besides: Any) -> ColumnElement[bool]:
    """It sees an open issue on the premise that is worked on. One that has ended is no licence to go on looking."""
    issue, viewer = aliased(Issue), aliased(IssueViewer)
    sees = and_(viewer.issue_id == issue.id, viewer.company_id == company)
    stands = issue.is_open if besides is None else or_(issue.is_open, issue.id == besides)
    found = exists().where(issue.esi_id == esi_id, stands, sees, is_worked_on(issue))
    return found.correlate_except(issue, viewer)


def is_worked_on(issue: Any) -> ColumnElement[bool]:
    """Somebody of another company than the filer's has moved it since it has this ESI ID.

    Not the clock, nor a second DUNS of the filer.
    """
    event, person, company, filer = aliased(Event), aliased(Person), aliased(Company), aliased(Company)
    moved: Exists = exists().where(
        event.issue_id == issue.id,
        event.from_state != event.to_state,
        event.version > issue.told_after,
        person.id == event.person_id,
        person.rank != Rank.SYSTEM,
        company.id == event.company_id,
        filer.id == issue.submitter_id,
        company.legal_key != filer.legal_key,
    )
    return and_(issue.first_touched_at.is_not(None), moved.correlate_except(event, person, company, filer))
