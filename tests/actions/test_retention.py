"""What only served to tell people in time is forgotten after a while; the history of issues never is."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import current_app
from sqlalchemy import func, select

from tests.cast import Cast
from tests.make import know_premise, press, rep_of_record
from tracker import worker
from tracker.actions.bulk import begin_act, carry_on
from tracker.actions.inbox import watch
from tracker.actions.retention import forget_some
from tracker.actions.telling import tell_changes, tell_late
from tracker.clock import now
from tracker.db import Base, db
from tracker.jobs.tools import Tools
from tracker.models import BulkAct, BulkItem, Comment, Event, Issue, LateWarning, Mail, Notice

DAY = timedelta(days=1)
FORGOTTEN: tuple[type[Base], ...] = (Mail, Notice, LateWarning, BulkItem, BulkAct)
KEPT: tuple[type[Base], ...] = (Issue, Event, Comment)


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """An issue of which much was told, in letters, by an act on many, and before it ended."""
    know_premise(cast)
    cast.acme.mail_choices = {"answered": "now"}
    issue = rep_of_record(cast)
    watch(cast.acme, issue.number)
    press(cast.bolt, issue, "begin-working")
    carry_on(begin_act(cast.bolt, [issue.number], "add-comment", {}, "Ours.").id)
    press(cast.bolt, issue, "complete", "Ours.")
    while tell_changes(by_mail=True):
        db.session.commit()
    with time_machine.travel((issue.clock_at or now()) - DAY, tick=False):
        assert tell_late(by_mail=True)
    for letter in db.session.scalars(select(Mail)):
        letter.sent_at = now()
    db.session.commit()
    return issue


def rows(table: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def forget_after(days: int) -> None:
    """Let the worker forget what is old enough so many days from now."""
    with time_machine.travel(now() + days * DAY, tick=False):
        while forget_some():
            db.session.commit()
    db.session.commit()


@pytest.mark.parametrize(
    ("days", "gone"),
    [(80, set()), (100, {Mail, BulkItem, BulkAct}), (430, set(FORGOTTEN))],
    ids=["soon", "a quarter later", "next year"],
)
def test_each_kind_has_its_time(cast: Cast, issue: Issue, days: int, gone: set[type[Base]]) -> None:
    before = {table: rows(table) for table in (*FORGOTTEN, *KEPT)}
    assert all(before.values())
    forget_after(days)
    after = {table: rows(table) for table in before}
    assert {table for table in FORGOTTEN if not after[table]} == gone
    assert all(after[table] == before[table] for table in before if table not in gone)


def test_what_is_forgotten_unread_counts_no_more(cast: Cast, issue: Issue) -> None:
    db.session.refresh(cast.acme)
    assert cast.acme.unread > 0
    forget_after(430)
    db.session.refresh(cast.acme)
    assert cast.acme.unread == 0


def test_a_letter_that_waits_is_never_forgotten(cast: Cast, issue: Issue) -> None:
    for letter in db.session.scalars(select(Mail)):
        letter.sent_at = None
    db.session.commit()
    waiting = rows(Mail)
    forget_after(1_000)
    assert rows(Mail) == waiting


def test_a_look_that_fails_holds_up_no_other(
    cast: Cast, issue: Issue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path) -> None:
        raise OSError("the folder is away")

    monkeypatch.setattr(worker, "sweep", fail)
    monkeypatch.setattr(worker, "_last_look", 0.0)
    with time_machine.travel(now() + 100 * DAY, tick=False):
        worker.work_once(Tools(tmp_path, current_app.extensions["search"]))
    assert rows(Mail) == 0
