"""How far the worker is behind."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from tracker.clock import now
from tracker.db import db
from tracker.models import Job


def oldest_due_job() -> datetime | None:
    """Since when the job waits that has waited longest; None when none does, or nobody can tell."""
    try:
        return db.session.scalar(
            select(Job.due_at).where(Job.due_at <= now(), Job.parked_at.is_(None)).order_by(Job.due_at).limit(1)
        )
    except SQLAlchemyError:
        db.session.rollback()
        return None
