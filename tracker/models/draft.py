"""Half-filled forms, kept until they are sent or thrown away."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import STRICT, Code, Model


class Draft(Model):
    """What somebody has typed so far into the form of one subtype. `raw` is as typed, unchecked."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("person_id", "subtype"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    subtype: Mapped[str] = mapped_column(Code)
    raw: Mapped[dict[str, Any]]
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id"))
    changed_at: Mapped[datetime]


class DraftFile(Model):
    """A file chosen for what is not sent yet, a new issue or a reply, so that a refused form keeps it."""

    __tablename__ = "draft_file"
    __table_args__ = (CheckConstraint("(draft_id IS NULL) <> (reply_id IS NULL)", name="one_form"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(Code, unique=True)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"), index=True)
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("reply.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
    title: Mapped[str]
    file_name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(Code, index=True)


class Reply(Model):
    """What somebody has typed so far into the comment or a transition's form of an issue, as typed, unchecked.

    `form` is the key of the transition. It is found again whatever becomes of the issue meanwhile.
    """

    __tablename__ = "reply"
    __table_args__ = (UniqueConstraint("person_id", "issue_id", "form"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(Code, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    form: Mapped[str] = mapped_column(Code)
    raw: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
