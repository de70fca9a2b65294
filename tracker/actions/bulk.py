"""One act on many issues: begun by somebody, carried out by the worker as if that person pressed each button."""

import secrets
from collections.abc import Mapping, Sequence

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm.exc import StaleDataError

from tracker.actions.comments import cleaned_comment, reasons_against, require_readers
from tracker.actions.jobs import promise
from tracker.actions.moving import Press, press_transition
from tracker.clock import now
from tracker.db import db, is_passing
from tracker.domain.deeds import ADD_COMMENT
from tracker.domain.fields import clean_all
from tracker.domain.permissions import Right
from tracker.domain.rings import Ring
from tracker.domain.topics import Topic
from tracker.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from tracker.models import BulkAct, BulkItem, Event, Issue, Person
from tracker.queries.bulk import BROKE, chosen, preview_of
from tracker.queries.rights import require
from tracker.queries.rings import NO_READERS, audiences_for_many

TOPIC = Topic.BULK
BATCH = 25
"""So many buttons are pressed in one transaction, so that other writers get their turn."""

log = structlog.get_logger()


def begin_act(
    actor: Person,
    numbers: Sequence[int],
    key: str,
    raw: Mapping[str, object],
    comment: str,
    *,
    ring: str = Ring.PARTIES,
    cause: Issue | None = None,
) -> BulkAct:
    """Promise to press the button on each issue that allows it now. Raises `NotFound`, `Forbidden` or `Invalid`.

    What is typed is checked once, before anything begins; `cause` is the issue that gathers the others.
    """
    require(actor, Right.WORK_ISSUES)
    preview = preview_of(actor, chosen(actor, numbers), key)
    values, reasons = clean_all(preview.fields, raw)
    wanted_for = preview.transition.name if preview.transition.wants_comment(values) else ""
    reasons |= reasons_against(comment, needed_for=wanted_for)
    reasons |= _unsayable(actor, comment, ring, key, preview.will)
    if reasons:
        raise Invalid(reasons)
    act = BulkAct(public_id=secrets.token_urlsafe(18), person_id=actor.id, key=key, begun_at=now())
    act.raw, act.comment, act.cause_id = {**raw, "ring": ring}, comment, cause.id if cause else None
    db.session.add(act)
    db.session.flush()
    db.session.add_all(BulkItem(act_id=act.id, issue_id=issue.id, version=issue.version) for issue in preview.will)
    promise(TOPIC, None, {"act_id": act.id})
    db.session.flush()
    return act


def _unsayable(actor: Person, comment: str, ring: str, key: str, issues: Sequence[Issue]) -> dict[str, str]:
    """Why the comment cannot be said on each of the issues, so that it is mended before anything begins."""
    audience = next((audience for value, audience in audiences_for_many(actor) if value == ring), None)
    if audience is None:
        return {"ring": NO_READERS}
    if audience.is_private and key != ADD_COMMENT:
        return {"ring": "What moves an issue is read by all parties. Choose all parties, or send a comment alone."}
    try:
        require_readers(actor, cleaned_comment(comment), [issue.id for issue in issues], audience)
    except Invalid as refused:
        return dict(refused.errors)
    return {}


def carry_on(act_id: int) -> None:
    """Press the next buttons of the act; promise the rest. Each press stands by itself, with its item's outcome."""
    act = db.session.get_one(BulkAct, act_id, with_for_update=True)
    actor = db.session.get_one(Person, act.person_id)
    waiting = select(BulkItem).where(BulkItem.act_id == act.id, BulkItem.done.is_(None))
    items = db.session.scalars(waiting.order_by(BulkItem.id).limit(BATCH)).all()
    for item in items:
        item.done, item.reason = _pressed(actor, act, item)
    if len(items) == BATCH:
        promise(TOPIC, None, {"act_id": act.id})
    else:
        act.ended_at = act.ended_at or now()
    db.session.flush()


def _pressed(actor: Person, act: BulkAct, item: BulkItem) -> tuple[bool, str | None]:
    if not actor.active:
        return False, "The account of the person who began this is deactivated."
    try:
        with db.session.begin_nested():
            _press(actor, act, item)
    except (Conflict, StaleDataError):
        return False, "It moved on after you chose it."
    except (Forbidden, Invalid, NotFound, TooLarge) as refusal:
        return False, _words(refusal)
    except Exception as error:  # one issue on which something breaks must not keep the others waiting for ever
        if is_passing(error):
            raise
        log.exception("a press of an act on many broke", act=act.id, issue=item.issue_id)
        return False, BROKE
    return True, None


def _press(actor: Person, act: BulkAct, item: BulkItem) -> None:
    number = db.session.scalars(select(Issue.number).where(Issue.id == item.issue_id)).one()
    raw = {name: value for name, value in act.raw.items() if name != "ring"}
    press_transition(actor, number, Press(act.key, item.version, raw, act.comment, act.raw["ring"]))
    item.event_id = _last_event(actor, item)


def _words(refusal: Exception) -> str:
    return " ".join(refusal.errors.values()) if isinstance(refusal, Invalid) else str(refusal)


def _last_event(actor: Person, item: BulkItem) -> int | None:
    last = select(func.max(Event.id)).where(Event.issue_id == item.issue_id, Event.person_id == actor.id)
    return db.session.scalar(last)
