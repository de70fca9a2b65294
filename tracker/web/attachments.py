"""Giving out files, after the issue's own check, in a way that no browser can be made to run them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Blueprint, Response, current_app, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from tracker.actions.attachments import attach_files, attach_url
from tracker.domain.file_kinds import MEDIA_TYPES, clean_name
from tracker.errors import NotFound
from tracker.models import Attachment
from tracker.queries.attachments import PREVIEWED, attachment_for
from tracker.queries.visibility import issue_for
from tracker.storage import text_encoding, verified
from tracker.web.access import Access, access, actor
from tracker.web.form_errors import errors_into
from tracker.web.issue import shown
from tracker.web.rings import ring_sent
from tracker.web.uploads import stored_files

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
    """Attach files or an address, whichever was sent."""
    issue_for(actor(), number)  # before anything that was sent is stored
    typed = Typed(request.form)
    with errors_into(typed):
        _attach(number)
        return redirect(url_for("issue.page", number=number, _anchor="attachments"))
    return render_template("issue/page.html", **shown(issue_for(actor(), number)), attaching=typed), 422


def _attach(number: int) -> None:
    ring = ring_sent()
    if "url" in request.form:
        attach_url(actor(), number, request.form["url"], request.form.get("title", ""), ring)
    else:
        attach_files(actor(), number, stored_files(request.files.getlist("files")), ring)


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
        raise NotFound("This kind of file cannot be shown here. Download it instead.")
    return _given(attachment, shown=True)


def _given(attachment: Attachment, *, shown: bool) -> Response:
    path = verified(current_app.config["TRACKER"].attachments, attachment.sha256 or "")
    # A kind of ours, whatever the row says.
    kind = attachment.media_type if attachment.media_type in MEDIA_TYPES else "application/octet-stream"
    answer = send_file(
        path,
        mimetype=kind,
        as_attachment=not shown,
        download_name=clean_name(attachment.file_name),
        etag=attachment.sha256 or False,
        max_age=0,
    )
    if shown and kind.startswith("text/"):
        answer.headers["Content-Type"] = f"text/plain; charset={text_encoding(path) or 'utf-8'}"
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "no-store"
    return answer
