"""A condition means the same in every statement, whatever tables that reads besides the issues."""

import inspect

import pytest
from sqlalchemy import Select, bindparam, select, true

from tracker.db import db
from tracker.models import Issue
from tracker.queries.conditions import CONDITIONS
from tracker.queries.visibility import VIEWER, company_sees


def where(statement: Select[int]) -> str:
    """What the statement asks of its rows."""
    return str(statement).partition("WHERE")[2]


def crowded() -> Select[int]:
    """A statement that reads every table that there is."""
    statement = select(Issue.id).select_from(Issue)
    for table in db.metadata.sorted_tables:
        if table is not Issue.__table__:
            statement = statement.join(table, true())
    return statement


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_brings_its_own_rows(name: str) -> None:
    names = inspect.signature(CONDITIONS[name]).parameters
    condition = CONDITIONS[name](*(bindparam(one, None, expanding=True) for one in names))
    assert where(crowded().where(condition)) == where(select(Issue.id).where(condition))


def test_so_does_the_sight_of_a_company() -> None:
    for condition in (company_sees(VIEWER), company_sees(VIEWER, Issue.parent_id)):
        assert where(crowded().where(condition)) == where(select(Issue.id).where(condition))
