"""What is so about this installation itself."""

from sqlalchemy import ColumnElement, exists, select

from tracker.db import db
from tracker.models import MarketFact

DEMO = "demo"
"""The fact, and the key under which a database session remembers it."""


def demo_fact() -> ColumnElement[bool]:
    """Whether this is a demo market, as a column of a larger question."""
    return exists().where(MarketFact.name == DEMO)


def is_demo() -> bool:
    """The database was made by the `demo` command; asked at most once in a database session."""
    known = db.session.info.get(DEMO)
    if known is None:
        known = remember_demo(bool(db.session.scalar(select(demo_fact()))))
    return bool(known)


def remember_demo(known: bool) -> bool:
    """Keep the answer for as long as the database session lives."""
    db.session.info[DEMO] = known
    return known
