"""Breaking a condition on purpose, as a mistake of ours would: what it belongs to must fail alone."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from sqlalchemy import ColumnElement, exists, text

from tracker.models import Issue, IssueViewer
from tracker.queries import conditions, facets, issues, watched_views

NAME = "has parent"
QUERY = "has:parent"
"""What asks for it."""


def _raises() -> ColumnElement[bool]:
    raise RuntimeError("a mistake of ours")


def _cannot_be_compiled() -> ColumnElement[bool]:
    """As it stood in release 0.1.0: a statement that joins the table takes it away."""
    return exists().where(IssueViewer.issue_id == Issue.parent_id)


def _database_refuses() -> ColumnElement[bool]:
    return text("no_such_column = 1")  # type: ignore[return-value]  # it stands where a condition stands


MISTAKES: dict[str, Callable[[], ColumnElement[bool]] | None] = {
    "missing": None,
    "raises": _raises,
    "cannot be compiled": _cannot_be_compiled,
    "refused by the database": _database_refuses,
}


def break_condition(monkeypatch: pytest.MonkeyPatch, mistake: str) -> None:
    """From now on, to the end of the test, `QUERY` breaks in this way."""
    table, made = cast(dict[str, Any], conditions.CONDITIONS), MISTAKES[mistake]
    if made is None:
        monkeypatch.delitem(table, NAME)
    else:
        monkeypatch.setitem(table, NAME, made)
    forget_statements()


def forget_statements() -> None:
    """Let every statement be built anew."""
    for kept in (issues._statement, facets._counts, watched_views._found):
        kept.cache_clear()
