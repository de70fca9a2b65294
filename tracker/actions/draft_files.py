"""Keeping files with a form until it is sent, and letting them go."""

import secrets
from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, select

from tracker.actions.attachments import StoredFile
from tracker.clock import now
from tracker.db import db
from tracker.domain.quotas import OF_A_FORM
from tracker.models import Draft, DraftFile, LetGo, Person, Reply
from tracker.queries.quotas import Room, kept_with


def keep_files(actor: Person, form: Draft | Reply, files: Sequence[StoredFile]) -> None:
    """Keep stored files with a form, besides those that are there. Raises `TooLarge` when it takes no more.

    The row of the form is the actor's to hold: of two sendings at one moment the second counts the files of the first.
    """
    if not files:
        return
    db.session.execute(select(type(form).id).where(type(form).id == form.id).with_for_update())
    _require_room(form, files)
    of = {"draft_id": form.id} if isinstance(form, Draft) else {"reply_id": form.id}
    db.session.add_all(_row(actor, file, of) for file in files)
    db.session.flush()


def drop_file(actor: Person, public_id: str) -> None:
    """Take one of the actor's files out of the form that it is kept with."""
    let_files_go(DraftFile.person_id == actor.id, DraftFile.public_id == public_id)


def let_files_go(*which: ColumnElement[bool]) -> None:
    """Forget files that are not wanted any more; their bytes go with the next sweep, unless somebody mentions them."""
    files, moment = db.session.scalars(select(DraftFile).where(*which)).all(), now()
    db.session.add_all(
        LetGo(sha256=file.sha256, size=file.size, person_id=file.person_id, stored_at=file.at, at=moment)
        for file in files
    )
    db.session.flush()
    db.session.execute(delete(DraftFile).where(DraftFile.id.in_([file.id for file in files])))


def hand_over_files(files: Sequence[DraftFile]) -> None:
    """Forget that these were kept with a form: they were sent, and an issue has them."""
    db.session.execute(delete(DraftFile).where(DraftFile.id.in_([file.id for file in files])))


def as_stored(files: Sequence[DraftFile]) -> list[StoredFile]:
    """Kept files as an issue takes them."""
    return [StoredFile(file.title, file.file_name, file.media_type, file.size, file.sha256) for file in files]


def _require_room(form: Draft | Reply, files: Sequence[StoredFile]) -> None:
    count, size = kept_with(form)
    room = Room([(OF_A_FORM, size)], count)
    for file in files:
        room.require(file.file_name, file.size)
        room.count(file.size)


def _row(actor: Person, file: StoredFile, of: dict[str, int]) -> DraftFile:
    return DraftFile(
        public_id=secrets.token_urlsafe(18),
        person_id=actor.id,
        at=now(),
        title=file.title,
        file_name=file.file_name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        **of,
    )
