"""Links between issues: said and taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.actions.linking import link_issues, unlink_issues
from tracker.errors import Invalid, NotFound
from tracker.queries.visibility import issue_for
from tracker.web.access import Access, access, actor
from tracker.web.form_errors import errors_into
from tracker.web.issue import shown

pages = Blueprint("links", __name__)

ABSENT = "There is no issue with this number among those that your company takes part in."


@dataclass
class Typed:
    """What was typed into the form of a link, and why it was refused."""

    values: Mapping[str, str]
    refused: dict[str, str] = field(default_factory=dict)

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Take the reasons, by field."""
        self.refused.update(errors)


@pages.post("/issues/<int:number>/links")
@access(Access.ISSUE)
def link(number: int) -> ResponseReturnValue:
    """Link another issue. One that is not seen and one that is not there are refused alike, and the number is kept."""
    issue_for(actor(), number)
    typed = Typed(request.form)
    with errors_into(typed):
        _link(number)
        return redirect(url_for("issue.page", number=number, _anchor="links"))
    return render_template("issue/page.html", **shown(issue_for(actor(), number)), linking=typed), 422


def _link(number: int) -> None:
    try:
        link_issues(actor(), number, _number(request.form.get("other", "")), request.form.get("kind", ""))
    except NotFound:
        raise Invalid({"other": ABSENT}) from None


@pages.post("/issues/<int:number>/links/remove")
@access(Access.ISSUE)
def unlink(number: int) -> ResponseReturnValue:
    """Take a link back."""
    issue_for(actor(), number)
    unlink_issues(actor(), number, _number(request.form.get("other", "")))
    return redirect(url_for("issue.page", number=number, _anchor="links"))


def _number(typed: str) -> int:
    text = typed.strip().lstrip("#")
    if not (text.isascii() and text.isdigit()) or len(text) > 16:
        raise Invalid({"other": "An issue number has digits only, such as 26148392."})
    return int(text)
