"""What is the reader's own on an issue: one statement for all of it."""

from functools import cache
from typing import NamedTuple

from sqlalchemy import bindparam, select

from tracker.db import AnySelect, db
from tracker.models import Issue, Person, Watch


class Mine(NamedTuple):
    """The reader watches the issue (True), mutes it (False), or is told as whoever takes part (None)."""

    watches: bool | None


def mine_on(actor: Person, issue: Issue) -> Mine:
    """What the actor keeps on this issue."""
    muted = db.session.scalar(_watch(), {"me": actor.id, "issue": issue.id})
    return Mine(None if muted is None else not muted)


@cache
def _watch() -> AnySelect:
    return select(Watch.muted).where(Watch.person_id == bindparam("me"), Watch.issue_id == bindparam("issue"))
