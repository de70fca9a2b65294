"""The page of one issue: what it is, whose turn it is, what happened, what can be done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from tracker.actions.claims import column_of
from tracker.actions.filing import may_file
from tracker.actions.moving import EDIT
from tracker.db import AnyRow
from tracker.domain import catalogue
from tracker.domain.claims import HEADS, RIGHT_SIDES, Table, completes
from tracker.domain.fields import CompanyRef, Field, Value
from tracker.domain.links import CHOICES
from tracker.domain.permissions import Right
from tracker.domain.rings import Audience, Ring
from tracker.domain.roles import Role
from tracker.domain.subtype import Subtype
from tracker.domain.workflow import Transition
from tracker.errors import NotFound
from tracker.models import HandOff, Issue
from tracker.queries.attachments import attachments_of
from tracker.queries.buttons import buttons_for
from tracker.queries.claims import claims_of
from tracker.queries.draft_files import files_of_reply
from tracker.queries.family import linked_issues, others_on_esi_id
from tracker.queries.hand_offs import hand_off_for
from tracker.queries.kinds import subtype_of, workflow_of
from tracker.queries.mine import Mine, mine_on
from tracker.queries.parties import Party, parties_of
from tracker.queries.registry import order_for_ercot
from tracker.queries.rights import may
from tracker.queries.rings import Choice, choices_for, ring_of
from tracker.queries.timeline import SHOWN, comment_at, timeline_of
from tracker.queries.visibility import issue_for
from tracker.web.access import Access, access, actor
from tracker.web.drawing import drawing_of

pages = Blueprint("issue", __name__)

ASIDE = frozenset({"add-comment", "assign-owner", "assign-to-group"})
"""Transitions that have a place of their own on the page and no button in the row."""

IDENTIFIERS = frozenset({"EsiID", "OrigTrxnID", "TrxnID", "GlobalID", "RegainingBGN02", "PriorityBGN02"})
"""Fields whose values are set in the type of identifiers."""


@pages.get("/issues/<int:number>")
@access(Access.ISSUE)
def page(number: int) -> ResponseReturnValue:
    """The issue; or, for a company that was replaced on it, what it could see until then."""
    try:
        issue = issue_for(actor(), number)
    except NotFound:
        return handed_over(hand_off_for(actor(), number), number)
    return render_template("issue/page.html", **shown(issue))


@pages.get("/issues/<int:number>/print")
@access(Access.ISSUE)
def print_view(number: int) -> ResponseReturnValue:
    """The whole issue on paper, with all of its history."""
    issue = issue_for(actor(), number)
    return render_template("issue/print.html", **shown(issue, whole=True))


def shown(issue: Issue, *, whole: bool = False) -> dict[str, Any]:
    """What the templates of an issue show."""
    parties, subtype, moves = parties_of(issue.id), subtype_of(issue), workflow_of(issue)
    works = may(actor(), Right.WORK_ISSUES)
    buttons = buttons_for(actor(), issue, parties)
    claims, rings = claims_of(actor(), issue, parties), choices_for(actor(), issue, parties)
    quoted, mine = _quoted(issue.id, rings), mine_on(actor(), issue)
    everything = whole or "all" in request.args
    timeline = timeline_of(actor(), issue.id, limit=None if everything else SHOWN + 1)
    return {
        "issue": issue,
        "subtype": subtype,
        "order_told": order_for_ercot(actor(), issue),
        "parties": parties,
        "turn": moves.turn(issue.state),
        "buttons": [(button, moves.turn(button.target(issue.state))) for button in buttons if button.key not in ASIDE],
        "asking": asking(buttons, claims),
        "asides": {button.key for button in buttons} & ASIDE,
        "can_follow_up": works and not issue.is_open and may_file(actor(), subtype),
        "rings": rings,
        "quoted": quoted,
        "mine": mine,
        "kept_files": files_of_reply(actor(), mine.public_id),
        "comment_ring": ring_to_begin_with(quoted, mine),
        "is_owner": any(party.owner_id == actor().id for party in parties),
        "identifiers": IDENTIFIERS,
        "groups": grouped_values(subtype, issue.values, issue.filed_values),
        "claims": claims,
        "heads": HEADS.values(),
        "right_sides": RIGHT_SIDES,
        "may_state": column_of(actor(), issue, parties) is not None,
        "timeline": timeline,
        "told": told(timeline, parties, None if everything else SHOWN),
        "shown": None if everything else SHOWN,
        "attachments": attachments_of(actor(), issue.id),
        "others": others_on_esi_id(actor(), issue),
        "relatives": linked_issues(actor(), issue),
        "link_choices": CHOICES,
        "drawing": drawing_of(moves, issue.state),
    }


class Opening(NamedTuple):
    """Somebody of a company opened the issue for the first time; who it was is that company's own."""

    at: datetime
    company: str
    company_id: int


def told(timeline: Sequence[AnyRow], parties: Sequence[Party], shown: int | None) -> list[AnyRow | Opening]:
    """The entries in their order, the oldest first, and among those shown the first opening by each company.

    A company that filed or acted before it looked (as a whole list of issues at once) has told more than a look would.
    """
    entries: list[AnyRow | Opening] = list(reversed(timeline[:shown]))
    submitters = {party.company_id for party in parties if party.role == Role.SUBMITTER}
    acted = {(entry.company_id, entry.at) for entry in timeline}
    opened = {Opening(one.opened_at, one.company, one.company_id) for one in parties if one.opened_at}
    for opening in sorted(one for one in opened if one.company_id not in submitters):
        if any(company_id == opening.company_id and at < opening.at for company_id, at in acted):
            continue
        later = [place for place, entry in enumerate(entries) if entry.at > opening.at]
        if not later or later[0] > 0:  # else it belongs to what is not shown
            entries.insert(later[0] if later else len(entries), opening)
    return entries


def asking(buttons: Sequence[Transition], claims: Table | None) -> set[str]:
    """The plain buttons that ask for something on this issue all the same, so that one press is not enough."""
    disputed = claims is not None and bool(claims.disputed)
    return {EDIT} | {button.key for button in buttons if disputed and completes(button)}


NO_COMMON_RING = "none of these"


class Quoted(NamedTuple):
    """What is to be quoted, as Markdown, and the ring that it was written in, as the reader chooses it."""

    text: str = ""
    ring: str = ""


def _quoted(issue_id: int, rings: Sequence[Choice]) -> Quoted:
    """The comment that the address asks for. Its own readers are chosen before: to tell more people is a choice."""
    said = comment_at(actor(), issue_id, request.args.get("quote", ""))
    if said is None:
        return Quoted()
    lines = [f"**{said.person}**, {said.company}:", "", *said.text.splitlines()]
    audience = Audience(said.ring_company_id, said.ring_operator_id)
    return Quoted("".join(f"> {line}\n" for line in lines) + "\n", ring_of(actor(), rings, audience))


def ring_to_begin_with(quoted: Quoted, mine: Mine) -> str:
    """The ring of what is quoted or kept, never the wider of the two; of two different notes none can be chosen."""
    kept = mine.raw.get("ring", "") if mine.raw.get("comment") else ""
    private = {ring for ring in (quoted.ring, kept) if ring not in ("", Ring.PARTIES)}
    if len(private) > 1:
        return NO_COMMON_RING
    return private.pop() if private else quoted.ring or mine.raw.get("ring", "")


def grouped_values(
    subtype: Subtype, values: dict[str, Value], filed: dict[str, Value]
) -> list[tuple[Field, str, str | None]]:
    """The fields that hold something, as (field, text, what was first asked for where it differs)."""
    rows = []
    for name, field in subtype.all_fields.items():
        text, first = field.show(values.get(name)), field.show(filed.get(name))
        if text and not isinstance(field, CompanyRef) and field.stored:
            rows.append((field, text, first if subtype.keeps_request and first != text else None))
    return rows


def handed_over(hand_off: HandOff, number: int) -> ResponseReturnValue:
    """The issue as it was when the company was replaced on it."""
    return render_template(
        "issue/handed_over.html",
        number=number,
        hand_off=hand_off,
        snapshot=hand_off.snapshot,
        subtype=catalogue.by_key(hand_off.snapshot["subtype"]),
        heads=HEADS.values(),
        groups=grouped_values(catalogue.by_key(hand_off.snapshot["subtype"]), hand_off.snapshot["values"], {}),
        timeline=timeline_of(actor(), hand_off.issue_id, up_to_event=hand_off.last_event_id, limit=None),
        attachments=attachments_of(actor(), hand_off.issue_id, up_to_event=hand_off.last_event_id),
    )
