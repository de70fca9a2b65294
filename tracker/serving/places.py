"""So many requests work at once; the others wait outside for a place, and hold nothing of the product meanwhile.

A request takes its place when its whole body has come and gives it back when its answer is made: a client that is slow
in sending or in reading holds a thread that costs little, and never a connection to the database. The places are
threads, so that what the product keeps for each thread (an open index) is there as often as before.
"""

import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, TYPE_CHECKING, TypeVar

from werkzeug.exceptions import HTTPException, ServiceUnavailable

from tracker.serving.bodies import comes, take_in

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds that a request waits for a place."""

MOST_WAITING = 32
"""Whoever comes after these is sent away at once: threads must be left for what needs no place."""

MOST_COMING = 32
"""So many bodies are waited for, by fewer than half of the threads; whoever brings one more is sent away at once."""

LEFT = 32
"""So many threads are left: for probes and files, and for heads and answers that are under way."""


def threads_for(at_once: int) -> int:
    """How many threads read and write where so many requests work."""
    return at_once + MOST_WAITING + MOST_COMING + LEFT


class Places:
    """The application, for `at_once` requests at a time; `unserved` answers, by status, whoever it does not serve.

    Those are whoever finds no place in time, or comes with a body when too many do (503), whose body cannot be read
    (400), is more than a stranger may send (413), or finds no room (507).
    """

    def __init__(
        self,
        app: "WSGIApplication",
        at_once: int,
        unserved: "Mapping[int, WSGIApplication]",
        *,
        patience: float = PATIENCE,
    ) -> None:
        self._app, self._unserved, self.patience = app, unserved, patience
        self._places = ThreadPoolExecutor(at_once, thread_name_prefix="place")
        self._inside = threading.BoundedSemaphore(at_once + MOST_WAITING)
        self._coming = threading.BoundedSemaphore(MOST_COMING)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Take in the body, take a place, and give it back with the answer made."""
        try:
            body = self._take_in(environ)
        except HTTPException as refusal:
            return self._unserved[refusal.code or 0](environ, start_response)
        with body:
            return self._enter(environ, start_response)

    def _take_in(self, environ: "WSGIEnvironment") -> IO[bytes]:
        if not comes(environ):
            return take_in(environ)
        if not self._coming.acquire(blocking=False):
            raise ServiceUnavailable
        try:
            return take_in(environ)
        finally:
            self._coming.release()

    def _enter(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not self._inside.acquire(blocking=False):
            return self._unserved[503](environ, start_response)
        try:
            answer = self._places.submit(self._app, environ, start_response)
            if is_begun(answer, self.patience):
                return answer.result()
            return self._unserved[503](environ, start_response)
        finally:
            self._inside.release()


def is_begun(answer: "Future[T]", patience: float) -> bool:
    """Whether a place was found in time. What has begun is never given up: it may have been written."""
    try:
        answer.exception(patience)
    except TimeoutError:
        return not answer.cancel()
    return True
