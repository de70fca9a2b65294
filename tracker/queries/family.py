"""Issues that belong to an issue: children, links, and others on the same ESI ID."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, or_, select

from tracker.db import AnyRow, db
from tracker.models import Issue, IssueLink, Job, Person
from tracker.queries.visibility import seen_by

MOST_SHOWN = 20


def children_left(parent: Issue) -> bool:
    """A child of the issue is still open, or still to be filed."""
    to_file = exists().where(Job.issue_id == parent.id, Job.topic == "lpa-children")
    still_open = exists().where(Issue.parent_id == parent.id, Issue.is_open)
    return bool(db.session.scalar(select(or_(to_file, still_open))))


def others_on_esi_id(actor: Person, issue: Issue) -> Sequence[AnyRow]:
    """Other issues on the same ESI ID that the actor's company sees, newest first."""
    if not issue.esi_id:
        return []
    statement = _lines().where(Issue.esi_id == issue.esi_id, Issue.id != issue.id)
    return db.session.execute(seen_by(actor, statement).order_by(Issue.id.desc()).limit(MOST_SHOWN)).all()


def linked_issues(actor: Person, issue: Issue) -> Sequence[AnyRow]:
    """Issues linked to this one, its parent and its children, as far as the actor's company sees them.

    Each row ends with `kind` ("follows", "related", None for parent and children) and `outward`.
    """
    link = or_(
        (IssueLink.issue_id == issue.id) & (IssueLink.other_id == Issue.id),
        (IssueLink.other_id == issue.id) & (IssueLink.issue_id == Issue.id),
    )
    statement = (
        _lines()
        .add_columns(IssueLink.kind, (IssueLink.issue_id == issue.id).label("outward"), Issue.parent_id)
        .outerjoin(IssueLink, link)
        .where(or_(IssueLink.id.is_not(None), Issue.parent_id == issue.id, Issue.id == issue.parent_id))
    )
    return db.session.execute(seen_by(actor, statement).order_by(Issue.id).limit(MOST_SHOWN)).all()


def _lines() -> Any:
    return select(Issue.id, Issue.number, Issue.title, Issue.state, Issue.is_open, Issue.changed_at)
