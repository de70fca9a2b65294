"""What the clock presses: transitions whose time has come, as the system's person."""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, exists, select

from tracker.actions.automation import the_clock
from tracker.actions.moving import Press, carry_out
from tracker.alone import alone
from tracker.clock import now
from tracker.db import db
from tracker.domain.topics import Topic
from tracker.models import Issue, Job
from tracker.queries.kinds import workflow_of

LONGEST_PAUSE = timedelta(days=1)
"""So long at most a press that breaks is not tried again."""


def press_next_due() -> Issue | None:
    """Press the transition of the issue whose clock ran out first; None when none has.

    One whose press breaks is put aside, and tried again later and later: those behind it do not wait.
    """
    due = (
        select(Issue)
        .where(Issue.clock_at <= now(), ~_put_aside())
        .order_by(Issue.clock_at, Issue.id)
        .limit(1)
        .with_for_update(of=Issue, skip_locked=True)
    )
    issue = db.session.scalar(due)
    if issue is None:
        return None
    issue_id = issue.id
    with alone("a press of the clock", issue=issue_id) as tried:
        _press(issue)
    if tried.error:
        _put(issue_id, tried.error)
    else:
        db.session.execute(delete(Job).where(Job.topic == Topic.CLOCK, Job.issue_id == issue_id))
    return issue


def _press(issue: Issue) -> None:
    transition = workflow_of(issue).clocked(issue.state)
    if transition is None:
        raise LookupError(f"The clock presses nothing in {issue.state}.")
    carry_out(the_clock(), issue, transition, Press(transition.key))


def _put_aside() -> ColumnElement[bool]:
    return exists().where(Job.topic == Topic.CLOCK, Job.issue_id == Issue.id, Job.due_at > now())


def _put(issue_id: int, error: Exception) -> None:
    """Say in a parked job why it broke, and when it is tried again."""
    known = db.session.scalar(select(Job).where(Job.topic == Topic.CLOCK, Job.issue_id == issue_id))
    job = known or Job(topic=Topic.CLOCK, issue_id=issue_id, details={}, tries=0)
    job.tries, job.parked_at = job.tries + 1, now()
    job.last_error = f"{type(error).__name__}: {error}"[:500]
    job.due_at = now() + min(timedelta(seconds=2 ** min(job.tries, 20)), LONGEST_PAUSE)
    db.session.add(job)
    db.session.flush()
