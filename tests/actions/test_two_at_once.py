"""Two people at once: of conflicting presses exactly one wins, on both databases (R6)."""

import threading
from contextvars import Context

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.cast import Cast
from tests.make import know_premise, rep_of_record
from tracker.actions.moving import Press, press_transition
from tracker.db import db
from tracker.errors import Conflict
from tracker.models import Comment, Event, Person

CLIENTS, ROUNDS = 8, 6


def race(app: Flask, people: list[int], number: int, press: Press) -> list[str]:
    """All press at the same moment, each on a connection of its own; what became of each press."""
    barrier, outcomes = threading.Barrier(len(people)), []

    def run(person_id: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                press_transition(db.session.get_one(Person, person_id), number, press)
                db.session.commit()
                outcomes.append("won")
            except Conflict:
                outcomes.append("lost")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=Context().run, args=(run, person)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_exactly_one_of_eight_wins(app: Flask, cast: Cast, turn: int) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    number, version = issue.number, issue.version
    people = [cast.bolt.id, cast.bolt_admin.id] * (CLIENTS // 2)
    db.session.commit()
    outcomes = race(app, people, number, Press("begin-working", version=version))
    assert sorted(outcomes) == ["lost"] * (CLIENTS - 1) + ["won"]
    assert db.session.scalar(select(func.count()).where(Event.name == "Begin Working")) == 1
    db.session.commit()


def test_comments_at_once_are_all_kept(app: Flask, cast: Cast) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    number, version = issue.number, issue.version
    people = [cast.bolt.id, cast.acme.id] * (CLIENTS // 2)
    db.session.commit()
    outcomes = race(app, people, number, Press("add-comment", version=version, comment="At once."))
    assert outcomes == ["won"] * CLIENTS
    assert db.session.scalar(select(func.count()).select_from(Comment)) == CLIENTS
    db.session.commit()
