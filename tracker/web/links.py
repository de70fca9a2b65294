"""Links between issues: said and taken back."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.actions.linking import link_many, unlink_issues
from tracker.errors import Invalid
from tracker.queries.visibility import issue_for
from tracker.web.access import Access, access, actor
from tracker.web.form_errors import errors_into
from tracker.web.issue import shown

pages = Blueprint("links", __name__)

MOST_AT_ONCE = 100
NUMBER = re.compile(r"#?[0-9]{1,16}")
DIGITS = "An issue number has digits only, such as 261483927."


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
    """Link other issues. One that is not seen and one that is not there are refused alike; what was typed is kept."""
    issue_for(actor(), number)
    typed = Typed(request.form)
    with errors_into(typed):
        link_many(actor(), number, _numbers(request.form.get("other", "")), request.form.get("kind", ""))
        return redirect(url_for("issue.page", number=number, _anchor="links"))
    return render_template("issue/page.html", **shown(issue_for(actor(), number)), linking=typed), 422


@pages.post("/issues/<int:number>/links/remove")
@access(Access.ISSUE)
def unlink(number: int) -> ResponseReturnValue:
    """Take a link back."""
    issue_for(actor(), number)
    for other in _numbers(request.form.get("other", "")):
        unlink_issues(actor(), number, other)
    return redirect(url_for("issue.page", number=number, _anchor="links"))


def _numbers(typed: str) -> list[int]:
    texts = re.split(r"[\s,;]+", typed.strip(" \t\r\n,;"))
    if len(texts) > MOST_AT_ONCE:
        raise Invalid({"other": f"At most {MOST_AT_ONCE} issues are linked at once; these are {len(texts)}."})
    wrong = [text for text in texts if not NUMBER.fullmatch(text)]
    if wrong:
        raise Invalid({"other": _no_numbers(wrong)})
    return [int(text.lstrip("#")) for text in texts]


def _no_numbers(texts: Sequence[str]) -> str:
    """Why these are no numbers of issues; an empty line is only told what is wanted."""
    named = ", ".join(f"“{text[:20]}”" for text in texts if text)
    return f"{named}: {DIGITS}" if named else DIGITS
