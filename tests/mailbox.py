"""A mailbox of this machine: what arrives at a real SMTP server, and how the worker is let write to it."""

import email
import email.policy
import socket
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import time_machine

from tracker.actions.telling import tell_changes
from tracker.clock import now
from tracker.db import db
from tracker.jobs.letters import send_letters
from tracker.jobs.writing import Post


class Server:
    """What arrived, and what the server is told to answer."""

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.senders: list[str] = []
        self.answer = self.sender_answer = ""
        self.answers: dict[str, str] = {}
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Take the sender, or answer what the story wants."""
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.sender_answer or "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Take the receiver, or answer what the story wants."""
        if answer := self.answers.get(address, self.answer):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the letter, and the sender on its envelope."""
        self.senders.append(envelope.mail_from)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.arrived.append(message)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """The letters to this address."""
        return [message for message in self.arrived if message["To"] == address]


def tell() -> None:
    """Let the worker tell what happened, and promise its letters."""
    while tell_changes(by_mail=True):
        db.session.commit()
    db.session.commit()


def deliver(post: Post, minutes: float = 5.1) -> None:
    """Tell, wait, send."""
    tell()
    with time_machine.travel(now() + timedelta(minutes=minutes), tick=False):
        send_all(post)


def send_all(post: Post) -> None:
    """Send all letters that are due."""
    while send_letters(post):
        pass


def text_of(message: EmailMessage) -> str:
    """The plain form."""
    body = message.get_body(("plain",))
    assert body
    return str(body.get_content())


def html_of(message: EmailMessage) -> str:
    """The other form."""
    body = message.get_body(("html",))
    assert body
    return str(body.get_content())
