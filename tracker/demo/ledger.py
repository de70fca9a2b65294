"""Rows on their way into the database: each gets its id here, and all are written in bulk."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text

from tracker.db import Base, db

Row = dict[str, Any]

CHUNK = 5_000


class Ledger:
    """What is to be written, by table. Ids are counted from 1, so the tables must be empty at first."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self._last_id: dict[str, int] = defaultdict(int)

    def add(self, model: type[Base], row: Row) -> None:
        """Take a row whose key is not a number that the database counts."""
        self.rows[model.__tablename__].append(row)

    def number(self, model: type[Base], row: Row) -> int:
        """Take a row and give it the next id of its table."""
        name = model.__tablename__
        self._last_id[name] += 1
        row["id"] = self._last_id[name]
        self.rows[name].append(row)
        return self._last_id[name]

    def write(self) -> int:
        """Write what has been taken since the last time; how many rows that were."""
        written = sum(len(rows) for rows in self.rows.values())
        for table in db.metadata.sorted_tables:
            rows = self.rows.pop(table.name, [])
            for start in range(0, len(rows), CHUNK):
                db.session.execute(insert(table), rows[start : start + CHUNK])
        return written


def continue_counting(connection: Connection) -> None:
    """Let PostgreSQL count on from the ids that were given here."""
    if connection.dialect.name != "postgresql":
        return
    for table in db.metadata.sorted_tables:
        if _is_counted(table):
            last = select(func.coalesce(func.max(table.c.id), 0) + 1).scalar_subquery()
            name = func.pg_get_serial_sequence(table.name, "id")
            connection.execute(select(func.setval(name, last, text("false"))))


def _is_counted(table: Table) -> bool:
    return "id" in table.c and table.c.id.primary_key and table.c.id.type.python_type is int
