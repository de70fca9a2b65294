"""Attaching files and addresses to an issue. The bytes are stored before; here are only the rows."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import func, select

from tracker.actions.history import Change, record
from tracker.actions.jobs import promise
from tracker.clock import now
from tracker.db import db
from tracker.domain.deeds import ATTACH
from tracker.domain.fields import Rejected, Text
from tracker.domain.names import one_line, shows_nothing
from tracker.domain.permissions import Right
from tracker.domain.quotas import MOST_FILES
from tracker.domain.rings import ALL_PARTIES, Audience, Ring
from tracker.domain.scanning import Scan
from tracker.domain.sentence import Sentence
from tracker.domain.topics import Topic
from tracker.errors import Conflict, Forbidden, Invalid, TooLarge
from tracker.models import Attachment, Event, Issue, Person
from tracker.queries.parties import parties_of, roles_of
from tracker.queries.rights import require
from tracker.queries.rings import audience_of
from tracker.queries.scanning import has_scanner
from tracker.queries.visibility import issue_for

TITLE = Text(name="title", label="A title", help="", max_length=255)
READ = Topic.READ
"""The topic of the job that reads the text inside a file, so that it can be searched."""

SCAN = Topic.SCAN
"""The topic of the job that asks the scanner about a file."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file whose bytes are stored already: what it is called, what it is, and its SHA-256."""

    title: str
    file_name: str
    media_type: str
    size: int
    sha256: str


def attach_files(actor: Person, number: int, files: Sequence[StoredFile], ring: str = Ring.PARTIES) -> Issue:
    """Attach stored files to an open issue, for the chosen readers."""
    issue = issue_to_attach_to(actor, number, to_change=True)
    audience = audience_of(actor, issue, ring)
    if not files:
        text = "No file was chosen. Choose one or more files and send again."
        raise Invalid({"files": Sentence("no-file-chosen", text)})
    changes = [_change(file.title) for file in files]
    event = record(actor, issue, ATTACH, from_state=issue.state, changes=changes, audience=audience)
    add_files(actor, issue, event, files, audience)
    return issue


def attach_url(actor: Person, number: int, url: str, title: str, ring: str = Ring.PARTIES) -> Issue:
    """Attach an address of the web, with a title of at most 255 characters, to an open issue."""
    issue = issue_to_attach_to(actor, number, to_change=True)
    audience = audience_of(actor, issue, ring)
    address, name = _cleaned_url(url), cleaned_title(url if shows_nothing(title) else title)
    changes = [_change(f"{name} ({address})")]
    event = record(actor, issue, ATTACH, from_state=issue.state, changes=changes, audience=audience)
    make_room(issue, 1, audience)
    _add(actor, issue, event, Attachment(title=name, url=address, **audience.as_columns()))
    return issue


def issue_to_attach_to(actor: Person, number: int, *, to_change: bool = False) -> Issue:
    """The issue, if the actor may attach to it: a door asks before it stores what was sent.

    Raises `NotFound`, `Forbidden` or `Conflict`.
    """
    issue = issue_for(actor, number, to_change=to_change)
    require(actor, Right.WORK_ISSUES)
    if not roles_of(actor, parties_of(issue.id)):
        raise Forbidden("Your company has no active part in this issue, so it cannot attach to it.")
    if not issue.is_open:
        raise Conflict("This issue has ended, so nothing can be attached. File a follow-up instead.")
    return issue


def add_files(
    actor: Person,
    issue: Issue,
    event: Event,
    files: Sequence[StoredFile],
    audience: Audience = ALL_PARTIES,
) -> None:
    """The rows of files that came with `event`. Raises `TooLarge` over the limit of an issue."""
    if not files:
        return
    make_room(issue, len(files), audience)
    scan = Scan.WAITING if has_scanner() else None
    for file in files:
        _add(
            actor,
            issue,
            event,
            Attachment(
                title=cleaned_title(file.title),
                file_name=file.file_name,
                media_type=file.media_type,
                size=file.size,
                sha256=file.sha256,
                scan=scan,
                **audience.as_columns(),
            ),
        )


def make_room(issue: Issue, coming: int, audience: Audience = ALL_PARTIES) -> None:
    """Raise `TooLarge` when the issue would have more attachments than one may have, of those with these readers.

    The rings are counted apart: a limit reached by notes that others attached would tell of them.
    """
    same = [getattr(Attachment, name).is_not_distinct_from(value) for name, value in audience.as_columns().items()]
    present = db.session.scalar(select(func.count()).where(Attachment.issue_id == issue.id, *same)) or 0
    if present + coming > MOST_FILES:
        text = (
            "An issue takes at most {most} attachments; this one has {present}. "
            "Put several files into one, or file a follow-up."
        )
        raise TooLarge(Sentence("issue-has-too-many-files", text, most=MOST_FILES, present=present))


def cleaned_title(raw: str) -> str:
    """A title of at most 255 characters. Raises `Invalid` at `title`."""
    try:
        return str(TITLE.clean(raw))
    except Rejected as reason:
        raise Invalid({"title": reason.args[0]}) from None


def _cleaned_url(url: str) -> str:
    address = url.strip()
    if len(address) > 2000 or not _is_one_word(address) or not _is_of_the_web(address):
        raise Invalid({"url": "This is not an address of the web. Write it from https:// on, without blanks."})
    return address


def _is_of_the_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:  # half of an IPv6 address
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_one_word(address: str) -> bool:
    return address.isprintable() and one_line(address) == address and " " not in address


def _add(actor: Person, issue: Issue, event: Event, attachment: Attachment) -> None:
    attachment.public_id = secrets.token_urlsafe(18)
    attachment.issue_id, attachment.event_id = issue.id, event.id
    attachment.person_id, attachment.at = actor.id, now()
    db.session.add(attachment)
    db.session.flush()
    if attachment.scan:
        promise(SCAN, issue, {"attachment_id": attachment.id})
    if attachment.sha256:
        promise(READ, issue, {"attachment_id": attachment.id})


def _change(what: str) -> Change:
    return Change(field="Attachment", label="Attachment", old="", new=what)
