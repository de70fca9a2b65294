"""The home page: what waits on whom."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tracker.domain import catalogue
from tracker.queries import home
from tracker.queries.hand_offs import hand_offs_of
from tracker.queries.mine import replies_of
from tracker.queries.views import pinned
from tracker.web.access import Access, access, actor
from tracker.web.replies import form_name
from tracker.web.views import address_of

pages = Blueprint("home", __name__)


@pages.get("/")
@access(Access.SIGNED_IN)
def page() -> ResponseReturnValue:
    """The reader's work in four lists, the views pinned, and the forms begun."""
    return render_template(
        "home.html",
        sections=home.sections(actor()),
        most=home.MOST_COUNTED,
        pinned=pinned(actor()),
        address_of=address_of,
        replies=replies_of(actor()),
        form_name=form_name,
        drafts=[(draft, catalogue.by_key(draft.subtype)) for draft in home.drafts_of(actor())],
    )


@pages.get("/handed-over")
@access(Access.SIGNED_IN)
def handed_over() -> ResponseReturnValue:
    """The issues on which the company was replaced by another."""
    return render_template("handed_over.html", hand_offs=hand_offs_of(actor()))
