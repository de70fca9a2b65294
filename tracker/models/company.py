"""Companies of the market, the queues inside them, and the ESI ID prefixes of wires companies."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from tracker.db import STRICT, Code, Model, Name
from tracker.domain.names import legal_key_of
from tracker.domain.roles import CompanyKind
from tracker.models.named import Named, new_public_id


class Company(Model):
    """One DUNS. A legal company may hold several; they share `legal_key`. With `link_only` its mail holds no text."""

    __tablename__ = "company"
    __table_args__ = (
        Index(
            "ix_company_one_operator",
            "kind",
            unique=True,
            sqlite_where=text("kind = 'ERCOT'"),
            postgresql_where=text("kind = 'ERCOT'"),
        ),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    duns: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(Name)
    legal_name: Mapped[str] = mapped_column(Name)
    legal_key: Mapped[str] = mapped_column(Code, server_default="")
    kind: Mapped[str] = mapped_column(Code)
    left_on: Mapped[date | None]
    created_at: Mapped[datetime]
    link_only: Mapped[bool] = mapped_column(default=False, server_default=false())

    @validates("legal_name")
    def _set_key(self, attribute: str, name: str) -> str:
        self.legal_key = legal_key_of(name)
        return name

    @property
    def is_operator(self) -> bool:
        """ERCOT, which takes part in every issue."""
        return self.kind == CompanyKind.ERCOT

    @property
    def is_active(self) -> bool:
        """It has not left the market."""
        return self.left_on is None


class WorkGroup(Named, Model):
    """A work queue inside a company."""

    __tablename__ = "work_group"
    __table_args__ = (
        UniqueConstraint("company_id", "name"),
        Index("ix_work_group_name_key", "company_id", "name_key", unique=True),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(Code, default=new_public_id, server_default="", unique=True, index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    closed_at: Mapped[datetime | None]


class EsiIdPrefix(Model):
    """Which wires company owns the ESI IDs that begin so (marketrak.md section 10.1)."""

    __tablename__ = "esi_id_prefix"

    prefix: Mapped[str] = mapped_column(Code, primary_key=True)
    length: Mapped[int]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)


class GroupRule(Model):
    """Into which group of a company a new issue goes: the first rule, by place, whose parts all fit. Null fits all."""

    __tablename__ = "group_rule"
    __table_args__ = (Index("ix_group_rule_company", "company_id", "place"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(Code, default=new_public_id, server_default="", unique=True, index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    place: Mapped[int]
    subtype: Mapped[str | None] = mapped_column(Code)
    esi_id_prefix: Mapped[str | None] = mapped_column(Code)
    group_id: Mapped[int] = mapped_column(ForeignKey("work_group.id"))
