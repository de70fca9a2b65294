"""A database that is away, full or locked signs nobody out, loses no word, and is never a bare error (issue 10, C1)."""

import re
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask_wtf import FlaskForm
from sqlalchemy import Connection, Engine, event, select, update
from structlog.testing import capture_logs
from werkzeug.routing import Rule
from werkzeug.test import TestResponse
from wtforms import PasswordField

from config import Config
from tests.breakable import Breakable, BreakableServer, ask_bolt, breakable
from tests.visitor import PASSWORD, Visitor, signed_in
from tests.web.test_access import values_for
from tracker import create_app
from tracker.clock import now
from tracker.db import Patience, db
from tracker.models import Comment, Issue, Person, SignInSession
from tracker.web import sent, sessions, transactions
from tracker.web.sent import SECRET

WORDS = "The customer says:\r\n<b>never</b> moved."
SHORT = Patience(lock=50, statement=10_000)
OPEN = {"/healthz"}
"""What asks nothing of the database."""


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def market(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Breakable]:
    """A product whose database may be broken; Acme has asked Bolt."""
    with breakable(request.param, tmp_path_factory.mktemp("market")) as one:
        with one.app.app_context():
            ask_bolt()
        yield one


@pytest.fixture
def app(market: Breakable) -> Iterator[Flask]:
    """The product, and nothing held by the test."""
    with market.app.app_context():
        yield market.app
        db.session.remove()


@pytest.fixture
def number(app: Flask) -> int:
    """The issue of Acme and Bolt."""
    number = db.session.scalars(select(Issue.number)).one()
    db.session.remove()
    return number


def test_what_a_page_sends_unseen_is_no_word_to_edit() -> None:
    """But for what its reader chose or typed, which is shown, wherever else it is hidden."""
    templates = Path(sent.__file__).parent / "templates"
    hidden = {
        name
        for template in templates.rglob("*.html")
        for name in re.findall(r'type="hidden" name="([a-z_]+)"', template.read_text())
    }
    assert hidden - sent.UNSEEN == {"q", "query", "ring"}


def person(user_name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.user_name == user_name)).one()


def visitor_of(app: Flask, user_name: str | None) -> Visitor:
    """A browser with a valid token in which this person, or nobody, is signed in."""
    if user_name is None:
        one = Visitor(app)
        one.get("/sign-in")
    else:
        one = signed_in(app, person(user_name))
    db.session.remove()
    return one


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/account").status_code == 200


def said(visitor: Visitor, number: int, words: str = WORDS) -> TestResponse:
    return visitor.post(f"/issues/{number}/transitions/add-comment", comment=words, ring="parties")


def count(words: str = WORDS) -> int:
    found = len(db.session.scalars(select(Comment.id).where(Comment.text == words.replace("\r\n", "\n"))).all())
    db.session.remove()
    return found


def again(answer: TestResponse) -> tuple[str, dict[str, str]]:
    """The form of the page that sends the same again: its address, and what it would send."""
    form = re.search(r'(?s)<form method="post" action="([^"]+)" class="stack"[^>]*>(.*?)</form>', answer.text)
    assert form, answer.text
    unseen = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.group(2))
    words = re.findall(r'(?s)<textarea [^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', form.group(2))
    return unescape(form.group(1)), {name: unescape(value) for name, value in unseen + words}


def requests(app: Flask, number: int) -> Iterator[tuple[Rule, str, str]]:
    """Every route by each of its methods."""
    with app.app_context():
        issue = db.session.scalar(select(Issue).where(Issue.number == number))
        addresses = [
            (rule, app.url_map.bind("localhost").build(rule.endpoint, values_for(rule, issue), method=method))
            for rule in app.url_map.iter_rules()
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})[:1]
        ]
        db.session.remove()
    for rule, address in addresses:
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, address


@pytest.mark.parametrize("user_name", ["ann", "edgar", None])
def test_no_page_breaks_or_signs_out_while_the_database_is_away(
    market: Breakable, app: Flask, number: int, user_name: str | None
) -> None:
    visitor = visitor_of(app, user_name)
    wanted = list(requests(app, number))
    before = visitor.cookie("sid"), visitor.cookie("pre")
    with market.away():
        for rule, method, address in wanted:
            fields = {"data": {"csrf_token": visitor.token, "comment": WORDS}} if method == "POST" else {}
            answer = visitor._alone(method, address, **fields)
            answer.close()
            case = f"{method} {rule.rule}: {answer.status_code}"
            if user_name is None:
                assert answer.status_code in (200, 302, 400, 404, 503), case
            else:
                assert answer.status_code == 503 or rule.rule in OPEN, case
            if answer.status_code == 503 and rule.rule != "/readyz":
                assert answer.headers["Retry-After"] == "5", case
                assert "X-Frame-Options" in answer.headers, case
                assert "cannot be reached" in answer.text, case
                assert method == "GET" or again(answer)[1]["comment"] == WORDS, case
                assert "Set-Cookie" not in answer.headers, case
    assert (visitor.cookie("sid"), visitor.cookie("pre")) == before
    assert is_in(visitor) == (user_name is not None)


def test_what_was_typed_is_sent_again_from_the_page(market: Breakable, app: Flask, number: int) -> None:
    visitor = visitor_of(app, "ann")
    with market.away(), capture_logs() as logged:
        answer = said(visitor, number, f"{WORDS} Away.")
    assert answer.status_code == 503
    assert count(f"{WORDS} Away.") == 0
    address, fields = again(answer)
    assert visitor._alone("POST", address, data=fields).status_code == 302
    assert count(f"{WORDS} Away.") == 1
    (line,) = logged
    assert line["rule"] == "/issues/<int(signed=False):number>/transitions/<key>" or "<" in line["rule"]
    assert line["failure"] in answer.text
    assert WORDS not in str(line)


def test_the_page_names_files_and_never_shows_a_password(market: Breakable, app: Flask, number: int) -> None:
    visitor = visitor_of(app, None)
    with market.away():
        answer = visitor.post("/sign-in", user_name="ann", password=PASSWORD)
    assert answer.status_code == 503
    assert PASSWORD not in answer.text
    assert 'name="password" type="password"' in answer.text
    visitor = visitor_of(app, "ann")
    with market.away():
        fields = {"csrf_token": visitor.token, "title": "A bill", "files": (BytesIO(b"%PDF-"), "bill.pdf")}
        answer = visitor._alone("POST", f"/issues/{number}/attachments", data=fields)
    assert "bill.pdf, to be chosen again" in answer.text
    assert again(answer)[1]["title"] == "A bill"


def test_every_password_of_a_form_is_secret() -> None:
    forms = {form for parent in FlaskForm.__subclasses__() for form in (parent, *parent.__subclasses__())}
    fields = {name: getattr(field, "field_class", None) for form in forms for name, field in vars(form).items()}
    assert {name for name, kind in fields.items() if kind is PasswordField} == SECRET


def test_what_another_site_sends_while_the_database_is_away_is_not_offered_again(
    market: Breakable, app: Flask, number: int
) -> None:
    visitor = visitor_of(app, "ann")
    with market.away():
        answer = visitor.post(
            f"/issues/{number}/transitions/add-comment", {"Origin": "https://evil.example"}, comment="x"
        )
    assert answer.status_code == 403
    assert "Send again" not in answer.text
    assert "Set-Cookie" not in answer.headers


class BreaksAt:
    """The connection to the database breaks at the n-th statement of a request."""

    def __init__(self, market: Breakable, turn: int) -> None:
        self.market, self.turn, self.count, self.hit = market, turn, 0, False

    def __enter__(self) -> "BreaksAt":
        event.listen(Engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *given: object) -> None:
        event.remove(Engine, "before_cursor_execute", self._note)
        self.market.let_go()

    def _note(self, connection: Connection, *rest: object) -> None:
        self.count += 1
        if self.count == self.turn:
            self.hit = True
            self._break(connection.connection.driver_connection)

    def _break(self, connection: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.set_progress_handler(lambda: 1, 1)  # whatever it is asked, it is interrupted
        elif isinstance(connection, psycopg.Connection):
            assert isinstance(self.market, BreakableServer)
            with self.market.connection() as other:
                other.execute("SELECT pg_terminate_backend(%s, 10000)", [connection.info.backend_pid])


@pytest.mark.parametrize("address", ["/", "/issues?q=meter", "/inbox", "/issues/{number}"])
def test_a_page_that_breaks_in_the_middle_is_503_and_signs_nobody_out(
    market: Breakable, app: Flask, number: int, address: str
) -> None:
    visitor = visitor_of(app, "ann")
    for turn in range(1, 100):
        with BreaksAt(market, turn) as breaks:
            answer = visitor._alone("GET", address.format(number=number))
        assert answer.status_code == (503 if breaks.hit else 200)
        assert is_in(visitor)
        if not breaks.hit:
            break
    assert turn > 3


def test_a_comment_that_breaks_in_the_middle_is_either_there_or_to_be_sent_again(
    market: Breakable, app: Flask, number: int
) -> None:
    visitor = visitor_of(app, "ann")
    for turn in range(1, 100):
        words = f"Broken at {turn}"
        with BreaksAt(market, turn) as breaks:
            answer = said(visitor, number, words)
        assert answer.status_code == (503 if breaks.hit else 302)
        assert count(words) == (answer.status_code == 302)
        assert not breaks.hit or again(answer)[1]["comment"] == words
        if not breaks.hit:
            break
    assert turn > 10
    assert is_in(visitor)


def test_a_lock_that_somebody_else_holds_is_503_and_the_words_come_back(
    market: Breakable, app: Flask, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visitor_of(app, "ann")
    monkeypatch.setattr(transactions, "WRITING", SHORT)
    monkeypatch.setattr(transactions, "SHORTEST_WAIT", SHORT.lock)
    with market.locked():
        answer = said(visitor, number, "Locked")
        assert is_in(visitor), "who only reads waits for nobody"
    assert (answer.status_code, again(answer)[1]["comment"]) == (503, "Locked")
    assert count("Locked") == 0
    assert said(visitor, number, "Locked").status_code == 302


def test_a_page_is_not_held_up_by_saying_that_somebody_was_here(
    market: Breakable, app: Flask, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visitor_of(app, "ann")
    db.session.execute(update(SignInSession).values(seen_at=now() - timedelta(minutes=5)))
    db.session.commit()
    monkeypatch.setattr(sessions, "TOUCHING", SHORT)
    with market.locked(), capture_logs() as logged:
        answer = visitor._alone("GET", "/account")
    assert answer.status_code == 200
    assert [line["event"] for line in logged] == ["a session could not be kept"]
    assert is_in(visitor)


class Few(Config):
    """One connection, and no patience for another."""

    def flask(self) -> dict[str, object]:
        """All else is the same."""
        pool = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0.01}
        return super().flask() | {"SQLALCHEMY_ENGINE_OPTIONS": pool}


def test_no_free_connection_is_503(market: Breakable, app: Flask, number: int) -> None:
    visitor = visitor_of(app, "ann")
    few = create_app(Few(**vars(market.config)))
    few.testing = True
    with few.app_context():
        held = db.engine.connect()
        other = Visitor(few)
        other.client.set_cookie("sid", visitor.cookie("sid") or "")
        assert other._alone("GET", f"/issues/{number}").status_code == 503
        assert said(other, number).status_code == 503
        held.close()
        assert is_in(other)
        db.session.remove()
        db.engine.dispose()
