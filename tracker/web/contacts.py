"""The contacts of the own company: where it is told by e-mail."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.actions import contacts as actions
from tracker.domain import catalogue
from tracker.domain.mail_rules import PURPOSES
from tracker.queries.contacts import contacts_of, covered, refused_letters
from tracker.web.access import Access, access, actor
from tracker.web.form_errors import errors_into
from tracker.web.forms import DomainForm, form_for

pages = Blueprint("contacts", __name__)


@pages.get("/contacts")
@access(Access.COMPANY_ADMINISTRATOR)
def page() -> ResponseReturnValue:
    """The addresses by subtype and purpose, and which purposes are covered."""
    return _page(form_for(actions.ABOUT_A_CONTACT, actor()))


@pages.post("/contacts")
@access(Access.COMPANY_ADMINISTRATOR)
def add() -> ResponseReturnValue:
    """Add an address."""
    drawn = form_for(actions.ABOUT_A_CONTACT, actor())
    with errors_into(drawn):
        actions.add_contact(actor(), drawn.typed(), sender=current_app.config["TRACKER"].mail_from)
        return redirect(url_for("contacts.page"))
    return _page(drawn), 422


@pages.post("/contacts/<public_id>/remove")
@access(Access.COMPANY_ADMINISTRATOR)
def remove(public_id: str) -> ResponseReturnValue:
    """Take an address from the list."""
    actions.remove_contact(actor(), public_id)
    return redirect(url_for("contacts.page"))


@pages.post("/contacts/text")
@access(Access.COMPANY_ADMINISTRATOR)
def text() -> ResponseReturnValue:
    """Choose whether mail to the company holds the text, or links alone."""
    actions.hold_back_text(actor(), "link_only" in request.form)
    flash("Saved.")
    return redirect(url_for("contacts.page"))


def _page(drawn: DomainForm) -> str:
    contacts = contacts_of(actor())
    return render_template(
        "contacts.html",
        form=drawn,
        contacts=contacts,
        covered=covered(contacts),
        refused=refused_letters(actor()),
        purposes=PURPOSES,
        names=catalogue.NAMES,
        sends=bool(current_app.config["TRACKER"].smtp),
    )
