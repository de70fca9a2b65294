"""The one place that writes what happened to an issue.

`record` writes one event, dates the issue by it, and tells every viewer's row whose turn it now is.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from sqlalchemy import case, delete, insert, select, update

from tracker.clock import now
from tracker.db import db
from tracker.domain.roles import CompanyKind, Role
from tracker.models import Comment, Company, Event, Issue, IssueParty, IssueViewer, Person


class Change(TypedDict):
    """One field that changed, as people read it."""

    field: str
    label: str
    old: str
    new: str


def record(
    actor: Person,
    issue: Issue,
    name: str,
    *,
    from_state: str | None,
    changes: Sequence[Change] = (),
    comment: Comment | None = None,
) -> Event:
    """Write that `actor` did `name` to the issue; the issue already stands as it is afterwards."""
    moment = now()
    issue.changed_at = moment
    db.session.flush()
    event = Event(
        issue_id=issue.id,
        at=moment,
        person_id=actor.id,
        company_id=actor.company_id,
        name=name,
        from_state=from_state,
        to_state=issue.state,
        responsible_id=issue.responsible_id,
        changes=list(changes),
        comment_id=comment.id if comment else None,
        version=issue.version,
    )
    db.session.add(event)
    show_to_viewers(issue, moment)
    db.session.flush()
    return event


def show_to_viewers(issue: Issue, moment: datetime) -> None:
    """Date the row of every company that sees the issue, and say whose turn it is from its side."""
    standing = case(
        (IssueViewer.company_id == issue.responsible_id, "ours"),
        else_="theirs",
    )
    db.session.execute(
        update(IssueViewer)
        .where(IssueViewer.issue_id == issue.id)
        .values(changed_at=moment, standing=standing if issue.is_open else "ended")
        .execution_options(synchronize_session=False)
    )


def settle_viewers(issue: Issue) -> None:
    """Give a viewer's row to each company that takes part, and take it from those that no longer do.

    Before an issue is available only its submitter and the operator see it (marketrak.md section 1.3).
    """
    wanted = _viewers_wanted(issue)
    present = set(db.session.scalars(select(IssueViewer.company_id).where(IssueViewer.issue_id == issue.id)))
    new = [
        {"issue_id": issue.id, "company_id": company_id, "standing": "theirs", "changed_at": issue.changed_at}
        for company_id in sorted(wanted - present)
    ]
    if new:
        db.session.execute(insert(IssueViewer), new)
    if present - wanted:
        db.session.execute(
            delete(IssueViewer).where(IssueViewer.issue_id == issue.id, IssueViewer.company_id.in_(present - wanted))
        )


def _viewers_wanted(issue: Issue) -> set[int]:
    parties = select(IssueParty.company_id).where(
        IssueParty.issue_id == issue.id, IssueParty.role != Role.PRIOR_INVOLVED
    )
    if issue.available_at is None:
        parties = parties.where(IssueParty.role == Role.SUBMITTER)
    operator = select(Company.id).where(Company.kind == CompanyKind.ERCOT)
    return set(db.session.scalars(parties)) | set(db.session.scalars(operator))
