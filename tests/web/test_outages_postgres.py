"""What only PostgreSQL can meet: restarts, full connection limits, limits of statements, a COMMIT without an answer."""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Engine, event, select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from tests.breakable import BreakableServer, ask_bolt, breakable
from tests.visitor import PASSWORD, Visitor
from tests.web.test_outages import again, count, is_in, said, visitor_of
from tracker import committing
from tracker.db import READING, WORKING, WRITING, Patience, db, is_passing
from tracker.models import Issue
from tracker.web import failures, transactions

HANGS = 600
"""Seconds after which a test that waits for ever ends."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BreakableServer]:
    """A product over a PostgreSQL that may be broken; Acme has asked Bolt."""
    with breakable("postgres", tmp_path_factory.mktemp("market")) as one:
        assert isinstance(one, BreakableServer)
        with one.app.app_context():
            ask_bolt()
        yield one


@pytest.fixture
def app(server: BreakableServer) -> Iterator[Flask]:
    """The product, and nothing held by the test."""
    with server.app.app_context():
        yield server.app
        db.session.remove()


@pytest.fixture
def number(app: Flask) -> int:
    """The issue of Acme and Bolt."""
    number = db.session.scalars(select(Issue.number)).one()
    db.session.remove()
    return number


def test_a_full_connection_limit_signs_nobody_out(server: BreakableServer, app: Flask, number: int) -> None:
    visitor = visitor_of(app, "ann")
    server.restart("max_connections = 5", "superuser_reserved_connections = 0")
    server.let_go()
    with ExitStack() as held:
        for _ in range(5):
            held.enter_context(server.connection())
        assert visitor._alone("GET", "/").status_code == 503
        answer = said(visitor, number, "Full")
        assert (answer.status_code, again(answer)[1]["comment"]) == (503, "Full")
        assert "Set-Cookie" not in answer.headers
    assert is_in(visitor)
    server.restart("max_connections = 50", "superuser_reserved_connections = 3")


def test_a_restart_under_eight_writers_signs_nobody_out_and_loses_no_word(
    server: BreakableServer, app: Flask, number: int
) -> None:
    visitors = [visitor_of(app, "ann") for _ in range(8)]
    begun, over = threading.Barrier(9), threading.Event()

    def write(turn: int) -> list[tuple[str, int]]:
        outcomes: list[tuple[str, int]] = []
        with app.app_context():
            begun.wait()
            while not over.is_set() or outcomes[-1][1] != 302:
                words = f"Writer {turn}, {len(outcomes)}"
                answer = said(visitors[turn], number, words)
                assert answer.status_code == 302 or again(answer)[1]["comment"] == words
                outcomes.append((words, answer.status_code))
        return outcomes

    with ThreadPoolExecutor(8) as pool:
        writing = [pool.submit(write, turn) for turn in range(8)]
        begun.wait()
        server.stop()
        server.server.ensure_postgres_running()
        over.set()
        outcomes = [outcome for one in writing for outcome in one.result()]
    assert {status for _, status in outcomes} == {302, 503}
    assert all(count(words) == 1 for words, status in outcomes if status == 302)
    assert all(is_in(visitor) for visitor in visitors)


@pytest.mark.parametrize(
    "state", ["40001", "40P01", "53100", "53200", "53300", "55P03", "57014", "57P01", "57P03", "58030"]
)
def test_what_passes_is_known_by_its_code(app: Flask, state: str) -> None:
    with pytest.raises(DBAPIError) as raised:
        db.session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"))
    assert is_passing(raised.value)
    db.session.rollback()


@pytest.mark.parametrize("state", ["22012", "23505", "42501"])
def test_what_does_not_pass_is_known_by_its_code(app: Flask, state: str) -> None:
    with pytest.raises(DBAPIError) as raised:
        db.session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"))
    assert not is_passing(raised.value)
    db.session.rollback()


TOO_WIDE = "Add a word or a condition and try again."


class Slow:
    """Every statement of a request that matches takes as long as the server lets it."""

    def __init__(self, matching: str, meanwhile: str = "SELECT pg_sleep(60)") -> None:
        self.matching, self.meanwhile = re.compile(matching), meanwhile

    def __enter__(self) -> None:
        event.listen(Engine, "before_cursor_execute", self._note)

    def __exit__(self, *given: object) -> None:
        event.remove(Engine, "before_cursor_execute", self._note)

    def _note(self, connection: object, cursor: object, statement: str, *rest: object) -> None:
        if self.matching.search(statement):
            cursor.connection.execute(self.meanwhile)  # type: ignore[attr-defined]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages have no patience."""
    monkeypatch.setattr(transactions, "READING", Patience(lock=100, statement=200))
    monkeypatch.setattr(transactions, "WRITING", Patience(lock=100, statement=200))
    monkeypatch.setattr(transactions, "SHORTEST_WAIT", 100)


def test_only_a_search_that_takes_too_long_is_told_to_ask_for_less(app: Flask, number: int, hasty: None) -> None:
    visitor = visitor_of(app, "ann")
    with Slow("issue_viewer"):
        answer = visitor._alone("GET", "/issues?q=meter")
        assert (answer.status_code, TOO_WIDE in answer.text) == (400, True)
        for address in ("/", f"/issues/{number}", "/issues"):
            answer = visitor._alone("GET", address)
            assert answer.status_code == 503
            assert TOO_WIDE not in answer.text
        answer = said(visitor, number, "Slow")
        assert (answer.status_code, again(answer)[1]["comment"]) == (503, "Slow")
    assert is_in(visitor)


@pytest.mark.parametrize("address", ["/", "/issues?q=meter", "/issues/{number}"])
def test_a_page_that_waits_for_a_lock_is_not_told_to_ask_for_less(
    server: BreakableServer, app: Flask, number: int, hasty: None, address: str
) -> None:
    visitor = visitor_of(app, "ann")
    with server.connection() as holder:
        holder.execute("BEGIN; LOCK TABLE issue IN ACCESS EXCLUSIVE MODE")
        answer = visitor._alone("GET", address.format(number=number))
        holder.execute("ROLLBACK")
    assert (answer.status_code, failures.NOT_READ in answer.text) == (503, True)


IN_GERMAN = "Anweisung wird auf Anforderung des Benutzers abgebrochen"
ORDERS = {
    "this server": "SELECT pg_cancel_backend(pg_backend_pid())",
    "one of another language": f"DO $$ BEGIN RAISE EXCEPTION '{IN_GERMAN}' USING ERRCODE = '57014'; END $$",
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_a_search_that_somebody_else_ends_is_not_told_to_ask_for_less(app: Flask, number: int, order: str) -> None:
    visitor = visitor_of(app, "ann")
    with Slow("issue_viewer", order):
        answer = visitor._alone("GET", "/issues?q=meter")
    assert (answer.status_code, failures.NOT_READ in answer.text) == (503, True)


@contextmanager
def without_standby(server: BreakableServer) -> Iterator[None]:
    """Every COMMIT waits for a standby that is gone."""
    server.restart("synchronous_standby_names = 'gone'")
    yield
    server.restart("synchronous_standby_names = ''")


def end_the_waiting(server: BreakableServer, by: str) -> None:
    """As soon as a COMMIT waits, end it."""
    waits = f"SELECT {by}(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    with server.connection() as other:
        while not other.execute(waits).fetchall():
            pass


def expect_doubt(answer: TestResponse, number: int, words: str) -> None:
    assert answer.status_code == 503
    assert failures.IN_DOUBT in answer.text
    assert failures.NOT_SAVED not in answer.text
    assert f'href="/issues/{number}"' in answer.text
    assert again(answer)[1]["comment"] == words
    assert count(words) == 1, "which is why it was not told as failed"


@pytest.mark.parametrize("by", ["pg_cancel_backend", "pg_terminate_backend"])
def test_a_commit_without_its_answer_is_told_as_unknown(
    server: BreakableServer, app: Flask, number: int, by: str
) -> None:
    visitor = visitor_of(app, "ann")
    with without_standby(server):
        ending = threading.Thread(target=end_the_waiting, args=(server, by))
        ending.start()
        expect_doubt(said(visitor, number, f"Unknown {by}"), number, f"Unknown {by}")
        ending.join()
    assert is_in(visitor)


def test_a_commit_that_waits_too_long_is_ended_and_told_as_unknown(
    server: BreakableServer, app: Flask, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visitor_of(app, "ann")
    monkeypatch.setattr(committing, "LONGEST_COMMIT", 0.1)
    with without_standby(server):
        expect_doubt(said(visitor, number, "For ever"), number, "For ever")


@pytest.mark.parametrize("is_late", [False, True], ids=["at once", "while it is being ended"])
def test_what_ends_a_commit_is_over_before_its_connection_is_given_to_another(
    server: BreakableServer, app: Flask, monkeypatch: pytest.MonkeyPatch, is_late: bool
) -> None:
    begun, running, before = threading.Event(), [], threading.enumerate()

    def cancel(*given: object, **options: object) -> None:
        begun.set()
        with server.connection() as other:  # as a real one would open
            other.execute("SELECT 1")

    def note_running(*given: object) -> None:
        running.append([one for one in threading.enumerate() if one not in before])

    monkeypatch.setattr(psycopg.Connection, "cancel_safe", cancel)
    if is_late:
        monkeypatch.setattr(committing, "LONGEST_COMMIT", 0.0)
        event.listen(db.engine, "commit", lambda connection: begun.wait(HANGS), once=True)
    event.listen(db.engine, "checkin", note_running)
    db.session.execute(text("SELECT 1"))
    committing.commit()
    event.remove(db.engine, "checkin", note_running)
    assert running == [[]]


def test_signing_in_of_which_nobody_knows_gives_no_cookie(server: BreakableServer, app: Flask) -> None:
    known = visitor_of(app, "ann")
    visitor = visitor_of(app, None)
    with without_standby(server):
        ending = threading.Thread(target=end_the_waiting, args=(server, "pg_cancel_backend"))
        ending.start()
        answer = visitor.post("/sign-in", user_name="ann", password=PASSWORD)
        ending.join()
    assert answer.status_code == 503
    assert "Set-Cookie" not in answer.headers
    assert is_in(known)


def twin(app: Flask, visitor: Visitor) -> Visitor:
    """Another window of the same browser."""
    other = Visitor(app)
    other.client.set_cookie("sid", visitor.cookie("sid") or "")
    other.token = visitor.token
    return other


def test_one_locked_issue_does_not_stop_the_site(
    server: BreakableServer, app: Flask, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty comments on it, and between them as many looks at other pages, with places for four at once (C3)."""
    monkeypatch.setattr(transactions, "WRITING", Patience(lock=800, statement=10_000))
    monkeypatch.setattr(transactions, "SHORTEST_WAIT", 200)
    windows = [twin(app, visitor_of(app, "ann")) for _ in range(40)]

    def comment(turn: int) -> int:
        with app.app_context():
            return said(windows[turn], number, f"Comment {turn}").status_code

    def look(turn: int) -> int:
        return windows[turn]._alone("GET", ("/issues", "/healthz")[turn % 2]).status_code

    with server.connection() as holder, ThreadPoolExecutor(4) as places:
        holder.execute("BEGIN; SELECT FROM issue FOR UPDATE")
        comments = {turn: places.submit(comment, turn) for turn in range(20)}
        looks = [places.submit(look, turn) for turn in range(20, 40)]
        assert [one.result(HANGS) for one in looks] == [200] * 20, "served, while the row is locked"
        assert {one.result(HANGS) for one in comments.values()} == {503}
        assert [count(f"Comment {turn}") for turn in range(20)] == [0] * 20
        comments = {turn: places.submit(comment, turn) for turn in range(20)}
        next(as_completed(comments.values(), HANGS))
        holder.execute("ROLLBACK")
    written = {turn: count(f"Comment {turn}") for turn in comments}
    assert {turn: one.result() == 302 for turn, one in comments.items()} == {t: n == 1 for t, n in written.items()}
    assert sum(written.values()) > 0


@pytest.mark.parametrize("patience", [READING, WRITING, WORKING])
def test_a_lock_is_waited_for_less_long_than_a_statement_may_take(patience: Patience) -> None:
    assert 0 < patience.lock < patience.statement


def test_who_waits_for_a_lock_waits_the_shorter_the_more_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "WRITING", WRITING)
    writers = transactions.Writers()
    waits = [writers.enter().lock for _ in range(5)]
    assert waits == [3000, 1500, 1000, 1000, 1000]
    for _ in waits:
        writers.leave()
    assert writers.enter().lock == 3000
