"""Reading the text inside an attached file, so that it can be searched."""

from tracker.actions.attachments import READ
from tracker.actions.history import INDEX
from tracker.actions.jobs import promise
from tracker.clock import now
from tracker.db import db
from tracker.extraction import Unreadable, text_of
from tracker.jobs.tools import Tools
from tracker.models import Attachment, AttachmentText, Issue, Job
from tracker.storage import path_of

TOPIC = READ


def read_attachment(job: Job, tools: Tools) -> None:
    """Keep the text of the attachment's bytes, unless they were read before, and have the issue indexed again."""
    attachment = db.session.get_one(Attachment, job.details["attachment_id"])
    if attachment.sha256 is None or db.session.get(AttachmentText, attachment.sha256) is not None:
        return
    text, reason = "", None
    try:
        text = text_of(path_of(tools.attachments, attachment.sha256), attachment.file_name or "")
    except Unreadable as error:
        reason = str(error)
    db.session.add(AttachmentText(sha256=attachment.sha256, text=text, unreadable=reason, read_at=now()))
    promise(INDEX, db.session.get_one(Issue, attachment.issue_id), {})
