"""Servers that are dead, slow or refuse, and workers that die: letters wait, and go out once."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from tests.cast import Cast
from tests.mailbox import Server, deliver, tell
from tests.make import press
from tracker.clock import now
from tracker.db import db
from tracker.jobs import letters
from tracker.jobs.letters import send_letters
from tracker.jobs.writing import Post
from tracker.models import Issue, Mail
from tracker.queries.letters import waiting_since


def test_a_dead_server_delays_and_loses_nothing(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    nobody = Post("smtp://127.0.0.1:1", post.sender, post.base_url, post.secret)
    press(cast.bolt, issue, "add-comment", "Now, @ann!")
    press(cast.acme, issue, "add-comment", "Here, @bob.")
    tell()
    moment = now()
    with time_machine.travel(moment + timedelta(minutes=1), tick=False):
        assert send_letters(nobody)
        assert not send_letters(nobody), "a dead server is left alone for a while"
        assert waiting_since().waiting == 2
    with time_machine.travel(moment + timedelta(minutes=30), tick=False):
        while send_letters(post):
            pass
        assert waiting_since().waiting == 0
    assert len(server.arrived) == 2


def test_an_address_that_is_refused_holds_up_nobody(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    press(cast.bolt, issue, "add-comment", "Now, @ann and @adam and @rita!")
    server.answers = {cast.acme.email: "550 no such user", cast.acme_admin.email: "451 try later"}
    deliver(post, minutes=0)
    assert [one["To"] for one in server.arrived] == [cast.acme_reader.email]
    dropped = {row.receiver: row.dropped_because for row in db.session.scalars(select(Mail)) if not row.sent_at}
    assert dropped[cast.acme.email] == "The server refuses the address: 550 no such user"
    assert dropped[cast.acme_admin.email] is None
    server.answers = {}
    deliver(post, minutes=40)
    assert [one["To"] for one in server.arrived] == [cast.acme_reader.email, cast.acme_admin.email]


def test_what_is_put_off_for_days_is_given_up(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    press(cast.bolt, issue, "add-comment", "Now, @ann!")
    server.answers = {cast.acme.email: "451 try later"}
    moment = now()
    for days in range(6):
        with time_machine.travel(moment + timedelta(days=days), tick=False):
            deliver(post)
    dropped = db.session.scalars(select(Mail.dropped_because).where(Mail.receiver == cast.acme.email)).all()
    assert dropped[-1] == "The server puts it off since 5 days: 451 try later"


def test_a_letter_that_cannot_be_written_holds_up_nobody(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    cast.acme.email = "a@[b.c"  # no door takes it any more
    press(cast.bolt, issue, "add-comment", "Now, @ann and @rita!")
    deliver(post, minutes=0)
    assert [one["To"] for one in server.arrived] == [cast.acme_reader.email]
    reason = db.session.scalar(select(Mail.dropped_because).where(Mail.receiver == "a@[b.c"))
    assert "It could not be written" in str(reason)


def test_a_sender_that_is_refused_delays_all_and_loses_nothing(
    cast: Cast, issue: Issue, server: Server, post: Post
) -> None:
    press(cast.bolt, issue, "add-comment", "Now, @ann!")
    server.sender_answer = "530 sign in first"
    moment = now()
    for hours in range(30):
        with time_machine.travel(moment + timedelta(hours=hours), tick=False):
            deliver(post, minutes=0)
    server.sender_answer = ""
    with time_machine.travel(moment + timedelta(days=9), tick=False):
        deliver(post, minutes=0)
    assert len(server.arrived) == 1


def test_a_server_that_hangs_up_delays_and_is_asked_again(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    press(cast.bolt, issue, "add-comment", "Now, @ann!")
    server.answer = "421 closing, come back later"
    deliver(post, minutes=0)
    letter = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert letter
    assert (letter.sent_at, letter.dropped_because, letter.last_error) == (None, None, "421 closing, come back later")
    server.answer = ""
    deliver(post)
    assert len(server.arrived) == 1


class Killed(BaseException):
    """What a process that is killed leaves undone."""


def test_a_worker_that_dies_after_sending_sends_the_same_letter(
    cast: Cast, issue: Issue, server: Server, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(cast.bolt, issue, "add-comment", "Now, @ann!")
    tell()

    def die(*given: Any, **more: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(letters, "_finish", die)
        with pytest.raises(Killed):
            send_letters(post)
    db.session.rollback()
    assert not send_letters(post), "the letter is leased"
    deliver(post)
    first, again = server.arrived
    assert first["Message-ID"] == again["Message-ID"]
    deliver(post)
    assert len(server.arrived) == 2
