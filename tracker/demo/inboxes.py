"""What the people of the demo market were told of late, by the same table as everything later."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from tracker.actions.telling import BATCH, tell
from tracker.actions.unread import count_unread
from tracker.db import db
from tracker.models import Event, Notice
from tracker.queries.told import told_by

LATELY = timedelta(days=14)
READ_AFTER = timedelta(days=3)
"""What is older has been read."""


def fill_inboxes(until: datetime) -> None:
    """Tell of the last two weeks; the last days are unread."""
    events = db.session.scalars(select(Event.id).where(Event.at >= until - LATELY).order_by(Event.at, Event.id)).all()
    for start in range(0, len(events), BATCH):
        tell(told_by(events[start : start + BATCH]))
    old = update(Notice).where(Notice.at < until - READ_AFTER).values(read_at=Notice.at)
    db.session.execute(old.execution_options(synchronize_session=False))
    count_unread(db.session.scalars(select(Notice.person_id).distinct()).all())
