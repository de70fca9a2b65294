"""What the scanner says of attachments, and asking it about those that it has not seen."""

from sqlalchemy import delete, exists, select

from tracker.actions.attachments import SCAN
from tracker.actions.jobs import promise
from tracker.actions.reading import forget_inside, hold
from tracker.db import db, insert_into
from tracker.domain.scanning import Scan, is_given_out
from tracker.models import Attachment, Issue, Job, MarketFact
from tracker.queries.scanning import SCANNER, has_scanner, not_scanned

AT_ONCE = 500


def found(attachment: Attachment, answer: Scan) -> None:
    """Keep the answer. What is harmful is neither given out nor searched from now on."""
    hold(attachment)
    attachment.scan = answer
    if not is_given_out(answer):
        forget_inside(attachment)


def forget_waiting(attachment: Attachment) -> None:
    """There is no scanner any more, so nobody will be asked."""
    if attachment.scan == Scan.WAITING:
        attachment.scan = None


def have_scanner(*, present: bool) -> None:
    """Let everybody know whether this market has a scanner: files that are attached from now on wait for it."""
    if present and not has_scanner():
        fact = insert_into(MarketFact).values(name=SCANNER, value="on")
        db.session.execute(fact.on_conflict_do_nothing())
    elif not present and has_scanner():
        db.session.execute(delete(MarketFact).where(MarketFact.name == SCANNER))


def promise_scans() -> None:
    """Ask about the oldest files that no scanner has seen: some at a time, when those before were answered."""
    if db.session.scalar(select(exists().where(Job.topic == SCAN, Job.parked_at.is_(None)))):
        return
    for attachment in not_scanned(AT_ONCE):
        attachment.scan = Scan.WAITING
        promise(SCAN, db.session.get_one(Issue, attachment.issue_id), {"attachment_id": attachment.id})
