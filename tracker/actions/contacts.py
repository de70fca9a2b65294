"""A company's contacts: where it wants to be told by e-mail, by subtype and purpose (the Rolodex)."""

from collections.abc import Mapping
from email.utils import parseaddr

from sqlalchemy import delete, select

from tracker.actions.at_once import hold_to_manage
from tracker.db import db
from tracker.domain import catalogue
from tracker.domain.fields import Choice, EmailAddress, Field, Value, clean_all
from tracker.domain.mail_rules import PURPOSES, Purpose
from tracker.errors import Invalid
from tracker.models import Contact, Person
from tracker.queries.people import require_managing

MOST_CONTACTS = 500
ADDRESS = EmailAddress(
    name="address",
    label="E-mail address",
    help="A mailbox that somebody reads. Several lines for one purpose are all told.",
)
PURPOSE = Choice(
    name="purpose",
    label="For what",
    help="When the address is told; one or several.",
    values=tuple(PURPOSES),
    titles=tuple(PURPOSES.values()),
    repeat=len(PURPOSES),
)
SUBTYPE = catalogue.SUBTYPE.said(help="Empty: all. Addresses of a subtype take the place of those for all.")
ABOUT_A_CONTACT: tuple[Field, ...] = (SUBTYPE, PURPOSE, ADDRESS)


def add_contact(actor: Person, raw: Mapping[str, object], *, sender: str) -> None:
    """Add an address for one purpose or several; where it is for one of them already, for the others.

    Raises `Invalid`; our own address would answer itself for ever.
    """
    hold_to_manage(actor, actor.company)
    values, reasons = clean_all(ABOUT_A_CONTACT, raw)
    address = str(values.get("address") or "")
    if address and address.lower() == parseaddr(sender)[1].lower():
        reasons["address"] = "This is the address that our mail comes from. Give a mailbox of your company."
    if reasons:
        raise Invalid(reasons)
    db.session.add_all(_new_contacts(actor, address, values["subtype"], values["purpose"]))
    db.session.flush()


def remove_contact(actor: Person, public_id: str) -> None:
    """Take an address of the actor's company from the list; what is not there is gone already."""
    require_managing(actor, actor.company)
    db.session.execute(delete(Contact).where(Contact.public_id == public_id, Contact.company_id == actor.company_id))


def hold_back_text(actor: Person, wanted: bool) -> None:
    """Let the company's mail hold nothing but numbers and links, or the text as well."""
    require_managing(actor, actor.company)
    actor.company.link_only = wanted


def _new_contacts(actor: Person, address: str, subtype: Value, purposes: Value) -> list[Contact]:
    own = select(Contact.address, Contact.subtype, Contact.purpose).where(Contact.company_id == actor.company_id)
    kept = {tuple(row) for row in db.session.execute(own)}
    wanted = [purpose for purpose in Purpose if purpose in (purposes if isinstance(purposes, list) else ())]
    new = [purpose for purpose in wanted if (address, subtype, purpose) not in kept]
    if not new:
        raise Invalid({"address": "This address is there already for this purpose and subtype."})
    if len(kept) + len(new) > MOST_CONTACTS:
        raise Invalid(f"A company has at most {MOST_CONTACTS} contacts. Remove one that is not needed.")
    return [Contact(company_id=actor.company_id, address=address, subtype=subtype, purpose=one) for one in new]
