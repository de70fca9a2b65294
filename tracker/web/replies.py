"""Replies that are not sent yet; and being at an issue, which the page of one says by itself."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.actions.presence import be_here
from tracker.actions.replies import keep_reply, throw_away_reply
from tracker.db import AnyRow
from tracker.domain.transitions import MEANING
from tracker.domain.workflow import slug
from tracker.queries.mine import COMMENT, replies_of, reply_of
from tracker.queries.presence import colleagues_at
from tracker.web.access import Access, access, actor

pages = Blueprint("replies", __name__)

NAME_OF = {slug(name): name for name in MEANING}
NOT_KEPT = {"csrf_token", "version", "files"}


@pages.post("/issues/<int:number>/replies/<key>")
@access(Access.ISSUE)
def keep(number: int, key: str) -> ResponseReturnValue:
    """Keep what is typed: asked by the page every few seconds, or by the button where there is no script."""
    sent = {name: values if len(values) > 1 else values[0] for name, values in request.form.lists()}
    kept = keep_reply(actor(), number, key, {name: value for name, value in sent.items() if name not in NOT_KEPT})
    if "HX-Request" in request.headers:
        return render_template("issue/_kept.html", kept_at=kept.changed_at if kept else None)
    return redirect(url_for("issue.page", number=number))


@pages.get("/replies/<public_id>")
@access(Access.SIGNED_IN)
def page(public_id: str) -> ResponseReturnValue:
    """The reader's own words, whatever became of the issue."""
    return render_template("reply.html", reply=reply_of(actor(), public_id), form_name=form_name)


@pages.post("/replies/<public_id>/throw-away")
@access(Access.SIGNED_IN)
def throw_away(public_id: str) -> ResponseReturnValue:
    """Forget it; the reader goes back to the issue, or home when it is not seen any more."""
    here = [reply for reply in replies_of(actor()) if reply.public_id == public_id and reply.seen]
    throw_away_reply(actor(), public_id)
    return redirect(url_for("issue.page", number=here[0].number) if here else url_for("home.page"))


@pages.post("/issues/<int:number>/here")
@access(Access.ISSUE)
def here(number: int) -> ResponseReturnValue:
    """The page says that it is open, and learns which colleagues have it open too."""
    issue = be_here(actor(), number)
    return render_template("issue/_here.html", colleagues=colleagues_at(actor(), issue))


def form_name(key: str) -> str:
    """What a form is called."""
    return "Comment" if key == COMMENT else NAME_OF.get(key, key)


def address_of(reply: AnyRow) -> str:
    """Where a reply is gone on with."""
    if not reply.seen:
        return f"/replies/{reply.public_id}"
    issue = f"/issues/{reply.number}"
    return f"{issue}#comment-head" if reply.form == COMMENT else f"{issue}/transitions/{reply.form}"
