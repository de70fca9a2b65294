"""How long after a change the search finds it, while twenty changes a second are made."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
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
    lags: list[float] = []
    looking: list[threading.Thread] = []
    begun = time.perf_counter()
    for number in range(CHANGES):
        time.sleep(max(0.0, begun + number * EVERY - time.perf_counter()))
        issue, _ = visitor.open_issues[number % len(visitor.open_issues)]
        form = {"csrf_token": token, "comment": f"Steady words and lagword{number}."}
        ask_all(server.port, visitor.cookie, [Ask(f"/issues/{issue}/transitions/add-comment", form)], 1)
        if number % SAMPLED == 0:
            looking.append(threading.Thread(target=_look, args=(server, visitor, number, time.perf_counter(), lags)))
            looking[-1].start()
    pace = CHANGES / (time.perf_counter() - begun)
    for thread in looking:
        thread.join()
    ordered = sorted(lags)
    p50, p99 = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    return (
        f"Lag of the index at {pace:.0f} changes a second: p50 {p50:.1f} s, p99 {p99:.1f} s ({len(lags)} looked for)."
    )


def _look(server: Server, visitor: Visitor, number: int, since: float, lags: list[float]) -> None:
    while time.perf_counter() - since < LONGEST:
        text = page(server.port, visitor.cookie, f"/issues?q=lagword{number}")
        if "<mark>" in text:
            lags.append(time.perf_counter() - since)
            return
        time.sleep(LOOK_EVERY)
    lags.append(LONGEST)
