"""The inbox, and what is pressed in it; watching and muting an issue."""

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.actions import inbox as actions
from tracker.domain.notices import Reason, meaning_of
from tracker.errors import Invalid
from tracker.queries.inbox import inbox_of
from tracker.queries.visibility import issue_for
from tracker.web.access import Access, access, actor

pages = Blueprint("inbox", __name__)

CHOICES = {"watch": actions.watch, "mute": actions.mute, "leave": actions.leave}


@pages.get("/inbox")
@access(Access.SIGNED_IN)
def page() -> ResponseReturnValue:
    """What the reader was told, the newest first; of one reason, or unread alone, when that is asked for."""
    reason, unread_only = request.args.get("reason", ""), "unread" in request.args
    before = request.args.get("before", "")
    found = inbox_of(actor(), reason=reason, unread_only=unread_only, before=int(before) if _is_key(before) else None)
    return render_template(
        "inbox.html", inbox=found, reason=reason, unread_only=unread_only, reasons=Reason, meaning_of=meaning_of
    )


@pages.post("/inbox/read")
@access(Access.SIGNED_IN)
def read() -> ResponseReturnValue:
    """Mark one notice, those of a page, or all as read."""
    chosen = request.form.getlist("notice")
    actions.mark_read(actor(), None if "all" in request.form else [int(one) for one in chosen if _is_key(one)])
    return redirect(f"/inbox{_shown()}")


@pages.post("/issues/<int:number>/watching")
@access(Access.ISSUE)
def watching(number: int) -> ResponseReturnValue:
    """Watch the issue, mute it, or neither."""
    issue_for(actor(), number)
    choose = CHOICES.get(request.form.get("do", ""))
    if choose is None:
        raise Invalid("Choose whether to watch the issue, to mute it, or neither.")
    choose(actor(), number)
    return redirect(url_for("issue.page", number=number))


def _is_key(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) < 10


def _shown() -> str:
    """What the page showed, as the end of its address, so that it shows the same again."""
    kept = {name: request.form[name] for name in ("reason", "unread") if request.form.get(name)}
    return f"?{urlencode(kept)}" if kept else ""
