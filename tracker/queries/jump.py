"""The jump box: an identifier that means one issue opens it."""

from sqlalchemy import select

from tracker.db import db
from tracker.domain.identifiers import looks_like_one, normalised
from tracker.models import Issue, IssueIdentifier, Person
from tracker.queries.visibility import sees

ENOUGH = 2
"""Two are enough to know that one is not alone."""


def only_issue_meant(actor: Person, typed: str) -> int | None:
    """The number of the issue, if what was typed is wholly an identifier of just one that the actor sees."""
    if not looks_like_one(typed) or " " in typed.strip():
        return None
    carries = select(IssueIdentifier.issue_id).where(IssueIdentifier.value == normalised(typed.strip().lstrip("#")))
    numbers = db.session.scalars(select(Issue.number).where(Issue.id.in_(carries), sees(actor)).limit(ENOUGH)).all()
    return numbers[0] if len(numbers) == 1 else None
