"""Two at the same moment: the second waits for the first, or is refused as somebody alone would be.

On SQLite writers come one after the other anyway. On PostgreSQL each writes on until the database stops one of them.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute

from tracker.db import db
from tracker.errors import TrackerError
from tracker.models import Company, Person
from tracker.queries.people import require_managing

_OF_SQLITE = re.compile(r"UNIQUE constraint failed: (.+)")


@contextmanager
def unless_taken(refusal: Callable[[], TrackerError], *names: InstrumentedAttribute[Any]) -> Iterator[None]:
    """Write inside. Where the database has one of these already, what is inside is undone and refused.

    There is no look before: whoever looked could be overtaken. The refusal is made when it is needed, and may look.
    """
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        taken = _columns_taken(error)
        if not any(name.property.columns[0] in taken for name in names):
            raise
        raise refusal() from None


def hold_company(company_id: int) -> None:
    """Let whoever changes something of this company by a rule over all of it wait until the transaction ends."""
    db.session.execute(select(Company.id).where(Company.id == company_id).with_for_update(key_share=True))


def hold_person(person: Person) -> None:
    """Let two windows of one person wait for each other, so that limits and places hold."""
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))


def hold_to_manage(actor: Person, company: Company, person: Person | None = None) -> None:
    """Hold the company for somebody who manages it, and look again at who that is, and at the person who is changed.

    Raises `Forbidden`, also for somebody who could until the one before was done.
    """
    require_managing(actor, company)
    hold_company(company.id)
    db.session.refresh(actor)
    if person is not None:
        db.session.refresh(person)
    require_managing(actor, company)


def _columns_taken(error: IntegrityError) -> set[Column[object]]:
    """The columns of the rule that was broken; none for a rule of another kind."""
    if isinstance(error.orig, sqlite3.Error):
        found = _OF_SQLITE.search(str(error.orig))
        places = found[1].split(", ") if found else []
        return {db.metadata.tables[table].columns[column] for table, column in (one.split(".") for one in places)}
    said = getattr(error.orig, "diag", None)
    table = db.metadata.tables.get(getattr(said, "table_name", None) or "")
    rules: list[Any] = [*table.constraints, *table.indexes] if table is not None else []
    return {column for rule in rules if rule.name == said.constraint_name for column in rule.columns}  # type: ignore[union-attr]
