"""From whom letters come: a name for people, a bare address for servers."""

from dataclasses import replace

import pytest

from tests.cast import Cast
from tests.mailbox import Server, deliver
from tests.make import press
from tracker.jobs.writing import Post
from tracker.models import Issue


@pytest.mark.parametrize(
    ("sender", "shown"),
    [
        ("tracker@market.example", "Tracker <tracker@market.example>"),
        ("Market issues <tracker@market.example>", "Market issues <tracker@market.example>"),
        ('"Issues, Inc." <tracker@market.example>', '"Issues, Inc." <tracker@market.example>'),
    ],
)
def test_mailboxes_show_a_name(cast: Cast, issue: Issue, server: Server, post: Post, sender: str, shown: str) -> None:
    press(cast.bolt, issue, "add-comment", "Now, @ann!")
    deliver(replace(post, sender=sender), minutes=0)
    assert [one["From"] for one in server.arrived] == [shown]
    assert server.senders == ["tracker@market.example"]
