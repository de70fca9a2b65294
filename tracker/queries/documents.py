"""An issue as the search engines know it: its words by place, and its marks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, select

from tracker.db import AnyRow, AnySelect, db
from tracker.domain import catalogue
from tracker.domain.subtype import Subtype
from tracker.models import Attachment, AttachmentText, Comment, Event, Issue, IssueViewer
from tracker.models.ring import InRing
from tracker.search import MADE, VIEWER, Document
from tracker.search.room import HEAD_ROOM
from tracker.search.words import MOST_BYTES, Words, notes_of, words_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Texts = dict[int, list[str]]
ALL = 0
"""In place of a reader: what all parties read."""


class Besides(NamedTuple):
    """Texts that leave an issue's version as it is: files that were read, and notes."""

    texts: int
    latest: datetime


def documents_of(issue_ids: Sequence[int]) -> list[Document]:
    """The documents of these issues as they stand now; of an issue that is gone there is none."""
    given = {"issues": list(issue_ids)}
    issues = db.session.execute(_issues(), given).all()
    comments = _by_reader(db.session.execute(_comments(), given))
    attachments = _by_reader(db.session.execute(_attachments(), given))
    viewers, besides = viewers_of(issue_ids), besides_of(issue_ids)
    return [
        Document(
            issue.id,
            head=words_of(head_of(issue), HEAD_ROOM),
            comments=_words_by_reader(comments[issue.id], viewers[issue.id]),
            attachments=_words_by_reader(attachments[issue.id], viewers[issue.id]),
            marks=marks_of(issue, viewers[issue.id], besides.get(issue.id)),
        )
        for issue in issues
    ]


def marks_of(issue: AnyRow | Issue, viewers: Iterable[int], besides: Besides | None) -> tuple[str, ...]:
    """The marks of an issue: who sees it, what lists are most narrowed to, and what the document was made from."""
    conditions = (f"subtype={issue.subtype}", mark("status", issue.status), mark("state", issue.state))
    seen_by = (f"{VIEWER}={company_id}" for company_id in sorted(viewers))
    return (*seen_by, *conditions, f"{MADE}={_made_from(issue, besides)}")


def _made_from(issue: AnyRow | Issue, besides: Besides | None) -> str:
    """Versions and counts come again after a restore, with other words; the moment of the last change does not."""
    texts, latest = besides or Besides(0, issue.changed_at)
    microseconds = (max(latest, issue.changed_at) - EPOCH) // timedelta(microseconds=1)
    return f"{issue.version}/{texts}/{microseconds}"


def viewers_of(issue_ids: Sequence[int]) -> Mapping[int, list[int]]:
    """The companies that see each of these issues."""
    viewers: dict[int, list[int]] = defaultdict(list)
    for row in db.session.execute(_viewers(), {"issues": list(issue_ids)}):
        viewers[row.issue_id].append(row.company_id)
    return viewers


def besides_of(issue_ids: Sequence[int]) -> Mapping[int, Besides]:
    """What each of these issues holds that its version does not count; of an issue that holds nothing there is none."""
    found: dict[int, Besides] = {}
    for row in db.session.execute(_texts(), {"issues": list(issue_ids)}):
        texts, latest = found.get(row.issue_id, Besides(0, row.latest))
        found[row.issue_id] = Besides(texts + row.texts, max(latest, row.latest))
    return found


def has_inside() -> ColumnElement[bool]:
    """The condition that joins an attachment with the text that was read inside it, whoever else holds its bytes."""
    return AttachmentText.attachment_id == Attachment.id


def mark(name: str, value: str) -> str:
    """A mark in one word, as the engines keep it."""
    return f"{name}={value.replace(' ', '_')}"


def head_of(issue: AnyRow | Issue) -> Iterator[str]:
    """The texts of the head: the number, the title, and every field as it is stored and as people read it."""
    yield str(issue.number)
    subtype = catalogue.by_key(issue.subtype)
    yield f"{subtype.type} {issue.title}"
    for _, shown in fields_of(subtype, issue.values):
        yield shown


def fields_of(subtype: Subtype, values: dict[str, object]) -> Iterator[tuple[str, str]]:
    """The fields that hold something: label, and the text that is searched."""
    for name, value in values.items():
        field = subtype.all_fields.get(name)
        shown = field.show(value) if field else str(value or "")  # type: ignore[arg-type]  # JSON holds nothing else
        stored = value if isinstance(value, str) else ""
        text = shown if stored in shown else f"{shown} {stored}"
        if text:
            yield (field.label if field else name), text


def _by_reader(rows: Iterable[AnyRow]) -> dict[int, Texts]:
    """For each issue the texts of each reader; those of all parties are under `ALL`."""
    texts: dict[int, Texts] = defaultdict(lambda: defaultdict(list))
    for issue_id, company_id, operator_id, *row in rows:
        for reader in {company_id or ALL, operator_id or company_id or ALL}:
            texts[issue_id][reader].extend(text for text in row if text)
    return texts


def _words_by_reader(texts: Texts, viewers: Iterable[int]) -> Words:
    """What all parties read, and what each reads besides who sees the issue now: so many readers have room."""
    notes = [notes_of(reader, texts[reader]) for reader in sorted(viewers) if reader in texts]
    return dict(chain(words_of(texts[ALL]).items(), *(words.items() for words in notes)))


@cache
def _issues() -> AnySelect:
    columns = (Issue.id, Issue.number, Issue.title, Issue.values, Issue.subtype, Issue.status, Issue.state)
    return select(*columns, Issue.version, Issue.changed_at).where(Issue.id.in_(bindparam("issues", expanding=True)))


@cache
def _comments() -> AnySelect:
    ours = Comment.issue_id.in_(bindparam("issues", expanding=True))
    return (
        select(Comment.issue_id, *_ring(Comment), Comment.text).where(ours).order_by(Comment.id.desc())
    )  # the newest fit in any case


def _ring(rows: type[InRing]) -> tuple[ColumnElement[int | None], ...]:
    return rows.ring_company_id.expression, rows.ring_operator_id.expression


@cache
def _attachments() -> AnySelect:
    ours = Attachment.issue_id.in_(bindparam("issues", expanding=True))
    begun = func.substr(AttachmentText.text, 1, MOST_BYTES)
    return (
        select(Attachment.issue_id, *_ring(Attachment), Attachment.title, Attachment.file_name, Attachment.url, begun)
        .outerjoin(AttachmentText, has_inside())
        .where(ours)
        .order_by(Attachment.id)
    )


@cache
def _texts() -> Any:
    ours = Attachment.issue_id.in_(bindparam("issues", expanding=True))
    return (
        select(Attachment.issue_id, func.count().label("texts"), func.max(Attachment.read_at).label("latest"))
        .join(AttachmentText, has_inside())
        .where(ours)
        .group_by(Attachment.issue_id)
        .union_all(_notes())
    )


def _notes() -> AnySelect:
    """Entries that not all parties read: they leave the issue's version as it is."""
    ours = Event.issue_id.in_(bindparam("issues", expanding=True))
    return (
        select(Event.issue_id, func.count().label("texts"), func.max(Event.at).label("latest"))
        .where(ours, Event.ring_company_id.is_not(None))
        .group_by(Event.issue_id)
    )


@cache
def _viewers() -> AnySelect:
    ours = IssueViewer.issue_id.in_(bindparam("issues", expanding=True))
    return select(IssueViewer.issue_id, IssueViewer.company_id).where(ours)
