"""Help while typing: the jump box's suggestions, and how a query goes on. Read by `search.js`."""

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from tracker.domain.names import marked
from tracker.domain.query_language import LONGEST
from tracker.domain.rings import Ring
from tracker.queries.asking import refusal_of
from tracker.queries.completions import completions_for
from tracker.queries.mentions import people_to_mention
from tracker.queries.rings import audience_of
from tracker.queries.suggestions import Suggestion, suggestions_for
from tracker.queries.visibility import issue_for
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
    """How a query may go on at the cursor, and what is wrong with it before: `q` ends at the cursor, `whole` does not.

    `{"offers": [{"text", "note", "start"}], "wrong": {"message", "start", "end"} or null}`.
    """
    before = request.args.get("q", "")[:LONGEST]
    offers = [{"text": c.text, "note": c.note, "start": c.start} for c in completions_for(actor(), before)]
    return jsonify(offers=offers, wrong=_wrong(request.args.get("whole", "")))


@pages.get("/issues/<int:number>/people")
@access(Access.ISSUE)
def people(number: int) -> ResponseReturnValue:
    """Whom `@` and the typed characters `q` may mean, among those who read the chosen `ring`: `[{"text", "note"}]`."""
    issue = issue_for(actor(), number)
    audience = audience_of(actor(), issue, request.args.get("ring") or Ring.PARTIES)
    found = people_to_mention(actor(), issue, audience, request.args.get("q", "")[:LONGEST])
    notes = [marked(f"{one.full_name}, {one.company}", of_operator=one.of_operator) for one in found]
    return jsonify([{"text": f"@{one.user_name}", "note": note} for one, note in zip(found, notes, strict=True)])


def _wrong(text: str) -> dict[str, object] | None:
    """What the query would be refused for."""
    wrong = refusal_of(actor(), text)
    return {"message": wrong.message, "start": wrong.start, "end": wrong.end} if wrong else None


def _address(suggestion: Suggestion) -> str:
    if suggestion.number is not None:
        return url_for("issue.page", number=suggestion.number)
    if suggestion.view is not None:
        return address_of(suggestion.view)
    return suggestion.address or url_for("issues.page", q=suggestion.query)
