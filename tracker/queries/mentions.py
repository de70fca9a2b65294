"""Who is meant by the names in a comment."""

from collections.abc import Collection, Sequence

from sqlalchemy import exists, select

from tracker.db import db
from tracker.models import Issue, IssueViewer, Person


def mentioned_on(issue: Issue, names: Collection[str]) -> Sequence[Person]:
    """The active people of these user names whose companies see the issue."""
    if not names:
        return []
    seen = exists().where(IssueViewer.issue_id == issue.id, IssueViewer.company_id == Person.company_id)
    return db.session.scalars(select(Person).where(Person.user_name.in_(names), Person.active, seen)).all()
