"""Who is meant by the names in a comment, and who may be."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, exists, func, or_, select

from tracker.db import AnyRow, db
from tracker.domain.permissions import Rank, Right
from tracker.domain.rings import Audience
from tracker.models import Company, Issue, IssueViewer, Person
from tracker.queries.rights import require

MOST_OFFERED = 8


def mentioned_on(issue: Issue, names: Collection[str]) -> Sequence[Person]:
    """The active people of these user names whose companies see the issue."""
    if not names:
        return []
    return db.session.scalars(select(Person).where(Person.user_name.in_(names), Person.active, _sees(issue))).all()


def people_to_mention(actor: Person, issue: Issue, audience: Audience, begun: str) -> Sequence[AnyRow]:
    """The readers of this audience whose user name or a part of whose name begins so, the own colleagues first.

    Each has `user_name`, `full_name` and `company`; at most `MOST_OFFERED`. Raises `Forbidden` for who cannot write.
    """
    require(actor, Right.WORK_ISSUES)
    statement = (
        select(Person.user_name, Person.full_name, Company.name.label("company"))
        .join(Company, Company.id == Person.company_id)
        .where(Person.active, Person.rank != Rank.SYSTEM, Person.id != actor.id, _sees(issue), _begins(begun))
        .order_by(Person.company_id != actor.company_id, Person.full_name, Person.user_name)
        .limit(MOST_OFFERED)
    )
    if audience.is_private:
        statement = statement.where(Person.company_id.in_((audience.company_id, audience.operator_id)))
    return db.session.execute(statement).all()


def _sees(issue: Issue) -> ColumnElement[bool]:
    return exists().where(IssueViewer.issue_id == issue.id, IssueViewer.company_id == Person.company_id)


def _begins(begun: str) -> ColumnElement[bool]:
    typed, name = begun.lower(), func.lower(Person.full_name)
    return or_(
        Person.user_name.startswith(typed, autoescape=True),
        name.startswith(typed, autoescape=True),
        name.contains(f" {typed}", autoescape=True),
    )
