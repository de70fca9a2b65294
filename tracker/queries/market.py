"""What is so about this installation itself."""

from sqlalchemy import ColumnElement, ScalarSelect, exists, select

from tracker.db import db
from tracker.models import MarketFact

DEMO = "demo"
"""The fact, and the key under which a database session remembers it."""


def demo_fact() -> ColumnElement[bool]:
    """Whether this is a demo market, as a column of a larger question."""
    return exists().where(MarketFact.name == DEMO)


def fact(name: str) -> ScalarSelect[str]:
    """The value of a fact, as a column of a larger question."""
    return select(MarketFact.value).where(MarketFact.name == name).scalar_subquery()


def is_demo() -> bool:
    """The database was made by the `demo` command; asked at most once in a database session."""
    known = db.session.info.get(DEMO)
    if known is None:
        known = remember(DEMO, bool(db.session.scalar(select(demo_fact()))))
    return bool(known)


def forget_remembered() -> None:
    """Whoever asks next asks the database."""
    db.session.info.clear()


def remember(name: str, known: bool) -> bool:
    """Keep what is so of this installation for as long as the database session lives."""
    db.session.info[name] = known
    return known
