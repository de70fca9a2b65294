"""Asking a query: whatever breaks in it is said where it was asked, and breaks nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from tracker.db import PATIENCE, db, is_passing, took_too_long
from tracker.domain.query_language import QueryError
from tracker.domain.sentence import Sentence
from tracker.errors import TrackerError
from tracker.models import Person
from tracker.queries.meaning import meaning_of

log = structlog.get_logger()


class QueryBroke(QueryError):
    """Asking broke something on our side: it is no fault of what was typed, and has no place in it."""


@contextmanager
def asking(text: str) -> Iterator[None]:
    """Whatever is raised while this query is asked comes as a `QueryError`; the transaction is ended by that.

    A passing trouble of the database is no query's own, and is raised as it is. So is what took too long where nothing
    was typed: nobody asked for too much.
    """
    try:
        yield
    except (QueryError, TrackerError):
        raise
    except Exception as error:
        if is_passing(error) or (took_too_long(error) and not text):
            raise
        db.session.rollback()
        if took_too_long(error):
            raise QueryError(_too_long(), 0, len(text)) from error
        log.exception("a query broke")
        raise QueryBroke(_broke(), 0, len(text)) from error


def refusal_of(actor: Person, text: str) -> QueryError | None:
    """Why the query means nothing to the actor, if it does not."""
    try:
        with asking(text):
            meaning_of(actor, text)
    except QueryError as refusal:
        return refusal
    return None


def _too_long() -> Sentence:
    template = "This takes longer than {seconds} seconds to find. Add a word or a condition and try again."
    return Sentence("query-takes-long", template, seconds=PATIENCE.get().statement // 1_000)


def _broke() -> Sentence:
    return Sentence(
        "query-broke",
        "This query broke something on our side; what it asks for cannot be shown. "
        "Leave a part of it out, or try again later. If it breaks again, tell the operator what you looked for, and "
        "when.",
    )
