"""Two at once, on both databases: of conflicting presses one wins (R6), and nothing is lost, repeated or broken."""

import threading
from collections.abc import Callable, Sequence
from contextvars import Context

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, insert, select

from tests.cast import Cast
from tests.make import know_premise, rep_of_record
from tracker.actions.digests import promise_digests
from tracker.actions.history import TELL
from tracker.actions.inbox import mark_read, mute, watch
from tracker.actions.linking import link_issues, link_many
from tracker.actions.moving import Press, press_transition
from tracker.actions.replies import keep_reply
from tracker.actions.telling import tell_changes
from tracker.clock import now
from tracker.db import db
from tracker.errors import TrackerError
from tracker.models import Comment, Contact, Event, Issue, IssueLink, Job, Mail, Notice, Person, Reply, Watch

CLIENTS, ROUNDS = 8, 6
Act = Callable[[], object]


def race(app: Flask, acts: Sequence[Act]) -> list[str]:
    """All act at the same moment, each on a connection of its own; what became of each."""
    db.session.commit()
    barrier, outcomes = threading.Barrier(len(acts)), []

    def run(act: Act) -> None:
        with app.app_context():
            barrier.wait()
            try:
                act()
                db.session.commit()
                outcomes.append("won")
            except TrackerError:
                outcomes.append("lost")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=Context().run, args=(run, act)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.commit()
    return sorted(outcomes)


def person(person_id: int) -> Person:
    """Somebody, on the connection of whoever asks."""
    return db.session.get_one(Person, person_id)


def presses(people: Sequence[Person], number: int, press: Press) -> list[Act]:
    """The same press by each of them."""

    def pressed_by(person_id: int) -> Act:
        return lambda: press_transition(person(person_id), number, press)

    return [pressed_by(one.id) for one in people]


def count_of(*conditions: object) -> int:
    return db.session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asks Bolt; that was told."""
    know_premise(cast)
    issue = rep_of_record(cast)
    while tell_changes(by_mail=True):
        db.session.commit()
    return issue


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_exactly_one_of_eight_wins(app: Flask, cast: Cast, issue: Issue, turn: int) -> None:
    people = [cast.bolt, cast.bolt_admin] * (CLIENTS // 2)
    outcomes = race(app, presses(people, issue.number, Press("begin-working", version=issue.version)))
    assert outcomes == ["lost"] * (CLIENTS - 1) + ["won"]
    assert count_of(Event.name == "Begin Working") == 1


def test_comments_at_once_are_all_kept(app: Flask, cast: Cast, issue: Issue) -> None:
    people = [cast.bolt, cast.acme] * (CLIENTS // 2)
    outcomes = race(app, presses(people, issue.number, Press("add-comment", version=1, comment="At once.")))
    assert outcomes == ["won"] * CLIENTS
    assert count_of(Comment.text == "At once.") == CLIENTS


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_workers_that_tell_at_once_tell_each_receiver_once(app: Flask, cast: Cast, issue: Issue, turn: int) -> None:
    watch(cast.acme, issue.number)
    cast.acme.mail_choices = {"answered": "now"}
    db.session.add(Contact(company_id=cast.acme.company_id, purpose="answered", address="desk@acme.example"))
    row = {"issue_id": issue.id, "at": now(), "person_id": cast.bolt.id, "company_id": cast.bolt.company_id}
    row |= {"key": "attach", "name": "Attach", "from_state": issue.state, "to_state": issue.state, "changes": []}
    events = [{**row, "responsible_id": issue.responsible_id, "version": issue.version}] * 300
    ids = list(db.session.scalars(insert(Event).returning(Event.id), events))
    job = {"topic": TELL, "issue_id": issue.id, "due_at": now(), "tries": 0}
    db.session.execute(insert(Job), [job | {"details": {"event_id": one}} for one in ids])
    race(app, [lambda: tell_changes(by_mail=True)] * 4)
    while tell_changes(by_mail=True):
        db.session.commit()
    assert count_of(Notice.person_id == cast.acme.id, Notice.event_id.in_(ids)) == 300
    letters = db.session.scalars(select(Mail).where(Mail.company_id == cast.acme.company_id)).all()
    for receiver in (cast.acme.email, "desk@acme.example"):
        told = [event_id for letter in letters if letter.receiver == receiver for event_id, _ in letter.about]
        assert sorted(told) == sorted(ids), receiver
    db.session.refresh(cast.acme)
    assert cast.acme.unread == 300


def test_what_is_read_while_it_is_told_is_counted_right(app: Flask, cast: Cast, issue: Issue) -> None:
    watch(cast.acme, issue.number)
    acme = cast.acme.id
    for _ in range(ROUNDS):
        press_transition(cast.bolt, issue.number, Press("add-comment", comment="Well?"))
        race(app, [tell_changes, lambda: mark_all_read(acme), tell_changes, lambda: mark_all_read(acme)])
        while tell_changes():
            db.session.commit()
        db.session.refresh(cast.acme)
        assert cast.acme.unread == count_of(Notice.person_id == acme, Notice.read_at.is_(None))


def test_what_is_read_while_the_morning_comes_is_told_and_counted(app: Flask, cast: Cast, issue: Issue) -> None:
    watch(cast.acme, issue.number)
    acme = cast.acme.id
    with time_machine.travel("2027-03-19T15:00:00Z", tick=False):  # a Friday morning
        for _ in range(ROUNDS):
            cast.acme.digest_day = None
            press_transition(cast.bolt, issue.number, Press("add-comment", comment="Well?"))
            while tell_changes():
                db.session.commit()
            assert race(app, [promise_digests, lambda: mark_all_read(acme)] * 2) == ["won"] * 4
            db.session.refresh(cast.acme)
            assert cast.acme.unread == count_of(Notice.person_id == acme, Notice.read_at.is_(None)) == 0


def mark_all_read(person_id: int) -> None:
    mark_read(person(person_id))


def test_two_windows_keep_one_reply(app: Flask, cast: Cast, issue: Issue) -> None:
    number, acme = issue.number, cast.acme.id
    words = [f"Words of window {window}" for window in range(CLIENTS)]

    def kept(text: str) -> Act:
        return lambda: keep_reply(person(acme), number, "add-comment", {"comment": text})

    assert race(app, [kept(text) for text in words]) == ["won"] * CLIENTS
    (reply,) = db.session.scalars(select(Reply)).all()
    assert reply.raw["comment"] in words


def test_a_double_click_watches_once(app: Flask, cast: Cast, issue: Issue) -> None:
    number, acme = issue.number, cast.acme.id
    acts: list[Act] = [lambda: watch(person(acme), number), lambda: mute(person(acme), number)] * 4
    assert race(app, acts) == ["won"] * CLIENTS
    assert count_of(Watch.person_id == acme) == 1


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_two_who_link_from_either_side_make_one_link(app: Flask, cast: Cast, issue: Issue, turn: int) -> None:
    press_transition(cast.acme, rep_of_record(cast).number, Press("submit"))
    one, other = db.session.scalars(select(Issue.number).order_by(Issue.id)).all()
    acme, bolt = cast.acme.id, cast.bolt.id
    acts: list[Act] = [
        lambda: link_issues(person(acme), one, other, "duplicates"),
        lambda: link_issues(person(bolt), other, one, "related"),
    ]
    assert race(app, acts) == ["lost", "won"]
    assert count_of(IssueLink.id.is_not(None)) == 1


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_many_links_at_once_wait_for_each_other(app: Flask, cast: Cast, issue: Issue, turn: int) -> None:
    """Whoever links two of the issues holds them in the same order as who links one of them with many."""
    for _ in range(3):
        press_transition(cast.acme, rep_of_record(cast).number, Press("submit"))
    one, two, three, four = db.session.scalars(select(Issue.number).order_by(Issue.id)).all()
    acme, bolt = cast.acme.id, cast.bolt.id
    acts: list[Act] = [
        lambda: link_many(person(acme), four, [one, two, three], "related"),
        lambda: link_issues(person(bolt), one, three, "duplicates"),
        lambda: link_many(person(bolt), two, [three, one], "related"),
    ]
    assert race(app, acts) == ["won"] * 3
    assert count_of(IssueLink.id.is_not(None)) == 6


def test_digests_that_are_promised_at_once_are_promised_once(app: Flask, cast: Cast, issue: Issue) -> None:
    with time_machine.travel("2027-03-19T15:00:00Z", tick=False):  # a Friday morning
        watch(cast.acme, issue.number)
        press_transition(cast.bolt, issue.number, Press("add-comment", comment="Well?"))
        while tell_changes():
            db.session.commit()
        race(app, [promise_digests] * 4)
    digests = (Mail.issue_id.is_(None), Mail.act_id.is_(None), Mail.person_id == cast.acme.id)
    assert count_of(*digests) == 1
