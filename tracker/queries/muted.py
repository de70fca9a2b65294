"""Which issues somebody wants to hear of no more."""

from collections.abc import Set

from sqlalchemy import select

from tracker.db import db
from tracker.models import Issue, Person, Watch


def muted_among(actor: Person, numbers: Set[int]) -> Set[int]:
    """The issues of these numbers that the actor has muted."""
    if not numbers:
        return frozenset()
    mine = select(Issue.number).join(Watch, Watch.issue_id == Issue.id).where(Watch.person_id == actor.id, Watch.muted)
    return frozenset(db.session.scalars(mine.where(Issue.number.in_(numbers))))
