"""Reading the text inside an attached file, so that it can be searched."""

from typing import Any

from tracker.actions.attachments import READ
from tracker.actions.history import INDEX
from tracker.actions.jobs import promise
from tracker.clock import now
from tracker.db import db, insert_into, reads_only
from tracker.extraction import Unreadable, text_of
from tracker.jobs.tools import Tools
from tracker.models import Attachment, AttachmentText, Issue, Job
from tracker.storage import path_of

TOPIC = READ


def read_attachment(job: Job, tools: Tools) -> None:
    """Read the text inside the attachment's file, and have its issue indexed again.

    Bytes that were read for another attachment are read once more: how soon the text is found must not tell that
    somebody else holds the same file.
    """
    attachment_id = job.details["attachment_id"]
    with reads_only():  # reading takes its time, and must hold up nobody who writes
        found = _read(db.session.get_one(Attachment, attachment_id), tools)
    if found:
        db.session.execute(insert_into(AttachmentText).values(found).on_conflict_do_nothing())
    attachment = db.session.get_one(Attachment, attachment_id)
    attachment.read_at = now()
    promise(INDEX, db.session.get_one(Issue, attachment.issue_id), {})


def _read(attachment: Attachment, tools: Tools) -> dict[str, Any] | None:
    """The text inside; none for what is no file."""
    sha256, file_name = attachment.sha256, attachment.file_name or ""
    if sha256 is None:
        return None
    db.session.rollback()
    text, reason = "", None
    try:
        text = text_of(path_of(tools.attachments, sha256), file_name)
    except Unreadable as error:
        reason = str(error)
    return {"sha256": sha256, "text": text, "unreadable": reason, "read_at": now()}
