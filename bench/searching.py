"""The search: what each kind of question costs a company with one per cent of the issues, and the operator with all."""

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote_plus

from flask import Flask

from bench.clients import Ask, Round, ask_all
from bench.scene import Scene, Visitor
from bench.search_words import SearchWords, search_words
from bench.serving import Server
from tracker.db import db

WARM, ALONE, TOGETHER, CLIENTS = 12, 120, 240, 8

BUDGETS = {
    "sqlite": {
        "identifier": 50,
        "rare word": 50,
        "word in 2 %": 60,
        "word in 40 %": 150,
        "two common words": 300,
        "phrase": 150,
        "beginning": 150,
        "words and conditions": 60,
        "facets of a common word": 300,
        "type-ahead": 50,
    },
    "postgres": {"type-ahead": 50},
}
EVERYTHING_ELSE = 150
"""Milliseconds: the budget of every question on PostgreSQL but type-ahead (p95, one client)."""


@dataclass(frozen=True)
class Question:
    """One line of the table."""

    name: str
    make: Callable[[int], Ask]


def search_table(app: Flask, server: Server, scene: Scene, kind: str) -> Iterator[str]:
    """The lines of the table, as they are measured."""
    yield "| search | as | p50 ms | p95 ms | p50 ms, 8 clients | p95 ms, 8 clients | req/s, 8 clients |"
    yield "|---|---|---|---|---|---|---|"
    for visitor, who in ((scene.company, "1 %"), (scene.operator, "all")):
        with app.app_context():
            words = search_words(visitor.name)
            db.session.remove()
        for question in _questions(words, visitor):
            yield _measured(server, visitor, question, who, kind)


def _questions(words: SearchWords, visitor: Visitor) -> list[Question]:
    common = words.forty_percent
    return [
        Question("identifier", _list(words.identifiers)),
        Question("rare word", _list(words.rare)),
        Question("word in 2 %", _list(words.two_percent)),
        Question("word in 40 %", _list(common)),
        Question("two common words", _list([f"{a} {b}" for a, b in itertools.pairwise(common)])),
        Question("phrase", _list([f'"{phrase}"' for phrase in words.phrases])),
        Question("beginning", _list([f"{begun}*" for begun in words.beginnings])),
        Question("words and conditions", _list([f"{word} status:open is:theirs" for word in words.two_percent])),
        Question("facets of a common word", _list(common, "/issues/facets")),
        Question("type-ahead", _typed(visitor)),
    ]


def _list(texts: list[str], page: str = "/issues") -> Callable[[int], Ask]:
    return lambda number: Ask(f"{page}?q={quote_plus(texts[number % len(texts)])}")


def _typed(visitor: Visitor) -> Callable[[int], Ask]:
    rng = random.Random("bench:typed")
    typed = [str(rng.choice(visitor.numbers))[: rng.randint(2, 7)] for _ in range(200)]
    return lambda number: Ask(f"/suggest?q={typed[number % len(typed)]}")


def _measured(server: Server, visitor: Visitor, question: Question, who: str, kind: str) -> str:
    asks = [question.make(number) for number in range(WARM + ALONE + TOGETHER)]
    ask_all(server.port, visitor.cookie, asks[:WARM], 2)
    alone = ask_all(server.port, visitor.cookie, asks[WARM : WARM + ALONE], 1)
    together = ask_all(server.port, visitor.cookie, asks[WARM + ALONE :], CLIENTS)
    budget = BUDGETS[kind].get(question.name, EVERYTHING_ELSE)
    refused = alone.refused + together.refused
    name = f"{question.name} ({refused} refused)" if refused else question.name
    return f"| {name} | {who} | {_times(alone, budget)} | {_times(together)} | {together.per_second:.0f} |"


def _times(done: Round, budget: float | None = None) -> str:
    last = done.percentile(0.95)
    over = f"**{last:.0f}** (budget {budget:g})" if budget and last > budget else f"{last:.0f}"
    return f"{done.percentile(0.5):.0f} | {over}"
