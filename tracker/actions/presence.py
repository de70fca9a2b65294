"""Being at an issue: seen by colleagues, and, the first time, by its company's name in the timeline."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from tracker.actions.inbox import mark_shown
from tracker.clock import now
from tracker.db import db, insert_into
from tracker.models import Issue, IssueOpening, Person, Presence
from tracker.queries.visibility import issue_for

FORGOTTEN_AFTER = timedelta(days=1)


def be_here(actor: Person, number: int, shown: datetime | None = None, drawn_at: datetime | None = None) -> Issue:
    """Say that the actor has the issue open; what they were told of until `shown` is read. Raises `NotFound`.

    A page that has been open for long shows nothing of what happened since: that stays unread. No event, no version,
    no date of the issue: a look leaves nothing but the first opening of the company.
    """
    issue = issue_for(actor, number)
    seen = insert_into(Presence).values(issue_id=issue.id, person_id=actor.id, seen_at=now())
    db.session.execute(
        seen.on_conflict_do_update(index_elements=["issue_id", "person_id"], set_={"seen_at": seen.excluded.seen_at})
    )
    opened = {"issue_id": issue.id, "company_id": actor.company_id, "at": now()}
    db.session.execute(insert_into(IssueOpening).values(opened).on_conflict_do_nothing())
    if shown and drawn_at:
        mark_shown(actor, issue, until=shown, drawn_at=drawn_at)
    return issue


def forget_presence() -> None:
    """Forget who was where, a day later."""
    db.session.execute(delete(Presence).where(Presence.seen_at < now() - FORGOTTEN_AFTER))
