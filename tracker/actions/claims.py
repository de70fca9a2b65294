"""Saying what a disputed value is: each side writes its own column, and no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from tracker.actions.history import Change, record
from tracker.clock import now
from tracker.db import db
from tracker.domain.claims import RIGHT_SIDE, RIGHT_SIDES, Side, label_in, meant, right_side_named, side_of
from tracker.domain.deeds import STATE_CLAIM
from tracker.domain.fields import Field, Value, clean_all
from tracker.domain.permissions import Right
from tracker.domain.roles import Role
from tracker.domain.rules import broken
from tracker.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.models import Claim, Issue, Person
from tracker.queries.claims import claims_of
from tracker.queries.kinds import subtype_of
from tracker.queries.parties import Party, parties_of, roles_of
from tracker.queries.rights import may, require
from tracker.queries.visibility import issue_for

CHANGED = "This issue changed while you were looking at it. Nothing was written yet; what you typed stands below."
ENDED = "This issue has ended, so what its sides said stands as it is."


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody typed into the own column, and the version of the issue that was seen."""

    raw: Mapping[str, object]
    version: int | None = None


def column_of(actor: Person, issue: Issue, parties: Sequence[Party]) -> Side | None:
    """The column of the issue that the actor may write now."""
    may_write = issue.is_open and subtype_of(issue).claimed and may(actor, Right.WORK_ISSUES)
    return side_of(roles_of(actor, parties)) if may_write else None


def own_column(actor: Person, issue: Issue, parties: Sequence[Party]) -> Side:
    """The column that is the actor's to write. Raises `NotFound`, `Forbidden` or `Conflict`."""
    if not subtype_of(issue).claimed:
        raise NotFound("Issues of this subtype are not about values, so there is nothing to compare.")
    require(actor, Right.WORK_ISSUES)
    side = side_of(roles_of(actor, parties))
    if side is None:
        raise Forbidden("Your company reads what the sides say, and has no column of its own on this issue.")
    if not issue.is_open:
        raise Conflict(ENDED)
    return side


def fields_to_state(issue: Issue) -> tuple[Field, ...]:
    """What the form of a column asks for: nothing in it has to be said."""
    return tuple(claimed.field for claimed in subtype_of(issue).claimed)


def state_claims(actor: Person, number: int, statement: Statement) -> Issue:
    """Write the actor's own column. Raises `NotFound`, `Forbidden`, `Conflict` or `Invalid`; then nothing changed."""
    issue = issue_for(actor, number, to_change=True)
    parties = parties_of(issue.id)
    side = own_column(actor, issue, parties)
    if statement.version not in (None, issue.version):
        raise Conflict(CHANGED)
    changes = _state(actor, issue, parties, side, _cleaned(issue, statement.raw))
    if changes:
        record(actor, issue, STATE_CLAIM, from_state=issue.state, changes=changes)
    return issue


def _cleaned(issue: Issue, raw: Mapping[str, object]) -> dict[str, Value]:
    values, reasons = clean_all(fields_to_state(issue), raw)
    told = broken(subtype_of(issue).rules, {**issue.values, **values}, reasons)
    reasons |= {name: text for name, text in told.items() if name in values}
    if reasons:
        raise Invalid(reasons)
    return values


def said_by_press(
    actor: Person, issue: Issue, roles: frozenset[Role], values: Mapping[str, Value], told: Sequence[Change]
) -> list[Change]:
    """Keep what a press says about the claims; the changes that `told` does not tell already."""
    changes = _say_who_was_right(issue, values)
    side, answers = side_of(roles), meant(subtype_of(issue).claimed, values)
    if side is None or not answers:
        return changes
    known = {change["field"] for change in told}
    stated = _state(actor, issue, parties_of(issue.id), side, answers)
    return changes + [change for change in stated if change["field"] not in known]


def repeat_submitter(actor: Person, issue: Issue, roles: frozenset[Role]) -> list[Change]:
    """Say in the own column what stands in the submitter's: that is what agreeing with it means."""
    side, parties = side_of(roles), parties_of(issue.id)
    claims = claims_of(actor, issue, parties)
    if side is None or claims is None:
        return []
    return _state(actor, issue, parties, side, claims.stated(Side.SUBMITTER))


def _say_who_was_right(issue: Issue, values: Mapping[str, Value]) -> list[Change]:
    side = right_side_named(values.get(RIGHT_SIDE.name))
    if side is None or side == issue.right_side:
        return []
    before, issue.right_side = RIGHT_SIDES.get(issue.right_side or "", ""), side
    return [Change(field=RIGHT_SIDE.name, label=RIGHT_SIDE.label, old=before, new=RIGHT_SIDES[side])]


def _state(
    actor: Person, issue: Issue, parties: Sequence[Party], side: Side, values: Mapping[str, Value]
) -> list[Change]:
    """Write what differs from what the side said until now, by the fields of the claims."""
    claims = claims_of(actor, issue, parties)
    before = claims.stated(side) if claims else {}
    rows = {row.field: row for row in db.session.scalars(select(Claim).filter_by(issue_id=issue.id, side=side))}
    changes = []
    for claimed in subtype_of(issue).claimed:
        name = claimed.field.name
        if name in values and values[name] != before.get(name):
            _keep(rows.get(name) or Claim(issue_id=issue.id, side=side, field=name), actor, values[name])
            changes.append(_change(side, claimed.field, before.get(name), values[name]))
    return changes


def _keep(row: Claim, actor: Person, value: Value) -> None:
    row.value, row.person_id, row.at = value, actor.id, now()
    db.session.add(row)


def _change(side: Side, field: Field, old: Value, new: Value) -> Change:
    return Change(field=field.name, label=label_in(side, field), old=field.show(old), new=field.show(new))
