"""What search reads beside the issues: identifiers, the text inside attachments, PostgreSQL's own index."""

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
    kind: Mapped[str] = mapped_column(Code, primary_key=True)
    value: Mapped[str] = mapped_column(Code, primary_key=True)
    tail: Mapped[str] = mapped_column(Code)


class AttachmentText(Model):
    """The text that was read inside the file of an attachment; where none could be, why.

    It is read for each attachment anew: by another name the same bytes may be of another kind. `whole` is false where
    a limit ended the reading.
    """

    __tablename__ = "attachment_text"

    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), primary_key=True)
    text: Mapped[str]
    unreadable: Mapped[str | None]
    whole: Mapped[bool] = mapped_column(default=True)


class SearchDocument(Model):
    """The words and marks of an issue for PostgreSQL's full-text search; empty where Whoosh keeps the index."""

    __tablename__ = "search_document"
    __table_args__ = (Index("ix_search_document_words", "words", postgresql_using="gin"), STRICT)

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    words: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))
    marks: Mapped[str]
