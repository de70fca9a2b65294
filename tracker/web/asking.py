"""Questions to what may not answer: a database that hangs, a mount whose server is gone."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from tracker.db import READS_ONLY

PATIENCE = 1.0
"""Seconds that whoever asks waits for the answer."""

T = TypeVar("T")
log = structlog.get_logger()


class Question(Generic[T]):
    """Asked in a thread of its own, of which there is one at a time: what hangs holds up nobody, however many ask."""

    def __init__(self, app: Flask, ask: Callable[[], T]) -> None:
        self._app, self._ask = app, ask
        self._guard, self._asked = threading.Lock(), Future[T | None]()
        self._asked.set_result(None)

    def answer(self) -> T | None:
        """What it was, or None where it did not come in time or cannot be had, be it for a mistake of ours: logged."""
        with self._guard:
            if self._asked.done():
                self._asked = Future()
                threading.Thread(target=self._go, args=(self._asked,), daemon=True).start()
            asked = self._asked
        try:
            return asked.result(PATIENCE)
        except TimeoutError:
            return None

    def _go(self, asked: "Future[T | None]") -> None:
        READS_ONLY.set(True)  # of this thread: to ask must hold up no writer
        answer = None
        try:
            with self._app.app_context():
                answer = self._ask()
        except (SQLAlchemyError, OSError) as error:
            log.warning("a probe could not be answered", asked=self._ask.__name__, error=type(error).__name__)
        except Exception:
            log.exception("a probe met a mistake of ours", asked=self._ask.__name__)
        finally:
            asked.set_result(answer)
