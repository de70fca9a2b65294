"""People, and how they are known again: sessions, one-time links, failed sign-ins."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.clock import MARKET_ZONE
from tracker.db import Code, Model, Name
from tracker.domain.permissions import Rank
from tracker.models.company import Company


class Person(Model):
    """Somebody of one company. Nobody is ever deleted; `active` ends what they may do.

    `mail_choices` says by reason how they are told by e-mail; `unread` counts the notices not read yet. Up to and
    with `away_until` the deputy is told too. `time_zone` says where their morning is, and `digest_day` the last day
    there on which they got their digest.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    user_name: Mapped[str] = mapped_column(Code, unique=True)
    full_name: Mapped[str] = mapped_column(Name)
    email: Mapped[str]
    rank: Mapped[str] = mapped_column(Code)
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    preferred_subtypes: Mapped[list[Any]] = mapped_column(default=list)
    shortcut_keys: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    mail_choices: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    unread: Mapped[int] = mapped_column(default=0, server_default="0")
    time_zone: Mapped[str] = mapped_column(Code, default=MARKET_ZONE.key, server_default=MARKET_ZONE.key)
    digest_day: Mapped[date | None]
    away_until: Mapped[date | None]
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    company: Mapped[Company] = relationship(lazy="joined", innerjoin=True)

    is_authenticated = True
    is_anonymous = False
    """With `is_active` and `get_id`: what Flask-Login asks of whoever is signed in."""

    @property
    def is_active(self) -> bool:
        """May still sign in."""
        return self.active

    def get_id(self) -> str:
        """How a session names this person."""
        return str(self.id)

    @property
    def is_system(self) -> bool:
        """The clock and the automation, which act as a person of the operator."""
        return self.rank == Rank.SYSTEM


class SignInSession(Model):
    """One signed-in browser. The cookie holds a random token; only its hash is here.

    `public_id` is random and names the session on its person's page; None where an earlier release began it.
    """

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str | None] = mapped_column(Code, unique=True, index=True)
    token_hash: Mapped[str] = mapped_column(Code, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    method: Mapped[str] = mapped_column(Code)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    address: Mapped[str]
    browser: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)


class KnownDevice(Model):
    """A browser in which somebody signed in before; it may go on trying while strangers are held back."""

    __tablename__ = "known_device"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(Code, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    used_at: Mapped[datetime] = mapped_column(index=True)


class SignInLink(Model):
    """A one-time link for a new person or a lost password; only the hash of its token is kept."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(Code, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class FailedSignIns(Model):
    """How often signing in failed for one account, one network or all, and when the next try counts."""

    __tablename__ = "failed_sign_ins"

    subject: Mapped[str] = mapped_column(Code, primary_key=True)
    failures: Mapped[int]
    next_try_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
