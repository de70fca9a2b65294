"""Who of the own company is at an issue."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select

from tracker.clock import now
from tracker.db import AnyRow, db
from tracker.models import Event, Issue, Person, Presence, Reply
from tracker.queries.visibility import company_reads

HERE = timedelta(seconds=60)
WRITING = timedelta(seconds=30)


def happened_since(actor: Person, issue: Issue, moment: datetime) -> bool:
    """Somebody else did something after this moment that the actor reads."""
    later = (Event.issue_id == issue.id, Event.at > moment, Event.person_id != actor.id, Event.about_id.is_(None))
    return bool(db.session.scalar(select(exists().where(*later, company_reads(Event, actor.company_id)))))


def colleagues_at(actor: Person, issue: Issue) -> Sequence[AnyRow]:
    """The colleagues who have the issue open, by name: `full_name`, and whether each is `writing` at this moment.

    Only the own company's people; nobody learns who reads at another one.
    """
    wrote = select(func.max(Reply.changed_at)).where(Reply.issue_id == issue.id, Reply.person_id == Person.id)
    statement = (
        select(Person.full_name, (wrote.scalar_subquery() >= now() - WRITING).label("writing"))
        .join(Presence, Presence.person_id == Person.id)
        .where(Presence.issue_id == issue.id, Presence.seen_at >= now() - HERE)
        .where(Person.company_id == actor.company_id, Person.id != actor.id)
        .order_by(Person.full_name)
    )
    return db.session.execute(statement).all()
