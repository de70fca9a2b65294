"""Numbers of issues: the year and seven random digits, so that no number tells how many there are (S12)."""

import secrets

from tracker.actions.at_once import unless_taken
from tracker.clock import market_today
from tracker.db import db
from tracker.domain.sentence import Sentence
from tracker.errors import Conflict
from tracker.models import Issue

DIGITS = 10_000_000
"""So many numbers has a year; the greatest of all, 999999999, is below `LARGEST_NUMBER`."""

TRIES = 30
"""Of a year with five million issues, one filing in a billion finds no number."""


def number_issue(issue: Issue) -> None:
    """Write the new issue under a number that no other has, such as 261483927 for one of 2026. Raises `Conflict`.

    Numbers of eight digits are older, and stay.
    """
    year = market_today().year % 100
    refusal = Conflict(
        Sentence("no-free-number", "No free number was found. Nothing was filed: send it again.", tries=TRIES)
    )
    for _ in range(TRIES):
        issue.number = year * DIGITS + secrets.randbelow(DIGITS)
        if _is_written(issue, refusal):
            return
    raise refusal


def _is_written(issue: Issue, refusal: Conflict) -> bool:
    """The database says whether the number is free: two who draw the same at one moment are told apart, too."""
    try:
        with unless_taken(lambda: refusal, Issue.number):
            db.session.add(issue)
    except Conflict:
        return False
    return True
