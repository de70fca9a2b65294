"""Who is meant by the names in a comment, and who may be."""

from collections import defaultdict
from collections.abc import Sequence, Set

from sqlalchemy import ColumnElement, exists, func, or_, select

from tracker.db import AnyRow, batched, db
from tracker.domain.permissions import Rank, Right
from tracker.domain.rings import Audience
from tracker.domain.roles import CompanyKind
from tracker.models import Company, Issue, IssueViewer, Person
from tracker.queries.rights import require

MOST_OFFERED = 8
IS_SOMEBODY = Person.rank != Rank.SYSTEM


def not_of(names: Sequence[str], company_ids: Set[int]) -> list[str]:
    """Which of these names are nobody of these companies, nor of ERCOT, which reads every issue."""
    if not names:
        return []
    reads = or_(Person.company_id.in_(company_ids), Company.kind == CompanyKind.ERCOT)
    people = select(Person.user_name).join(Company, Company.id == Person.company_id)
    known = set(db.session.scalars(people.where(Person.user_name.in_(names), Person.active, IS_SOMEBODY, reads)))
    return [name for name in names if name not in known]


def not_reading(names: Sequence[str], issue_ids: Sequence[int], audience: Audience) -> dict[str, int]:
    """On how many of the issues each of these names is nobody who reads what is said for the audience."""
    if not names:
        return {}
    people = select(Person.user_name, Person.company_id).where(Person.user_name.in_(names), Person.active, IS_SOMEBODY)
    company_of = {row.user_name: row.company_id for row in db.session.execute(people)}
    seeing = _issues_seen(set(company_of.values()), issue_ids, audience)
    missing = {name: len(issue_ids) - seeing.get(company_of.get(name), 0) for name in names}
    return {name: count for name, count in missing.items() if count}


def _issues_seen(company_ids: Set[int], issue_ids: Sequence[int], audience: Audience) -> dict[int | None, int]:
    """How many of the issues each of these companies sees, of those that are in the audience."""
    reading = company_ids & {audience.company_id, audience.operator_id} if audience.is_private else company_ids
    seen: dict[int | None, int] = defaultdict(int)
    for some in batched(issue_ids):
        rows = select(IssueViewer.company_id, func.count()).where(
            IssueViewer.issue_id.in_(some), IssueViewer.company_id.in_(reading)
        )
        for company_id, count in db.session.execute(rows.group_by(IssueViewer.company_id)):
            seen[company_id] += count
    return seen


def people_to_mention(actor: Person, issue: Issue, audience: Audience, begun: str) -> Sequence[AnyRow]:
    """The readers of this audience whose user name or a part of whose name begins so, the own colleagues first.

    Each has `user_name`, `full_name` and `company`; at most `MOST_OFFERED`. Raises `Forbidden` for who cannot write.
    """
    require(actor, Right.WORK_ISSUES)
    statement = (
        select(Person.user_name, Person.full_name, Company.name.label("company"))
        .join(Company, Company.id == Person.company_id)
        .where(Person.active, IS_SOMEBODY, Person.id != actor.id, _sees(issue), _begins(begun))
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
