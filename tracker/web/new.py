"""Filing: pick a subtype, fill its form, see the checks, send."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.actions import drafts
from tracker.actions.attachments import StoredFile
from tracker.actions.filing import file_issue, may_file, subtype_to_file
from tracker.actions.preferences import prefer_subtype
from tracker.domain import catalogue
from tracker.domain.fields import clean_all
from tracker.domain.subtype import Subtype
from tracker.models import Draft, Issue
from tracker.queries.checks import Finding, run_checks
from tracker.queries.picker import families
from tracker.queries.visibility import issue_for, issue_seen
from tracker.web.access import Access, access, actor
from tracker.web.form_errors import errors_into
from tracker.web.forms import DomainForm, form_for
from tracker.web.transactions import commit_now
from tracker.web.uploads import stored_files

pages = Blueprint("new", __name__)


@pages.get("/issues/new")
@access(Access.SIGNED_IN)
def picker() -> ResponseReturnValue:
    """The subtypes that the reader may file: preferred first, by family, or by what is wrong."""
    typed = request.args.get("q", "").strip()
    offered = [subtype for subtype in catalogue.SUBTYPES if may_file(actor(), subtype)]
    template = "new/_families.html" if request.headers.get("HX-Request") else "new/picker.html"
    return render_template(template, families=families(actor(), offered, typed), typed=typed)


@pages.post("/issues/new/<subtype_key>/prefer")
@access(Access.SIGNED_IN)
def prefer(subtype_key: str) -> ResponseReturnValue:
    """Put a subtype among the reader's preferred ones, or take it out again."""
    prefer_subtype(actor(), subtype_to_file(actor(), subtype_key).key)
    return redirect(url_for("new.picker"))


@pages.get("/issues/new/<subtype_key>")
@access(Access.SIGNED_IN)
def form(subtype_key: str) -> ResponseReturnValue:
    """The form of a subtype, with what was typed into it before."""
    subtype = subtype_to_file(actor(), subtype_key)
    draft = drafts.draft_of(actor(), subtype.key)
    return _page(subtype, form_for(subtype.fields, actor(), draft.raw if draft else {}), draft)


@pages.post("/issues/new/<subtype_key>")
@access(Access.SIGNED_IN)
def send(subtype_key: str) -> ResponseReturnValue:
    """File the issue, keep the half-filled form, or throw it away, as the button says."""
    subtype = subtype_to_file(actor(), subtype_key)
    match request.form.get("do", "file"):
        case "discard":
            drafts.throw_away(actor(), subtype.key)
            return redirect(url_for("home.page"))
        case "keep":
            _keep(subtype, form_for(subtype.fields, actor()))
            flash("Your form is kept. You find it again on your home page.")
            return redirect(url_for("new.form", subtype_key=subtype.key))
        case _:
            return _file(subtype)


@pages.post("/issues/new/<subtype_key>/checks")
@access(Access.SIGNED_IN)
def checks(subtype_key: str) -> ResponseReturnValue:
    """While typing: keep the form, and answer with what the checks find so far."""
    subtype = subtype_to_file(actor(), subtype_key)
    typed = form_for(subtype.fields, actor()).known()
    drafts.keep_draft(actor(), subtype.key, typed)
    return render_template("new/_checks.html", findings=_findings(subtype, typed))


@pages.post("/issues/new/<subtype_key>/files/<int:file_id>/drop")
@access(Access.SIGNED_IN)
def drop_file(subtype_key: str, file_id: int) -> ResponseReturnValue:
    """Take a chosen file out of the form again."""
    drafts.drop_file(actor(), subtype_key, file_id)
    return redirect(url_for("new.form", subtype_key=subtype_key))


@pages.post("/issues/<int:number>/follow-up")
@access(Access.ISSUE)
def follow_up(number: int) -> ResponseReturnValue:
    """Begin a new issue with the fields of a finished one."""
    followed = issue_for(actor(), number)
    subtype = subtype_to_file(actor(), followed.subtype)
    names = {field.name for field in subtype.fields}
    copied = {name: value for name, value in followed.values.items() if name in names}
    drafts.keep_draft(actor(), subtype.key, copied, follows_id=followed.id)
    return redirect(url_for("new.form", subtype_key=subtype.key))


def _file(subtype: Subtype) -> ResponseReturnValue:
    drawn = form_for(subtype.fields, actor())
    chosen: list[StoredFile] = []
    with errors_into(drawn):
        chosen += stored_files(request.files.getlist("files"))
        return redirect(url_for("issue.page", number=_filed(subtype, drawn, chosen).number))
    return _refused(subtype, drawn, chosen)


def _filed(subtype: Subtype, drawn: DomainForm, chosen: list[StoredFile]) -> Issue:
    draft = drafts.draft_of(actor(), subtype.key)
    files = drafts.as_stored(drafts.files_of(draft)) + chosen
    follows = issue_seen(actor(), draft.follows_id) if draft and draft.follows_id else None
    issue = file_issue(actor(), subtype.key, drawn.typed(), files=files, follows=follows)
    drafts.throw_away(actor(), subtype.key)
    return issue


def _refused(subtype: Subtype, drawn: DomainForm, chosen: list[StoredFile]) -> ResponseReturnValue:
    """What was refused is kept all the same, with its files: the one commit of a request that failed."""
    draft = drafts.keep_draft(actor(), subtype.key, drawn.known(), files=chosen)
    commit_now()
    return _page(subtype, drawn, draft, status=422)


def _keep(subtype: Subtype, drawn: DomainForm) -> None:
    drafts.keep_draft(actor(), subtype.key, drawn.known(), files=stored_files(request.files.getlist("files")))


def _page(subtype: Subtype, drawn: DomainForm, draft: Draft | None, *, status: int = 200) -> ResponseReturnValue:
    typed = drawn.known()
    return render_template(
        "new/form.html",
        subtype=subtype,
        form=drawn,
        draft=draft,
        files=drafts.files_of(draft),
        findings=_findings(subtype, typed) if any(typed.values()) else [],
    ), status


def _findings(subtype: Subtype, typed: Mapping[str, Any]) -> list[Finding]:
    values, _ = clean_all(subtype.fields, typed)
    return run_checks(actor(), subtype, values)
