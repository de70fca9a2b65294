"""A query that the page writes on: a term more, a term less, and the filters that show what they can."""

import pytest

from tracker.domain.query_language import Term, narrowed_by, parse, with_term, without
from tracker.web.narrowing import filters_of, narrowed


def sort_of(term: Term) -> bool:
    return term.key == "sort"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("meter sort:created", "meter"),
        ("meter AND sort:created", "meter"),
        ("sort:created AND meter", "meter"),
        ("meter AND sort:created AND swap", "meter AND swap"),
        ("(sort:created)", ""),
        ("((sort:created)) meter", "meter"),
        ("(a OR b) sort:created", "(a OR b)"),
        ('"this AND" sort:created', '"this AND"'),
        ("meter", "meter"),
    ],
)
def test_a_term_goes_with_what_joined_it(text: str, left: str) -> None:
    assert without(text, sort_of) == left
    parse(left)


def test_a_term_more_narrows_the_whole() -> None:
    assert narrowed_by("a OR b", "status:open") == "(a OR b) status:open"
    assert narrowed_by("(a OR b)", "status:open") == "(a OR b) status:open"
    assert narrowed_by("(a OR b) OR c", "status:open") == "((a OR b) OR c) status:open"
    assert narrowed_by("", "status:open") == "status:open"


def test_sorting_again_and_again_stays_readable() -> None:
    text = "a OR b"
    for name in ("created", "changed", "created", "turn", "changed", "created"):
        text = with_term(text, "sort", name)
    assert text == "(a OR b) sort:created"


@pytest.mark.parametrize(
    "text",
    ["subtype:inadvertent,rescission", "created:>2026-01-01", "esiid:100890*", "-status:open", "turn:centerpoint"],
)
def test_what_the_filters_cannot_say_stays(text: str) -> None:
    assert filters_of(text) == {}
    assert narrowed(text, {}) == text
    assert narrowed(text, {"status": "open"}) == f"{text} status:open"


def test_what_the_filters_show_follows_them() -> None:
    assert filters_of("turn:@mycompany filed:2026-01-01..2026-01-31 responsible:acme") != {}
    assert narrowed("turn:@mycompany meter", {"standing": "theirs"}) == "meter is:theirs"
    assert narrowed("status:open created:>=2026-01-01", {"created_to": "2026-02-01"}) == "created:<=2026-02-01"
    assert narrowed("a OR b", {"created_from": "2026-01-01"}) == "(a OR b) created:>=2026-01-01"
