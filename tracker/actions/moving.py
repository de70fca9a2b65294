"""Pressing a transition: every door, the clock too, moves an issue through here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tracker.actions.attachments import StoredFile, add_files
from tracker.actions.automation import pick_parties, the_clock
from tracker.actions.claims import said_by_press
from tracker.actions.comments import cleaned_comment, reasons_against, require_readers, say
from tracker.actions.effects import EFFECTS
from tracker.actions.filing import PENDING, broken_rules, unknown_companies
from tracker.actions.history import Change, record, settle_viewers
from tracker.actions.looking import checked, look_for
from tracker.actions.parties import company_named, keep_own_hand_off, replace_party
from tracker.actions.standing import set_state, set_turn, set_values
from tracker.clock import now
from tracker.db import db
from tracker.domain.claims import completes, questions_of
from tracker.domain.deeds import ADD_COMMENT
from tracker.domain.fields import CompanyRef, Field, Value, clean_all
from tracker.domain.permissions import Right
from tracker.domain.rings import Ring
from tracker.domain.roles import CompanyKind
from tracker.domain.rules import broken
from tracker.domain.subtype import Subtype
from tracker.domain.workflow import Tone, Transition, may_press, parties_named
from tracker.errors import Conflict, Forbidden, Invalid
from tracker.models import Event, Issue, Person
from tracker.queries.checks import Outcome
from tracker.queries.claims import claims_of
from tracker.queries.family import children_left
from tracker.queries.kinds import subtype_of, workflow_of
from tracker.queries.parties import parties_of, roles_of, situation_of
from tracker.queries.rights import require
from tracker.queries.rings import audience_of
from tracker.queries.visibility import issue_for

EDIT = "edit"
CHILDREN_COMPLETE = "children-complete"

PREMISE = "EsiID"
ASKED_ABOUT = frozenset({PREMISE, "OrigTrxnID", "StartTime", "NewStartTime"})
"""The fields that say of what the market registry tells on an issue: which premise, order and period."""


@dataclass(frozen=True, slots=True)
class Press:
    """What comes with a press: the typed fields and comment, files stored before, and the version seen.

    `ring` says who reads a comment; what moves the issue is read by all parties.
    """

    key: str
    version: int | None = None
    raw: Mapping[str, object] = field(default_factory=dict)
    comment: str = ""
    ring: str = Ring.PARTIES
    files: Sequence[StoredFile] = ()


def press_transition(actor: Person, number: int, press: Press) -> Issue:
    """Press a button of the issue. Raises `NotFound`, `Forbidden`, `Conflict` or `Invalid`; then nothing changed."""
    issue = issue_for(actor, number, to_change=True)
    require(actor, Right.WORK_ISSUES)
    transition = pressable(actor, issue, press.key, press.version)
    carry_out(actor, issue, transition, press)
    return issue


def pressable(actor: Person, issue: Issue, key: str, version: int | None) -> Transition:
    """The transition, if the actor's company may press it now on the issue as it was seen.

    Who could press it when they saw the issue is told that it moved on, not that it is not for them.
    """
    transition = workflow_of(issue).find(issue.state, key)
    may = transition is not None and may_press(transition, situation_of(actor, issue, parties_of(issue.id)))
    if version not in (None, issue.version) and not (transition and may and is_harmless(transition)):
        raise Conflict("This issue changed while you were looking at it. Nothing was sent; your text is kept below.")
    if transition is None or transition.system:
        raise Conflict(f"This issue is in {issue.state}, where that button does not stand.")
    if not may:
        raise Forbidden(f"{transition.name} is not for your company to press now. {_whose_turn(issue)}")
    return transition


def look_of_refused(actor: Person, issue: Issue, key: str, raw: Mapping[str, object]) -> None:
    """Write that the actor looked, where a press that was refused and undone has told what the checks found."""
    transition = workflow_of(issue).find(issue.state, key)
    if transition is not None and _is_checked(issue, transition):
        values, _ = clean_all(fields_of(subtype_of(issue), transition), raw)
        look_for(actor, {**issue.values, **values})


def is_harmless(transition: Transition) -> bool:
    """It neither moves the issue nor writes its fields, so it does not matter what else happened meanwhile."""
    return not transition.to and transition.key != EDIT and not transition.fields


def fields_of(subtype: Subtype, transition: Transition) -> tuple[Field, ...]:
    """What the form of a transition asks for; Edit asks for the fields that the issue was filed with."""
    if transition.key == EDIT:
        return tuple(field for field in subtype.fields if field.name != "CommentsText")
    return transition.fields


def asked_of(actor: Person, issue: Issue, transition: Transition) -> tuple[Field, ...]:
    """What pressing it on this issue asks for: the fields of the transition, and who was right in what is disputed."""
    claims = claims_of(actor, issue, parties_of(issue.id)) if completes(transition) else None
    return fields_of(subtype_of(issue), transition) + questions_of(transition, claims)


def carry_out(actor: Person, issue: Issue, transition: Transition, press: Press) -> Event:
    """Do what pressing means: values, companies, owner, state, effects, history. For the clock as well."""
    if press.ring != Ring.PARTIES:
        return _write_note(actor, issue, transition, press)
    subtype, fields = subtype_of(issue), asked_of(actor, issue, transition)
    values, comment = _cleaned(actor, issue, fields, transition, press)
    from_state, roles = issue.state, roles_of(actor, parties_of(issue.id))
    changes = _store(issue, fields, values)
    anew = _asks_anew(actor, issue, changes)
    changes += said_by_press(actor, issue, roles, values, changes)
    _touch(actor, issue, transition)
    for effect in transition.effects:
        changes += EFFECTS[effect](actor, issue, roles, values)
    _move(actor, issue, subtype, transition)
    require_readers(actor, comment, [issue.id])
    said = say(actor, issue, comment)
    if anew:
        issue.told_after = issue.version + 1  # the version of this event, which `record` gives the issue
    event = record(actor, issue, transition, from_state=from_state, changes=changes, comment=said)
    add_files(actor, issue, event, press.files)
    keep_own_hand_off(actor, issue, event)
    _follow_through(issue, from_state)
    return event


def _write_note(actor: Person, issue: Issue, transition: Transition, press: Press) -> Event:
    """A comment that not all parties read: it leaves no trace on the issue, not even that it was touched."""
    if transition.key != ADD_COMMENT:
        raise Invalid({"ring": f"{transition.name} is read by all parties. Write the note as a comment of its own."})
    audience = audience_of(actor, issue, press.ring)
    _, text = _cleaned(actor, issue, transition.fields, transition, press)
    require_readers(actor, text, [issue.id], audience)
    said = say(actor, issue, text, audience)
    event = record(actor, issue, transition, from_state=issue.state, comment=said, audience=audience)
    add_files(actor, issue, event, press.files, audience)
    return event


def _cleaned(
    actor: Person, issue: Issue, fields: tuple[Field, ...], transition: Transition, press: Press
) -> tuple[dict[str, Value], str]:
    subtype = subtype_of(issue)
    values, reasons = clean_all(fields, press.raw)
    merged = {**issue.values, **values}
    if _is_checked(issue, transition):
        findings = checked(actor, subtype, merged, besides=issue.number)
        reasons = broken_rules(subtype, merged, findings, refused=reasons) | reasons
    else:
        told = broken(subtype.rules, merged, reasons)
        reasons |= {name: text for name, text in told.items() if name in values}
        reasons |= unknown_companies(subtype, values)
    wanted_for = transition.name if transition.wants_comment(values) else ""
    reasons |= reasons_against(press.comment, needed_for=wanted_for)
    if reasons:
        raise Invalid(reasons)
    return values, cleaned_comment(press.comment)


def _is_checked(issue: Issue, transition: Transition) -> bool:
    """Until others see the issue, an edit is looked at as filing is."""
    return transition.key == EDIT and issue.available_at is None


def _store(issue: Issue, fields: tuple[Field, ...], values: Mapping[str, Value]) -> list[Change]:
    """Write the values and bring in the companies that they name; what changed, as people read it."""
    stored = [field for field in fields if field.stored]
    changes = [change for field in stored if (change := _difference(field, issue.values, values))]
    for role, duns in parties_named(fields, values).items():
        change = replace_party(issue, role, company_named(duns))
        changes += [change] if change else []
    given = {name: values[name] for name in (field.name for field in stored) if _is_said(name, issue, values)}
    if given:
        set_values(issue, {**issue.values, **given})
    return changes


def _asks_anew(actor: Person, issue: Issue, changes: Sequence[Change]) -> bool:
    """Write that the actor looks, where it is asked about something else; whether others have to work on that first.

    They worked on another premise; or the company has looked up enough for today, and is told no more by their work.
    """
    asked = {change["field"] for change in changes} & ASKED_ABOUT
    unasked = look_for(actor, issue.values) if asked else None
    return PREMISE in asked or unasked is not None


def _is_said(name: str, issue: Issue, values: Mapping[str, Value]) -> bool:
    return values[name] is not None or issue.values.get(name) is not None


def _difference(field: Field, old: Mapping[str, Value], new: Mapping[str, Value]) -> Change | None:
    before, after = field.show(old.get(field.name)), field.show(new[field.name])
    if before == after or isinstance(field, CompanyRef):
        return None
    return Change(field=field.name, label=field.label, old=before, new=after)


def _touch(actor: Person, issue: Issue, transition: Transition) -> None:
    """FirstTouched and FirstTouchedByTDSP: the first answer of somebody else than the submitter, once."""
    if actor.is_system or actor.company_id == issue.submitter_id or transition.tone is Tone.SYSTEM:
        return
    issue.first_touched_at = issue.first_touched_at or now()
    if actor.company.kind == CompanyKind.TDSP:
        issue.first_touched_by_tdsp_at = issue.first_touched_by_tdsp_at or now()


def _move(actor: Person, issue: Issue, subtype: Subtype, transition: Transition) -> None:
    if _is_checked(issue, transition):
        findings = checked(actor, subtype, issue.values, besides=issue.number)
        issue.warnings = [finding.as_row() for finding in findings if finding.outcome is Outcome.WARNING]
    if transition.to:
        issue.waits_because = None
        set_state(issue, transition.to)
    else:
        set_turn(issue)
    if issue.available_at is None and issue.state != PENDING and issue.is_open:
        issue.available_at = now()
        issue.warnings = []  # what the checks told the filer is nothing for those who see the issue from now on
        settle_viewers(issue)


def _follow_through(issue: Issue, from_state: str) -> None:
    if from_state == PENDING and issue.is_open and issue.first_touched_at is None:
        pick_parties(issue)
    if not issue.is_open and issue.parent_id is not None:
        _complete_parent(issue.parent_id)


def _complete_parent(parent_id: int) -> None:
    """Complete an LPA parent when the last of its children has ended (marketrak.md section 4.12)."""
    parent = db.session.get_one(Issue, parent_id, with_for_update=True)
    transition = workflow_of(parent).find(parent.state, CHILDREN_COMPLETE)
    if transition is not None and not children_left(parent):
        carry_out(the_clock(), parent, transition, Press(CHILDREN_COMPLETE))


def _whose_turn(issue: Issue) -> str:
    return f"{issue.responsible.name} acts next." if issue.responsible else "The issue has ended."
