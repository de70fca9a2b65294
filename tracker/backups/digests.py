"""What a table or a column holds, as one number: equal digests mean equal rows."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, create_engine, select


def reflected(connection: Connection) -> MetaData:
    """The tables as the database has them, whatever this release's models say."""
    found = MetaData()
    found.reflect(connection)
    return found


def table_digests(connection: Connection) -> dict[str, str]:
    """The digest of every table, by name."""
    tables = sorted(reflected(connection).tables.values(), key=lambda table: table.name)
    return {table.name: digest_of(rows_of(connection, table)) for table in tables}


def tables_of_file(database: Path) -> dict[str, str]:
    """The digests of a SQLite file."""
    engine = create_engine(f"sqlite:///{database}")
    try:
        with engine.connect() as connection:
            return table_digests(connection)
    finally:
        engine.dispose()


def column_digests(connection: Connection, tables: Mapping[str, Table]) -> dict[str, str]:
    """The digest of every column with the key of its rows, as `table.column`."""
    return {
        f"{table.name}.{column.name}": digest_of(_pairs(connection, table, column.name))
        for table in tables.values()
        for column in table.columns
    }


def digest_of(rows: Iterable[Iterable[Any]]) -> str:
    """One number over some rows, in whatever order they come."""
    total = 0
    for row in rows:
        line = json.dumps([_plain(value) for value in row], sort_keys=True, ensure_ascii=False)
        total += int.from_bytes(hashlib.sha256(line.encode("utf-8", "surrogatepass")).digest())
    return f"{total % 2**256:064x}"


def rows_of(connection: Connection, table: Table) -> Iterator[Iterable[Any]]:
    """The rows, a few thousand at a time."""
    columns = sorted(table.columns, key=lambda column: column.name)
    yield from connection.execution_options(yield_per=2_000).execute(select(*columns))


def _pairs(connection: Connection, table: Table, name: str) -> Iterator[Iterable[Any]]:
    keys = [column for column in table.primary_key if column.name != name]
    yield from connection.execution_options(yield_per=2_000).execute(select(*keys, table.c[name]))


def _plain(value: Any) -> Any:
    """A value in a form that JSON writes the same each time."""
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value
