"""What somebody is told: in the inbox, and by e-mail."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import STRICT, Code, Model
from tracker.models.named import new_public_id

UNREAD = text("read_at IS NULL")


class Notice(Model):
    """One line of somebody's inbox. One event tells a person once, whatever the reasons.

    `digested_at` says since when it stands in a letter of the morning. Where `for_id` names somebody, it was told to
    the person who stands in for them.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id", "reason"),
        Index("ix_notice_inbox", "person_id", "at", "id"),
        Index("ix_notice_unread", "person_id", "reason", sqlite_where=UNREAD, postgresql_where=UNREAD),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    reason: Mapped[str] = mapped_column(Code)
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    digested_at: Mapped[datetime | None]
    for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class LateWarning(Model):
    """An issue came by this event into a state that the clock soon ends, and the company that acts next was told."""

    __tablename__ = "late_warning"
    __table_args__ = (STRICT,)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)


class Watch(Model):
    """Somebody who wants to be told of an issue, or with `muted` does not."""

    __tablename__ = "watch"
    __table_args__ = (STRICT,)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True, index=True)
    muted: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]


class ViewWatch(Model):
    """Somebody who wants to be told when an issue comes into a saved view.

    Where nothing of it is told, `failing_code` (`domain.watching.Trouble`) says why, and `failed_at` when it was last
    tried.
    """

    __tablename__ = "view_watch"
    __table_args__ = (STRICT,)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    view_id: Mapped[int] = mapped_column(ForeignKey("saved_view.id", ondelete="CASCADE"), primary_key=True, index=True)
    at: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    failing_code: Mapped[str | None] = mapped_column(Code)
    failed_at: Mapped[datetime | None]


class WatchedIssue(Model):
    """An issue that was in a watched view when it was last looked at, so that it has not just come into it."""

    __tablename__ = "watched_issue"
    __table_args__ = (
        ForeignKeyConstraint(
            ["person_id", "view_id"], ["view_watch.person_id", "view_watch.view_id"], ondelete="CASCADE"
        ),
        STRICT,
    )

    person_id: Mapped[int] = mapped_column(primary_key=True)
    view_id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True, index=True)


class Contact(Model):
    """Where a company wants to be told of issues of a subtype (null: of all), for one purpose: the Rolodex."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_company", "company_id", "purpose", "subtype"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(Code, default=new_public_id, server_default="", unique=True, index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    subtype: Mapped[str | None] = mapped_column(Code)
    purpose: Mapped[str] = mapped_column(Code)
    address: Mapped[str]


WAITING = text("sent_at IS NULL AND dropped_because IS NULL")
DROPPED = text("dropped_because IS NOT NULL")
OF_ACT = text("act_id IS NOT NULL")


class Mail(Model):
    """A letter to one receiver: a person, or an address of a company's Rolodex. Written when it is sent, not before.

    Until then it only gathers in `about` the events that it will tell of, as [event id, why]. It is about an issue,
    or about an act on many (`act_id`), or it is the digest of a morning. `message_id` stays the same in every try.
    """

    __tablename__ = "mail"
    __table_args__ = (
        Index("ix_mail_due", "due_at", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_mail_waiting", "receiver", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_mail_thread", "issue_id", "receiver", "id"),
        Index("ix_mail_dropped", "company_id", "id", sqlite_where=DROPPED, postgresql_where=DROPPED),
        Index("ix_mail_act", "act_id", sqlite_where=OF_ACT, postgresql_where=OF_ACT),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(Code, unique=True)
    receiver: Mapped[str] = mapped_column(Code)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id"))
    act_id: Mapped[int | None] = mapped_column(ForeignKey("bulk_act.id"))
    about: Mapped[list[Any]]
    promised_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    dropped_because: Mapped[str | None]
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
