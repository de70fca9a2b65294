"""The jump box at the far left of every page."""

from urllib.parse import urlencode

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.queries.jump import only_issue_meant
from tracker.web.access import Access, access, actor

pages = Blueprint("jump", __name__)


@pages.get("/jump")
@access(Access.SIGNED_IN)
def jump() -> ResponseReturnValue:
    """Open the one issue that an identifier means, or search."""
    typed = request.args.get("q", "").strip()
    if not typed:
        return redirect(url_for("issues.page"))
    number = only_issue_meant(actor(), typed)
    if number is not None:
        return redirect(url_for("issue.page", number=number))
    return redirect(f"{url_for('issues.page')}?{urlencode({'q': typed})}")
