"""Lists: each filter narrows to what it says, pages meet without a gap, strangers see nothing."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests.cast import ESI_ID, Cast
from tests.make import know_premise, press, rep_of_record
from tracker.actions.filing import file_issue
from tracker.clock import market_today, now
from tracker.db import db
from tracker.models import Issue, Person
from tracker.queries.issue_filters import IssueFilter
from tracker.queries.issues import PAGE, SORTS, list_issues, owners_of


def numbers(actor: Person, sort: str = "-changed", **wanted: Any) -> list[int]:
    return [row.number for row in list_issues(actor, IssueFilter(**wanted), sort).rows]


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


def test_each_filter_narrows_to_what_it_says(cast: Cast, two: tuple[Issue, Issue]) -> None:
    first, second = two[0].number, two[1].number
    today = market_today()
    cases: list[tuple[dict[str, Any], set[int]]] = [
        ({}, {first, second}),
        ({"subtype": ("other",)}, {second}),
        ({"subtype": ("other", "rep-of-record")}, {first, second}),
        ({"state": ("In Progress",)}, {first}),
        ({"status": ("New",)}, {second}),
        ({"standing": "theirs"}, {first, second}),
        ({"standing": "ours"}, set()),
        ({"standing": "ended"}, set()),
        ({"responsible": cast.duns("corp")}, {second}),
        ({"company": cast.duns("bolt")}, {first}),
        ({"company": cast.duns("bolt"), "role": "Assignee"}, {first}),
        ({"company": cast.duns("bolt"), "role": "TDSP"}, set()),
        ({"owner": "me"}, {first, second}),
        ({"owner": "nobody"}, set()),
        ({"owner": "adam"}, set()),
        ({"group": str(cast.acme_desk.id)}, {second}),
        ({"esi_id": ESI_ID}, {first}),
        ({"esi_id": ESI_ID[:9]}, {first, second}),
        ({"tran": "T-1"}, {second}),
        ({"created_from": today, "created_to": today}, {first, second}),
        ({"created_from": today + timedelta(days=1)}, set()),
        ({"changed_to": today - timedelta(days=1)}, set()),
        ({"changed_from": today}, {first, second}),
    ]
    for wanted, expected in cases:
        assert set(numbers(cast.acme, **wanted)) == expected, wanted


def test_operator_is_answered_by_the_same_filters(cast: Cast, two: tuple[Issue, Issue]) -> None:
    first, second = two[0].number, two[1].number
    assert set(numbers(cast.ercot)) == {first, second}
    assert set(numbers(cast.ercot, standing="theirs")) == {first, second}
    assert numbers(cast.ercot, standing="ours") == []
    assert numbers(cast.ercot, esi_id=ESI_ID) == [first]


def test_strangers_see_nothing(cast: Cast, two: tuple[Issue, Issue]) -> None:
    assert numbers(cast.oncor) == []
    assert numbers(cast.corp) == [two[1].number]
    assert numbers(cast.corp, esi_id=ESI_ID[:7]) == [two[1].number]


def test_owners_are_those_of_the_own_company(cast: Cast, two: tuple[Issue, Issue]) -> None:
    ids = [issue.id for issue in two]
    assert owners_of(cast.acme, ids) == dict.fromkeys(ids, "Ann")
    assert owners_of(cast.bolt, ids) == {two[0].id: "Bob"}


@pytest.mark.parametrize("sort", [f"{sign}{name}" for name in SORTS for sign in ("", "-")])
@pytest.mark.parametrize("role", ["acme", "ercot"])
def test_pages_meet_without_gap_or_overlap_in_both_directions(cast: Cast, sort: str, role: str) -> None:
    know_premise(cast)
    actor: Person = getattr(cast, role)
    start = now()
    for index in range(PAGE + 7):
        with time_machine.travel(start + timedelta(minutes=index // 3), tick=False):  # some at the same moment
            file_issue(cast.acme, "other", {"Assignee": cast.duns("bolt")})
    db.session.commit()
    first = list_issues(actor, IssueFilter(), sort)
    second = list_issues(actor, IssueFilter(), sort, after=first.older or "")
    assert (len(first.rows), len(second.rows)) == (PAGE, 7)
    assert (first.newer, second.older) == (None, None)
    seen = [row.number for row in (*first.rows, *second.rows)]
    assert len(set(seen)) == PAGE + 7
    back = list_issues(actor, IssueFilter(), sort, before=second.newer or "")
    assert [row.number for row in back.rows] == [row.number for row in first.rows]
