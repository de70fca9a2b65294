"""A query that cannot be asked stops its own list alone: no sign-in, no save, no home page, no other part of a page."""

import re
import sqlite3
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import exc, select

from tests.breaking import MISTAKES, QUERY, break_condition, forget_statements
from tests.cast import Cast
from tests.make import know_premise, rep_of_record
from tests.visitor import Visitor, signed_in
from tracker.actions.views import save_view, set_as_home
from tracker.db import db
from tracker.models import Issue, SavedView, ViewWatch
from tracker.search import SearchBackend

BROKE = "This query broke something on our side"
NOT_UNDERSTOOD = "group:Nowhere"
SAID = "“Nowhere” is no group of your company."


@pytest.fixture(autouse=True)
def statements_as_they_are() -> Iterator[None]:
    """No statement of a broken condition is left for another test."""
    yield
    forget_statements()


@pytest.fixture
def issue(cast: Cast, engine: SearchBackend) -> Issue:
    """Something to be listed."""
    know_premise(cast)
    return rep_of_record(cast)


@pytest.fixture
def ann(app: Flask, cast: Cast, issue: Issue) -> Visitor:
    """Ann of Acme."""
    return signed_in(app, cast.acme)


@pytest.fixture(params=MISTAKES)
def broken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A query that breaks, each time by another mistake."""
    break_condition(monkeypatch, request.param)
    return QUERY


def main_of(page: str) -> str:
    """What the page is about, without its head and menu."""
    return page.split("<main")[1]


def test_the_list_says_so_and_keeps_what_was_typed(ann: Visitor, issue: Issue, broken: str) -> None:
    for text in (broken, f"-{broken}", f"({broken} OR is:open)"):
        answer = ann.get("/issues", query_string={"q": text, "choose": "1"})
        assert answer.status_code == 200
        assert BROKE in answer.text
        assert f'value="{text}"' in answer.text
        assert str(issue.number) not in main_of(answer.text)
        assert '<a href="/">home</a>' in answer.text
    assert str(issue.number) in main_of(ann.get("/issues?q=is:open").text)


@pytest.mark.parametrize("scope", ["mine", "company"])
def test_a_home_view_that_breaks_ends_no_sign_in(app: Flask, cast: Cast, ann: Visitor, broken: str, scope: str) -> None:
    owner = cast.acme if scope == "mine" else cast.acme_admin
    view = save_view(owner, "Children", broken, scope=scope)
    set_as_home(cast.acme, view)
    address = f"/views/{view.public_id}"
    db.session.commit()
    visitor = Visitor(app)
    answer = visitor.sign_in(cast.acme)
    assert answer.status_code == 302
    page = visitor.get(answer.location)
    assert page.status_code == 200
    assert BROKE in page.text
    assert (f'href="{address}"' in main_of(page.text)) == (scope == "mine")
    assert 'href="/views"' in main_of(page.text) or scope == "mine"
    assert visitor.get("/").status_code == 200
    assert visitor.get("/views").status_code == 200
    if scope == "mine":
        visitor.get(address)
        assert visitor.post(address, name="Children", scope="mine", query="is:open").location == "/views"
        assert visitor.get("/issues?q=is:open").status_code == 200


def test_so_does_one_that_is_not_understood(app: Flask, cast: Cast, ann: Visitor) -> None:
    view = save_view(cast.acme, "Gone", NOT_UNDERSTOOD)
    set_as_home(cast.acme, view)
    address = f"/views/{view.public_id}"
    db.session.commit()
    visitor = Visitor(app)
    page = visitor.get(visitor.sign_in(cast.acme).location)
    assert page.status_code == 400
    assert SAID in page.text
    assert f'href="{address}">edit the view Gone</a>' in page.text
    assert visitor.get("/").status_code == 200


def test_the_counts_fail_beside_the_list(ann: Visitor, broken: str) -> None:
    for headers in ({}, {"HX-Request": "true"}):
        answer = ann.get("/issues/facets", query_string={"q": broken}, headers=headers)
        assert answer.status_code == 200
        assert "These issues could not be counted." in answer.text


def test_all_that_fit_are_none(ann: Visitor, broken: str) -> None:
    answer = ann.post("/acts/preview", all="1", q=broken)
    assert (answer.status_code, BROKE in answer.text) == (422, True)
    answer = ann.post("/acts/preview", all="1", q=NOT_UNDERSTOOD)
    assert (answer.status_code, SAID in answer.text) == (422, True)


def test_it_is_saved_pinned_and_refused_to_be_watched(ann: Visitor, broken: str) -> None:
    ann.get("/views/new")
    assert ann.post("/views/new", name="Children", scope="mine", query=broken).status_code == 302
    view = db.session.scalars(select(SavedView)).one()
    address = f"/views/{view.public_id}"
    for press in ("pin", "home"):
        assert ann.post(f"{address}/{press}").location == "/views"
    answer = ann.post(f"{address}/watch")
    assert (answer.status_code, BROKE in answer.text) == (422, True)
    assert db.session.scalars(select(ViewWatch)).all() == []
    assert "Children" in ann.get("/").text
    assert "Children" in ann.get("/views").text


def test_filters_and_help_while_typing_go_on(ann: Visitor, broken: str) -> None:
    answer = ann.get("/issues/narrow", query_string={"q": broken, "status": "open"})
    assert re.fullmatch(r"/issues\?q=has:parent\+status:open&open=filters", answer.location)
    assert ann.get("/suggest/query", query_string={"q": "has:", "whole": broken}).status_code == 200


def test_a_database_that_is_away_is_no_querys_fault(ann: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise exc.OperationalError("SELECT 1", {}, error)

    monkeypatch.setitem(MISTAKES, "raises", away)
    break_condition(monkeypatch, "raises")
    assert ann.get("/issues", query_string={"q": QUERY}).status_code == 503
