"""What each side says that a value is."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import STRICT, Code, Model, Typed


class Claim(Model):
    """What one side of an issue says that a field of its subtype is; `value` is cleaned by that field.

    Only the side itself changes it; what it said before stands in the history.
    """

    __tablename__ = "claim"
    __table_args__ = (UniqueConstraint("issue_id", "side", "field"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    side: Mapped[str] = mapped_column(Code)
    field: Mapped[str] = mapped_column(Code)
    value: Mapped[Any] = mapped_column(Typed)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
