"""From whom letters come: a name for people, a bare address for servers."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.cast import Cast
from tests.mailbox import Server, deliver
from tests.make import press
from tracker.jobs.writing import Post
from tracker.models import Issue


class Postmark(Server):
    """A server that also keeps what was said before the letter."""

    def __init__(self) -> None:
        super().__init__()
        self.senders: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the sender of the envelope."""
        self.senders.append(envelope.mail_from)
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def server() -> Iterator[Postmark]:
    handler = Postmark()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


@pytest.mark.parametrize(
    ("sender", "shown"),
    [
        ("tracker@market.example", "Tracker <tracker@market.example>"),
        ("Market issues <tracker@market.example>", "Market issues <tracker@market.example>"),
        ('"Issues, Inc." <tracker@market.example>', '"Issues, Inc." <tracker@market.example>'),
    ],
)
def test_mailboxes_show_a_name(cast: Cast, issue: Issue, server: Postmark, post: Post, sender: str, shown: str) -> None:
    press(cast.bolt, issue, "add-comment", "Now, @ann!")
    deliver(replace(post, sender=sender), minutes=0)
    assert [one["From"] for one in server.arrived] == [shown]
    assert server.senders == ["tracker@market.example"]
