"""A server that takes seven bits alone (no 8BITMIME, no SMTPUTF8) gets every letter in a form that it takes."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from tests.cast import Cast
from tests.mailbox import Server, deliver, html_of, text_of
from tests.make import press
from tracker.db import db
from tracker.jobs.writing import Post
from tracker.mail import Letter, message_of
from tracker.models import Issue, Mail

WORDS = "Größe, señor, “Ж”, 電気, 👩‍👩‍👧 – and a line that goes on and on " + "über " * 60 + "."
ENCODED_WORD = re.compile(rb"=\?[^?\s]+\?[bq]\?[^?\s]*\?=", re.IGNORECASE)


class SevenBits(Server):
    """A server of long ago; what arrives at it is kept as it came."""

    def __init__(self) -> None:
        super().__init__()
        self.raw: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """What aiosmtpd could not read as ASCII, it has refused before."""
        envelope.content = envelope.content.encode("ascii")
        self.raw.append(envelope.content)
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def server() -> Iterator[SevenBits]:
    """With `decode_data`, aiosmtpd offers no 8BITMIME and refuses what is not ASCII."""
    handler = SevenBits()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port, decode_data=True, enable_SMTPUTF8=False)
    controller.start()
    yield handler
    controller.stop()


def test_words_of_all_kinds_arrive(cast: Cast, issue: Issue, server: SevenBits, post: Post) -> None:
    cast.bolt.full_name = "Zoë Müller-" + "Ö" * 60
    press(cast.bolt, issue, "add-comment", f"@ann {WORDS}")
    deliver(replace(post, sender="Störungsstelle des Marktes <tracker@market.example>"))
    (letter,) = server.to(cast.acme.email)
    assert "Größe, señor, “Ж”, 電気, 👩‍👩‍👧 –" in text_of(letter)
    assert "Größe, señor, “Ж”, 電気, 👩‍👩‍👧 –" in html_of(letter)
    assert letter["From"] == "Störungsstelle des Marktes <tracker@market.example>"
    assert {part["Content-Transfer-Encoding"] for part in letter.iter_parts()} <= {"7bit", "quoted-printable", "base64"}


@pytest.mark.parametrize("name", ["é" * 150, "Fürstentum " * 14, "plain " * 25, "x" * 120 + " é", "電気" * 60])
def test_names_in_headers_are_encoded_in_short_words(name: str) -> None:
    subject = f"[2612345] {name.strip()}"
    letter = Letter("<1@market.example>", "ann@acme.example", subject, f"{WORDS}\n", f"<p>{WORDS}</p>")
    sent = message_of(letter, f"{name} <tracker@market.example>").as_bytes()
    assert sent.isascii()
    assert all(len(word) <= 75 for word in ENCODED_WORD.findall(sent))
    assert max(map(len, sent.splitlines())) <= 200
    head, _, bodies = sent.partition(b"\r\n\r\n")
    assert max(len(line) for line in bodies.splitlines()) <= 76
    assert b"Subject: [2612345] " in head, "no mailbox shows a blank before it"


def test_an_address_beyond_plain_letters_fails_alone(cast: Cast, issue: Issue, server: SevenBits, post: Post) -> None:
    """Today no door takes one; earlier releases did."""
    cast.acme.email = "änn@acme.example"
    press(cast.bolt, issue, "add-comment", "Now, @ann and @rita!")
    deliver(post)
    assert [one["To"] for one in server.arrived] == [cast.acme_reader.email]
    reason = db.session.scalar(select(Mail.dropped_because).where(Mail.receiver == "änn@acme.example"))
    assert "The server refuses the address: It takes plain letters alone in an address" in str(reason)
