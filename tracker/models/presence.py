"""Who is at an issue, and which company has opened it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import STRICT, Model


class Presence(Model):
    """Somebody who has the page of an issue open; only the own company is told."""

    __tablename__ = "presence"
    __table_args__ = (Index("ix_presence_seen", "seen_at"), STRICT)

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    seen_at: Mapped[datetime]


class IssueOpening(Model):
    """When somebody of a company first opened an issue: the company, not the person, is shown to the others."""

    __tablename__ = "issue_opening"
    __table_args__ = (STRICT,)

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)
    at: Mapped[datetime]
