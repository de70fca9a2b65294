"""A list of issues kept under a name, and who has it on the home page."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import STRICT, Code, Model
from tracker.models.named import Named


class Scope(StrEnum):
    """Who sees a view. The whole company sees a group's view too: a group has no members, only work."""

    MINE = "mine"
    GROUP = "group"
    COMPANY = "company"
    MARKET = "market"


def _one_name(scope: Scope, *owner: str) -> Index:
    """No two views that stand together have one name."""
    here = text(f"scope = '{scope}'")
    name = f"ix_saved_view_{scope}_name"
    return Index(name, *owner, "name_key", unique=True, sqlite_where=here, postgresql_where=here)


class SavedView(Named, Model):
    """A query, with its order, and the columns to show; none means the usual ones of the list.

    `public_id` is random, so that one view's address tells nothing of another's.
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        Index("ix_saved_view_scope", "scope", "company_id"),
        _one_name(Scope.MINE, "person_id"),
        _one_name(Scope.GROUP, "group_id"),
        _one_name(Scope.COMPANY, "company_id"),
        _one_name(Scope.MARKET),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(Code, unique=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    scope: Mapped[str] = mapped_column(Code)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("work_group.id"))
    query: Mapped[str]
    columns: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class ViewPin(Model):
    """A view on somebody's home page. At most one of a person's is the home: where signing in leads."""

    __tablename__ = "view_pin"
    __table_args__ = (
        Index(
            "ix_view_pin_one_home",
            "person_id",
            unique=True,
            sqlite_where=text("is_home"),
            postgresql_where=text("is_home"),
        ),
        STRICT,
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    view_id: Mapped[int] = mapped_column(ForeignKey("saved_view.id", ondelete="CASCADE"), primary_key=True, index=True)
    place: Mapped[int]
    is_home: Mapped[bool] = mapped_column(default=False)
