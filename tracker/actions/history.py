"""The one place that writes what happened to an issue.

`record` writes one event, dates the issue by it, and tells every viewer's row whose turn it now is.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import TypedDict

from sqlalchemy import (
    Boolean,
    CompoundSelect,
    Integer,
    Select,
    Update,
    bindparam,
    case,
    delete,
    insert,
    or_,
    select,
    union,
    update,
)

from tracker.actions.unread import count_unread_of
from tracker.clock import now
from tracker.db import db
from tracker.domain.deeds import Deed
from tracker.domain.rings import ALL_PARTIES, Audience
from tracker.domain.roles import CompanyKind, Role
from tracker.domain.topics import Topic
from tracker.models import Comment, Company, Event, Issue, IssueParty, IssueViewer, Job, Person

INDEX = Topic.INDEX
"""The topic of the job that every event promises: the search index learns of it."""

TELL = Topic.TELL
"""The topic of the other: people are told of it."""


class Change(TypedDict):
    """One field that changed, as people read it."""

    field: str
    label: str
    old: str
    new: str


def record(
    actor: Person,
    issue: Issue,
    deed: Deed,
    *,
    from_state: str | None,
    changes: Sequence[Change] = (),
    comment: Comment | None = None,
    audience: Audience = ALL_PARTIES,
    about: Issue | None = None,
) -> Event:
    """Write that `actor` did this to the issue; the issue already stands as it is afterwards.

    What not everybody on the issue reads (a note, or a word about another issue) changes neither its dates nor
    its version, from which others could tell that it was written.
    """
    moment = now()
    is_open = not audience.is_private and about is None
    if is_open:
        issue.changed_at = moment
    db.session.flush()
    event = Event(
        issue_id=issue.id,
        at=moment,
        person_id=actor.id,
        company_id=actor.company_id,
        key=deed.key,
        name=deed.name,
        from_state=from_state,
        to_state=issue.state,
        responsible_id=issue.responsible_id,
        changes=list(changes),
        comment_id=comment.id if comment else None,
        version=issue.version,
        about_id=about.id if about else None,
        **audience.as_columns(),
    )
    db.session.add(event)
    db.session.flush()
    _promise(event)
    if is_open:
        show_to_viewers(issue, moment)
    db.session.flush()
    return event


def _promise(event: Event) -> None:
    """The index learns of it, and people are told."""
    db.session.add_all(
        Job(topic=topic, issue_id=event.issue_id, details={"event_id": event.id}, due_at=event.at)
        for topic in (INDEX, TELL)
    )


def show_to_viewers(issue: Issue, moment: datetime) -> None:
    """Date the row of every company that sees the issue, and say whose turn it is from its side."""
    given = {"issue": issue.id, "moment": moment, "responsible": issue.responsible_id, "open": issue.is_open}
    db.session.execute(_dated(), given, execution_options={"synchronize_session": False})


@cache
def _dated() -> Update:
    standing = case(
        (bindparam("open", type_=Boolean).is_(False), "ended"),
        (IssueViewer.company_id == bindparam("responsible", type_=Integer), "ours"),
        else_="theirs",
    )
    statement = update(IssueViewer).where(IssueViewer.issue_id == bindparam("issue"))
    return statement.values(changed_at=bindparam("moment"), standing=standing)


def settle_viewers(issue: Issue) -> None:
    """Give a viewer's row to each company that takes part, and take it from those that no longer do.

    Before an issue is available only its submitter and the operator see it (marketrak.md section 1.3).
    """
    wanted = _viewers_wanted(issue)
    present = set(db.session.scalars(_viewers(), {"issue": issue.id}))
    new = [
        {"issue_id": issue.id, "company_id": company_id, "standing": "theirs", "changed_at": issue.changed_at}
        for company_id in sorted(wanted - present)
    ]
    if new:
        db.session.execute(insert(IssueViewer), new)
    if present - wanted:
        db.session.execute(
            delete(IssueViewer).where(IssueViewer.issue_id == issue.id, IssueViewer.company_id.in_(present - wanted))
        )
        count_unread_of(present - wanted, issue.id)


def _viewers_wanted(issue: Issue) -> set[int]:
    given = {"issue": issue.id, "pending": issue.available_at is None}
    return set(db.session.scalars(_entitled(), given))


@cache
def _viewers() -> Select[int]:
    return select(IssueViewer.company_id).where(IssueViewer.issue_id == bindparam("issue"))


@cache
def _entitled() -> CompoundSelect[int]:
    parties = select(IssueParty.company_id).where(
        IssueParty.issue_id == bindparam("issue"),
        IssueParty.role != Role.PRIOR_INVOLVED,
        or_(bindparam("pending", type_=Boolean).is_(False), IssueParty.role == Role.SUBMITTER),
    )
    return union(parties, select(Company.id).where(Company.kind == CompanyKind.ERCOT))
