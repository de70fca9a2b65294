"""Reading the text inside an attached file, so that it can be searched."""

from tracker.actions.attachments import READ
from tracker.actions.reading import keep_inside
from tracker.db import db, reads_only
from tracker.extraction import Inside, Unreadable, text_of
from tracker.jobs.tools import Tools
from tracker.models import Attachment, Job
from tracker.storage import verified

TOPIC = READ


def read_attachment(job: Job, tools: Tools) -> None:
    """Read the text inside the attachment's file, and have its issue indexed again.

    Each attachment is read for itself, by its own name, whoever else holds the same bytes. A file that is not here, or
    only in part, fails the job, which is tried again: that says nothing of the file.
    """
    attachment_id = job.details["attachment_id"]
    with reads_only():  # reading takes its time, and must hold up nobody who writes
        attachment = db.session.get_one(Attachment, attachment_id)
        sha256, file_name = attachment.sha256, attachment.file_name or ""
        db.session.rollback()
        inside, unreadable = _read(sha256, file_name, tools) if sha256 else (Inside(""), None)
    if sha256:
        attachment = db.session.get_one(Attachment, attachment_id)
        keep_inside(attachment, inside.text, whole=inside.whole, unreadable=unreadable)


def _read(sha256: str, file_name: str, tools: Tools) -> tuple[Inside, str | None]:
    """What is inside; or nothing, and why."""
    try:
        return text_of(verified(tools.attachments, sha256), file_name), None
    except Unreadable as error:
        return Inside(""), str(error)
