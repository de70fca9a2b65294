"""Who is meant by the names in a comment, and who may be."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, exists, func, or_, select

from tracker.db import AnyRow, batched, db
from tracker.domain.permissions import Rank, Right
from tracker.domain.rings import Audience
from tracker.models import Company, Issue, IssueViewer, Person
from tracker.queries.companies import of_operator
from tracker.queries.rights import require

MOST_OFFERED = 8
IS_SOMEBODY = Person.rank != Rank.SYSTEM


def not_reading(actor: Person, names: Sequence[str], issue_ids: Sequence[int], audience: Audience) -> dict[str, int]:
    """Of colleagues, and of people of companies that see one of these issues: on how many each would not read it.

    Nobody else is looked up, so that nothing tells whether there is somebody of a name at another company.
    """
    if not names:
        return {}
    seeing = _issues_seen(issue_ids)
    known = (Person.user_name.in_(names), IS_SOMEBODY, Person.company_id.in_({actor.company_id, *seeing}))
    own, every = Person.company_id == actor.company_id, len(issue_ids)
    people = select(Person.user_name, Person.company_id, Person.active).where(*known, or_(own, Person.active))
    reads = {row.user_name: _reads(row, audience, seeing) for row in db.session.execute(people)}
    return {name: every - reads[name] for name in names if reads.get(name, every) < every}


def _reads(person: AnyRow, audience: Audience, seeing: Mapping[int, int]) -> int:
    """How many of the issues this person reads in."""
    outside = audience.is_private and person.company_id not in (audience.company_id, audience.operator_id)
    return 0 if outside or not person.active else seeing.get(person.company_id, 0)


def _issues_seen(issue_ids: Sequence[int]) -> dict[int, int]:
    """How many of the issues each company sees."""
    seen: dict[int, int] = defaultdict(int)
    for some in batched(issue_ids):
        rows = select(IssueViewer.company_id, func.count()).where(IssueViewer.issue_id.in_(some))
        for company_id, count in db.session.execute(rows.group_by(IssueViewer.company_id)):
            seen[company_id] += count
    return seen


def people_to_mention(actor: Person, issue: Issue, audience: Audience, begun: str) -> Sequence[AnyRow]:
    """The readers of this audience whose user name or a part of whose name begins so, the own colleagues first.

    Each has `user_name`, `full_name`, `company` and `of_operator`; at most `MOST_OFFERED`.
    Raises `Forbidden` for who cannot write.
    """
    require(actor, Right.WORK_ISSUES)
    statement = (
        select(Person.user_name, Person.full_name, Company.name.label("company"), of_operator(Company))
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
