"""The mark that index and database have in common, by which a restore of one of them is seen.

Each writing of an index draws a word by chance, and the transaction that belongs to it notes the word in the database.
As long as both say the same, both have seen the same. A word that was noted and is not there any more tells that one of
the two is an older copy, or belongs to another market, whatever tool it was copied with; or that another engine served
for a while, and was told of what changed.
"""

from collections.abc import Collection

from sqlalchemy import select

from tracker.db import db, insert_into
from tracker.models import MarketFact
from tracker.search import CommonMark, SearchBackend

SERVED, BEING_BUILT = "search mark", "search mark being built"
"""The facts that note the marks of the two indexes."""


def note_served(engine: SearchBackend) -> None:
    """Note what the index that is served bears now, in the transaction of what was written to it."""
    _note(SERVED, engine.mark_served())


def note_built(engine: SearchBackend) -> None:
    """The same of the index being made."""
    _note(BEING_BUILT, engine.mark_built())


def is_built_from_this(engine: SearchBackend) -> bool:
    """The index being made was made from this database so far."""
    return _noted(BEING_BUILT) == engine.mark_built().drawn


def unsure_issues(engine: SearchBackend) -> Collection[int] | None:
    """The issues in which the index that is served may differ from the database; None when nobody can tell which.

    They are those of the last writing when that was not noted, as a kill in between leaves it; else there are none.
    Raises `SearchUnavailable`.
    """
    mark, noted = engine.mark_served(), _noted(SERVED)
    if noted == mark.drawn:
        return ()
    return mark.written if noted == mark.before else None


def _noted(name: str) -> str:
    return db.session.scalar(select(MarketFact.value).where(MarketFact.name == name)) or ""


def _note(name: str, mark: CommonMark) -> None:
    noting = insert_into(MarketFact).values(name=name, value=mark.drawn)
    other = MarketFact.value != mark.drawn
    db.session.execute(noting.on_conflict_do_update(index_elements=["name"], set_={"value": mark.drawn}, where=other))
