"""A letter in words: what happened, as text and as HTML that every reader of mail shows."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from markupsafe import Markup

from tracker.clock import in_market
from tracker.db import AnyRow
from tracker.domain import catalogue
from tracker.domain.mail_rules import WHY
from tracker.mail import Letter, Thread
from tracker.models import Mail
from tracker.queries.letters import Content


@dataclass(frozen=True, slots=True)
class Post:
    """How mail goes out: the server, the sender, and the address of the product that letters link to."""

    smtp: str
    sender: str
    base_url: str
    secret: str


def written(mail: Mail, content: Content, before: Sequence[str], post: Post) -> Letter:
    """The letter of this row; `before` are the ids of those in its thread, the oldest first."""
    first = content.entries[-1]
    text, html = _plain(content, post) if content.link_only else _told(mail, content, post)
    return Letter(
        message_id=_address(mail.message_id, post),
        receiver=mail.receiver,
        subject=_subject(mail, content),
        text=text,
        html=str(html),
        thread=_thread(mail, content, before, post),
        headers=_marks(mail, first, post, link_only=content.link_only),
    )


def _thread(mail: Mail, content: Content, before: Sequence[str], post: Post) -> Thread | None:
    """The thread of this receiver and issue; its root is an id that no letter has, and that nobody else can tell."""
    if mail.issue_id is None:
        return None
    issue = content.entries[-1]
    told = f"{mail.receiver} {issue.number}".encode()
    root = hmac.new(post.secret.encode(), told, hashlib.sha256).digest()[:16]
    ids = (_address(f"issue-{root.hex()}", post), *(_address(one, post) for one in before))
    return Thread(root, issue.created_at, _topic(content), ids)


def _subject(mail: Mail, content: Content) -> str:
    """The state stands in brackets before what stays the same, where mailboxes pass it over when they thread."""
    entry = content.entries[-1]
    if mail.issue_id is not None:
        return _topic(content) if content.link_only else f"[{entry.state}] {_topic(content)}"
    if mail.act_id is not None and not content.link_only:
        return f"{entry.name} on {_many(content, 'issue')} by {entry.company}"
    return f"Tracker: {_many(content, 'notice')}"


def _topic(content: Content) -> str:
    entry = content.entries[-1]
    if content.link_only:
        return f"{entry.number} News in Tracker"
    name = f"{entry.number} {catalogue.by_key(entry.subtype).name}"
    return f"{name}, ESI ID {entry.esi_id}" if entry.esi_id else name


def _many(content: Content, noun: str) -> str:
    count = len(content.entries) + content.more
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _marks(mail: Mail, entry: AnyRow, post: Post, *, link_only: bool) -> dict[str, str]:
    """Headers that a filter can go by."""
    reasons = ", ".join(dict.fromkeys(reason for _, reason in mail.about))
    marks = {"X-Tracker-Reason": reasons, "List-Id": f"Tracker <notices.{urlsplit(post.base_url).hostname}>"}
    if mail.issue_id is not None:
        marks["X-Tracker-Issue"] = str(entry.number)
    if mail.issue_id is not None and not link_only:
        marks |= {"X-Tracker-Subtype": entry.subtype, "X-Tracker-State": entry.state}
    return marks


def _plain(content: Content, post: Post) -> tuple[str, Markup]:
    """Nothing but numbers and links."""
    numbers = dict.fromkeys(entry.number for entry in content.entries)
    links = [f"{post.base_url}/issues/{number}" for number in numbers]
    text = "Something happened in Tracker:\n\n" + "\n".join(links) + f"\n\n{_foot(post)}"
    items = Markup("").join(Markup('<p><a href="{0}">{0}</a></p>').format(link) for link in links)
    return text, Markup("<p>Something happened in Tracker:</p>{}<p>{}</p>").format(items, _foot(post))


def _told(mail: Mail, content: Content, post: Post) -> tuple[str, Markup]:
    reasons = dict(mail.about)
    text, html = [], Markup("")
    for entry in content.entries:
        line, why = _line(entry), WHY[reasons[entry.id]]
        link = f"{post.base_url}/issues/{entry.number}"
        said = "\n".join(f"    {one}" for one in (entry.said or "").splitlines())
        text.append("\n".join(part for part in (f"{entry.number} {entry.title}", f"{why}. {line}", said, link) if part))
        html += Markup('<p><a href="{}">{}</a> {}<br>{}. {}</p>').format(link, entry.number, entry.title, why, line)
        html += Markup("<blockquote>{}</blockquote>").format(Markup(entry.html)) if entry.html else Markup("")  # noqa: S704  # sanitised when it was written
    if content.more:
        text.append(f"And {content.more} more: {post.base_url}/inbox")
        html += Markup('<p>And <a href="{}/inbox">{} more</a>.</p>').format(post.base_url, content.more)
    html += Markup("<p><small>{}</small></p>").format(_foot(post))
    return "\n\n".join([*text, _foot(post)]) + "\n", html


def _line(entry: AnyRow) -> str:
    moved = f": {entry.from_state or 'filed'} to {entry.to_state}" if entry.from_state != entry.to_state else ""
    when = in_market(entry.at).strftime("%b %-d, %Y %H:%M")
    return f"{entry.person}, {entry.company}, {entry.name}{moved} ({when} US Central)"


def _foot(post: Post) -> str:
    return f"Sent by Tracker; answers are not read. Choose what you get by e-mail: {post.base_url}/account#mail"


def _address(message_id: str, post: Post) -> str:
    return f"<{message_id}@{urlsplit(post.base_url).hostname}>"
