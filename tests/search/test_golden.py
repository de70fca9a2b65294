"""The golden queries, on both engines, and what a wrong query is told."""

from collections.abc import Mapping

import pytest
import time_machine

from tests.cast import Cast
from tests.make import index_now
from tests.search.golden import GOLDEN, WRONG
from tests.search.scene import TODAY, make_scene
from tracker.domain.query_language import QueryError
from tracker.models import Issue, Person
from tracker.queries.issues import list_issues
from tracker.queries.searching import search
from tracker.search import SearchBackend


def found(actor: Person, text: str, engine: SearchBackend) -> list[int]:
    """The numbers of the issues, in the order of the list."""
    searched = search(actor, text, engine)
    assert not searched.notice
    return [row.number for row in list_issues(actor, searched.plan, searched.engine).rows]


@pytest.fixture
def scene(cast: Cast, engine: SearchBackend) -> Mapping[str, Issue]:
    """The issues to search in, indexed by the worker's batches."""
    issues = make_scene(cast)
    index_now(engine)
    return issues


def test_golden_queries(cast: Cast, scene: Mapping[str, Issue], engine: SearchBackend) -> None:
    names = {issue.number: name for name, issue in scene.items()}
    assert len(GOLDEN) >= 60
    with time_machine.travel(TODAY, tick=False):
        for query, reader, expected in GOLDEN:
            numbers = found(getattr(cast, reader), query, engine)
            assert {names[number] for number in numbers} == expected, query
            assert len(numbers) == len(set(numbers)), query


def test_a_wrong_query_is_told_what_is_wrong_and_what_is_nearest(
    cast: Cast, scene: object, engine: SearchBackend
) -> None:
    for query, message, nearest in WRONG:
        with pytest.raises(QueryError) as refused:
            search(cast.acme, query, engine)
        assert message in refused.value.message, query
        assert refused.value.suggestion == nearest, query
        assert 0 <= refused.value.start < refused.value.end <= len(query), query


def test_the_best_place_comes_first_and_the_newest_among_equals(
    cast: Cast, scene: Mapping[str, Issue], engine: SearchBackend
) -> None:
    order = [scene[name].number for name in ("foreign", "dispute", "swap", "papers")]
    assert found(cast.ercot, "meter", engine) == order  # comments by their last change, then the attachment
    assert found(cast.ercot, "meter sort:created", engine) == [
        scene[n].number for n in ("swap", "dispute", "papers", "foreign")
    ]


def test_an_exact_identifier_comes_before_its_mentions(
    cast: Cast, scene: Mapping[str, Issue], engine: SearchBackend
) -> None:
    number = scene["swap"].number
    from tests.search.scene import _comment

    _comment(cast.acme, scene["papers"], f"See {number}, it is the same.")
    index_now(engine)
    assert found(cast.acme, str(number), engine) == [number, scene["papers"].number]
