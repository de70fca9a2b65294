"""One act on many issues, done by the worker."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import STRICT, Code, Model


class BulkAct(Model):
    """What somebody wants done to many issues: `key` is the transition, `raw` and `comment` what comes with it.

    `public_id` is random, so that one act's address tells nothing of another's. `cause_id` is the issue that
    gathers the others, when the act was begun there.
    """

    __tablename__ = "bulk_act"
    __table_args__ = (STRICT,)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(Code, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    key: Mapped[str] = mapped_column(Code)
    raw: Mapped[dict[str, Any]]
    comment: Mapped[str]
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id"))
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)


TOLD = text("event_id IS NOT NULL")


class BulkItem(Model):
    """One of the issues: `done` is null until the worker came to it, `reason` why it was left out."""

    __tablename__ = "bulk_item"
    __table_args__ = (
        UniqueConstraint("act_id", "issue_id"),
        Index("ix_bulk_item_event", "event_id", sqlite_where=TOLD, postgresql_where=TOLD),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("bulk_act.id"), index=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    version: Mapped[int]
    done: Mapped[bool | None]
    reason: Mapped[str | None]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
