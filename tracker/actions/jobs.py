"""Promising something that the worker does later, in the same transaction as the change."""

from collections.abc import Mapping
from typing import Any

from tracker.clock import now
from tracker.db import db
from tracker.domain.topics import Topic
from tracker.models import Issue, Job


def promise(topic: str, issue: Issue | None, details: Mapping[str, Any]) -> None:
    """Write the job: it is kept if and only if the change that promises it is."""
    db.session.add(Job(topic=Topic(topic), issue_id=issue.id if issue else None, details=dict(details), due_at=now()))
