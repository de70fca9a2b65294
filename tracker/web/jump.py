"""The jump box at the far left of every page."""

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.queries.jump import issues_meant
from tracker.web.access import Access, access, actor

pages = Blueprint("jump", __name__)


@pages.get("/jump")
@access(Access.SIGNED_IN)
def jump() -> ResponseReturnValue:
    """Open the one issue that is meant, or list those that are."""
    typed = request.args.get("q", "").strip()
    if not typed:
        return redirect(url_for("issues.page"))
    hits = issues_meant(actor(), typed)
    if len(hits) == 1:
        return redirect(url_for("issue.page", number=hits[0].number))
    if hits:
        name = "esi_id" if typed.isdigit() and len(typed) > 16 else "tran"
        return redirect(f"{url_for('issues.page')}?{urlencode({name: typed})}")
    return render_template("jump.html", typed=typed), 404
