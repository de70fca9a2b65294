"""What is attached to an issue, and the stored bytes behind it."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Line, Model
from tracker.models.ring import InRing


class Attachment(InRing, Model):
    """A file (`sha256` names its bytes) or an address (`url`) attached to an issue. Never changed by people.

    `public_id` is random, so that one attachment's address tells nothing of another's. `read_at` is when the text
    inside was read for this attachment, whoever else holds the same bytes.
    """

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    title: Mapped[str] = mapped_column(Line)
    file_name: Mapped[str | None]
    media_type: Mapped[str | None]
    size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(index=True)
    url: Mapped[str | None]
    read_at: Mapped[datetime | None]
