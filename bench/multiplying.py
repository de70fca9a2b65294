"""A million issues: a hundred thousand, and nine copies of them, made inside PostgreSQL.

The copies keep the words, companies and dates of their originals and get numbers and identifiers of their own, so the
shares of words and companies stay as they are, and an identifier still means a few issues.
"""

from sqlalchemy import Connection, Table, func, select, text

from tracker.db import db
from tracker.models import Comment, Issue, IssueIdentifier, IssueParty, IssueViewer, SearchDocument

COPIED = (Issue, IssueParty, IssueViewer, Comment, IssueIdentifier, SearchDocument)
BETWEEN_NUMBERS = 30_000_000
GIN = "ix_search_document_words"


def multiply(times: int) -> None:
    """Copy every issue so often that there are `times` as many."""
    connection = db.session.connection()
    connection.execute(text("SET session_replication_role = replica"))  # the copies refer to copies
    connection.execute(text("SET maintenance_work_mem = '1GB'"))
    connection.execute(text(f"DROP INDEX {GIN}"))
    issues = connection.scalar(select(func.max(Issue.id))) or 0
    for model in COPIED:
        _copy(connection, model.__table__, issues, times)  # type: ignore[arg-type]
        db.session.commit()
        connection = db.session.connection()
        print(f"  {model.__tablename__}: copied", flush=True)
    connection.execute(text("SET maintenance_work_mem = '1GB'"))
    connection.execute(text(f"CREATE INDEX {GIN} ON search_document USING gin (words)"))
    db.session.commit()


def _copy(connection: Connection, table: Table, issues: int, times: int) -> None:
    own = connection.scalar(select(func.max(table.c.id))) if "id" in table.c else 0
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    values = ", ".join(_value(table, column.name, issues, own or 0) for column in table.columns)
    connection.execute(text("SET session_replication_role = replica"))
    copies = f"SELECT {values} FROM {table.name} t, generate_series(1, {times - 1}) k"
    connection.execute(text(f"INSERT INTO {table.name} ({columns}) {copies}"))


def _value(table: Table, name: str, issues: int, own: int) -> str:
    """How a column of a copy follows from its original's."""
    shifted = {"issue_id": issues, "parent_id": issues, "id": own, "number": BETWEEN_NUMBERS}
    if name in shifted:
        return f'"{name}" + k * {shifted[name]}'
    if name in ("value", "tail"):
        number = f"right((value::bigint + k * {BETWEEN_NUMBERS})::text, {6 if name == 'tail' else 20})"
        return f"CASE WHEN kind = 'number' THEN {number} ELSE left({name}, -1) || k END"
    return f'"{name}"'
