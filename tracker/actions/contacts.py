"""A company's contacts: where it wants to be told by e-mail, by subtype and purpose (the Rolodex)."""

from collections.abc import Mapping

from sqlalchemy import delete, func, select

from tracker.db import db
from tracker.domain import catalogue
from tracker.domain.fields import Choice, EmailAddress, Field, clean_all
from tracker.domain.mail_rules import PURPOSES
from tracker.errors import Invalid
from tracker.models import Contact, Person
from tracker.queries.people import require_managing

MOST_CONTACTS = 500
ADDRESS = EmailAddress(
    name="address",
    label="E-mail address",
    help="A mailbox that somebody reads. Several lines for one purpose are all told.",
)
PURPOSE = Choice(name="purpose", label="For what", help="When the address is told.", values=tuple(PURPOSES))
SUBTYPE = Choice(
    name="subtype",
    label="Subtype",
    help="Addresses of a subtype take the place of those for all.",
    values=tuple(catalogue.NAMES),
    required=False,
)
ABOUT_A_CONTACT: tuple[Field, ...] = (SUBTYPE, PURPOSE, ADDRESS)


def add_contact(actor: Person, raw: Mapping[str, object], *, sender: str) -> None:
    """Add an address for a purpose. Raises `Invalid`; our own address would answer itself for ever."""
    require_managing(actor, actor.company)
    values, reasons = clean_all(ABOUT_A_CONTACT, raw)
    address = str(values.get("address") or "")
    if address and address.lower() == sender.lower():
        reasons["address"] = "This is the address that our mail comes from. Give a mailbox of your company."
    if reasons:
        raise Invalid(reasons)
    kept = Contact(company_id=actor.company_id, address=address, purpose=values["purpose"], subtype=values["subtype"])
    _require_new(kept)
    db.session.add(kept)
    db.session.flush()


def remove_contact(actor: Person, contact_id: int) -> None:
    """Take an address of the actor's company from the list; what is not there is gone already."""
    require_managing(actor, actor.company)
    db.session.execute(delete(Contact).where(Contact.id == contact_id, Contact.company_id == actor.company_id))


def hold_back_text(actor: Person, wanted: bool) -> None:
    """Let the company's mail hold nothing but numbers and links, or the text as well."""
    require_managing(actor, actor.company)
    actor.company.link_only = wanted


def _require_new(new: Contact) -> None:
    own = select(func.count()).select_from(Contact).where(Contact.company_id == new.company_id)
    if (db.session.scalar(own) or 0) >= MOST_CONTACTS:
        raise Invalid(f"A company has at most {MOST_CONTACTS} contacts. Remove one that is not needed.")
    same = own.where(Contact.purpose == new.purpose, Contact.address == new.address)
    if db.session.scalar(same.where(Contact.subtype.is_not_distinct_from(new.subtype))):
        raise Invalid({"address": "This address is there already for this purpose and subtype."})
