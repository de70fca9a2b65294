"""Issues whose state is about to end by itself, and who has to know."""

from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import exists, func, select

from tracker.clock import MARKET_ZONE, market_today, now
from tracker.db import AnyRow, db
from tracker.domain.notices import Reason
from tracker.domain.permissions import Rank
from tracker.market_calendar import market_calendar
from tracker.models import Event, Issue, IssueParty, IssueViewer, Notice, Person, Watch
from tracker.queries.told import Told

DAYS_BEFORE = 2
"""Business days."""

AT_ONCE = 200


def about_to_be_late() -> list[Told]:
    """The owner, on the side whose turn it is, of each issue that ends by itself within two business days.

    Each is told once for a state: the notice hangs on the issue's last event, by which it came there.
    """
    last = select(func.max(Event.id)).where(Event.issue_id == Issue.id, Event.ring_company_id.is_(None))
    last_id = last.where(
        Event.to_state == Issue.state, Event.from_state.is_distinct_from(Event.to_state)
    ).scalar_subquery()
    known = exists().where(Notice.event_id == last_id, Notice.person_id == Person.id, Notice.reason == Reason.LATE)
    muted = exists().where(Watch.issue_id == Issue.id, Watch.person_id == Person.id, Watch.muted)
    owner = (IssueParty.issue_id == Issue.id) & (IssueParty.company_id == Issue.responsible_id)
    seen = exists().where(IssueViewer.issue_id == Issue.id, IssueViewer.company_id == Person.company_id)
    statement = (
        select(last_id, Issue.id, Person.id, Person.company_id)
        .join(IssueParty, owner)
        .join(Person, Person.id == IssueParty.owner_id)
        .where(Issue.clock_at.between(now(), _soon()), Person.active, Person.rank != Rank.SYSTEM)
        .where(seen, ~known, ~muted, last_id.is_not(None))
        .order_by(Issue.clock_at)
        .limit(AT_ONCE)
    )
    return _told(db.session.execute(statement).all())


def _told(rows: Sequence[AnyRow]) -> list[Told]:
    return [Told(*row, Reason.LATE) for row in dict.fromkeys(map(tuple, rows))]  # type: ignore[call-arg]  # the columns are its fields


def _soon() -> datetime:
    """The end of the second business day from today."""
    day = market_calendar().add_business_days(market_today(), DAYS_BEFORE)
    return datetime.combine(day, time.max, MARKET_ZONE)
