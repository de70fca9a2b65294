"""How long after a change the search finds it, while twenty changes a second are made."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.clients import Ask, ask_all, page
from bench.databases import DATA
from bench.scene import Visitor, token_in
from bench.serving import Server, environment

CHANGES = 600
EVERY = 1 / 20
SAMPLED = 10
"""Every so manieth change is looked for until it is found."""

LOOK_EVERY = 0.1
LONGEST = 60.0


@contextmanager
def spoilable(data: Path) -> Iterator[Path]:
    """A copy of a data folder whose index may be written to; its files are shared until they are replaced."""
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        copy = Path(folder) / "data"
        if data.exists():
            shutil.copytree(data, copy, copy_function=os.link, symlinks=True)
        copy.mkdir(exist_ok=True)
        yield copy


@contextmanager
def working(url: str, data: Path, port: int) -> Iterator[None]:
    """The worker beside the web processes."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    root = Path(__file__).parent.parent
    process = subprocess.Popen(command, env=environment(url, data, port), cwd=root, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def measured_lag(server: Server, visitor: Visitor) -> str:
    """Comment on open issues at a steady pace, and look for the word of each tenth comment."""
    token = token_in(page(server.port, visitor.cookie, "/issues/new"))
    looker = Looker(server, visitor)
    begun, refused = time.perf_counter(), 0
    for number in range(CHANGES):
        time.sleep(max(0.0, begun + number * EVERY - time.perf_counter()))
        issue, _ = visitor.open_issues[number % len(visitor.open_issues)]
        form = {"csrf_token": token, "ring": "parties", "comment": f"Steady words and lagword{number}."}
        done = ask_all(server.port, visitor.cookie, [Ask(f"/issues/{issue}/transitions/add-comment", form)], 1)
        refused += done.refused
        if number % SAMPLED == 0 and not done.refused:
            looker.wanted.append((f"lagword{number}", time.perf_counter()))
    pace = CHANGES / (time.perf_counter() - begun)
    p50, p99 = looker.found()
    counted = f"{len(looker.lags)} looked for, {refused} changes refused"
    return f"Lag of the index at {pace:.0f} changes a second: p50 {p50:.1f} s, p99 {p99:.1f} s ({counted})."


class Looker:
    """One person who asks for each awaited word in turn, until the list finds it."""

    def __init__(self, server: Server, visitor: Visitor) -> None:
        self.wanted: deque[tuple[str, float]] = deque()
        self.lags: list[float] = []
        self._server, self._visitor = server, visitor
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def found(self) -> tuple[float, float]:
        """Seconds within which half, and 99 % of the words were found, when no more are to come."""
        self._over.set()
        self._thread.join()
        ordered = sorted(self.lags)
        return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]

    def _look(self) -> None:
        while self.wanted or not self._over.is_set():
            for _ in range(len(self.wanted)):
                word, since = self.wanted.popleft()
                lag = time.perf_counter() - since
                if lag > LONGEST or "<mark>" in page(self._server.port, self._visitor.cookie, f"/issues?q={word}"):
                    self.lags.append(time.perf_counter() - since)
                else:
                    self.wanted.append((word, since))
            time.sleep(LOOK_EVERY)
