"""What an issue is as a whole after any change: its state, turn, clock, title and looked-up columns."""

from datetime import timedelta
from functools import cache

from sqlalchemy import Select, bindparam, select

from tracker.actions.identifiers import keep_identifiers
from tracker.clock import now
from tracker.db import db
from tracker.domain.roles import Role
from tracker.domain.states import STATUS_OF
from tracker.domain.subtype import Subtype
from tracker.models import Issue, IssueParty
from tracker.queries.companies import operator_id
from tracker.queries.kinds import subtype_of, workflow_of

TITLE_LENGTH = 80
"""Titles are generated and hold at most so many characters (marketrak.md section 3.1)."""

COLUMNS = {
    "EsiID": "esi_id",
    "OrigTrxnID": "orig_tran_id",
    "TrxnID": "tran_id",
    "StartTime": "service_start",
    "StopTime": "service_stop",
}
"""The fields that everybody looks up by, and the columns that hold them besides."""


def set_state(issue: Issue, state: str) -> None:
    """Put the issue into `state`; status, responsible company, dates and the clock follow from it."""
    moment = now()
    if state != issue.state:
        issue.state_changed_at = moment
    issue.state = state
    issue.status = STATUS_OF[state]
    issue.is_open = STATUS_OF[state].is_open
    issue.closed_at = None if issue.is_open else moment
    issue.was_unexecutable = issue.was_unexecutable or state == "Unexecutable (PC)"
    set_clock(issue)
    set_turn(issue)


def set_turn(issue: Issue) -> None:
    """Name the responsible company: whoever has the role whose turn the state is. Never edited by people."""
    role = workflow_of(issue).turn(issue.state)
    responsible_id = company_in(issue, role) if role else None
    if responsible_id != issue.responsible_id:
        issue.turn_since = now()
    issue.responsible_id = responsible_id


def set_clock(issue: Issue) -> None:
    """Say when the clock will press a transition by itself, counted from the last change of state."""
    clocked = workflow_of(issue).clocked(issue.state)
    days = clocked.after_days if clocked else None
    issue.clock_at = issue.state_changed_at + timedelta(days=days) if days is not None else None


def company_in(issue: Issue, role: Role) -> int | None:
    """The company that has this role on the issue now."""
    given = {"issue": issue.id, "role": role}
    with db.session.no_autoflush:  # parties are flushed when they come; the issue itself is written once, by `record`
        return operator_id() if role is Role.ERCOT else db.session.scalar(_holder(), given)


@cache
def _holder() -> Select[int]:
    return (
        select(IssueParty.company_id)
        .where(IssueParty.issue_id == bindparam("issue"), IssueParty.role == bindparam("role"))
        .order_by(IssueParty.id.desc())
        .limit(1)
    )


def set_values(issue: Issue, values: dict[str, object]) -> None:
    """Store the fields, and what is derived from them: the looked-up columns, the identifiers and the title."""
    before, issue.values = issue.values, values
    for name, column in COLUMNS.items():
        setattr(issue, column, values.get(name))
    issue.title = title_of(subtype_of(issue), values)
    if issue.id is not None:
        keep_identifiers(issue, before)


def title_of(subtype: Subtype, values: dict[str, object]) -> str:
    """The generated title: the subtype and what the issue is about."""
    about = values.get("EsiID") or values.get("OrigTrxnID") or values.get("MarketRuleRef") or ""
    return f"{subtype.name} - {about}".removesuffix(" - ")[:TITLE_LENGTH]
