"""The inbox page: what was told, by reason, read and muted; and nothing of what a company does not see."""

import re
from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from tests.cast import Cast
from tests.make import know_premise, press, rep_of_record
from tracker.actions.moving import Press, press_transition
from tracker.actions.parties import replace_party
from tracker.actions.telling import tell_changes
from tracker.clock import now
from tracker.db import db
from tracker.domain.roles import Role
from tracker.models import Issue, Notice, Person, Watch
from tracker.queries.inbox import inbox_of, key_of

OF_A_MOMENT = re.compile(r'[0-9]{20}|name="csrf_token" value="[^"]*"|<time [^>]*>[^<]*')
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
    newest = str(key_of(inbox_of(cast.acme).rows[0]))
    assert client.post("/inbox/read", data={"notice": newest, "unread": "1"}).location == "/inbox?unread=1"
    unread = client.get("/inbox?unread=1").text
    assert ("We look into it." in unread, "since March" in unread) == (True, False)
    client.post("/inbox/read", data={"all": "1"})
    assert "Everything is read." in client.get("/inbox?unread=1").text


def test_nobody_marks_the_notices_of_others(cast: Cast, issue: Issue, client_of: Clients) -> None:
    keys = [str(key_of(row)) for person in (cast.acme, cast.bolt_admin) for row in inbox_of(person).rows]
    assert keys
    client_of(cast.corp).post("/inbox/read", data={"notice": [*keys, "7", "no-such-key", f"{2**40}-{'1' * 20}-late"]})
    assert db.session.scalars(select(Notice).where(Notice.read_at.is_not(None))).all() == []


def test_more_keys_than_a_page_has_are_no_harm(cast: Cast, issue: Issue, client_of: Clients) -> None:
    (own, *_) = [str(key_of(row)) for row in inbox_of(cast.acme).rows]
    keys = [own, *(f"{number}-{'1' * 20}-late" for number in range(1_000_000, 1_000_900))]
    assert client_of(cast.acme).post("/inbox/read", data={"notice": keys}).status_code == 302
    assert len(db.session.scalars(select(Notice).where(Notice.read_at.is_not(None))).all()) == 1


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


def test_nothing_in_the_inbox_counts_what_others_do(cast: Cast, issue: Issue, client_of: Clients) -> None:
    """A note of Bolt's own, between two comments for all, leaves no gap in anything that Acme gets."""
    client, pages = client_of(cast.acme), []
    with time_machine.travel(now(), tick=False) as clock:
        for with_note in (False, True):
            db.session.execute(delete(Notice))
            for text in ("One.", "Two."):
                clock.shift(60)
                press(cast.bolt, issue, "add-comment", text)
                if with_note:
                    press_transition(
                        cast.bolt, issue.number, Press("add-comment", comment="Ours, @bea.", ring="company")
                    )
                tell_all()
            pages.append(OF_A_MOMENT.sub("", client.get("/inbox").text))
    assert pages[0] == pages[1]


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
