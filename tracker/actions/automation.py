"""What the product does by itself, as the system's person of the operator."""

from sqlalchemy import select

from tracker.actions.history import Change, record
from tracker.actions.parties import replace_party
from tracker.actions.standing import set_state, set_values
from tracker.db import db
from tracker.domain.permissions import Rank
from tracker.domain.roles import Role
from tracker.domain.sentence import Sentence
from tracker.domain.subtype import Subtype
from tracker.models import Company, Issue, Person
from tracker.queries.kinds import subtype_of, workflow_of
from tracker.queries.registry import OrderParties, parties_by_registry

BY_REGISTRY = "select-iag-parties-by-registry"


def the_clock() -> Person:
    """The person that acts for the product itself."""
    return db.session.scalars(select(Person).where(Person.rank == Rank.SYSTEM)).one()


def pick_parties(issue: Issue) -> None:
    """Select gaining CR, losing CR and TDSP where the registry is certain; else say why ERCOT must.

    Nothing happens to subtypes whose parties are typed by the filer (marketrak.md section 11).
    """
    subtype, workflow = subtype_of(issue), workflow_of(issue)
    transition = workflow.find(issue.state, BY_REGISTRY)
    if not subtype.picks_parties or transition is None:
        return
    submitter = db.session.get_one(Company, issue.submitter_id)
    found = parties_by_registry(submitter, issue.esi_id or "", issue.orig_tran_id or "")
    misfit = found if isinstance(found, str) else _misfit(issue, subtype, found)
    if isinstance(found, str) or misfit:
        issue.waits_because = misfit
        return
    changes = _bring_in(issue, found)
    from_state = issue.state
    set_state(issue, transition.target(from_state))
    record(the_clock(), issue, transition, from_state=from_state, changes=changes)


def _misfit(issue: Issue, subtype: Subtype, found: OrderParties) -> Sentence | None:
    named = {Role.GAINING: found.gaining, Role.LOSING: found.losing}
    if subtype.submitter_role is None or named[subtype.submitter_role].id == issue.submitter_id:
        return None
    text = "The registry names another company than the submitter as {role} CR of this order."
    return Sentence("submitter-in-another-role", text, role=subtype.submitter_role.lower())


def _bring_in(issue: Issue, found: OrderParties) -> list[Change]:
    named = {Role.GAINING: found.gaining, Role.LOSING: found.losing, Role.TDSP: found.tdsp}
    changes = [replace_party(issue, role, company) for role, company in named.items()]
    learned = {"GainingMP": found.gaining.duns, "LosingMP": found.losing.duns, "TDSPInvolved": found.tdsp.duns}
    if found.gaining_start:
        learned["GainingCRStartDate"] = f"{found.gaining_start.isoformat()}T00:00:00"
    set_values(issue, {**issue.values, **learned})
    return [change for change in changes if change]
