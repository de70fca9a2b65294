"""Many issues at once: chosen on the list, looked at before, done by the worker, told how far it is."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.actions.bulk import begin_act
from tracker.domain.deeds import ADD_COMMENT
from tracker.domain.query_language import QueryError
from tracker.domain.rings import Ring
from tracker.errors import Invalid
from tracker.queries.asking import asking
from tracker.queries.bulk import (
    MOST,
    Preview,
    act_of,
    acts_of,
    cause_of,
    chosen,
    left_out_of,
    numbers_found,
    preview_of,
    progress_among,
    progress_of,
    ways_open,
)
from tracker.queries.rings import choices_for_many
from tracker.queries.searching import search
from tracker.queries.visibility import issue_for
from tracker.web.access import Access, access, actor
from tracker.web.columns import DEFAULT
from tracker.web.engine import engine
from tracker.web.form_errors import errors_into
from tracker.web.forms import DomainForm, form_for
from tracker.web.issues import address, columns_in, place_in
from tracker.web.leading import short_or
from tracker.web.numbers import whole
from tracker.web.replies import form_name
from tracker.web.rings import ring_sent

pages = Blueprint("acts", __name__)

MARKED = ("number", "page", "numbers")
"""How issues are named: by the boxes of rows, by that of the whole page, and from page to page of the act."""


@pages.post("/acts/preview")
@access(Access.SIGNED_IN)
def preview() -> ResponseReturnValue:
    """What can be done with the chosen issues; and with a button chosen, what will be, and what is left out."""
    numbers, key = _numbers(), request.form.get("key", "")
    if not any(map(request.form.get, ("all", *MARKED))):
        return redirect(_list_again())
    issues = chosen(actor(), numbers)
    if not issues:
        raise Invalid("No issue was chosen. Mark some in the list, then press again.")
    if not key:
        ways = ways_open(actor(), issues)
        return render_template(
            "acts/choose.html",
            numbers=_joined([one.number for one in issues]),
            issues=issues,
            ways=ways,
            cause=_cause(),
        )
    planned = preview_of(actor(), issues, key)
    return _page(planned, form_for(planned.fields, actor()), issues)


@pages.post("/acts")
@access(Access.SIGNED_IN)
def begin() -> ResponseReturnValue:
    """Begin the act; the worker does it. A refusal shows the form again with all that was typed."""
    numbers, key = _numbers(), request.form.get("key", "")
    issues = chosen(actor(), numbers)
    planned = preview_of(actor(), issues, key)
    drawn = form_for(planned.fields, actor())
    with errors_into(drawn):
        typed, comment = drawn.known(), drawn.comment.data or ""
        ring = ring_sent() if key == ADD_COMMENT else Ring.PARTIES
        cause = issue_for(actor(), int(_cause())) if _cause() else None
        act = begin_act(actor(), [one.number for one in planned.will], key, typed, comment, ring=ring, cause=cause)
        return redirect(url_for("acts.page", public_id=act.public_id))
    return _page(planned, drawn, issues, status=422)


@pages.get("/acts")
@access(Access.SIGNED_IN)
def listing() -> ResponseReturnValue:
    """The reader's latest acts on many issues."""
    acts = acts_of(actor())
    return render_template("acts/list.html", acts=acts, progress=progress_among(acts), form_name=form_name)


@pages.get("/acts/<public_id>")
@access(Access.SIGNED_IN)
def page(public_id: str) -> ResponseReturnValue:
    """How far the act is, and what was left out."""
    act = act_of(actor(), public_id)
    progress = progress_of(act)
    template = "acts/_progress.html" if "HX-Request" in request.headers else "acts/act.html"
    left_out = left_out_of(actor(), act) if progress.ended else ()
    shown = {"act": act, "progress": progress, "left_out": left_out, "cause": cause_of(actor(), act)}
    return render_template(template, **shown, name=form_name(act.key))


def _numbers() -> Sequence[int]:
    """The issues that were marked, or all that fit the query of the list."""
    if "all" in request.form:
        text = request.form.get("q", "")
        try:
            with asking(text):
                found = search(actor(), text, engine())
                return numbers_found(actor(), found.plan, found.engine)
        except QueryError as wrong:
            raise Invalid(wrong.message) from wrong
    sent = (request.form.getlist(name) for name in MARKED)
    typed = " ".join(chain.from_iterable(sent))
    return [number for found in typed.split()[:MOST] if (number := whole(found)) is not None]


def _list_again() -> str:
    """The page of the list on which nothing was marked; it says so."""
    text, columns = request.form.get("q", ""), columns_in(request.form)
    same = address(text, columns, choose="1", nothing="1", **place_in(request.form))
    return short_or(same, address("", list(DEFAULT), choose="1", nothing="1"))


def _cause() -> str:
    """The number of the issue whose page this began on, if one did."""
    cause = whole(request.form.get("cause", ""))
    return "" if cause is None else str(cause)


def _joined(numbers: Sequence[int]) -> str:
    return " ".join(map(str, numbers))


def _page(planned: Preview, drawn: DomainForm, issues: Sequence[Any], *, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "acts/preview.html",
        planned=planned,
        transition=planned.transition,
        form=drawn,
        numbers=_joined([one.number for one in issues]),
        rings=choices_for_many(actor()) if planned.transition.key == ADD_COMMENT else (),
        samples=planned.will[:10],
        ring_sent=ring_sent(),
        cause=_cause(),
    ), status
