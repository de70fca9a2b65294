"""A company's contacts as its administrators see them."""

from collections.abc import Sequence

from sqlalchemy import select

from tracker.db import AnyRow, db
from tracker.domain import catalogue
from tracker.domain.mail_rules import Purpose
from tracker.models import Contact, Mail, Person

LATELY = 20
PLACE_OF = {subtype: place for place, subtype in enumerate([None, *catalogue.NAMES])}


def contacts_of(actor: Person) -> Sequence[Contact]:
    """The contacts of the actor's company: those for all subtypes first, then in the order of the menu."""
    own = select(Contact).where(Contact.company_id == actor.company_id).order_by(Contact.purpose, Contact.id)
    return sorted(db.session.scalars(own), key=lambda contact: PLACE_OF[contact.subtype])


def covered(contacts: Sequence[Contact]) -> dict[Purpose, tuple[int, int]]:
    """For each purpose how many of the subtypes that can be filed have an address, and how many there are."""
    filed = [subtype.key for subtype in catalogue.SUBTYPES]
    reached: dict[Purpose, tuple[int, int]] = {}
    for purpose in Purpose:
        of_purpose = {contact.subtype for contact in contacts if contact.purpose == purpose}
        reached[purpose] = len(filed) if None in of_purpose else sum(key in of_purpose for key in filed), len(filed)
    return reached


def refused_letters(actor: Person) -> Sequence[AnyRow]:
    """The latest letters to the company's contacts and people that a server refused: `receiver`, `dropped_because`."""
    dropped = (Mail.company_id == actor.company_id, Mail.dropped_because.is_not(None))
    refused = (*dropped, Mail.dropped_because.startswith("The server refuses"))
    columns = select(Mail.receiver, Mail.dropped_because, Mail.due_at)
    return db.session.execute(columns.where(*refused).order_by(Mail.id.desc()).limit(LATELY)).all()
