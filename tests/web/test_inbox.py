"""The inbox page: what was told, by reason, read and muted; and nothing of what a company does not see."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import Cast
from tests.make import know_premise, press, rep_of_record
from tracker.actions.parties import replace_party
from tracker.actions.telling import tell_changes
from tracker.db import db
from tracker.domain.roles import Role
from tracker.models import Issue, Notice, Person, Watch

Clients = Callable[[Person | None], FlaskClient]


@pytest.fixture(autouse=True)
def without_tokens(app: Flask) -> Iterator[None]:
    """Forms are posted without a token here; that they need one is tested elsewhere."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asked Bolt, which began to work and said something."""
    know_premise(cast)
    issue = rep_of_record(cast)
    tell_all()
    press(cast.bolt, issue, "begin-working", "We look into it.")
    press(cast.bolt, issue, "complete", "<b>Ours</b> since March, @ann.")
    tell_all()
    return issue


def tell_all() -> None:
    """Let the worker tell what happened."""
    while tell_changes():
        db.session.commit()
    db.session.commit()


def test_the_inbox_says_what_happened_and_why_it_is_told(cast: Cast, issue: Issue, client_of: Clients) -> None:
    page = client_of(cast.acme).get("/inbox").text
    assert "Somebody mentioned you. <b>Bob</b> Bolt Power: Complete, Pending Complete" in page
    assert "&lt;b&gt;Ours&lt;/b&gt; since March" in page
    assert 'Inbox <span class="count count-ours">2<' in page
    assert page.index("Somebody mentioned you.") < page.index("Somebody answered or moved it.")
    assert "Nothing yet." in client_of(cast.bolt).get("/inbox").text


def test_reasons_and_what_is_unread(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.acme)
    assert "We look into it." not in client.get("/inbox?reason=mentioned").text
    assert "We look into it." in client.get("/inbox?reason=answered").text
    newest = db.session.scalars(select(Notice.id).where(Notice.person_id == cast.acme.id)).all()[-1]
    assert client.post("/inbox/read", data={"notice": newest, "unread": "1"}).location == "/inbox?unread=1"
    unread = client.get("/inbox?unread=1").text
    assert ("We look into it." in unread, "since March" in unread) == (True, False)
    client.post("/inbox/read", data={"all": "1"})
    assert "Everything is read." in client.get("/inbox?unread=1").text


def test_nobody_marks_the_notices_of_others(cast: Cast, issue: Issue, client_of: Clients) -> None:
    ids = [str(one) for one in db.session.scalars(select(Notice.id))]
    client_of(cast.corp).post("/inbox/read", data={"notice": ids})
    assert db.session.scalars(select(Notice).where(Notice.read_at.is_not(None))).all() == []


def test_long_inboxes_come_in_pages(cast: Cast, issue: Issue, client_of: Clients) -> None:
    for number in range(60):
        press(cast.bolt, issue, "add-comment", f"Word {number}.")
    tell_all()
    client = client_of(cast.acme)
    first = client.get("/inbox").text
    assert "Word 59." in first
    assert "Word 3." not in first
    older = client.get(first.split('class="btn" href="')[1].split('"')[0]).text
    assert "Word 3." in older
    assert "Word 59." not in older


def test_what_the_company_sees_no_more_is_gone(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.bolt_admin)
    assert str(issue.number) in client.get("/inbox").text
    replace_party(issue, Role.ASSIGNEE, cast.corp.company)
    db.session.commit()
    page = client.get("/inbox").text
    assert str(issue.number) not in page
    assert "count-ours" not in page


def test_watching_from_the_page(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.acme_reader)
    address = f"/issues/{issue.number}"
    for do, said in (("watch", "You watch this issue"), ("mute", "Muted for you"), ("leave", 'value="watch"')):
        assert client.post(f"{address}/watching", data={"do": do}).status_code == 302
        assert said in client.get(address).text
    assert db.session.scalars(select(Watch)).all() == []
    assert client.post(f"{address}/watching", data={"do": "sing"}).status_code == 422
    assert client_of(cast.corp).post(f"{address}/watching", data={"do": "watch"}).status_code == 404
