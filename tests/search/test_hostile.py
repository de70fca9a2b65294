"""Queries that are meant to hurt, and queries that mean nothing: each is answered, or refused with a reason."""

import random

import pytest
from flask.testing import FlaskClient

from tests.browsers import signed_in
from tests.cast import Cast
from tests.make import index_now
from tests.search.scene import make_scene
from tracker.db import db
from tracker.domain.query_language import LONGEST, QueryError, parse
from tracker.queries.facets import facets_of
from tracker.queries.issues import list_issues
from tracker.queries.searching import search
from tracker.search import Document, SearchBackend
from tracker.search.words import words_of

BOMBS = [
    "?*?*?*",
    "*",
    "**",
    "(" * 2_000 + "a" + ")" * 2_000,
    "((((((a))))))",
    "x" * 1_000_000,
    " ".join(f"pre{n}*" for n in range(20)),
    " ".join(f"pre{n}*" for n in range(21)),
    "NOT " * 50 + "a",
    "-" * 200 + "a",
    "AND OR NOT AND OR NOT",
    "a OR " * 51,
    "a:" * 100,
    '"' * 255,
    "[TO]",
    "NOT OR x",
    "a~2 b^9 c?d",
    "state:" + ",".join("new" for _ in range(60)),
    "\\",
    "'; DROP TABLE issue; --",
    "%%%%%%",
    "𝕏" * 200,
    "é" * 250,
    "a\u202eb",
    "created:9999-12..0001-01",
    "created:@today+9999m",
    "created:@today-9999bd",
    "id:99999999999999999999999999",
    "linked:9999999999999999",
    "id:-1",
    "a:" + '"' * 200 + " ",
    "state:" + '"",' * 80 + "(",
    "-" + "a-" * 120 + ":",
    "a_" * 128,
    "comment:---*",
    "meter AND sort:created",
    "(status:open)",
    "a." * 128,
]

PIECES = [
    *"()\"-*:,<>=.@#?/\\'&|~^+",
    *(" ", "  ", "AND", "OR", "NOT", "meter", "swap", "814_16", "EVT-2026-000123", "the", "é", "中", "\t", "\u00a0"),
    *(
        "state:",
        "status:open",
        "created:",
        ">=",
        "..",
        "2026-01",
        "@today-5bd",
        "@me",
        "owner:",
        "sort:",
        "-created",
        "id:",
    ),
    *(
        "party:bolt",
        "has:",
        "attachment",
        "turn:@mycompany",
        "text:",
        "comment:met*",
        "linked:1",
        "esiid:10089",
        "nobody",
    ),
]
MANY = 9_000
"""Words in one text."""

ROUNDS = 10_000
"""On each engine."""


@pytest.fixture
def ann(cast: Cast, engine: SearchBackend) -> FlaskClient:
    """A browser of Acme's analyst, over the scene."""
    from flask import current_app

    make_scene(cast)
    index_now(engine)
    return signed_in(current_app._get_current_object(), cast.acme)  # type: ignore[attr-defined]


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb[:20])
def test_bombs_are_answered_or_refused(ann: FlaskClient, bomb: str) -> None:
    for page in ("/issues", "/issues/facets", "/jump", "/suggest", "/suggest/query", "/issues/narrow"):
        answer = ann.get(page, query_string={"q": bomb})
        assert answer.status_code in (200, 302, 400, 413, 414), page
        assert "Something broke" not in answer.text


def test_twenty_thousand_generated_strings_meet_results_or_a_reason(cast: Cast, engine: SearchBackend) -> None:
    make_scene(cast)
    index_now(engine)
    rng = random.Random(7)
    answered = 0
    refused: list[tuple[str, QueryError]] = []
    for _ in range(ROUNDS):
        query = "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 14)))
        try:
            searched = search(cast.acme, query, engine)
        except QueryError as wrong:
            refused.append((query, wrong))
            continue
        list_issues(cast.acme, searched.plan, searched.engine)
        answered += 1
    assert answered > ROUNDS / 50  # the soup is not all refused
    for query, reason in refused:
        assert reason.message
        assert 0 <= reason.start <= reason.end <= max(len(query), 1), query


def test_what_is_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(QueryError, match=f"at most {LONGEST}"):
        parse("a" * 10_000_000)


def test_a_beginning_is_answered_however_many_words_share_it(cast: Cast, engine: SearchBackend) -> None:
    scene = make_scene(cast)
    index_now(engine)
    viewer = (f"viewer={cast.acme.company_id}",)
    words = words_of([" ".join(f"prefixed{number}" for number in range(MANY))])
    engine.put([Document(scene["swap"].id, words, words, words, viewer)])
    db.session.commit()
    for query in ("prefi*", "(comment:prefi* OR attachment:zqy*)", "prefixed8999*", "prefixed0-prefi*"):
        searched = search(cast.acme, query, engine)
        assert facets_of(cast.acme, searched.plan, engine).total == 1, query
    searched = search(cast.acme, "-prefi*", engine)
    assert facets_of(cast.acme, searched.plan, engine).total == 3
