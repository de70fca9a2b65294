"""What belongs to one receiver, view or issue fails alone: it is undone and logged, and the others go on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import structlog

from tracker.db import db, is_passing

T = TypeVar("T")
U = TypeVar("U")
log = structlog.get_logger()


@dataclass
class Alone:
    """Something that was tried; `error` says why it failed, if it did."""

    error: Exception | None = None


@contextmanager
def alone(what: str, **names: object) -> Iterator[Alone]:
    """Try what is done inside in a savepoint of its own. `what` failed, with these names, is what the log says.

    A passing trouble of the database is nobody's own fault, and is raised.
    """
    tried = Alone()
    try:
        with db.session.begin_nested():
            yield tried
    except Exception as error:
        if is_passing(error):
            raise
        log.exception(f"{what} failed", **names)
        tried.error = error


def each_alone(
    what: str,
    items: Sequence[T],
    do: Callable[[Sequence[T]], object],
    failed: Callable[[T], object] = lambda item: None,
) -> None:
    """Do it to all items at once; where that fails, to one after the other, so that only those at fault are left out.

    `failed` is told of each of these.
    """
    if not items:
        return
    with alone(what, items=len(items)) as together:
        do(items)
    if together.error is None:
        return
    for item in items:
        with alone(what, item=repr(item)) as tried:
            do([item])
        if tried.error:
            failed(item)


def all_but_broken(what: str, items: Iterable[T], give: Callable[[T], Iterable[U]]) -> Iterator[U]:
    """What each of the items gives, without those that break. For what asks the database nothing: it undoes nothing."""
    for item in items:
        try:
            yield from list(give(item))
        except Exception:
            log.exception(f"{what} failed", item=repr(item))
