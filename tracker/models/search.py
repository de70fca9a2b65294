"""What search reads beside the issues: identifiers, the text inside attachments, PostgreSQL's own index."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import STRICT, Code, Model


class IssueIdentifier(Model):
    """An identifier by which people look for an issue, upper case and without separators; `tail` is its last 6.

    Both are ranges of an index, so whole, beginning and end are found at once, in the transaction of the change.
    """

    __tablename__ = "issue_identifier"
    __table_args__ = (
        Index("ix_issue_identifier_value", "value", "issue_id"),
        Index("ix_issue_identifier_tail", "tail", "issue_id"),
        STRICT,
    )

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(Code, primary_key=True)
    tail: Mapped[str] = mapped_column(Code)


class AttachmentText(Model):
    """The text inside the stored bytes of this SHA-256; where it could not be read, why."""

    __tablename__ = "attachment_text"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    unreadable: Mapped[str | None]
    read_at: Mapped[datetime]


class SearchDocument(Model):
    """The words and marks of an issue for PostgreSQL's full-text search; empty where Whoosh keeps the index."""

    __tablename__ = "search_document"
    __table_args__ = (Index("ix_search_document_words", "words", postgresql_using="gin"), STRICT)

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    words: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))
    marks: Mapped[str]
