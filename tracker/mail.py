"""The way out for mail: letters as messages, and a server that takes them (RFC 5322, RFC 5321)."""

import base64
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from tracker.clock import now

SECONDS = 10
"""So long a server may take for an answer."""

OUR_NAME = "Tracker"
GOES_AWAY = 421
MOST_REFERENCES = 20
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


class EveryServer(EmailPolicy):
    """Seven bits, and what is encoded in lines of 76, as every server takes them (RFC 2045, RFC 2047)."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """A plain header on one line: folded before its first word, it begins with a blank in some mailboxes."""
        return ONE_LINE.fold_binary(name, value) if str(value).isascii() else super().fold_binary(name, value)


ONE_LINE = SMTP.clone(max_line_length=200)
POLICY = EveryServer(linesep=SMTP.linesep, cte_type="7bit", max_line_length=76)

NOT_TO_BE_ANSWERED = {
    "Auto-Submitted": "auto-generated",
    "Precedence": "bulk",
    "X-Auto-Response-Suppress": "All",
}
"""What keeps machines from answering ours (RFC 3834)."""


class MailRefused(Exception):
    """The server will never take this letter; the sentence says what it answered."""


class MailLater(Exception):
    """The server does not take this letter now, but others."""


class MailDelayed(Exception):
    """The server cannot be reached, or takes no letter at all."""


@dataclass(frozen=True, slots=True)
class Thread:
    """What keeps letters together in a mailbox: by `ids`, the letters before this one (RFC 5322), and in Outlook by a
    `root` of 16 bytes with the moment when it began, and a topic that never changes."""

    root: bytes
    begun: datetime
    topic: str
    ids: tuple[str, ...]

    def headers(self) -> dict[str, str]:
        """The headers that say so."""
        first, *rest = self.ids
        return {
            "In-Reply-To": self.ids[-1],
            "References": " ".join([first, *rest[-MOST_REFERENCES + 1 :]]),
            "Thread-Topic": one_line(self.topic),
            "Thread-Index": self._index(),
        }

    def _index(self) -> str:
        """The conversation index of MS-OXOMSG 2.2.1.3: 22 bytes that the thread shares, and 5 of this letter's time."""
        begun, passed = _filetime(self.begun), _filetime(now()) - _filetime(self.begun)
        shared = begun.to_bytes(8, "big")[:6] + self.root
        own = (max(passed, 0) >> 18 & 0x7FFFFFFF).to_bytes(4, "big") + b"\x00"
        return base64.b64encode(shared + own).decode()


def _filetime(moment: datetime) -> int:
    """In tenths of a microsecond since 1601."""
    return (moment - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it goes out."""

    message_id: str
    receiver: str
    subject: str
    text: str
    html: str
    thread: Thread | None = None
    headers: dict[str, str] = field(default_factory=dict)


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """The letter as a message of two forms. A line break in a header is made a blank: nobody adds headers by a name."""
    message = EmailMessage(policy=POLICY)
    message["From"] = _named(sender)
    message["To"] = one_line(letter.receiver)
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(now())
    message["Message-ID"] = letter.message_id
    for name, value in (letter.thread.headers() if letter.thread else {}).items():
        message[name] = value
    for name, value in {**NOT_TO_BE_ANSWERED, **letter.headers}.items():
        message[name] = one_line(value)
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def one_line(text: str) -> str:
    """The text without line breaks and other marks that nobody sees, such as those that turn the direction."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _named(sender: str) -> Address:
    """A mailbox shows a name; ours, where the sender has none of its own."""
    name, address = parseaddr(sender)
    return Address(one_line(name) or OUR_NAME, addr_spec=address)


class Outbox:
    """One conversation with the server; a letter at a time."""

    def __init__(self, server: smtplib.SMTP, sender: str) -> None:
        self._server, self._sender = server, parseaddr(sender)[1]

    def send(self, message: EmailMessage, receiver: str) -> None:
        """Hand the letter over. Raises `MailRefused`, `MailLater` or `MailDelayed`."""
        try:
            self._server.send_message(message, self._sender, [receiver])
        except smtplib.SMTPRecipientsRefused as error:
            self._refuse(*error.recipients[receiver])
        except smtplib.SMTPDataError as error:
            self._refuse(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
            raise MailRefused(f"It takes plain letters alone in an address: {error}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailDelayed(f"{type(error).__name__}: {error}") from error

    def _refuse(self, code: int, answer: bytes | str) -> None:
        """A server that says 421 closes the conversation (RFC 5321 3.8); else it is about this letter alone."""
        said = f"{code} {one_line(answer.decode('utf-8', 'replace') if isinstance(answer, bytes) else answer)}"[:300]
        if code == GOES_AWAY:
            raise MailDelayed(said)
        self._server.rset()
        raise (MailRefused if code >= 500 else MailLater)(said)


@contextmanager
def outbox(address: str, sender: str) -> Iterator[Outbox]:
    """A conversation with the server of this address. Raises `MailDelayed` when there is none to be had."""
    try:
        server = _connected(address)
    except (OSError, smtplib.SMTPException) as error:
        raise MailDelayed(f"{type(error).__name__}: {error}") from error
    try:
        yield Outbox(server, sender)
    finally:
        _leave(server)


def _connected(address: str) -> smtplib.SMTP:
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    secure = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=secure)
    else:
        server = smtplib.SMTP(host, port, timeout=SECONDS)
    if parts.scheme == "smtp+starttls":
        server.starttls(context=secure)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _leave(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()
