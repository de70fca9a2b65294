"""Saying that two issues belong together."""

from sqlalchemy import or_, select

from tracker.actions.history import Change, record
from tracker.clock import now
from tracker.db import db
from tracker.domain.permissions import Right
from tracker.errors import Invalid
from tracker.models import Issue, IssueLink, Person
from tracker.queries.rights import require
from tracker.queries.visibility import issue_for

FOLLOWS, RELATED = "follows", "related"


def link_issues(actor: Person, number: int, other_number: int) -> Issue:
    """Link two issues that the actor's company both sees. Raises `NotFound` for either one that it does not."""
    issue = issue_for(actor, number, to_change=True)
    require(actor, Right.WORK_ISSUES)
    other = issue_for(actor, other_number)
    if other.id == issue.id:
        raise Invalid({"other": "This is the number of the issue itself. Type the number of another one."})
    if _linked(issue, other):
        raise Invalid({"other": f"Issue {other.number} is linked already."})
    _link(actor, issue, other, RELATED)
    record(actor, issue, "Link", from_state=issue.state, changes=[_change(f"Issue {other.number}")])
    return issue


def link_follow_up(actor: Person, issue: Issue, follows: Issue) -> None:
    """Say that a new issue continues a finished one."""
    _link(actor, issue, follows, FOLLOWS)


def _link(actor: Person, issue: Issue, other: Issue, kind: str) -> None:
    db.session.add(IssueLink(issue_id=issue.id, other_id=other.id, kind=kind, person_id=actor.id, at=now()))
    db.session.flush()


def _linked(issue: Issue, other: Issue) -> bool:
    both = (issue.id, other.id)
    pair = or_(
        (IssueLink.issue_id == both[0]) & (IssueLink.other_id == both[1]),
        (IssueLink.issue_id == both[1]) & (IssueLink.other_id == both[0]),
    )
    return db.session.scalar(select(IssueLink.id).where(pair).limit(1)) is not None


def _change(what: str) -> Change:
    return Change(field="Link", label="Linked issue", old="", new=what)
