"""Replies that are not sent yet; and being at an issue, which the page of one says by itself."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.actions.claims import column_of
from tracker.actions.presence import be_here
from tracker.actions.replies import drop_from_reply, keep_reply, keep_what_can_be, throw_away_reply
from tracker.db import AnyRow, db
from tracker.domain import catalogue
from tracker.domain.deeds import ADD_COMMENT, STATE_CLAIM
from tracker.domain.permissions import Right
from tracker.models import Issue
from tracker.queries.buttons import buttons_for
from tracker.queries.draft_files import files_in, files_of_reply, reply_on
from tracker.queries.mine import replies_of, reply_of
from tracker.queries.parties import Party, parties_of
from tracker.queries.presence import colleagues_at, happened_since
from tracker.queries.quotas import room_in
from tracker.queries.rights import require
from tracker.queries.rings import choices_for
from tracker.queries.timeline import anchor, moment_of
from tracker.queries.visibility import issue_for
from tracker.web.access import Access, access, actor
from tracker.web.transactions import commit_now
from tracker.web.typed import typed_into
from tracker.web.uploads import Sent, files_sent

pages = Blueprint("replies", __name__)

NAME_OF = {**catalogue.BUTTONS, ADD_COMMENT: "Comment", STATE_CLAIM.key: "Our column"}
NOT_KEPT = {"csrf_token", "version", "files", "kept", "drawn", "reply"}
KEPT_ONCE = {"comment", "ring"}


@pages.post("/issues/<int:number>/replies/<key>")
@access(Access.ISSUE)
def keep(number: int, key: str) -> ResponseReturnValue:
    """Keep what is typed: asked by the page every few seconds, or by the button where there is no script."""
    issue = issue_for(actor(), number)
    require(actor(), Right.WORK_ISSUES)
    before = reply_on(actor(), issue, key)
    present = files_in(before)
    with files_sent(lambda: room_in(actor(), before)) as sent:
        kept = keep_reply(actor(), number, key, words_typed(), files=sent.files, drawn_at=_drawn_at())
        if kept:
            sent.keep()
            sent.say(present)
        sent.say_refused()
    if "HX-Request" in request.headers:
        return render_template("issue/_kept.html", kept_at=kept.changed_at if kept else None)
    return redirect(url_for("issue.page", number=number, _anchor=_place_of(key)))


def _place_of(form: str) -> str | None:
    """Where on the page of an issue a form stands."""
    return {ADD_COMMENT: "comment-head", STATE_CLAIM.key: "claims"}.get(form)


def words_typed() -> dict[str, object]:
    """What was sent of the fields that are kept, by their names in the form."""
    sent = {name: values for name, values in request.form.lists() if name not in NOT_KEPT}
    return {name: values[-1] if len(values) == 1 or name in KEPT_ONCE else values for name, values in sent.items()}


def keep_refused(number: int, form: str, sent: Sent | None = None) -> None:
    """What was sent and refused is kept as if it had been typed a moment ago, whatever the reader does next."""
    db.session.rollback()
    present = files_in(reply_on(actor(), issue_for(actor(), number), form))
    if keep_what_can_be(actor(), number, form, words_typed(), sent.files if sent else ()) and sent:
        sent.keep()
        sent.say(present)
    commit_now()


def _drawn_at() -> datetime | None:
    """When the page with the form was drawn, as it says itself."""
    try:
        return datetime.fromisoformat(request.form.get("drawn", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@pages.get("/replies/<public_id>")
@access(Access.SIGNED_IN)
def page(public_id: str) -> ResponseReturnValue:
    """To the form with the reader's own words; where it stands no more, the words, whatever became of the issue."""
    reply = reply_of(actor(), public_id)
    issue = issue_for(actor(), reply.number) if reply.seen else None
    parties = parties_of(issue.id) if issue else ()
    stands = _forms_that_stand(issue, parties) if issue else set()
    if issue and reply.form in stands:
        return redirect(address_of(issue.number, reply.form))
    return render_template(
        "reply.html",
        reply=reply,
        name=form_name(reply.form),
        words=_labelled(reply),
        kept_files=files_of_reply(actor(), public_id),
        rings=choices_for(actor(), issue, parties) if issue and ADD_COMMENT in stands else (),
    )


def _forms_that_stand(issue: Issue, parties: Sequence[Party]) -> set[str]:
    stand = {button.key for button in buttons_for(actor(), issue, parties)}
    return stand | ({STATE_CLAIM.key} if column_of(actor(), issue, parties) else set())


def _labelled(reply: AnyRow) -> list[tuple[str, str]]:
    """What was typed, as (label, words), the comment last."""
    subtype = catalogue.by_key(reply.subtype)
    kept = {name: value for name, value in reply.raw.items() if value and name not in KEPT_ONCE}
    typed = [
        typed_into(subtype, actor(), name, ", ".join(value) if isinstance(value, list) else value)
        for name, value in kept.items()
    ]
    return [(one.label, one.shown or one.value) for one in typed]


@pages.post("/replies/<public_id>/throw-away")
@access(Access.SIGNED_IN)
def throw_away(public_id: str) -> ResponseReturnValue:
    """Forget it; the reader goes back to the issue, or home when it is not seen any more."""
    here = [reply for reply in replies_of(actor()) if reply.public_id == public_id]
    throw_away_reply(actor(), public_id)
    return redirect(_back_from(here[0]) if here else url_for("home.page"))


@pages.post("/replies/<public_id>/files/<file_id>/drop")
@access(Access.SIGNED_IN)
def take_file_out(public_id: str, file_id: str) -> ResponseReturnValue:
    """Take a file out of what is kept; the reader goes back to the form, or to the issue when nothing is left."""
    reply = reply_of(actor(), public_id)
    if drop_from_reply(actor(), public_id, file_id):
        return redirect(url_for("replies.page", public_id=public_id))
    return redirect(_back_from(reply))


def _back_from(reply: AnyRow) -> str:
    """The issue of a reply that is gone, or home where the issue is not seen any more."""
    if not reply.seen:
        return url_for("home.page")
    return url_for("issue.page", number=reply.number, _anchor=_place_of(reply.form))


@pages.post("/issues/<int:number>/here")
@access(Access.ISSUE)
def here(number: int) -> ResponseReturnValue:
    """The page says that it is open and how far it shows the history, and learns who else is there and what is new."""
    shown = _shown_until()
    issue = be_here(actor(), number, shown, _drawn_at())
    since = anchor(shown) if shown and happened_since(actor(), issue, shown) else None
    return render_template("issue/_here.html", issue=issue, colleagues=colleagues_at(actor(), issue), since=since)


def _shown_until() -> datetime | None:
    """The moment of the newest entry on the page, as its address says it."""
    try:
        return moment_of(request.form.get("shown", ""))
    except ValueError:
        return None


def form_name(key: str) -> str:
    """What a form is called."""
    return NAME_OF.get(key, key)


def address_of(number: int, form: str) -> str:
    """Where the words that are kept for a form are gone on with."""
    if form == STATE_CLAIM.key:
        return f"/issues/{number}/claims"
    return f"/issues/{number}#comment-head" if form == ADD_COMMENT else f"/issues/{number}/transitions/{form}"
