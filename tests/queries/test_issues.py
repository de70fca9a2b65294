"""Lists: each filter narrows to what it says, pages meet without a gap, strangers see nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from tests.cast import ESI_ID, Cast
from tests.make import know_premise, press, rep_of_record
from tracker.actions.filing import file_issue
from tracker.actions.linking import link_issues
from tracker.clock import now
from tracker.db import db
from tracker.models import Issue, Person
from tracker.queries.issues import PAGE, SORTS, list_issues, owners_of
from tracker.queries.searching import search


@pytest.fixture
def numbers(app: Flask) -> Callable[[Person, str], list[int]]:
    """The numbers of the issues that a query lists for somebody."""
    engine = app.extensions["search"]

    def listed(actor: Person, text: str = "") -> list[int]:
        return [row.number for row in list_issues(actor, search(actor, text, engine).plan, engine).rows]

    return listed


@pytest.fixture
def two(cast: Cast) -> tuple[Issue, Issue]:
    """One issue that Bolt works on, and a question of another subtype that waits with Corp."""
    know_premise(cast)
    first = press(cast.bolt, rep_of_record(cast), "begin-working")
    second = file_issue(
        cast.acme, "other", {"Assignee": cast.duns("corp"), "OrigTrxnID": "T-1", "EsiID": ESI_ID[:-1] + "6"}
    )
    db.session.commit()
    if second.state == "Pending Issue":
        press(cast.acme, second, "submit")
    press(cast.acme, second, "assign-to-group", GroupName="Switching desk")
    return first, second


def test_operator_is_answered_by_the_same_conditions(
    cast: Cast, two: tuple[Issue, Issue], numbers: Callable[..., list[int]]
) -> None:
    first, second = two[0].number, two[1].number
    assert set(numbers(cast.ercot)) == {first, second}
    assert set(numbers(cast.ercot, "is:theirs")) == {first, second}
    assert numbers(cast.ercot, "is:ours") == []
    assert numbers(cast.ercot, f"esiid:{ESI_ID}") == [first]


def test_groups_and_links_are_those_of_the_own_side(
    cast: Cast, two: tuple[Issue, Issue], numbers: Callable[..., list[int]]
) -> None:
    assert numbers(cast.acme, 'group:"Switching desk"') == [two[1].number]
    assert numbers(cast.acme, f"group:{cast.acme_desk.id}") == [two[1].number]
    assert numbers(cast.acme, "-has:group") == [two[0].number]
    assert numbers(cast.corp, "group:nobody") == [two[1].number]
    assert numbers(cast.acme, "has:link") == []
    link_issues(cast.acme, two[1].number, two[0].number, "related")
    db.session.commit()
    assert numbers(cast.acme, f"linked:{two[0].number}") == [two[1].number]
    assert set(numbers(cast.acme, "has:link")) == {two[0].number, two[1].number}
    assert numbers(cast.corp, "has:link") == []  # the other end is not for Corp
    assert numbers(cast.corp, f"linked:{two[0].number}") == []


def test_strangers_see_nothing(cast: Cast, two: tuple[Issue, Issue], numbers: Callable[..., list[int]]) -> None:
    assert numbers(cast.oncor) == []
    assert numbers(cast.corp) == [two[1].number]
    assert numbers(cast.corp, f"esiid:{ESI_ID[:7]}") == [two[1].number]


def test_owners_are_those_of_the_own_company(cast: Cast, two: tuple[Issue, Issue]) -> None:
    ids = [issue.id for issue in two]
    assert owners_of(cast.acme, ids) == dict.fromkeys(ids, "Ann")
    assert owners_of(cast.bolt, ids) == {two[0].id: "Bob"}


@pytest.mark.parametrize("sort", [f"{sign}{name}" for name in SORTS for sign in ("", "-")])
@pytest.mark.parametrize("role", ["acme", "ercot"])
def test_pages_meet_without_gap_or_overlap_in_both_directions(app: Flask, cast: Cast, sort: str, role: str) -> None:
    know_premise(cast)
    actor: Person = getattr(cast, role)
    start = now()
    for index in range(PAGE + 7):
        with time_machine.travel(start + timedelta(minutes=index // 3), tick=False):  # some at the same moment
            file_issue(cast.acme, "other", {"Assignee": cast.duns("bolt")})
    db.session.commit()
    engine = app.extensions["search"]
    plan = search(actor, f"sort:{sort}", engine).plan
    first = list_issues(actor, plan, engine)
    second = list_issues(actor, plan, engine, after=first.older or "")
    assert (len(first.rows), len(second.rows)) == (PAGE, 7)
    assert (first.newer, second.older) == (None, None)
    seen = [row.number for row in (*first.rows, *second.rows)]
    assert len(set(seen)) == PAGE + 7
    back = list_issues(actor, plan, engine, before=second.newer or "")
    assert [row.number for row in back.rows] == [row.number for row in first.rows]
