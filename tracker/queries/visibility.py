"""Who may see which issue: the one predicate that everything else goes through.

A company sees an issue while a row of `issue_viewer` says so (docs/decisions/0003). ERCOT has such
a row for every issue, so there is no second rule for it.
"""

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import joinedload

from tracker.db import AnySelect, db
from tracker.errors import NotFound
from tracker.models import Issue, IssueViewer, Person

NO_SUCH_ISSUE = "There is no issue with this number among those that your company takes part in."


def sees(actor: Person) -> ColumnElement[bool]:
    """The condition on a `select` over `Issue`: the actor's company sees it."""
    return exists().where(IssueViewer.issue_id == Issue.id, IssueViewer.company_id == actor.company_id)


def seen_by(actor: Person, statement: AnySelect) -> AnySelect:
    """A `select` over `Issue` joined to the actor's viewer rows, which lists then sort and filter by."""
    return statement.join(IssueViewer, IssueViewer.issue_id == Issue.id).where(
        IssueViewer.company_id == actor.company_id
    )


def issue_for(actor: Person, number: int, *, to_change: bool = False) -> Issue:
    """The issue, if the actor's company sees it, else `NotFound`: absent and foreign are one answer.

    `to_change` holds the row until the transaction ends, so that two people act one after the other.
    """
    statement = select(Issue).where(Issue.number == number, sees(actor)).options(joinedload(Issue.responsible))
    if to_change:
        statement = statement.with_for_update(of=Issue).execution_options(populate_existing=True)
    issue = db.session.scalar(statement)
    if issue is None:
        raise NotFound(NO_SUCH_ISSUE)
    return issue


def issue_seen(actor: Person, issue_id: int) -> Issue | None:
    """The issue of this id, if the actor's company still sees it."""
    return db.session.scalar(select(Issue).where(Issue.id == issue_id, sees(actor)))
