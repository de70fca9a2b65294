"""The opened index, lent to one thread at a time.

It is opened as often as threads search at once, not as often as there are threads. Who asks is given what was used
last; when the index has moved on, it is opened anew.
"""

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from tracker.domain.sentence import Sentence
from tracker.search import SearchUnavailable, whoosh_manifest
from tracker.search.whoosh_reading import Known, Opened

T = TypeVar("T")
Stamp = tuple[int, int]

MOST_IDLE = 4
"""So many are kept for those who ask next."""


class Pool:
    """Of the index to which a link leads."""

    def __init__(self, link: Path, key: whoosh_manifest.Key) -> None:
        self._link, self._key = link, key
        self._idle: list[tuple[Stamp, Opened]] = []
        self._lock = threading.Lock()
        self._known: Mapping[str, Known] = {}

    @contextmanager
    def lent(self) -> Iterator[Opened]:
        """The newest generation, for this thread alone. Raises `SearchUnavailable`."""
        stamp, opened = self._taken() or steadily(self._link, self._open)
        try:
            yield opened
        finally:
            self._give_back(stamp, opened)

    def _taken(self) -> tuple[Stamp, Opened] | None:
        """The one that was given back last, unless its files are no longer what it was opened on."""
        newest = stamp_of(self._link.resolve())
        with self._lock:
            stale = [opened for stamp, opened in self._idle if stamp != newest]
            self._idle = [(stamp, opened) for stamp, opened in self._idle if stamp == newest]
            taken = self._idle.pop() if self._idle else None
        for opened in stale:
            opened.close()
        if taken is None or taken[1].is_whole():
            return taken
        taken[1].close()
        return None

    def _give_back(self, stamp: Stamp, opened: Opened) -> None:
        with self._lock:
            kept = len(self._idle) < MOST_IDLE
            if kept:
                self._idle.append((stamp, opened))
        if not kept:
            opened.close()

    def _open(self, folder: Path) -> tuple[Stamp, Opened]:
        stamp = stamp_of(folder)
        try:
            opened = Opened(folder, self._key, self._known)
        except SearchUnavailable:
            raise
        except Exception as error:  # whatever a damaged file makes Whoosh raise, it cannot be searched
            raise SearchUnavailable(Sentence("index-damaged", "The search index is damaged.")) from error
        self._known = {segment.name: segment.known for segment in opened.segments}
        return stamp, opened


def stamp_of(folder: Path) -> Stamp:
    """What changes with every commit. Raises `SearchUnavailable`."""
    try:
        state = os.stat(folder / "manifest.json")
    except OSError as error:
        raise SearchUnavailable(whoosh_manifest.NONE_YET) from error
    return state.st_ino, state.st_mtime_ns


def steadily(link: Path, ask: Callable[[Path], T]) -> T:
    """What a generation answers: each commit takes away files of the one before, and then the next is asked."""
    while True:
        folder = link.resolve()
        stamp = stamp_of(folder)
        try:
            return ask(folder)
        except SearchUnavailable:
            if stamp_of(link.resolve()) == stamp:
                raise
