"""Filing: pick a subtype, fill its form, see the checks, send."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.actions import drafts
from tracker.actions.attachments import StoredFile
from tracker.actions.draft_files import as_stored, drop_file
from tracker.actions.filing import file_issue, may_file, subtype_to_file
from tracker.actions.looking import checked
from tracker.actions.preferences import prefer_subtype
from tracker.domain import catalogue
from tracker.domain.fields import clean_all
from tracker.domain.subtype import Subtype
from tracker.models import Draft, Issue
from tracker.queries.checks import Finding, run_checks
from tracker.queries.draft_files import files_in
from tracker.queries.looks import unasked_yet
from tracker.queries.picker import families
from tracker.queries.quotas import room_in
from tracker.queries.visibility import issue_for, issue_seen
from tracker.web.access import Access, access, actor
from tracker.web.forms import DomainForm, form_for
from tracker.web.transactions import commit_now
from tracker.web.uploads import Sent, files_sent, refusals_into

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
    drawn = form_for(subtype.fields, actor(), draft.raw if draft else {})
    values, _ = clean_all(subtype.fields, drawn.known())
    unasked = unasked_yet(actor(), values)
    findings = run_checks(actor(), subtype, values, unasked=unasked)
    return _page(subtype, drawn, draft, findings, checks_at_once=unasked is not None)


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
            _keep(subtype)
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
    return render_template("new/_checks.html", findings=_checked(subtype, typed))


@pages.post("/issues/new/<subtype_key>/files/<file_id>/drop")
@access(Access.SIGNED_IN)
def take_file_out(subtype_key: str, file_id: str) -> ResponseReturnValue:
    """Take a chosen file out of the form again."""
    drop_file(actor(), file_id)
    return redirect(url_for("new.form", subtype_key=subtype_key, _anchor="files"))


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
    drawn, draft = form_for(subtype.fields, actor()), drafts.draft_of(actor(), subtype.key)
    with files_sent(lambda: room_in(actor(), draft)) as sent:
        with refusals_into(drawn, sent):
            sent.require_all()
            kept = files_in(draft)
            issue = _filed(subtype, drawn, sent.files)
            sent.keep()
            anchor = "attachments" if sent.say(kept) else None
            return redirect(url_for("issue.page", number=issue.number, _anchor=anchor))
        return _refused(subtype, drawn, sent)


def _filed(subtype: Subtype, drawn: DomainForm, chosen: list[StoredFile]) -> Issue:
    draft = drafts.draft_of(actor(), subtype.key)
    files = as_stored(files_in(draft)) + chosen
    follows = issue_seen(actor(), draft.follows_id) if draft and draft.follows_id else None
    issue = file_issue(actor(), subtype.key, drawn.typed(), files=files, follows=follows)
    drafts.forget_filed(actor(), subtype.key)
    return issue


def _refused(subtype: Subtype, drawn: DomainForm, sent: Sent) -> ResponseReturnValue:
    """What was refused is kept all the same, with its good files: the one commit of a request that failed."""
    draft = _kept(subtype, drawn, sent)
    findings = _checked(subtype, drawn.known())
    commit_now()
    return _page(subtype, drawn, draft, findings), sent.status


def _keep(subtype: Subtype) -> None:
    draft = drafts.draft_of(actor(), subtype.key)
    with files_sent(lambda: room_in(actor(), draft)) as sent:
        _kept(subtype, form_for(subtype.fields, actor()), sent)
        sent.say_refused()


def _kept(subtype: Subtype, drawn: DomainForm, sent: Sent) -> Draft:
    present = files_in(drafts.draft_of(actor(), subtype.key))
    draft = drafts.keep_draft(actor(), subtype.key, drawn.known(), files=sent.files)
    sent.keep()
    sent.say(present)
    return draft


def _page(
    subtype: Subtype,
    drawn: DomainForm,
    draft: Draft | None,
    findings: Sequence[Finding],
    *,
    checks_at_once: bool = False,
) -> str:
    """`checks_at_once`: what a page that only reads could not look up is asked as soon as it is open."""
    return render_template(
        "new/form.html",
        subtype=subtype,
        form=drawn,
        draft=draft,
        files=files_in(draft),
        findings=findings,
        checks_at_once=checks_at_once,
    )


def _checked(subtype: Subtype, typed: Mapping[str, Any]) -> list[Finding]:
    values, _ = clean_all(subtype.fields, typed)
    return checked(actor(), subtype, values)
