"""Who may see which issue: the one predicate that everything else goes through.

A company sees an issue while a row of `issue_viewer` says so (docs/decisions/0003). ERCOT has such
a row for every issue, so there is no second rule for it.
"""

from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, exists, or_, select
from sqlalchemy.orm import joinedload

from tracker.db import db
from tracker.domain.identifiers import LARGEST_NUMBER
from tracker.errors import NotFound
from tracker.models import Issue, IssueViewer, Person
from tracker.models.ring import InRing

NO_SUCH_ISSUE = "There is no issue with this number among those that your company takes part in."


VIEWER: BindParameter[int] = bindparam("viewer")
"""The company that looks, in statements that are built once and asked often: `{"viewer": actor.company_id}`."""


def sees(actor: Person) -> ColumnElement[bool]:
    """The condition on a `select` over `Issue`: the actor's company sees it."""
    return company_sees(actor.company_id)


def company_sees(company: Any, issue_id: Any = Issue.id) -> ColumnElement[bool]:
    """The same for a company's id, or for `VIEWER`; of another issue than the statement's, by a column with its id.

    It reads rows of its own, whatever the statement around it joins.
    """
    seen = exists().where(IssueViewer.issue_id == issue_id, IssueViewer.company_id == company)
    return seen.correlate_except(IssueViewer)


def company_reads(rows: type[InRing], company: Any) -> ColumnElement[bool]:
    """The condition on comments, attachments or events of an issue that a company sees: it is in their ring.

    `company` is an id, or `VIEWER`.
    """
    return or_(rows.ring_company_id.is_(None), rows.ring_company_id == company, rows.ring_operator_id == company)


def issue_for(actor: Person, number: int, *, to_change: bool = False) -> Issue:
    """The issue, if the actor's company sees it, else `NotFound`: absent and foreign are one answer.

    `to_change` holds the row until the transaction ends, so that two people act one after the other.
    """
    statement = _issue_to_change() if to_change else _issue()
    given = {"number": number, "viewer": actor.company_id}
    issue = db.session.scalar(statement, given) if number <= LARGEST_NUMBER else None
    if issue is None:
        raise NotFound(NO_SUCH_ISSUE)
    return issue


def issue_seen(actor: Person, issue_id: int) -> Issue | None:
    """The issue of this id, if the actor's company still sees it."""
    return db.session.scalar(select(Issue).where(Issue.id == issue_id, sees(actor)))


@cache
def _issue() -> Select[Issue]:
    return (
        select(Issue)
        .where(Issue.number == bindparam("number"), company_sees(VIEWER))
        .options(joinedload(Issue.responsible))
    )


@cache
def _issue_to_change() -> Select[Issue]:
    return _issue().with_for_update(of=Issue).execution_options(populate_existing=True)
