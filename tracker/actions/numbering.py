"""Numbers of issues: the year and six random digits, so that no number tells how many there are (S12)."""

import secrets

from sqlalchemy import select

from tracker.clock import market_today
from tracker.db import db
from tracker.models import Issue

DIGITS = 1_000_000


def new_number() -> int:
    """A number that no issue has, such as 26148392 for one of 2026."""
    year = market_today().year % 100
    while True:
        number = year * DIGITS + secrets.randbelow(DIGITS)
        if db.session.scalar(select(Issue.id).where(Issue.number == number)) is None:
            return number
