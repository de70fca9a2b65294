"""Issues that belong to an issue: children, links, and others on the same ESI ID."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import BindParameter, Integer, bindparam, case, exists, literal, or_, select, union_all

from tracker.db import AnyRow, AnySelect, db
from tracker.models import Issue, IssueLink, Job, Person
from tracker.queries.visibility import VIEWER, company_sees

MOST_SHOWN = 20


def children_left(parent: Issue) -> bool:
    """A child of the issue is still open, or still to be filed."""
    to_file = exists().where(Job.issue_id == parent.id, Job.topic == "lpa-children")
    still_open = exists().where(Issue.parent_id == parent.id, Issue.is_open)
    return bool(db.session.scalar(select(or_(to_file, still_open))))


def others_on_esi_id(actor: Person, issue: Issue) -> Sequence[AnyRow]:
    """Other issues on the same ESI ID that the actor's company sees, newest first."""
    if not issue.esi_id:
        return []
    given = {"viewer": actor.company_id, "esi_id": issue.esi_id, "issue": issue.id}
    return db.session.execute(_on_esi_id(), given).all()


def linked_issues(actor: Person, issue: Issue) -> Sequence[AnyRow]:
    """Issues linked to this one, its parent and its children, as far as the actor's company sees them.

    `relation` is how they belong to the issue: `follows`, `followed up by`, `related`, `part`, `part of`.
    """
    given = {"viewer": actor.company_id, "issue": issue.id, "parent": issue.parent_id}
    return db.session.execute(_relatives(), given).all()


@cache
def _on_esi_id() -> AnySelect:
    statement = _lines().where(Issue.esi_id == bindparam("esi_id"), Issue.id != bindparam("issue"))
    return statement.where(company_sees(VIEWER)).order_by(Issue.id.desc()).limit(MOST_SHOWN)


@cache
def _relatives() -> AnySelect:
    """Each way of belonging is looked up by its own index; one condition over all of them would read every issue."""
    issue: BindParameter[int] = bindparam("issue")
    kind, backwards = IssueLink.kind, case((IssueLink.kind == "follows", "followed up by"), else_=IssueLink.kind)
    outward = select(IssueLink.other_id.label("id"), kind.label("relation")).where(IssueLink.issue_id == issue)
    inward = select(IssueLink.issue_id, backwards).where(IssueLink.other_id == issue)
    children = select(Issue.id, literal("part")).where(Issue.parent_id == issue)
    parent = select(Issue.id, literal("part of")).where(Issue.id == bindparam("parent", type_=Integer))
    found = union_all(outward, inward, children, parent).subquery()
    statement = _lines().add_columns(found.c.relation).join(found, found.c.id == Issue.id)
    return statement.where(company_sees(VIEWER)).order_by(Issue.id).limit(MOST_SHOWN)


def _lines() -> AnySelect:
    return select(Issue.id, Issue.number, Issue.title, Issue.state, Issue.is_open, Issue.changed_at)
