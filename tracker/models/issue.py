"""The issue, the companies that take part in it, and who may see it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import STRICT, Code, Identifier, Line, Model, TypedValues
from tracker.models.company import Company


class Issue(Model):
    """One discrepancy issue. `number` is what people quote; `id` never leaves the database.

    `values` holds the subtype's fields; those that everybody looks up by are columns as well.
    `responsible_id` follows from the state and is never edited. `right_side` is whose claims were right in the end.
    What the market registry says of the ESI ID opens to its parties by work after the version `told_after`.
    """

    __tablename__ = "issue"
    __table_args__ = (
        Index("ix_issue_changed", "changed_at", "id"),
        Index("ix_issue_created", "created_at", "id"),
        Index("ix_issue_turn", "turn_since", "id"),
        Index("ix_issue_subtype_changed", "subtype", "changed_at", "id"),
        Index("ix_issue_state_changed", "state", "changed_at", "id"),
        Index("ix_issue_responsible_changed", "responsible_id", "changed_at", "id"),
        Index("ix_issue_clock", "clock_at"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    subtype: Mapped[str] = mapped_column(Code)
    workflow: Mapped[str] = mapped_column(Code)
    workflow_version: Mapped[int]
    title: Mapped[str] = mapped_column(Line)
    state: Mapped[str] = mapped_column(Code)
    status: Mapped[str] = mapped_column(Code)
    is_open: Mapped[bool]
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    source: Mapped[str] = mapped_column(Code)
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    submitter_id: Mapped[int] = mapped_column(ForeignKey("company.id"))

    esi_id: Mapped[str | None] = mapped_column(Identifier, index=True)
    orig_tran_id: Mapped[str | None] = mapped_column(Identifier, index=True)
    tran_id: Mapped[str | None] = mapped_column(Identifier, index=True)
    service_start: Mapped[str | None] = mapped_column(Code)
    service_stop: Mapped[str | None] = mapped_column(Code)
    values: Mapped[dict[str, Any]] = mapped_column(TypedValues)
    filed_values: Mapped[dict[str, Any]] = mapped_column(TypedValues)
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    waits_because: Mapped[str | None]

    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    state_changed_at: Mapped[datetime]
    turn_since: Mapped[datetime]
    available_at: Mapped[datetime | None]
    first_touched_at: Mapped[datetime | None]
    first_touched_by_tdsp_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    clock_at: Mapped[datetime | None]
    was_unexecutable: Mapped[bool] = mapped_column(default=False)
    right_side: Mapped[str | None] = mapped_column(Code)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id"), index=True)
    told_after: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int] = mapped_column()

    responsible: Mapped[Company | None] = relationship(foreign_keys=[responsible_id], lazy="raise")

    __mapper_args__ = {"version_id_col": version}


class IssueParty(Model):
    """A company in a role on an issue, with its owner and its work queue there."""

    __tablename__ = "issue_party"
    __table_args__ = (
        UniqueConstraint("issue_id", "role", "company_id"),
        Index("ix_issue_party_owner", "owner_id", "issue_id"),
        Index("ix_issue_party_company_role", "company_id", "role", "issue_id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    role: Mapped[str] = mapped_column(Code)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("work_group.id"), index=True)
    since: Mapped[datetime]


class IssueViewer(Model):
    """A company that sees an issue: the whole of visibility, one indexed row for each (docs/decisions/0003).

    `standing` says from this company's side whose turn it is, so that lists and counts read one index.
    """

    __tablename__ = "issue_viewer"
    __table_args__ = (
        Index("ix_issue_viewer_company", "company_id", "issue_id"),
        Index("ix_issue_viewer_changed", "company_id", "changed_at", "issue_id"),
        Index("ix_issue_viewer_standing", "company_id", "standing", "changed_at", "issue_id"),
        STRICT,
    )

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)
    standing: Mapped[str] = mapped_column(Code)
    changed_at: Mapped[datetime]


class HandOff(Model):
    """What a company could see when it was replaced; it sees this for ever, and nothing that followed."""

    __tablename__ = "hand_off"
    __table_args__ = (Index("ix_hand_off_company", "company_id", "at", "id"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    at: Mapped[datetime]
    last_event_id: Mapped[int]
    snapshot: Mapped[dict[str, Any]] = mapped_column(TypedValues)


class IssueLink(Model):
    """Two issues that belong together; `kind` reads from `issue_id` to `other_id`."""

    __tablename__ = "issue_link"
    __table_args__ = (UniqueConstraint("issue_id", "other_id", "kind"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
