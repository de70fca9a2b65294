"""What is attached to an issue, the stored bytes behind it, and those that were let go."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import STRICT, Code, Line, Model
from tracker.models.ring import InRing

FILE = text("sha256 IS NOT NULL")


class Attachment(InRing, Model):
    """A file (`sha256` names its bytes) or an address (`url`) attached to an issue. Never changed by people.

    `public_id` is random, so that one attachment's address tells nothing of another's. What the worker finds out is
    this attachment's own, whoever else holds the same bytes: when the text inside was read (`read_at`), the words that
    end what is searched of a long one (`searched_to`), and how far the scanner is (`scan`, of `domain.scanning`).
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_person", "person_id", "at"),
        Index("ix_attachment_scan", "scan", "id", sqlite_where=FILE, postgresql_where=FILE),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(Code, unique=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    title: Mapped[str] = mapped_column(Line)
    file_name: Mapped[str | None]
    media_type: Mapped[str | None]
    size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(Code, index=True)
    url: Mapped[str | None]
    read_at: Mapped[datetime | None]
    searched_to: Mapped[str | None]
    scan: Mapped[str | None] = mapped_column(Code)


class LetGo(Model):
    """Bytes that somebody let go knowingly: the sweep removes them soon, once nobody else mentions them.

    They count against the day on which the person stored them all the same.
    """

    __tablename__ = "let_go"
    __table_args__ = (Index("ix_let_go_person", "person_id", "stored_at"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(Code, index=True)
    size: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    stored_at: Mapped[datetime]
    at: Mapped[datetime] = mapped_column(index=True)
