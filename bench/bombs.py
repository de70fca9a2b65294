"""Query bombs: how long they take, and what other people notice of somebody who throws them."""

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from flask import Flask

from bench.clients import Ask, Round, ask_all
from bench.scene import Scene
from bench.search_words import SearchWords, search_words
from bench.serving import Server
from tracker.db import db

ASKS = 240
MB = 1024**2
SECONDS, MEGABYTES, TIMES = 2.0, 64, 2.0
"""The bounds: an answer within, more memory than before, and how much longer others may wait (p95)."""


def bomb_table(app: Flask, server: Server, scene: Scene) -> Iterator[str]:
    """The lines of a table: each bomb, thrown by the operator while a company works."""
    with app.app_context():
        words = search_words(scene.operator.name)
        db.session.remove()
    yield "| bomb | slowest s | more memory MB | others' p95 ms (alone → beside it) |"
    yield "|---|---|---|---|"
    others = [Ask(f"/issues?q={word}") for word in itertools.islice(itertools.cycle(words.two_percent), ASKS)]
    ask_all(server.port, scene.company.cookie, others, 2)
    for name, text in _bombs(words).items():
        alone = ask_all(server.port, scene.company.cookie, others, 1)
        before = server.workers_own()
        slowest, beside = _thrown(server, scene, Ask(f"/issues?q={quote(text, safe='')}"), others)
        more = (server.workers_own() - before) / MB
        yield _line(name, slowest, more, alone.percentile(0.95), beside.percentile(0.95))


def _thrown(server: Server, scene: Scene, bomb: Ask, others: list[Ask]) -> tuple[float, Round]:
    """The bomb again and again by one client, while another asks for ordinary pages: its slowest answer, theirs."""
    over = threading.Event()

    def throw() -> float:
        slowest = 0.0
        while not over.is_set():
            slowest = max(slowest, *ask_all(server.port, scene.operator.cookie, [bomb], 1).answers, 0.0)
        return slowest

    with ThreadPoolExecutor(1) as pool:
        thrown = pool.submit(throw)
        beside = ask_all(server.port, scene.company.cookie, others, 1)
        over.set()
        return thrown.result(), beside


def _line(name: str, slowest: float, more: float, alone: float, beside: float) -> str:
    return " | ".join(
        (
            f"| {name}",
            _bounded(f"{slowest:.2f}", slowest > SECONDS),
            _bounded(f"{more:.0f}", more > MEGABYTES),
            _bounded(f"{alone:.0f} → {beside:.0f}", beside > TIMES * alone) + " |",
        )
    )


def _bounded(figure: str, over: bool) -> str:
    return f"**{figure}**" if over else figure


def _bombs(words: SearchWords) -> dict[str, str]:
    common = words.forty_percent
    return {
        "?*?*?*": "?*?*?*",
        "2,000 brackets": "(" * 2_000 + "a" + ")" * 2_000,
        "1 MB of text": "x" * 1_000_000,
        "20 beginnings": " OR ".join(f"{begun[:3]}*" for begun in (words.beginnings * 2)[:20]),
        "operator soup": "NOT -(a OR NOT (b AND -c)) OR -( " + " ".join(["NOT", "-"] * 60),
        "20 common words": " OR ".join((common * 2)[:20])[:256].rpartition(" OR ")[0],
        "long phrase of common words": '"' + " ".join(common[:12]) + '"',
    }
