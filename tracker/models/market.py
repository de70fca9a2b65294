"""Facts about this installation itself, such as that it is a demo market."""

from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Code, Model


class MarketFact(Model):
    """One named fact. `demo` is set only by the command that made a demo market."""

    __tablename__ = "market_fact"

    name: Mapped[str] = mapped_column(Code, primary_key=True)
    value: Mapped[str] = mapped_column(Code)
