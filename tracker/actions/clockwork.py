"""What the clock presses: transitions whose time has come, as the system's person."""

from sqlalchemy import select

from tracker.actions.automation import the_clock
from tracker.actions.moving import Press, carry_out
from tracker.clock import now
from tracker.db import db
from tracker.models import Issue
from tracker.queries.kinds import workflow_of


def press_next_due() -> Issue | None:
    """Press the transition of the issue whose clock ran out first; None when none has."""
    due = (
        select(Issue)
        .where(Issue.clock_at <= now())
        .order_by(Issue.clock_at, Issue.id)
        .limit(1)
        .with_for_update(of=Issue, skip_locked=True)
    )
    issue = db.session.scalar(due)
    transition = workflow_of(issue).clocked(issue.state) if issue else None
    if issue is None or transition is None:
        return None
    carry_out(the_clock(), issue, transition, Press(transition.key))
    return issue
