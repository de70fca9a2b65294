"""Issues whose state the clock is about to end, and that nobody was told of yet."""

from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import exists, func, select

from tracker.clock import MARKET_ZONE, market_today, now
from tracker.db import AnyRow, db
from tracker.market_calendar import market_calendar
from tracker.models import Event, Issue, LateWarning

DAYS_BEFORE = 2
"""Business days."""

AT_ONCE = 200


def about_to_end() -> Sequence[AnyRow]:
    """Issues that the clock moves within two business days, and whose turn was not warned of that yet.

    For each `event_id`, the event by which the issue came into its state, and `company_id`, who acts next now.
    """
    came = (Event.to_state == Issue.state) & Event.from_state.is_distinct_from(Event.to_state)
    last = select(func.max(Event.id)).where(Event.issue_id == Issue.id, Event.ring_company_id.is_(None), came)
    last_id = last.correlate(Issue).scalar_subquery()  # of this issue also where it stands in the other subquery
    told = exists().where(LateWarning.event_id == last_id, LateWarning.company_id == Issue.responsible_id)
    columns = select(last_id.label("event_id"), Issue.responsible_id.label("company_id"))
    soon = columns.where(Issue.clock_at.between(now(), _soon()), ~told, last_id.is_not(None))
    return db.session.execute(soon.where(Issue.is_open).order_by(Issue.clock_at).limit(AT_ONCE)).all()


def _soon() -> datetime:
    """The end of the second business day from today."""
    day = market_calendar().add_business_days(market_today(), DAYS_BEFORE)
    return datetime.combine(day, time.max, MARKET_ZONE)
