"""The own column of what each side says: one form, on a page of its own."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.actions.claims import Statement, fields_to_state, own_column, state_claims
from tracker.actions.replies import forget_reply
from tracker.db import AnyRow
from tracker.domain.claims import HEADS, Table
from tracker.domain.deeds import STATE_CLAIM
from tracker.errors import Conflict
from tracker.models import Issue
from tracker.queries.claims import claims_of
from tracker.queries.kinds import subtype_of
from tracker.queries.mine import Mine, mine_on
from tracker.queries.parties import parties_of
from tracker.queries.timeline import events_since
from tracker.queries.visibility import issue_for
from tracker.web.access import Access, access, actor
from tracker.web.form_errors import errors_into
from tracker.web.forms import DomainForm, form_for
from tracker.web.numbers import whole
from tracker.web.replies import keep_refused

pages = Blueprint("claims", __name__)


@pages.get("/issues/<int:number>/claims")
@access(Access.ISSUE)
def form(number: int) -> ResponseReturnValue:
    """What the own side says now, ready to be changed."""
    issue = issue_for(actor(), number)
    side = own_column(actor(), issue, parties_of(issue.id))
    mine = mine_on(actor(), issue, STATE_CLAIM.key)
    drawn = form_for(fields_to_state(issue), actor(), {**_claims(issue).stated(side), **mine.raw})
    drawn.version.data = str(issue.version)
    return _page(issue, drawn, mine=mine)


@pages.post("/issues/<int:number>/claims")
@access(Access.ISSUE)
def state(number: int) -> ResponseReturnValue:
    """Write the own column. A refusal shows the form again with all that was typed."""
    issue = issue_for(actor(), number)
    drawn = form_for(fields_to_state(issue), actor())
    version = whole(drawn.version.data or "")
    try:
        with errors_into(drawn):
            state_claims(actor(), number, Statement(drawn.typed(), version))
            forget_reply(actor(), issue, STATE_CLAIM.key)
            return redirect(url_for("issue.page", number=number, _anchor="claims"))
    except Conflict as conflict:
        keep_refused(number, STATE_CLAIM.key)
        return _conflict(number, drawn, version, str(conflict))
    keep_refused(number, STATE_CLAIM.key)
    return _page(issue_for(actor(), number), drawn, status=422)


def _conflict(number: int, drawn: DomainForm, seen: int | None, text: str) -> ResponseReturnValue:
    """Somebody did something in between: what it was, and the form as it was typed, ready to be sent again."""
    issue = issue_for(actor(), number)
    drawn.version.data = str(issue.version)
    meanwhile = events_since(actor(), issue, seen) if seen is not None else ()
    return _page(issue, drawn, status=409, conflict=text, meanwhile=meanwhile)


def _page(
    issue: Issue,
    drawn: DomainForm,
    *,
    mine: Mine | None = None,
    status: int = 200,
    conflict: str = "",
    meanwhile: Sequence[AnyRow] = (),
) -> ResponseReturnValue:
    return render_template(
        "issue/claims.html",
        issue=issue,
        mine=mine or mine_on(actor(), issue, STATE_CLAIM.key),
        keeps=STATE_CLAIM.key,
        subtype=subtype_of(issue),
        form=drawn,
        claims=_claims(issue),
        heads=HEADS.values(),
        conflict=conflict,
        meanwhile=meanwhile,
    ), status


def _claims(issue: Issue) -> Table:
    return claims_of(actor(), issue, parties_of(issue.id)) or Table(())
