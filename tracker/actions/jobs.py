"""Promising something that the worker does later, in the same transaction as the change."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from tracker.clock import now
from tracker.db import db
from tracker.domain.topics import Topic
from tracker.models import Issue, Job


def promise(topic: str, issue: Issue | None, details: Mapping[str, Any]) -> None:
    """Write the job: it is kept if and only if the change that promises it is."""
    db.session.add(Job(topic=Topic(topic), issue_id=issue.id if issue else None, details=dict(details), due_at=now()))


def try_parked_again(topics: Sequence[str], after: timedelta) -> None:
    """Give each job of these topics that was parked so long ago one more try: what stood in its way may be gone."""
    parked = (Job.topic.in_(topics), Job.parked_at < now() - after)
    db.session.execute(update(Job).where(*parked).values(parked_at=None, due_at=now()))
