"""Keeping what somebody types into a comment or a transition of an issue until it is sent or thrown away."""

import json
import secrets
from collections.abc import Mapping

from sqlalchemy import delete, func, select

from tracker.actions.drafts import storable
from tracker.clock import now
from tracker.db import db
from tracker.domain.permissions import Right
from tracker.errors import Conflict, TooLarge
from tracker.models import Issue, Person, Reply
from tracker.queries.rights import require
from tracker.queries.visibility import issue_for

MOST_REPLIES = 100
MOST_BYTES = 64 * 1024
QUIET = {"ring"}
"""What a form always sends: alone it is nothing typed."""


def keep_reply(actor: Person, number: int, form: str, raw: Mapping[str, object]) -> Reply | None:
    """Keep what is typed so far, unchecked, in place of what was kept before; None when nothing is typed.

    Raises `NotFound`, `Forbidden`, `TooLarge` and `Conflict`.
    """
    issue = issue_for(actor, number)
    require(actor, Right.WORK_ISSUES)
    kept = {name: storable(value) for name, value in raw.items() if value not in ("", [], {}, None)}
    if len(json.dumps(kept)) > MOST_BYTES:
        raise TooLarge("This is too much to be kept for later. Send a part of it, or attach it as a file.")
    if not kept.keys() - QUIET:
        forget_reply(actor, issue, form)
        return None
    reply = _reply(actor, issue, form) or _new(actor, issue, form)
    reply.raw, reply.changed_at = kept, now()
    db.session.add(reply)
    db.session.flush()
    return reply


def forget_reply(actor: Person, issue: Issue, form: str) -> None:
    """What was typed into this form is sent, or is not wanted any more."""
    mine = (Reply.person_id == actor.id, Reply.issue_id == issue.id, Reply.form == form)
    db.session.execute(delete(Reply).where(*mine))


def throw_away_reply(actor: Person, public_id: str) -> None:
    """Forget a kept reply, also one of an issue that the actor's company sees no more."""
    db.session.execute(delete(Reply).where(Reply.person_id == actor.id, Reply.public_id == public_id))


def _reply(actor: Person, issue: Issue, form: str) -> Reply | None:
    mine = (Reply.person_id == actor.id, Reply.issue_id == issue.id, Reply.form == form)
    return db.session.scalar(select(Reply).where(*mine))


def _new(actor: Person, issue: Issue, form: str) -> Reply:
    kept = db.session.scalar(select(func.count()).where(Reply.person_id == actor.id)) or 0
    if kept >= MOST_REPLIES:
        raise Conflict(f"You keep {kept} unsent replies already. Send or throw away one of them on your home page.")
    return Reply(public_id=secrets.token_urlsafe(18), person_id=actor.id, issue_id=issue.id, form=form)
