"""Keeping what somebody types into a comment or a transition of an issue until it is sent or thrown away."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import delete, exists, func, select

from tracker.actions.at_once import hold_person
from tracker.actions.attachments import StoredFile
from tracker.actions.draft_files import drop_file, keep_files, let_files_go
from tracker.actions.drafts import storable
from tracker.clock import now
from tracker.db import db, insert_into
from tracker.domain import catalogue
from tracker.domain.deeds import STATE_CLAIM
from tracker.domain.permissions import Right
from tracker.errors import Conflict, Forbidden, NotFound, TooLarge
from tracker.models import Event, Issue, Person, Reply
from tracker.models.named import new_public_id
from tracker.queries.draft_files import files_in, kept_in, reply_on
from tracker.queries.rights import require
from tracker.queries.visibility import issue_for

MOST_REPLIES = 100
MOST_BYTES = 64 * 1024
QUIET = {"ring"}
"""What a form always sends: alone it is nothing typed."""

FORMS = frozenset({*catalogue.BUTTONS, STATE_CLAIM.key})
"""The forms of an issue whose words are kept: those of its buttons, and that of the own column."""

ONE_FIELD = re.compile(r"[A-Za-z0-9_-]{1,100}")


def keep_reply(
    actor: Person,
    number: int,
    form: str,
    raw: Mapping[str, object],
    *,
    files: Sequence[StoredFile] = (),
    drawn_at: datetime | None = None,
) -> Reply | None:
    """Keep what is typed so far, unchecked, in place of what was kept before; None when nothing is typed or chosen.

    Files are added to those that are there.

    A page that was drawn before the actor last sent this form keeps nothing: its words are sent. Raises `NotFound`,
    `Forbidden`, `TooLarge` and `Conflict`.
    """
    issue = issue_for(actor, number)
    require(actor, Right.WORK_ISSUES)
    if form not in FORMS:
        raise NotFound("An issue has no such form.")
    kept = {name: storable(value) for name, value in raw.items() if ONE_FIELD.fullmatch(name)}
    if len(json.dumps(kept)) > MOST_BYTES:
        raise TooLarge("This is too much to be kept for later. Send a part of it, or attach it as a file.")
    if not _says_something(kept) and not files and not files_in(reply_on(actor, issue, form)):
        forget_reply(actor, issue, form)
        return None
    if drawn_at and _was_sent_since(actor, issue, form, drawn_at):
        return None
    reply = _kept(actor, issue, form, kept)
    keep_files(actor, reply, files)
    return reply


def keep_what_can_be(
    actor: Person, number: int, form: str, raw: Mapping[str, object], files: Sequence[StoredFile] = ()
) -> bool:
    """The same for what was refused: words that cannot be kept stand on the page all the same, files do not."""
    with suppress(TooLarge, Conflict, NotFound, Forbidden):
        return keep_reply(actor, number, form, raw, files=files) is not None
    return False


def forget_reply(actor: Person, issue: Issue, form: str) -> None:
    """What was typed into this form is sent, or is not wanted any more; files that are left with it are let go."""
    _forget(reply_on(actor, issue, form))


def drop_from_reply(actor: Person, public_id: str, file_id: str) -> bool:
    """Take a file out of a kept reply; False when nothing was left in it, and it is forgotten."""
    drop_file(actor, file_id)
    reply = db.session.scalar(select(Reply).where(Reply.person_id == actor.id, Reply.public_id == public_id))
    if reply is None or _says_something(reply.raw) or files_in(reply):
        return True
    _forget(reply)
    return False


def _says_something(raw: Mapping[str, object]) -> bool:
    return any(value not in ("", [], {}, None) for name, value in raw.items() if name not in QUIET)


def throw_away_reply(actor: Person, public_id: str) -> None:
    """Forget a kept reply, also one of an issue that the actor's company sees no more."""
    _forget(db.session.scalar(select(Reply).where(Reply.person_id == actor.id, Reply.public_id == public_id)))


def _forget(reply: Reply | None) -> None:
    if reply is not None:
        let_files_go(kept_in(reply))
        db.session.execute(delete(Reply).where(Reply.id == reply.id))


def _kept(actor: Person, issue: Issue, form: str, raw: dict[str, object]) -> Reply:
    """In place of what is there; two windows that keep at the same moment both succeed."""
    mine = (Reply.person_id == actor.id, Reply.issue_id == issue.id, Reply.form == form)
    if not db.session.scalar(select(Reply.id).where(*mine)):
        hold_person(actor)
        _require_room(actor)
    new = insert_into(Reply).values(
        public_id=new_public_id(), person_id=actor.id, issue_id=issue.id, form=form, raw=raw, changed_at=now()
    )
    again = {"raw": new.excluded.raw, "changed_at": new.excluded.changed_at}
    db.session.execute(new.on_conflict_do_update(index_elements=["person_id", "issue_id", "form"], set_=again))
    return db.session.scalars(select(Reply).where(*mine).execution_options(populate_existing=True)).one()


def _require_room(actor: Person) -> None:
    kept = db.session.scalar(select(func.count()).where(Reply.person_id == actor.id)) or 0
    if kept >= MOST_REPLIES:
        raise Conflict(f"You keep {kept} unsent replies already. Send or throw away one of them on your home page.")


def _was_sent_since(actor: Person, issue: Issue, form: str, moment: datetime) -> bool:
    sent = exists().where(Event.issue_id == issue.id, Event.person_id == actor.id, Event.key == form, Event.at > moment)
    return bool(db.session.scalar(select(sent)))
