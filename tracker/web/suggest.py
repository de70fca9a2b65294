"""Help while typing: the jump box's suggestions, and how a query goes on. Read by `search.js`."""

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from tracker.domain.query_language import LONGEST
from tracker.queries.completions import completions_for
from tracker.queries.suggestions import Suggestion, suggestions_for
from tracker.web.access import Access, access, actor
from tracker.web.views import address_of

pages = Blueprint("suggest", __name__)


@pages.get("/suggest")
@access(Access.SIGNED_IN)
def jump() -> ResponseReturnValue:
    """What the typed characters may mean: `[{"group", "text", "note", "address"}]`."""
    found = suggestions_for(actor(), request.args.get("q", "")[:LONGEST])
    lines = [{"group": s.group, "text": s.text, "note": s.note, "address": _address(s)} for s in found]
    return jsonify(lines)


@pages.get("/suggest/query")
@access(Access.SIGNED_IN)
def query() -> ResponseReturnValue:
    """How a query that ends at the cursor may go on: `[{"text", "note", "start"}]`."""
    found = completions_for(actor(), request.args.get("q", "")[:LONGEST])
    return jsonify([{"text": one.text, "note": one.note, "start": one.start} for one in found])


def _address(suggestion: Suggestion) -> str:
    if suggestion.number is not None:
        return url_for("issue.page", number=suggestion.number)
    if suggestion.view is not None:
        return address_of(suggestion.view)
    return suggestion.address or url_for("issues.page", q=suggestion.query)
