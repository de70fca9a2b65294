"""So many requests work at once; the others wait outside for a place, and hold nothing of the product meanwhile.

A request takes its place when its whole body has come and gives it back when its answer is made: a client that is slow
in sending or in reading holds a thread that costs little, and never a connection to the database. The places are
threads, so that what the product keeps for each thread (an open index) is there as often as before.
"""

import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from werkzeug.exceptions import HTTPException

from tracker.serving.bodies import take_in

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds that a request waits for a place."""

MOST_WAITING = 32
"""Whoever comes after these is sent away at once: threads must be left for what needs no place."""

LEFT = 32
"""So many are: for probes and files, and for bodies and answers that are under way."""


def threads_for(at_once: int) -> int:
    """How many threads read and write where so many requests work."""
    return at_once + MOST_WAITING + LEFT


class Places:
    """The application, for `at_once` requests at a time; `unserved` answers, by status, whoever it does not serve.

    Those are whoever finds no place in time (503), whose body cannot be read (400), and whose finds no room (507).
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

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Take in the body, take a place, and give it back with the answer made."""
        try:
            body = take_in(environ)
        except HTTPException as refusal:
            return self._unserved[refusal.code or 0](environ, start_response)
        with body:
            return self._enter(environ, start_response)

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
