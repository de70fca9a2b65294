"""A server that takes our mail, and an issue whose story begins."""

from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import update

from tests.cast import Cast
from tests.mailbox import Server, tell
from tests.make import know_premise, rep_of_record
from tracker.db import db
from tracker.jobs.writing import Post
from tracker.models import Issue, Mail


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on a free port of this machine."""
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def post(server: Server) -> Post:
    """Our mail goes to that server."""
    return Post(f"smtp://127.0.0.1:{server.port}", "tracker@market.example", "https://tracker.example", "s" * 40)


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asks Bolt."""
    know_premise(cast)
    issue = rep_of_record(cast)
    tell()
    db.session.execute(update(Mail).values(dropped_because="The story begins here."))
    db.session.commit()
    return issue
