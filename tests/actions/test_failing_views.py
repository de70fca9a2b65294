"""A watched view that breaks is its watcher's alone: everybody else is told, and its watcher sees why nothing comes."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.actions.test_telling import tell_all, told
from tests.actions.test_view_watching import WAITS, entered, watched_by
from tests.breaking import MISTAKES, QUERY, break_condition, forget_statements
from tests.cast import Cast
from tests.make import know_premise, press, rep_of_record
from tracker import worker
from tracker.actions.telling import tell_changes
from tracker.actions.view_watching import watch_view
from tracker.actions.views import change, save_view, share
from tracker.clock import now
from tracker.db import db
from tracker.domain.notices import Reason
from tracker.domain.watching import Trouble
from tracker.models import Issue, Job, Person, SavedView, Scope, ViewWatch
from tracker.queries.watched_views import RETRY

Clients = Callable[[Person | None], FlaskClient]


@pytest.fixture(autouse=True)
def statements_as_they_are() -> Iterator[None]:
    """No statement of a broken condition is left for another test."""
    yield
    forget_statements()


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asks Bolt, who begins to work; all that is told."""
    know_premise(cast)
    issue = press(cast.bolt, rep_of_record(cast), "begin-working")
    tell_all()
    return issue


def watch_of(view: SavedView) -> ViewWatch:
    return db.session.scalars(select(ViewWatch).where(ViewWatch.view_id == view.id)).one()


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_view_that_breaks_keeps_nobody_from_being_told(
    cast: Cast, issue: Issue, monkeypatch: pytest.MonkeyPatch, mistake: str
) -> None:
    broken = watched_by(cast.acme_reader, QUERY)
    watched_by(cast.acme_reader)
    watched_by(cast.acme_admin)
    break_condition(monkeypatch, mistake)
    press(cast.bolt, issue, "return-to-submitter", comment="Which premise, @adam?")
    tell_all()
    assert told(cast.acme)[0] == Reason.WAITING
    assert told(cast.acme_admin) == [Reason.MENTIONED]
    assert entered(cast.acme_reader) == 1
    assert db.session.scalar(select(func.count()).select_from(Job).where(Job.topic == "tell")) == 0
    watch = watch_of(broken)
    assert (watch.failing_code, watch.failing_since) == (Trouble.BROKE, watch.failed_at)


def test_one_event_alone_is_told_too(cast: Cast, issue: Issue, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the worker does where a batch could not be told."""
    watched_by(cast.acme_reader, QUERY)
    break_condition(monkeypatch, "refused by the database")
    press(cast.bolt, issue, "return-to-submitter", comment="Which premise?")
    job_id = db.session.scalars(select(Job.id).where(Job.topic == "tell")).one()
    assert tell_changes(job_id)
    assert told(cast.acme)[0] == Reason.WAITING


def test_it_is_asked_again_only_when_something_is_new(
    cast: Cast, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def breaks() -> None:
        asked.append(1)
        raise RuntimeError("a mistake of ours")

    view = watched_by(cast.acme_reader, QUERY)
    monkeypatch.setitem(MISTAKES, "raises", breaks)
    break_condition(monkeypatch, "raises")

    def happens() -> int:
        asked.clear()
        press(cast.bolt, issue, "add-comment", comment="We look into it.")
        tell_all()
        return len(asked)

    with time_machine.travel(now(), tick=False) as clock:
        assert happens() > 0
        clock.shift(timedelta(minutes=1))
        since = watch_of(view).failing_since
        assert happens() == 0
        worker.begin()
        assert happens() > 0
        clock.shift(RETRY - timedelta(minutes=1))
        assert happens() == 0
        clock.shift(timedelta(minutes=1))
        assert happens() > 0
        clock.shift(timedelta(minutes=1))
        change(cast.acme_reader, view, f"{QUERY} status:open", [])
        assert happens() > 0
        assert watch_of(view).failing_since == since


def test_what_works_again_tells_again(cast: Cast, issue: Issue, monkeypatch: pytest.MonkeyPatch) -> None:
    view = watched_by(cast.acme_reader, f"{WAITS} -{QUERY}")
    with monkeypatch.context() as broken:
        break_condition(broken, "raises")
        press(cast.bolt, issue, "add-comment", comment="We look into it.")
        tell_all()
    forget_statements()
    assert watch_of(view).failing_code == Trouble.BROKE
    worker.begin()
    press(cast.bolt, issue, "return-to-submitter", comment="Which premise?")
    tell_all()
    assert entered(cast.acme_reader) == 1
    watch = watch_of(view)
    assert (watch.failing_code, watch.failing_since, watch.failed_at) == (None, None, None)


def test_a_view_that_is_not_understood_or_looks_for_words_is_marked_until_it_is(cast: Cast, issue: Issue) -> None:
    view = watched_by(cast.acme_reader, 'group:"Switching desk"')
    cast.acme_desk.name = "Another desk"
    db.session.commit()
    press(cast.bolt, issue, "add-comment", comment="We look into it.")
    tell_all()
    assert watch_of(view).failing_code == Trouble.NOT_UNDERSTOOD
    change(cast.acme_reader, view, "lost words", [])
    press(cast.bolt, issue, "add-comment", comment="We look into it.")
    tell_all()
    assert watch_of(view).failing_code == Trouble.LOOKS_FOR_WORDS
    change(cast.acme_reader, view, WAITS, [])
    press(cast.bolt, issue, "return-to-submitter", comment="Which premise?")
    tell_all()
    assert watch_of(view).failing_code is None


def test_its_watcher_reads_why_and_what_to_do(
    cast: Cast, issue: Issue, monkeypatch: pytest.MonkeyPatch, client_of: Clients
) -> None:
    with time_machine.travel("2026-03-20T15:00:00Z", tick=False):
        view = watched_by(cast.acme_reader, QUERY)
        break_condition(monkeypatch, "refused by the database")
        press(cast.bolt, issue, "add-comment", comment="We look into it.")
        tell_all()
        page = client_of(cast.acme_reader).get("/views").text
        assert "nothing of it is told since Mar 20, 2026: looking for its issues breaks something on our side." in page
        assert "It is tried again every day. Edit it, or stop watching it." in page
        change(cast.acme_reader, view, "group:Nowhere", [])
        page = client_of(cast.acme_reader).get("/views").text
        assert "“Nowhere” is no group of your company." in page
        change(cast.acme_reader, view, "lost words", [])
        assert "it looks for words, and only a view of conditions" in client_of(cast.acme_reader).get("/views").text


def test_who_watches_the_view_of_another_reads_whom_to_ask(
    cast: Cast, issue: Issue, monkeypatch: pytest.MonkeyPatch, client_of: Clients
) -> None:
    view = save_view(cast.acme_admin, "Ours", "status:open", scope=Scope.COMPANY)
    watch_view(cast.acme, view)
    change(cast.acme_admin, view, "lost words", [])
    assert "Ask Adam to edit it, copy it and edit the copy" in client_of(cast.acme).get("/views").text
    share(cast.acme_admin, view, Scope.MINE)
    assert client_of(cast.acme_admin).get("/views").text.count("nothing of it is told") == 0
