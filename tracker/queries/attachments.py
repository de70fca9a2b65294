"""What is attached to an issue; an attachment is always looked up through its issue."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import aliased

from tracker.db import AnyRow, AnySelect, db
from tracker.domain.sentence import Sentence
from tracker.errors import NotFound
from tracker.models import Attachment, Company, HandOff, Issue, Person
from tracker.queries.companies import of_operator
from tracker.queries.timeline import LAST
from tracker.queries.visibility import VIEWER, company_reads, sees

PREVIEWED = ("application/pdf", "image/png", "image/jpeg", "image/gif", "text/plain", "text/csv")
"""Kinds that a browser can show without running anything."""


_of_ring = aliased(Company)


def attachments_of(actor: Person, issue_id: int, up_to_event: int | None = None) -> Sequence[AnyRow]:
    """The attachments of an issue that the actor reads, oldest first; up to an event, when one is given."""
    last = up_to_event if up_to_event is not None else LAST
    given = {"issue": issue_id, "last": last, "viewer": actor.company_id}
    return db.session.execute(_attachments(), given).all()


@cache
def _attachments() -> AnySelect:
    return (
        select(
            Attachment.public_id,
            Attachment.title,
            Attachment.file_name,
            Attachment.media_type,
            Attachment.size,
            Attachment.sha256,
            Attachment.url,
            Attachment.at,
            Attachment.ring_operator_id,
            Attachment.searched_to,
            Attachment.scan,
            _of_ring.name.label("ring_company"),
            Person.full_name.label("who"),
            Company.name.label("company"),
            of_operator(Company),
            Attachment.media_type.in_(PREVIEWED).label("previews"),
        )
        .join(Person, Person.id == Attachment.person_id)
        .join(Company, Company.id == Person.company_id)
        .outerjoin(_of_ring, _of_ring.id == Attachment.ring_company_id)
        .where(Attachment.issue_id == bindparam("issue"), Attachment.event_id <= bindparam("last"))
        .where(company_reads(Attachment, VIEWER))
        .order_by(Attachment.id)
    )


def attachment_for(actor: Person, number: int, public_id: str) -> Attachment:
    """A file of an issue that the actor's company sees, or saw until it was replaced. Raises `NotFound`."""
    last = func.max(HandOff.last_event_id)
    until = select(last).where(HandOff.issue_id == Issue.id, HandOff.company_id == actor.company_id).scalar_subquery()
    attachment = db.session.scalar(
        select(Attachment)
        .join(Issue, Issue.id == Attachment.issue_id)
        .where(Issue.number == number, Attachment.public_id == public_id, Attachment.sha256.is_not(None))
        .where(or_(sees(actor), Attachment.event_id <= until), company_reads(Attachment, actor.company_id))
    )
    if attachment is None:
        raise NotFound(Sentence("no-such-file", "There is no such file on an issue that your company takes part in."))
    return attachment
