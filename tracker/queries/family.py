"""Issues that belong to an issue: children, links, and others on the same ESI ID."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from sqlalchemy import (
    BindParameter,
    Integer,
    Label,
    String,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from tracker.db import AnyRow, AnySelect, db
from tracker.domain.links import CAUSED_BY, PARENT_OF, SAME_ORDER, reads
from tracker.domain.topics import Topic
from tracker.models import Issue, IssueLink, Job, Person
from tracker.queries.visibility import VIEWER, company_sees

MOST_SHOWN = 20
BY_HAND, COMPUTED, OFFERED = "by hand", "computed", "offered"
OTHER_SIDES = {"inadvertent-gaining", "inadvertent-losing"}
"""The two subtypes in which the two retailers of one mistake ask for the same thing."""


def children_left(parent: Issue) -> bool:
    """A child of the issue is still open, or still to be filed."""
    to_file = exists().where(Job.issue_id == parent.id, Job.topic == Topic.CHILDREN)
    still_open = exists().where(Issue.parent_id == parent.id, Issue.is_open)
    return bool(db.session.scalar(select(or_(to_file, still_open))))


def others_on_esi_id(actor: Person, issue: Issue) -> Sequence[AnyRow]:
    """Other issues on the same ESI ID that the actor's company sees, newest first."""
    if not issue.esi_id:
        return []
    given = {"viewer": actor.company_id, "esi_id": issue.esi_id, "issue": issue.id}
    return db.session.execute(_on_esi_id(), given).all()


class Relative(NamedTuple):
    """An issue that belongs to another: in words how; `by_hand` when somebody said so, who may take it back."""

    number: int
    title: str
    state: str
    is_open: bool
    relation: str
    by_hand: bool


class Relatives(NamedTuple):
    """What belongs to an issue; what probably does; and how many of those that name it as their cause have ended.

    Of `every` issue that belongs to it not all stand in `linked`: those that name it as their cause have a list.
    """

    linked: list[Relative]
    offered: list[Relative]
    caused: tuple[int, int]
    every: int


def linked_issues(actor: Person, issue: Issue) -> Relatives:
    """Issues linked to this one, its parent and children, and others on its order that are not linked yet.

    All as far as the actor's company sees them: of `caused`, too, only those are counted.
    """
    given = {"viewer": actor.company_id, "issue": issue.id, "parent": issue.parent_id, "order": issue.orig_tran_id}
    rows = db.session.execute(_relatives(), given).all()
    linked = {row.id for row in rows if not row.said.startswith(OFFERED)}
    offered = [_relative(issue, row) for row in rows if row.said.startswith(OFFERED) and row.id not in linked]
    known = [_relative(issue, row) for row in rows if row.id in linked and not row.said.startswith(OFFERED)]
    members = sum(row.kind == CAUSED_BY and row.said.endswith("back") for row in rows)
    caused = _caused(actor, issue) if members else (0, 0)
    return Relatives(known[:MOST_SHOWN], offered[:MOST_SHOWN], caused, len(known) - members + caused[1])


def _relative(issue: Issue, row: AnyRow) -> Relative:
    relation = reads(row.kind, forth=row.said.endswith("forth"))
    if {issue.subtype, row.subtype} == OTHER_SIDES:
        relation = "is probably the other side of" if row.said.startswith(OFFERED) else relation
    return Relative(row.number, row.title, row.state, row.is_open, relation, row.said.startswith(BY_HAND))


def _caused(actor: Person, issue: Issue) -> tuple[int, int]:
    """Of the issues that name this one as their cause and that the actor sees: how many have ended, and all."""
    named = select(func.count(), func.sum(cast(Issue.is_open, Integer))).join(IssueLink, IssueLink.issue_id == Issue.id)
    seen = named.where(IssueLink.other_id == issue.id, IssueLink.kind == CAUSED_BY, company_sees(actor.company_id))
    every, still_open = db.session.execute(seen).one()
    return every - (still_open or 0), every


@cache
def _on_esi_id() -> AnySelect:
    statement = _lines().where(Issue.esi_id == bindparam("esi_id"), Issue.id != bindparam("issue"))
    return statement.where(company_sees(VIEWER)).order_by(Issue.id.desc()).limit(MOST_SHOWN)


@cache
def _relatives() -> AnySelect:
    """Each way of belonging is looked up by its own index; one condition over all of them would read every issue."""
    issue: BindParameter[int] = bindparam("issue")
    links = select(IssueLink.other_id.label("id"), IssueLink.kind.label("kind"), _said(forth=True, how=BY_HAND))
    backwards = select(IssueLink.issue_id, IssueLink.kind, _said(forth=False, how=BY_HAND))
    children = select(Issue.id, literal(PARENT_OF), _said(forth=True, how=COMPUTED)).where(Issue.parent_id == issue)
    parent = select(Issue.id, literal(PARENT_OF), _said(forth=False, how=COMPUTED))
    order = Issue.orig_tran_id == bindparam("order", type_=String)
    offered = select(Issue.id, literal(SAME_ORDER), _said(forth=True, how=OFFERED)).where(order, Issue.id != issue)
    found = union_all(
        links.where(IssueLink.issue_id == issue),
        backwards.where(IssueLink.other_id == issue),
        children,
        parent.where(Issue.id == bindparam("parent", type_=Integer)),
        offered,
    ).subquery()
    statement = _lines().add_columns(found.c.kind, found.c.said).join(found, found.c.id == Issue.id)
    by_cause = (found.c.kind == CAUSED_BY) & found.c.said.endswith("back")  # they come last: there can be thousands
    return statement.where(company_sees(VIEWER)).order_by(by_cause, found.c.said, Issue.id).limit(4 * MOST_SHOWN)


def _said(*, forth: bool, how: str) -> Label[str]:
    return literal(f"{how} {'forth' if forth else 'back'}").label("said")


def _lines() -> AnySelect:
    return select(Issue.id, Issue.number, Issue.title, Issue.state, Issue.is_open, Issue.subtype)
