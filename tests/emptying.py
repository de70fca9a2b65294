"""Emptying the database between tests; what its migrations wrote stays."""

from sqlalchemy import delete

from tracker.db import db
from tracker.models import MarketFact
from tracker.queries.store_identity import IDENTITY


def empty_tables() -> None:
    """Remove what a test left. The database stays the one to which the attachments folder belongs."""
    for table in reversed(db.metadata.sorted_tables):
        gone = delete(table)
        db.session.execute(gone.where(MarketFact.name != IDENTITY) if table.name == MarketFact.__tablename__ else gone)
    db.session.commit()
