"""A company's rules for its groups, as its administrators see them."""

from collections.abc import Sequence

from sqlalchemy import select

from tracker.db import AnyRow, db
from tracker.models import GroupRule, Person, WorkGroup


def rules_of(actor: Person) -> Sequence[AnyRow]:
    """The rules of the actor's company in order: `public_id`, `subtype`, `esi_id_prefix`, `group`, `is_closed`."""
    closed = WorkGroup.closed_at.is_not(None).label("is_closed")
    columns = (GroupRule.public_id, GroupRule.subtype, GroupRule.esi_id_prefix, WorkGroup.name.label("group"), closed)
    statement = select(*columns).join(WorkGroup, WorkGroup.id == GroupRule.group_id)
    own = statement.where(GroupRule.company_id == actor.company_id)
    return db.session.execute(own.order_by(GroupRule.place, GroupRule.id)).all()
