"""The inbox, and what is pressed in it; watching and muting an issue."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.actions import inbox as actions
from tracker.domain.notices import Reason, meaning_of
from tracker.errors import Invalid
from tracker.queries.inbox import Key, inbox_of, key_of
from tracker.queries.muted import muted_among
from tracker.queries.visibility import issue_for
from tracker.web.access import Access, access, actor
from tracker.web.leading import short_or

pages = Blueprint("inbox", __name__)

CHOICES = {"watch": actions.watch, "mute": actions.mute, "leave": actions.leave}

LABELS = {reason: reason.capitalize() for reason in Reason} | {Reason.ENTERED: "Came into a view"}
"""What the tabs are called."""


@pages.get("/inbox")
@access(Access.SIGNED_IN)
def page() -> ResponseReturnValue:
    """What the reader was told, the newest first; of one reason, or unread alone, when that is asked for."""
    place = _place_in(request.args)
    unread_only = bool(place["unread"])
    found = inbox_of(actor(), reason=place["reason"], unread_only=unread_only, before=Key.read(place["before"]))
    return render_template(
        "inbox.html",
        inbox=found,
        key_of=key_of,
        muted=muted_among(actor(), {row.number for row in found.rows}),
        place=place,
        page_of=lambda **changes: _address(place | changes),
        reason=place["reason"],
        unread_only=unread_only,
        reasons=Reason,
        labels=LABELS,
        meaning_of=meaning_of,
    )


@pages.post("/inbox/read")
@access(Access.SIGNED_IN)
def read() -> ResponseReturnValue:
    """Mark one notice, those of a page, or all as read."""
    chosen = [key for text in request.form.getlist("notice") if (key := Key.read(text))]
    actions.mark_read(actor(), None if "all" in request.form else chosen)
    return redirect(_same_place())


@pages.post("/issues/<int:number>/watching")
@access(Access.ISSUE)
def watching(number: int) -> ResponseReturnValue:
    """Watch the issue, mute it, or neither; back to the inbox for whoever pressed it there."""
    issue_for(actor(), number)
    choose = CHOICES.get(request.form.get("do", ""))
    if choose is None:
        raise Invalid("Choose whether to watch the issue, to mute it, or neither.")
    choose(actor(), number)
    here = request.form.get("from") == "inbox"
    return redirect(_same_place() if here else url_for("issue.page", number=number))


def _place_in(sent: Mapping[str, str]) -> dict[str, str]:
    """What a page of the inbox shows: of which reason, only what is unread, and before which notice."""
    return {name: sent.get(name, "") for name in ("reason", "unread", "before")}


def _address(place: Mapping[str, object]) -> str:
    kept = {name: value for name, value in place.items() if value}
    return f"/inbox?{urlencode(kept)}" if kept else "/inbox"


def _same_place() -> str:
    """The page on which something was pressed, at the row where its reader goes on."""
    at = Key.read(request.form.get("at", ""))
    return short_or(_address(_place_in(request.form)), _address({})) + (f"#n{at}" if at else "")
