"""Keeping what somebody has typed into a new issue until it is filed or thrown away."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from tracker.actions.attachments import StoredFile
from tracker.clock import now
from tracker.db import db, insert_into
from tracker.models import Draft, DraftFile, Person


def keep_draft(
    actor: Person,
    subtype: str,
    raw: Mapping[str, Any],
    *,
    files: Sequence[StoredFile] = (),
    follows_id: int | None = None,
) -> Draft:
    """Keep what is typed so far, unchecked, in place of what was kept before; files are added."""
    draft = _kept(actor, subtype, {name: storable(value) for name, value in raw.items()})
    draft.follows_id = follows_id or draft.follows_id
    for file in files:
        db.session.add(
            DraftFile(
                draft_id=draft.id,
                title=file.title,
                file_name=file.file_name,
                media_type=file.media_type,
                size=file.size,
                sha256=file.sha256,
            )
        )
    db.session.flush()
    return draft


def _kept(actor: Person, subtype: str, raw: dict[str, Any]) -> Draft:
    """In place of what is there; two windows that keep at the same moment both succeed, one after the other."""
    new = insert_into(Draft).values(person_id=actor.id, subtype=subtype, raw=raw, changed_at=now())
    again = {"raw": new.excluded.raw, "changed_at": new.excluded.changed_at}
    db.session.execute(new.on_conflict_do_update(index_elements=["person_id", "subtype"], set_=again))
    mine = select(Draft).where(Draft.person_id == actor.id, Draft.subtype == subtype)
    return db.session.scalars(mine.execution_options(populate_existing=True)).one()


def storable(typed: Any) -> Any:
    """What was typed, with a mark in place of each character that no database keeps."""
    if isinstance(typed, str):
        return "".join("\ufffd" if char == "\x00" or "\ud800" <= char <= "\udfff" else char for char in typed)
    if isinstance(typed, Mapping):
        return {name: storable(part) for name, part in typed.items()}
    return [storable(part) for part in typed] if isinstance(typed, list) else typed


def throw_away(actor: Person, subtype: str) -> None:
    """Forget the draft of this subtype, if there is one."""
    db.session.execute(delete(Draft).where(Draft.person_id == actor.id, Draft.subtype == subtype))


def drop_file(actor: Person, subtype: str, file_id: int) -> None:
    """Take one chosen file out of the draft again."""
    draft = draft_of(actor, subtype)
    if draft is not None:
        db.session.execute(delete(DraftFile).where(DraftFile.draft_id == draft.id, DraftFile.id == file_id))


def draft_of(actor: Person, subtype: str) -> Draft | None:
    """The actor's draft of this subtype."""
    return db.session.scalar(select(Draft).where(Draft.person_id == actor.id, Draft.subtype == subtype))


def files_of(draft: Draft | None) -> Sequence[DraftFile]:
    """The files chosen for the draft so far."""
    if draft is None:
        return []
    return db.session.scalars(select(DraftFile).where(DraftFile.draft_id == draft.id).order_by(DraftFile.id)).all()


def as_stored(files: Sequence[DraftFile]) -> list[StoredFile]:
    """The draft's files as an issue takes them."""
    return [StoredFile(file.title, file.file_name, file.media_type, file.size, file.sha256) for file in files]
