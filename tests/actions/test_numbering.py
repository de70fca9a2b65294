"""Numbers of issues: a year's own, told on the telephone, bounded in their drawing, and never one twice."""

import secrets
from collections.abc import Callable

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.actions.test_two_at_once import CLIENTS, person, race
from tests.cast import Cast
from tests.counting import counted
from tracker.actions import numbering
from tracker.actions.filing import file_issue
from tracker.actions.linking import link_issues
from tracker.actions.numbering import DIGITS, TRIES
from tracker.db import db
from tracker.domain.identifiers import LARGEST_NUMBER
from tracker.errors import Conflict
from tracker.models import Issue, Person
from tracker.queries.meaning import LONGEST_NUMBER
from tracker.search import SearchBackend

Clients = Callable[[Person | None], FlaskClient]


def other(actor: Person) -> Issue:
    """An issue that needs nothing."""
    return file_issue(actor, "other", {"Assignee": "222222222"})


def drawing(monkeypatch: pytest.MonkeyPatch, *drawn: int) -> None:
    """Chance as it falls."""
    falls = iter(drawn)
    monkeypatch.setattr(secrets, "randbelow", lambda below: next(falls) % below)


def test_a_number_is_the_year_and_seven_digits(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    drawing(monkeypatch, 1_483_927, 5)
    with time_machine.travel("2026-06-01T12:00:00Z", tick=False):
        assert [other(cast.acme).number, other(cast.acme).number] == [261_483_927, 260_000_005]


def test_no_year_outgrows_what_the_database_and_queries_hold() -> None:
    greatest = 99 * DIGITS + DIGITS - 1
    assert greatest <= LARGEST_NUMBER
    assert len(str(greatest)) == LONGEST_NUMBER


def test_a_number_that_is_taken_is_drawn_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    drawing(monkeypatch, 7, 7, 7, 8)
    first, second = other(cast.acme), other(cast.acme)
    db.session.commit()
    assert (first.number % DIGITS, second.number % DIGITS) == (7, 8)
    assert first.version == second.version


def test_drawing_ends_when_there_is_hardly_a_number_left(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    drawing(monkeypatch, *[7] * (TRIES + 1))
    other(cast.acme)
    db.session.commit()
    with counted() as asked, pytest.raises(Conflict, match="Nothing was filed") as refusal:
        other(cast.acme)
    assert sum(statement.startswith("INSERT INTO issue ") for statement in asked) == TRIES
    assert refusal.value.args[0].code == "no-free-number"
    assert db.session.query(Issue).count() == 1


def test_eight_who_draw_the_same_number_get_eight(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = secrets.randbelow
    monkeypatch.setattr(secrets, "randbelow", lambda below: chance(min(below, CLIENTS)))
    monkeypatch.setattr(numbering, "TRIES", 10_000)  # thirty draws may all miss the last number
    acme = cast.acme.id
    assert race(app, [lambda: other(person(acme))] * CLIENTS) == ["won"] * CLIENTS
    assert {issue.number % DIGITS for issue in db.session.query(Issue)} == set(range(CLIENTS))


@pytest.mark.parametrize(
    "typed", ["26148392", "#26148392", "id:26148392", "id:148392", "id:2614839*", "linked:26148392"]
)
def test_old_numbers_of_eight_digits_go_on(
    cast: Cast, client_of: Clients, engine: SearchBackend, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    with time_machine.travel("2026-06-01T12:00:00Z", tick=False):
        monkeypatch.setattr(numbering, "DIGITS", 1_000_000)  # as the first release drew them
        drawing(monkeypatch, 148_392)
        old = other(cast.acme)
        monkeypatch.undo()
        new = other(cast.acme)
        link_issues(cast.acme, old.number, new.number, "related")
        db.session.commit()
        client = client_of(cast.acme)
        assert client.get(f"/issues/{old.number}").status_code == 200
        found = client.get("/issues", query_string={"q": typed}).text
        led = client.get("/jump", query_string={"q": typed}).location
    assert f'href="/issues/{new.number if typed.startswith("linked") else old.number}"' in found
    if not typed.startswith(("linked", "id")):
        assert led == f"/issues/{old.number}"
