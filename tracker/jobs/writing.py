"""A letter as it goes to the server: its two forms, its subject, its thread, and what filters go by."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from tracker.db import AnyRow
from tracker.domain import catalogue
from tracker.domain.names import marked
from tracker.jobs.letter.html import as_html
from tracker.jobs.letter.outlines import counted_of, is_reminder, outline_of
from tracker.jobs.letter.plain import as_text
from tracker.mail import Letter, Thread
from tracker.models import Mail
from tracker.queries.letters import Content


@dataclass(frozen=True, slots=True)
class Post:
    """How mail goes out: the server, the sender (an address, or `Name <address>`), and the address of the product
    that letters link to."""

    smtp: str
    sender: str
    base_url: str
    secret: str
    earlier_secrets: tuple[str, ...] = ()
    """Those before it, the oldest first: the threads that they began go on while they are known."""


def written(mail: Mail, content: Content, before: Sequence[str], post: Post) -> Letter:
    """The letter of this row; `before` are the ids of those in its thread, the oldest first."""
    outline = outline_of(mail, content, post.base_url)
    return Letter(
        message_id=_address(mail.message_id, post),
        receiver=content.receiver,
        subject=_subject(mail, content),
        text=as_text(outline),
        html=as_html(outline),
        thread=_thread(mail, content, before, post),
        headers=_marks(mail, content, post),
    )


def _thread(mail: Mail, content: Content, before: Sequence[str], post: Post) -> Thread | None:
    """The thread of this receiver and issue; its root is an id that no letter has, and that nobody else can tell."""
    if mail.issue_id is None:
        return None
    row, receiver = _row(content), f"person {mail.person_id}" if mail.person_id else mail.receiver
    told = f"{receiver} {row.number}".encode()
    keys = (*post.earlier_secrets, post.secret)
    roots = [hmac.new(key.encode(), told, hashlib.sha256).digest()[:16] for key in keys]
    ids = (*(f"issue-{root.hex()}" for root in roots), *before)
    return Thread(roots[0], row.created_at, _topic(content), tuple(_address(one, post) for one in ids))


def _subject(mail: Mail, content: Content) -> str:
    """The state stands in brackets before what stays the same, where mailboxes pass it over when they thread."""
    row = _row(content)
    if mail.issue_id is not None:
        return _topic(content) if content.link_only else f"[{row.state}] {_topic(content)}"
    if mail.act_id is None or content.link_only:
        return f"Tracker: {counted_of(content, 'notice')}"
    if is_reminder(content):
        return f"About to be late: {counted_of(content, 'issue')}"
    by = marked(row.company, of_operator=row.of_operator)
    return f"{row.name} on {counted_of(content, 'issue')} by {by}"


def _topic(content: Content) -> str:
    row = _row(content)
    if content.link_only:
        return f"{row.number} News in Tracker"
    name = f"{row.number} {catalogue.by_key(row.subtype).name}"
    return f"{name}, ESI ID {row.esi_id}" if row.esi_id else name


def _marks(mail: Mail, content: Content, post: Post) -> dict[str, str]:
    """Headers that a filter can go by; no more than the letter itself says."""
    row, marks = _row(content), {"List-Id": f"Tracker <notices.{urlsplit(post.base_url).hostname}>"}
    if mail.issue_id is not None:
        marks["X-Tracker-Issue"] = str(row.number)
    if content.link_only:
        return marks
    marks["X-Tracker-Reason"] = ", ".join(dict.fromkeys(entry.why for entry in content.entries))
    if mail.issue_id is not None:
        marks |= {"X-Tracker-Subtype": row.subtype, "X-Tracker-State": row.state}
    return marks


def _row(content: Content) -> AnyRow:
    """An entry that stands for its issue, where the letter is about one, or for the act."""
    return content.entries[-1].row


def _address(message_id: str, post: Post) -> str:
    return f"<{message_id}@{urlsplit(post.base_url).hostname}>"
