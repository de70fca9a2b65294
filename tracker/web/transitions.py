"""Pressing a button: only what it needs is asked, and who acts next is said before."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.actions.draft_files import as_stored, hand_over_files
from tracker.actions.moving import EDIT, Press, asked_of, look_of_refused, press_transition, pressable
from tracker.actions.replies import forget_reply, throw_away_reply
from tracker.domain.claims import HEADS, RIGHT_SIDE
from tracker.domain.deeds import ADD_COMMENT
from tracker.domain.fields import CompanyRef
from tracker.domain.permissions import Right
from tracker.domain.quotas import MOST_FILES
from tracker.domain.rings import Ring
from tracker.domain.workflow import Transition
from tracker.errors import Conflict
from tracker.models import Issue
from tracker.queries.attachments import attachments_of
from tracker.queries.buttons import buttons_for
from tracker.queries.claims import claims_of
from tracker.queries.draft_files import files_chosen, files_of_reply, reply_on
from tracker.queries.kinds import subtype_of, workflow_of
from tracker.queries.mine import Mine, mine_on
from tracker.queries.parties import Party, parties_of
from tracker.queries.quotas import room_in
from tracker.queries.registry import owner_of_esi_id
from tracker.queries.rights import require
from tracker.queries.rings import choices_for
from tracker.queries.timeline import anchor, events_since, timeline_of
from tracker.queries.visibility import issue_for
from tracker.web.access import Access, access, actor
from tracker.web.forms import NOT_FIELDS, DomainForm, form_for
from tracker.web.numbers import whole
from tracker.web.public_ids import public_ids_sent
from tracker.web.replies import keep_refused
from tracker.web.rings import ring_sent
from tracker.web.transactions import commit_now
from tracker.web.typed import Typed, typed_into
from tracker.web.uploads import Sent, files_sent, refusals_into

pages = Blueprint("transitions", __name__)


@pages.get("/issues/<int:number>/transitions/<key>")
@access(Access.ISSUE)
def form(number: int, key: str) -> ResponseReturnValue:
    """What the transition asks for, what it does, and whose turn it is then."""
    issue = issue_for(actor(), number)
    transition = pressable(actor(), issue, key, None)
    mine = mine_on(actor(), issue, key)
    drawn = form_for(asked_of(actor(), issue, transition), actor(), {**_known(issue, transition), **mine.raw})
    drawn.version.data, drawn.comment.data = str(issue.version), mine.raw.get("comment", "")
    return _page(issue, transition, drawn, mine=mine)


@pages.post("/issues/<int:number>/transitions/<key>")
@access(Access.ISSUE)
def press(number: int, key: str) -> ResponseReturnValue:
    """Press it with what was typed. A refusal shows the form again with all of it, and keeps its good files."""
    issue = issue_for(actor(), number)
    _require_right(issue, key)
    transition = workflow_of(issue).find(issue.state, key)
    drawn = form_for(asked_of(actor(), issue, transition) if transition else (), actor())
    with files_sent(lambda: room_in(actor(), reply_on(actor(), issue, key))) as sent:
        try:
            with refusals_into(drawn, sent):
                return redirect(url_for("issue.page", number=number, _anchor=_press(issue, key, drawn, sent)))
        except Conflict as conflict:
            keep_refused(number, key, sent)
            return _conflict(number, key, str(conflict), sent.reasons)
        return _refused(number, key, drawn, sent)


def _refused(number: int, key: str, drawn: DomainForm, sent: Sent) -> ResponseReturnValue:
    """The form again, all kept; or what happened, where it was refused and the issue moved on at the same moment."""
    look_of_refused(actor(), issue_for(actor(), number), key, drawn.typed())
    commit_now()
    keep_refused(number, key, sent)
    issue = issue_for(actor(), number)
    try:
        return _page(issue, pressable(actor(), issue, key, None), drawn, status=sent.status)
    except Conflict as conflict:
        return _conflict(number, key, str(conflict), sent.reasons)


def _require_right(issue: Issue, key: str) -> None:
    """Raise `Forbidden` before anything that was sent is stored. What moved on meanwhile is said later, all kept."""
    require(actor(), Right.WORK_ISSUES)
    with suppress(Conflict):
        pressable(actor(), issue, key, _version_sent())


def _version_sent() -> int | None:
    return whole(request.form.get("version", ""))


def _press(issue: Issue, key: str, drawn: DomainForm, sent: Sent) -> str | None:
    """Press it with the files that came now and those that were kept; where on the page of the issue one goes on.

    That the issue moved on is said before what is wrong with a file: the form may not be there to be mended.
    """
    pressable(actor(), issue, key, _version_sent())
    sent.require_all()
    kept = files_chosen(actor(), issue, public_ids_sent("kept")[:MOST_FILES])
    present = attachments_of(actor(), issue.id)
    press = Press(
        key,
        version=_version_sent(),
        raw=drawn.typed(),
        comment=drawn.comment.data or "",
        ring=_ring(key),
        files=as_stored(kept) + sent.files,
    )
    press_transition(actor(), issue.number, press)
    sent.keep()
    hand_over_files(kept)
    forget_reply(actor(), issue, key)
    for reply in public_ids_sent("reply"):
        throw_away_reply(actor(), reply)
    return "attachments" if sent.say([*present, *kept]) else _anchor(issue, key)


def _ring(key: str) -> str:
    """A comment says who reads it; what a button says is read by all, and nothing else can be asked for."""
    return ring_sent() if key == ADD_COMMENT or "ring" in request.form else Ring.PARTIES


def _anchor(issue: Issue, key: str) -> str | None:
    """The comment that was just written; another press changes the head of the page, where its reader arrives."""
    return f"e{anchor(timeline_of(actor(), issue.id, limit=1)[0].at)}" if key == ADD_COMMENT else None


def _known(issue: Issue, transition: Transition) -> dict[str, Any]:
    """What the form can be filled with already: the issue's values, and the TDSP that owns the ESI ID."""
    known: dict[str, Any] = dict(issue.values)
    tdsp = owner_of_esi_id(issue.esi_id) if issue.esi_id and _asks_for(transition, "TDSPInvolved") else None
    if tdsp is not None:
        known.setdefault("TDSPInvolved", tdsp.duns)
    return known if transition.key == EDIT or not transition.to else _without_reassigned(known, transition)


def _without_reassigned(known: dict[str, Any], transition: Transition) -> dict[str, Any]:
    """A transition that names a new assignee does not offer the present one."""
    names = {field.name for field in transition.needs if isinstance(field, CompanyRef) and field.name == "Assignee"}
    return {name: value for name, value in known.items() if name not in names}


def _asks_for(transition: Transition, name: str) -> bool:
    return any(field.name == name for field in transition.fields)


def _page(
    issue: Issue, transition: Transition, drawn: DomainForm, *, mine: Mine | None = None, status: int = 200
) -> ResponseReturnValue:
    turn = workflow_of(issue).turn(transition.target(issue.state))
    mine = mine or mine_on(actor(), issue, transition.key)
    return render_template(
        "issue/transition.html",
        issue=issue,
        subtype=subtype_of(issue),
        transition=transition,
        form=drawn,
        mine=mine,
        kept_files=files_of_reply(actor(), mine.public_id),
        ring=ring_sent() if request.method == "POST" else mine.raw.get("ring"),
        turn=turn,
        claims=claims_of(actor(), issue, parties_of(issue.id)) if RIGHT_SIDE.name in drawn else None,
        heads=HEADS.values(),
        rings=choices_for(actor(), issue, parties_of(issue.id)) if transition.key == ADD_COMMENT else (),
        next_company=_company_of(turn, parties_of(issue.id)),
    ), status


def _company_of(turn: object, parties: list[Party] | Any) -> str | None:
    return next((party.company for party in reversed(parties) if party.role == turn), None)


def _conflict(number: int, key: str, text: str, about_files: str) -> ResponseReturnValue:
    """The loser of two presses: who did what meanwhile, and everything typed, ready to be sent again."""
    issue = issue_for(actor(), number)
    seen = _version_sent()
    transition = workflow_of(issue).find(issue.state, key)
    buttons = {button.key for button in buttons_for(actor(), issue, parties_of(issue.id))}
    kept_id = mine_on(actor(), issue, key).public_id
    return render_template(
        "issue/conflict.html",
        issue=issue,
        key=key,
        text=text,
        about_files=about_files,
        meanwhile=events_since(actor(), issue, seen) if seen is not None else [],
        transition=transition,
        stands=key in buttons,
        comments="add-comment" in buttons,
        typed=_typed(issue),
        kept_files=files_of_reply(actor(), kept_id),
        kept_id=kept_id,
        comment=request.form.get("comment", ""),
        ring=_ring(key),
    ), 409


def _typed(issue: Issue) -> list[Typed]:
    """Every field that was sent."""
    sent = ((name, value) for name, value in request.form.items() if name not in NOT_FIELDS)
    return [typed_into(subtype_of(issue), actor(), name, value) for name, value in sent]
