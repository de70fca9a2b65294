"""Emptying what is stored between tests; what its migrations wrote into the database stays."""

import shutil

from flask import current_app
from sqlalchemy import delete

from tracker.db import db
from tracker.models import MarketFact
from tracker.queries.store_identity import IDENTITY


def let_connections_go() -> None:
    """Close those of the product, and those that are kept for its probes."""
    for engine in db.engines.values():
        engine.dispose()


def empty_everything() -> None:
    """Remove what a test left, rows and files. The database keeps its identity; the next folder will get the same."""
    for table in reversed(db.metadata.sorted_tables):
        gone = delete(table)
        db.session.execute(gone.where(MarketFact.name != IDENTITY) if table.name == MarketFact.__tablename__ else gone)
    db.session.commit()
    shutil.rmtree(current_app.config["TRACKER"].attachments, ignore_errors=True)
