"""A letter in words: what happened, as text and as HTML that every reader of mail shows."""

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from markupsafe import Markup

from tracker.clock import in_market
from tracker.db import AnyRow
from tracker.domain import catalogue
from tracker.domain.notices import MEANING, Reason
from tracker.mail import Letter
from tracker.models import Mail
from tracker.queries.letters import Content


@dataclass(frozen=True, slots=True)
class Post:
    """How mail goes out: the server, the sender, and the address of the product that letters link to."""

    smtp: str
    sender: str
    base_url: str
    secret: str


def written(mail: Mail, content: Content, thread: tuple[str, ...], post: Post) -> Letter:
    """The letter of this row."""
    one_issue = mail.issue_id is not None
    first = content.entries[-1]
    references = (_root(mail, first, post), *(_address(one, post) for one in thread)) if one_issue else ()
    text, html = _plain(mail, content, post) if content.link_only else _told(mail, content, post)
    return Letter(
        message_id=_address(mail.message_id, post),
        receiver=mail.receiver,
        subject=_subject(content, one_issue=one_issue),
        text=text,
        html=str(html),
        references=references,
        headers=_marks(mail, first, post, one_issue=one_issue, link_only=content.link_only),
    )


def _subject(content: Content, *, one_issue: bool) -> str:
    entry = content.entries[-1]
    if not one_issue:
        return f"Tracker: {len(content.entries) + content.more} notices"
    if content.link_only:
        return f"[{entry.number}] News in Tracker"
    parts = [catalogue.by_key(entry.subtype).name, f"ESI ID {entry.esi_id}" if entry.esi_id else "", entry.state]
    return f"[{entry.number}] {', '.join(part for part in parts if part)}"


def _marks(mail: Mail, entry: AnyRow, post: Post, *, one_issue: bool, link_only: bool) -> dict[str, str]:
    """Headers that a filter can go by."""
    reasons = ", ".join(dict.fromkeys(reason for _, reason in mail.about))
    marks = {"X-Tracker-Reason": reasons, "List-Id": f"Tracker <notices.{urlsplit(post.base_url).hostname}>"}
    if one_issue:
        marks["X-Tracker-Issue"] = str(entry.number)
    if one_issue and not link_only:
        marks |= {"X-Tracker-Subtype": entry.subtype, "X-Tracker-State": entry.state}
    return marks


def _plain(mail: Mail, content: Content, post: Post) -> tuple[str, Markup]:
    """Nothing but numbers and links."""
    numbers = dict.fromkeys(entry.number for entry in content.entries)
    links = [f"{post.base_url}/issues/{number}" for number in numbers]
    text = "Something happened in Tracker:\n\n" + "\n".join(links) + f"\n\n{_foot(post)}"
    items = Markup("").join(Markup('<p><a href="{0}">{0}</a></p>').format(link) for link in links)
    return text, Markup("<p>Something happened in Tracker:</p>{}<p>{}</p>").format(items, _foot(post))


def _told(mail: Mail, content: Content, post: Post) -> tuple[str, Markup]:
    reasons = {event_id: Reason(reason) for event_id, reason in mail.about}
    text, html = [], Markup("")
    for entry in content.entries:
        line, why = _line(entry), MEANING[reasons[entry.id]]
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


def _root(mail: Mail, entry: AnyRow, post: Post) -> str:
    """The same for every letter to this receiver about this issue, though no letter has it."""
    told = f"{mail.receiver} {entry.number}".encode()
    return _address(f"issue-{hmac.new(post.secret.encode(), told, hashlib.sha256).hexdigest()[:32]}", post)
