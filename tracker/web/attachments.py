"""Giving out files, after the issue's own check, in a way that no browser can be made to run them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Blueprint, Response, current_app, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from tracker.actions.attachments import attach_files, attach_url, issue_to_attach_to
from tracker.domain.file_kinds import MEDIA_TYPES, clean_name
from tracker.domain.scanning import NOT_GIVEN, is_given_out
from tracker.domain.sentence import Sentence
from tracker.errors import Forbidden, NotFound
from tracker.models import Attachment, Issue
from tracker.queries.attachments import PREVIEWED, attachment_for, attachments_of
from tracker.queries.quotas import room_of
from tracker.queries.visibility import issue_for
from tracker.storage import SAVED_ONLY, text_encoding, verified
from tracker.web.access import Access, access, actor
from tracker.web.issue import shown
from tracker.web.rings import ring_sent
from tracker.web.uploads import Sent, files_sent, refusals_into

pages = Blueprint("attachments", __name__)


@dataclass
class Typed:
    """What was typed into the small forms beside the attachments, and why it was refused."""

    values: Mapping[str, str]
    refused: dict[str, str] = field(default_factory=dict)

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Take the reasons, by field."""
        self.refused.update(errors)


SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@pages.post("/issues/<int:number>/attachments")
@access(Access.ISSUE)
def attach(number: int) -> ResponseReturnValue:
    """Attach files or an address, whichever was sent. Of several files the good ones are attached."""
    issue = issue_to_attach_to(actor(), number)
    typed = Typed(request.form)
    with files_sent(lambda: room_of(actor())) as sent:
        with refusals_into(typed, sent):
            _attach(issue, sent)
            return redirect(url_for("issue.page", number=number, _anchor="attachments"))
        page = render_template("issue/page.html", **shown(issue_for(actor(), number)), attaching=typed)
        return page, sent.status


def _attach(issue: Issue, sent: Sent) -> None:
    ring = ring_sent()
    if "url" in request.form:
        attach_url(actor(), issue.number, request.form["url"], request.form.get("title", ""), ring)
        return
    if not sent.files:
        sent.require_all()
    present = attachments_of(actor(), issue.id)
    attach_files(actor(), issue.number, sent.files, ring)
    sent.keep()
    sent.say(present)
    sent.say_refused()


@pages.get("/issues/<int:number>/attachments/<public_id>")
@access(Access.ISSUE)
def download(number: int, public_id: str) -> ResponseReturnValue:
    """The file, to be saved and not shown."""
    return _given(attachment_for(actor(), number, public_id), shown=False)


@pages.get("/issues/<int:number>/attachments/<public_id>/preview")
@access(Access.ISSUE)
def preview(number: int, public_id: str) -> ResponseReturnValue:
    """The file in the browser, where its kind can be shown without running anything."""
    attachment = attachment_for(actor(), number, public_id)
    if attachment.media_type not in PREVIEWED:
        raise NotFound(Sentence("not-shown", "This kind of file cannot be shown here. Download it instead."))
    return _given(attachment, shown=True)


def _given(attachment: Attachment, *, shown: bool) -> Response:
    if not is_given_out(attachment.scan):
        raise Forbidden(NOT_GIVEN)
    path = verified(current_app.config["TRACKER"].attachments, attachment.sha256 or "")
    # A kind of ours, whatever the row says.
    kind = attachment.media_type if attachment.media_type in MEDIA_TYPES else SAVED_ONLY
    answer = send_file(
        path,
        mimetype=kind,
        as_attachment=not shown,
        download_name=clean_name(attachment.file_name),
        etag=attachment.sha256 or False,
        last_modified=attachment.at,  # of the bytes it would tell when somebody else stored the same
        max_age=0,
    )
    if shown and kind.startswith("text/"):
        answer.headers["Content-Type"] = f"text/plain; charset={text_encoding(path) or 'utf-8'}"
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "no-store"
    return answer
