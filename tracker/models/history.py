"""What happened to an issue: comments, events, and the jobs that an event promises."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import STRICT, Code, Model, TypedValues
from tracker.models.ring import InRing


class Comment(InRing, Model):
    """What somebody said, in Markdown; never changed. `html` is its sanitised rendering."""

    __tablename__ = "comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    text: Mapped[str]
    html: Mapped[str]


class Event(InRing, Model):
    """One thing that happened: who, when, from which state by which button to which, and what changed.

    `key` says which button or deed it was, `name` what it was called. `changes` is a list of
    `{"field", "label", "old", "new"}` as people read them. Where `about_id` names another
    issue, the entry is read by those who see that one as well.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_issue", "issue_id", "id"),
        Index(
            "ix_event_notes",
            "issue_id",
            "at",
            sqlite_where=text("ring_company_id IS NOT NULL"),
            postgresql_where=text("ring_company_id IS NOT NULL"),
        ),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    key: Mapped[str] = mapped_column(Code, server_default="")
    name: Mapped[str]
    from_state: Mapped[str | None] = mapped_column(Code)
    to_state: Mapped[str] = mapped_column(Code)
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    changes: Mapped[list[Any]] = mapped_column(TypedValues)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    about_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id"))
    version: Mapped[int]


PARKED = text("parked_at IS NOT NULL")


class Job(Model):
    """Something promised in the transaction of a change, kept by the worker at least once."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "due_at", "id"),
        Index("ix_job_topic_due", "topic", "due_at", "id"),
        Index("ix_job_parked", "parked_at", sqlite_where=PARKED, postgresql_where=PARKED),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(Code)
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id"))
    details: Mapped[dict[str, Any]]
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    parked_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
