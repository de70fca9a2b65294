"""Keeping what was read inside the files of an issue, and saying of a long one how far it is searched."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, delete, func, select

from tracker.actions.history import INDEX
from tracker.actions.jobs import promise
from tracker.clock import now
from tracker.db import AnyRow, db, insert_into
from tracker.domain.scanning import is_given_out
from tracker.models import Attachment, AttachmentText, Issue
from tracker.queries.documents import has_inside
from tracker.search.room import NOTES_ROOM, ROOM
from tracker.search.words import A_FORM, MOST_BYTES, note_form, reach_of

ENDING = 40
"""So many of the last characters that are searched say where a text is left."""


def keep_inside(attachment: Attachment, text: str, *, whole: bool = True, unreadable: str | None = None) -> None:
    """Keep the text inside an attachment, in place of what was read before, and have its issue indexed again."""
    hold(attachment)
    if not is_given_out(attachment.scan):
        return forget_inside(attachment)
    new = insert_into(AttachmentText).values(attachment_id=attachment.id, text=text, whole=whole, unreadable=unreadable)
    again = {name: new.excluded[name] for name in ("text", "whole", "unreadable")}
    db.session.execute(new.on_conflict_do_update(index_elements=["attachment_id"], set_=again))
    return _was_read(attachment)


def hold(attachment: Attachment) -> None:
    """Let whoever reads or scans a file of the same issue wait, and look again at what is known of this one.

    Two workers would else overlook what the other found in it, and how far its neighbours fill the room of the index.
    """
    db.session.execute(select(Issue.id).where(Issue.id == attachment.issue_id).with_for_update())
    db.session.refresh(attachment)


def forget_inside(attachment: Attachment) -> None:
    """What is inside a file that is not given out is not searched either."""
    db.session.execute(delete(AttachmentText).where(AttachmentText.attachment_id == attachment.id))
    return _was_read(attachment)


def _was_read(attachment: Attachment) -> None:
    attachment.read_at = now()
    db.session.flush()
    _say_how_far(attachment)
    promise(INDEX, db.session.get_one(Issue, attachment.issue_id), {})


def _say_how_far(attachment: Attachment) -> None:
    """Of each file with the same readers: together they fill one room of the index, the oldest first.

    What other rings hold is left out, also where one reader reads both: it would tell the others of it.
    """
    rows = db.session.execute(
        select(Attachment, AttachmentText.whole, func.length(AttachmentText.text).label("size"), _begun().label("text"))
        .outerjoin(AttachmentText, has_inside())
        .where(
            Attachment.issue_id == attachment.issue_id,
            Attachment.ring_company_id.is_not_distinct_from(attachment.ring_company_id),
            Attachment.ring_operator_id.is_not_distinct_from(attachment.ring_operator_id),
        )
        .order_by(Attachment.id)
    ).all()
    for row, reach in zip(rows, _reach(rows, attachment.ring_company_id), strict=True):
        is_long = row.text and (reach < row.size or not row.whole)
        row.Attachment.searched_to = row.text[max(0, reach - ENDING) : reach].strip() if is_long else None


def _begun() -> ColumnElement[str]:
    return func.substr(AttachmentText.text, 1, MOST_BYTES)


def _reach(rows: Sequence[AnyRow], reader: int | None) -> Iterator[int]:
    """How far the text inside each file is searched; the names of the files take room as well."""
    room, a_form = (NOTES_ROOM, A_FORM + len(note_form(reader, ""))) if reader else (ROOM, A_FORM)
    named = [(row.Attachment.title, row.Attachment.file_name, row.Attachment.url, row.text) for row in rows]
    texts = [[text or "" for text in some] for some in named]
    reached = list(reach_of((text for some in texts for text in some), room, a_form))
    return iter(reached[3::4])
