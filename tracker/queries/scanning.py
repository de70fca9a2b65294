"""Whether this market has a scanner, and which attachments it has not seen."""

from collections.abc import Sequence

from sqlalchemy import exists, select

from tracker.db import db
from tracker.models import Attachment, MarketFact

SCANNER = "scanner"
"""The fact that a worker of this market runs one."""


def has_scanner() -> bool:
    """Files that are attached now will be scanned."""
    return bool(db.session.scalar(select(exists().where(MarketFact.name == SCANNER))))


def not_scanned(most: int) -> Sequence[Attachment]:
    """The oldest files that no scanner was asked about."""
    unseen = (Attachment.scan.is_(None), Attachment.sha256.is_not(None))
    by_index = (Attachment.scan, Attachment.id)  # by the id alone, PostgreSQL walks along all that were scanned
    return db.session.scalars(select(Attachment).where(*unseen).order_by(*by_index).limit(most)).all()
