"""Servers that are dead, slow or refuse, and workers that die: letters wait, and go out once."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from tests.cast import Cast
from tests.mailbox import Server, deliver, tell, text_of
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
    press(cast.bolt, issue, "add-comment", "Now, @ann!")
    server.answer = "550 no such user"
    deliver(post)
    letter = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert letter
    assert letter.dropped_because == "The server refuses the address: 550 no such user"
    server.answer = "451 try later"
    press(cast.bolt, issue, "add-comment", "Again, @ann!")
    tell()
    moment = now()
    with time_machine.travel(moment + timedelta(minutes=1), tick=False):
        send_letters(post)
    server.answer = ""
    with time_machine.travel(moment + timedelta(minutes=40), tick=False):
        send_letters(post)
    assert ["Again, @ann!" in text_of(one) for one in server.arrived] == [True]


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
