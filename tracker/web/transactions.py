"""The door owns the transaction: one commit for each request that succeeded, none for one that did not."""

import threading

from flask import Flask, Response, current_app, g, request

from tracker.committing import commit
from tracker.db import PATIENCE, READING, READS_ONLY, WORKING, WRITING, Patience

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SHORTEST_WAIT = 1_000


class Writers:
    """How many requests of this process may be writing: the more there are, the shorter each waits for a lock.

    Who waits holds a place, and a place is wanted by others who wait for nothing: one locked row must not take all.
    """

    def __init__(self) -> None:
        self._lock, self._count = threading.Lock(), 0

    def enter(self) -> Patience:
        """One more; how patient it is."""
        with self._lock:
            self._count += 1
            return WRITING._replace(lock=max(WRITING.lock // self._count, SHORTEST_WAIT))

    def leave(self) -> None:
        """One less."""
        with self._lock:
            self._count -= 1


WRITERS = Writers()


def init_app(app: Flask) -> None:
    """Commit after an answer that is no error; everything else is rolled back when the request ends."""
    app.after_request(_commit_success)
    app.teardown_request(_end)


def choose_kind(method: str) -> None:
    """Say before the first statement whether this request may write, so that writers wait at the start."""
    reads = method in SAFE_METHODS
    READS_ONLY.set(reads)
    PATIENCE.set(READING if reads else WRITERS.enter())
    g.writes = not reads


def commit_now() -> None:
    """Keep what a refused request must not lose, such as a half-filled form."""
    commit()


def _commit_success(response: Response) -> Response:
    """What fails only now is answered as if the view had met it: its answer would say that it was done."""
    if request.method in SAFE_METHODS or response.status_code >= 400:
        return response
    try:
        commit()
    except Exception as error:
        return current_app.make_response(current_app.handle_user_exception(error))
    return response


def _end(error: BaseException | None) -> None:
    READS_ONLY.set(False)
    PATIENCE.set(WORKING)
    if g.pop("writes", False):
        WRITERS.leave()
