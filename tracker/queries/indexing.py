"""What the index should hold: read by the worker, and by the command that compares."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from tracker.clock import now
from tracker.db import AnyRow, db
from tracker.models import Attachment, Event, Issue, Job
from tracker.queries.documents import besides_of, marks_of, viewers_of


def next_issues(after: int, most: int) -> Sequence[int]:
    """The ids of the next issues, in the order of their ids."""
    return db.session.scalars(select(Issue.id).where(Issue.id > after).order_by(Issue.id).limit(most)).all()


def issues_changed_since(moment: datetime) -> Sequence[int]:
    """The ids of the issues whose words or marks may differ from what was read before this moment."""
    read = select(Attachment.issue_id).where(Attachment.read_at >= moment)
    noted = select(Event.issue_id).where(Event.at >= moment, Event.ring_company_id.is_not(None))
    return db.session.scalars(
        select(Issue.id)
        .where(or_(Issue.changed_at >= moment, Issue.id.in_(read), Issue.id.in_(noted)))
        .order_by(Issue.id)
    ).all()


def count_issues(up_to: int | None = None) -> int:
    """How many issues there are, or how many up to an id."""
    statement = select(func.count()).select_from(Issue)
    return db.session.scalar(statement if up_to is None else statement.where(Issue.id <= up_to)) or 0


def due_jobs(topic: str, most: int, only: int | None = None, *, to_take: bool = False) -> Sequence[AnyRow]:
    """The oldest due jobs of a topic, or the one of this id: `id`, `issue_id`, `details`.

    With `to_take` nobody else is given the same ones until this transaction ends.
    """
    due = [Job.topic == topic, Job.due_at <= now(), Job.parked_at.is_(None)]
    due += [Job.id == only] if only else []
    statement = select(Job.id, Job.issue_id, Job.details).where(*due).order_by(Job.due_at, Job.id).limit(most)
    return db.session.execute(statement.with_for_update(skip_locked=True) if to_take else statement).all()


def marks_wanted(issue_ids: Sequence[int]) -> dict[int, str]:
    """The marks that these issues should bear in the index, sorted and joined as the engines give them."""
    viewers, besides = viewers_of(issue_ids), besides_of(issue_ids)
    issues = db.session.scalars(select(Issue).where(Issue.id.in_(issue_ids)))
    return {issue.id: " ".join(sorted(marks_of(issue, viewers[issue.id], besides.get(issue.id)))) for issue in issues}
