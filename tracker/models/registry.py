"""What the market's registration system knows: premises, who served them when, orders; and who looked it up."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import STRICT, Code, Model


class Premise(Model):
    """An ESI ID as the registration system holds it. Companies are DUNS: the registry may know strangers."""

    __tablename__ = "premise"

    esi_id: Mapped[str] = mapped_column(Code, primary_key=True)
    tdsp_duns: Mapped[str] = mapped_column(Code)
    rep_duns: Mapped[str | None] = mapped_column(Code)
    premise_type: Mapped[str | None] = mapped_column(Code)
    status: Mapped[str] = mapped_column(Code)
    street: Mapped[str | None]
    city: Mapped[str | None]
    state: Mapped[str | None] = mapped_column(Code)
    zip_code: Mapped[str | None] = mapped_column(Code)
    load_profile: Mapped[str | None] = mapped_column(Code)
    weather_zone: Mapped[str | None] = mapped_column(Code)
    loaded_at: Mapped[datetime]


class RepOfRecord(Model):
    """A span in which one retailer served a premise; `stop` is open for the present one."""

    __tablename__ = "rep_of_record"

    esi_id: Mapped[str] = mapped_column(Code, ForeignKey("premise.esi_id"), primary_key=True)
    start: Mapped[date] = mapped_column(primary_key=True)
    stop: Mapped[date | None]
    rep_duns: Mapped[str] = mapped_column(Code)


class MarketOrder(Model):
    """A registration order: a switch, a move-in or a move-out, tied together by its global id."""

    __tablename__ = "market_order"
    __table_args__ = (Index("ix_market_order_esi_id", "esi_id", "orig_tran_id"), STRICT)

    orig_tran_id: Mapped[str] = mapped_column(Code, primary_key=True)
    global_id: Mapped[str | None] = mapped_column(Code, index=True)
    esi_id: Mapped[str] = mapped_column(Code)
    kind: Mapped[str] = mapped_column(Code)
    requested_for: Mapped[date | None]
    scheduled_for: Mapped[date | None]
    gaining_duns: Mapped[str | None] = mapped_column(Code)
    losing_duns: Mapped[str | None] = mapped_column(Code)
    priority: Mapped[bool]
    status: Mapped[str] = mapped_column(Code)
    loaded_at: Mapped[datetime]


class RegistryLook(Model):
    """Somebody looked a premise up on this day of the market, first at this moment. Told to no company."""

    __tablename__ = "registry_look"
    __table_args__ = (
        UniqueConstraint("esi_id", "day", "person_id"),
        Index("ix_registry_look_company", "company_id", "day", "esi_id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    esi_id: Mapped[str] = mapped_column(Code)
    day: Mapped[date]
    first_at: Mapped[datetime]
