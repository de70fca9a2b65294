"""The rules by which new issues go into the groups of the own company."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.actions import grouping as actions
from tracker.domain import catalogue
from tracker.queries.group_rules import rules_of
from tracker.web.access import Access, access, actor
from tracker.web.form_errors import errors_into
from tracker.web.forms import DomainForm, form_for

pages = Blueprint("group_rules", __name__)


@pages.get("/group-rules")
@access(Access.COMPANY_ADMINISTRATOR)
def page() -> ResponseReturnValue:
    """The rules in their order."""
    return _page(form_for(actions.ABOUT_A_RULE, actor()))


@pages.post("/group-rules")
@access(Access.COMPANY_ADMINISTRATOR)
def add() -> ResponseReturnValue:
    """Add a rule at the end."""
    drawn = form_for(actions.ABOUT_A_RULE, actor())
    with errors_into(drawn):
        actions.add_rule(actor(), drawn.typed())
        return redirect(url_for("group_rules.page"))
    return _page(drawn), 422


@pages.post("/group-rules/<public_id>/up")
@access(Access.COMPANY_ADMINISTRATOR)
def up(public_id: str) -> ResponseReturnValue:
    """Let a rule come earlier."""
    actions.move_rule_up(actor(), public_id)
    return redirect(url_for("group_rules.page"))


@pages.post("/group-rules/<public_id>/remove")
@access(Access.COMPANY_ADMINISTRATOR)
def remove(public_id: str) -> ResponseReturnValue:
    """Take a rule away."""
    actions.remove_rule(actor(), public_id)
    return redirect(url_for("group_rules.page"))


def _page(drawn: DomainForm) -> str:
    return render_template("group_rules.html", form=drawn, rules=rules_of(actor()), names=catalogue.NAMES)
