"""How much people have not read yet, as a number beside their name."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, select, update

from tracker.db import db
from tracker.models import Notice, Person
from tracker.queries.inbox import unread_of


def count_unread(person_ids: Collection[int]) -> None:
    """Count anew what these people have not read of the issues that their companies see."""
    _count(Person.id.in_(person_ids))


def count_unread_of(company_ids: Collection[int], issue_id: int) -> None:
    """The same for all people of these companies who were told of the issue: their companies see it no more."""
    _count(
        Person.company_id.in_(company_ids),
        exists().where(Notice.person_id == Person.id, Notice.issue_id == issue_id, Notice.read_at.is_(None)),
    )


def hold(*whom: ColumnElement[bool]) -> None:
    """Hold these people until the transaction ends. Whoever changes notices holds their people first."""
    db.session.execute(select(Person.id).where(*whom).order_by(Person.id).with_for_update(key_share=True))


def _count(*whom: ColumnElement[bool]) -> None:
    """First the people are held, then it is counted: who waited for another's count must not write an older one."""
    hold(*whom)
    counted = update(Person).where(*whom).values(unread=unread_of(Person.id, Person.company_id))
    db.session.execute(counted.execution_options(synchronize_session=False))
