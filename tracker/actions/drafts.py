"""Keeping what somebody has typed into a new issue until it is filed or thrown away."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, delete, func, select

from tracker.actions.attachments import StoredFile
from tracker.actions.draft_files import hand_over_files, keep_files, let_files_go
from tracker.clock import now
from tracker.db import db, insert_into
from tracker.models import Draft, Person
from tracker.queries.draft_files import files_in, kept_in


def keep_draft(
    actor: Person,
    subtype: str,
    raw: Mapping[str, Any],
    *,
    files: Sequence[StoredFile] = (),
    follows_id: int | None = None,
) -> Draft:
    """Keep what is typed so far, unchecked, in place of what was kept before; files are added.

    Two windows that keep at the same moment both succeed. Raises `TooLarge` when the form takes no more files.
    """
    typed = {name: storable(value) for name, value in raw.items()}
    new = insert_into(Draft).values(
        person_id=actor.id, subtype=subtype, raw=typed, follows_id=follows_id, changed_at=now()
    )
    again = {
        "raw": new.excluded.raw,
        "changed_at": new.excluded.changed_at,
        "follows_id": func.coalesce(new.excluded.follows_id, Draft.follows_id),
    }
    db.session.execute(new.on_conflict_do_update(index_elements=["person_id", "subtype"], set_=again))
    draft = db.session.scalars(_draft(actor, subtype).execution_options(populate_existing=True)).one()
    keep_files(actor, draft, files)
    return draft


def storable(typed: Any) -> Any:
    """What was typed, with a mark in place of each character that no database keeps."""
    if isinstance(typed, str):
        return "".join("\ufffd" if char == "\x00" or "\ud800" <= char <= "\udfff" else char for char in typed)
    if isinstance(typed, Mapping):
        return {name: storable(part) for name, part in typed.items()}
    return [storable(part) for part in typed] if isinstance(typed, list) else typed


def throw_away(actor: Person, subtype: str) -> None:
    """Forget the draft of this subtype, if there is one, and let its files go."""
    draft = draft_of(actor, subtype)
    if draft is not None:
        let_files_go(kept_in(draft))
        db.session.execute(delete(Draft).where(Draft.id == draft.id))


def forget_filed(actor: Person, subtype: str) -> None:
    """Forget the draft: an issue holds what was in it, with its files."""
    draft = draft_of(actor, subtype)
    if draft is not None:
        hand_over_files(files_in(draft))
        db.session.execute(delete(Draft).where(Draft.id == draft.id))


def draft_of(actor: Person, subtype: str) -> Draft | None:
    """The actor's draft of this subtype."""
    return db.session.scalar(_draft(actor, subtype))


def _draft(actor: Person, subtype: str) -> Select[Draft]:
    return select(Draft).where(Draft.person_id == actor.id, Draft.subtype == subtype)
