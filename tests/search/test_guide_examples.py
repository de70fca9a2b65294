"""Every example of the guide's chapter on searching is a query that the product understands and answers."""

import re

from tests.cast import Cast
from tests.make import index_now
from tests.search.scene import make_scene
from tracker.guide import SOURCE
from tracker.queries.issues import list_issues
from tracker.queries.searching import search
from tracker.search import SearchBackend


def examples() -> list[str]:
    """What stands in backquotes at the head of the chapter's table rows and in its sentences on identifiers."""
    chapter = SOURCE.read_text().split("\n## Searching\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)`", chapter, re.MULTILINE)
    return [*rows, *re.findall(r"`((?:EVT|evt)[^`]*|[0-9_]{3,}|BGN02)`", chapter)]


def test_every_example_is_answered(cast: Cast, engine: SearchBackend) -> None:
    make_scene(cast)
    index_now(engine)
    assert len(examples()) > 20
    for example in examples():
        if "centerpoint" in example:
            example = example.replace("centerpoint", "wires")  # the cast has no such company
        searched = search(cast.acme, example, engine)
        list_issues(cast.acme, searched.plan, engine)
        assert not searched.notice, example


def test_what_the_guide_says_of_identifiers_is_so(cast: Cast, engine: SearchBackend) -> None:
    reject = make_scene(cast)["reject"]
    index_now(engine)
    for example in ("EVT-2026-000123", "evt2026000123", "000123"):
        plan = search(cast.acme, example, engine).plan
        assert [row.number for row in list_issues(cast.acme, plan, engine).rows] == [reject.number], example
