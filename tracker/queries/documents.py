"""An issue as the search engines know it: its words by place, and its marks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from sqlalchemy import bindparam, func, select

from tracker.db import AnyRow, AnySelect, db
from tracker.domain import catalogue
from tracker.domain.subtype import Subtype
from tracker.models import Attachment, AttachmentText, Comment, Issue, IssueViewer
from tracker.search import VIEWER, Document
from tracker.search.words import MOST_BYTES, words_of

Texts = dict[int, list[str]]


def documents_of(issue_ids: Sequence[int]) -> list[Document]:
    """The documents of these issues as they stand now; of an issue that is gone there is none."""
    given = {"issues": list(issue_ids)}
    issues = db.session.execute(_issues(), given).all()
    comments = _grouped(db.session.execute(_comments(), given))
    attachments = _grouped(db.session.execute(_attachments(), given))
    viewers, texts = viewers_of(issue_ids), texts_of(issue_ids)
    return [
        Document(
            issue.id,
            head=words_of(head_of(issue)),
            comments=words_of(comments[issue.id]),
            attachments=words_of(attachments[issue.id]),
            marks=marks_of(issue, viewers[issue.id], texts[issue.id]),
        )
        for issue in issues
    ]


def marks_of(issue: AnyRow | Issue, viewers: Iterable[int], texts: int) -> tuple[str, ...]:
    """The marks of an issue: who sees it, what lists are most narrowed to, and what the document was made from."""
    conditions = (f"subtype={issue.subtype}", mark("status", issue.status), mark("state", issue.state))
    made_from = (f"version={issue.version}", f"texts={texts}")
    return (*(f"{VIEWER}={company_id}" for company_id in sorted(viewers)), *conditions, *made_from)


def viewers_of(issue_ids: Sequence[int]) -> Mapping[int, list[int]]:
    """The companies that see each of these issues."""
    viewers: dict[int, list[int]] = defaultdict(list)
    for row in db.session.execute(_viewers(), {"issues": list(issue_ids)}):
        viewers[row.issue_id].append(row.company_id)
    return viewers


def texts_of(issue_ids: Sequence[int]) -> Mapping[int, int]:
    """How many attachments of each of these issues have been read."""
    rows = db.session.execute(_texts(), {"issues": list(issue_ids)})
    return defaultdict(int, {row.issue_id: row.texts for row in rows})


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


def _grouped(rows: Iterable[AnyRow]) -> Texts:
    texts: Texts = defaultdict(list)
    for row in rows:
        texts[row.issue_id].extend(text for text in row[1:] if text)
    return texts


@cache
def _issues() -> AnySelect:
    columns = (Issue.id, Issue.number, Issue.title, Issue.values, Issue.subtype, Issue.status, Issue.state)
    return select(*columns, Issue.version).where(Issue.id.in_(bindparam("issues", expanding=True)))


@cache
def _comments() -> AnySelect:
    ours = Comment.issue_id.in_(bindparam("issues", expanding=True))
    return select(Comment.issue_id, Comment.text).where(ours).order_by(Comment.id.desc())  # the newest fit in any case


@cache
def _attachments() -> AnySelect:
    ours = Attachment.issue_id.in_(bindparam("issues", expanding=True))
    begun = func.substr(AttachmentText.text, 1, MOST_BYTES)
    return (
        select(Attachment.issue_id, Attachment.title, Attachment.file_name, Attachment.url, begun)
        .outerjoin(AttachmentText, AttachmentText.sha256 == Attachment.sha256)
        .where(ours)
        .order_by(Attachment.id)
    )


@cache
def _texts() -> AnySelect:
    ours = Attachment.issue_id.in_(bindparam("issues", expanding=True))
    return (
        select(Attachment.issue_id, func.count().label("texts"))
        .join(AttachmentText, AttachmentText.sha256 == Attachment.sha256)
        .where(ours)
        .group_by(Attachment.issue_id)
    )


@cache
def _viewers() -> AnySelect:
    ours = IssueViewer.issue_id.in_(bindparam("issues", expanding=True))
    return select(IssueViewer.issue_id, IssueViewer.company_id).where(ours)
