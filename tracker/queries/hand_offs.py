"""Issues that were handed to another company: what the company replaced may still see."""

from collections.abc import Sequence

from sqlalchemy import select

from tracker.db import AnyRow, db
from tracker.errors import NotFound
from tracker.models import HandOff, Issue, Person
from tracker.queries.visibility import NO_SUCH_ISSUE

MOST_SHOWN = 200


def hand_offs_of(actor: Person) -> Sequence[AnyRow]:
    """The issues that the actor's company was replaced on, newest first."""
    return db.session.execute(
        select(Issue.number, HandOff.at, HandOff.snapshot)
        .join(Issue, Issue.id == HandOff.issue_id)
        .where(HandOff.company_id == actor.company_id)
        .order_by(HandOff.at.desc(), HandOff.id.desc())
        .limit(MOST_SHOWN)
    ).all()


def hand_off_for(actor: Person, number: int) -> HandOff:
    """The last hand-off of this issue by the actor's company. Raises `NotFound`."""
    hand_off = db.session.scalar(
        select(HandOff)
        .join(Issue, Issue.id == HandOff.issue_id)
        .where(Issue.number == number, HandOff.company_id == actor.company_id)
        .order_by(HandOff.id.desc())
        .limit(1)
    )
    if hand_off is None:
        raise NotFound(NO_SUCH_ISSUE)
    return hand_off
