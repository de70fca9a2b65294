"""Every identifier is compared byte by byte, in the models and in the database that the migrations made."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Column, String, text
from sqlalchemy.dialects import postgresql

from tracker.db import db

WORDS = {
    "attachment": "title file_name media_type url searched_to",
    "attachment_text": "text unreadable",
    "bulk_act": "comment",
    "bulk_item": "reason",
    "comment": "text html",
    "company": "name legal_name",
    "contact": "address",
    "draft_file": "title file_name media_type",
    "event": "name",
    "issue": "title waits_because",
    "job": "last_error",
    "mail": "dropped_because last_error",
    "person": "full_name email password_hash",
    "premise": "street city",
    "saved_view": "name query",
    "search_document": "words marks",
    "sign_in_session": "address browser",
    "work_group": "name",
}
"""The columns that hold words for people, or what is only shown. A new column of texts stands here, or is a `Code`."""

CALLED_BY_CHANCE = {"market_fact.name", "bulk_item.reason"}
"""The one name that is a key, and the one reason that is a sentence."""

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def texts() -> Iterator[Column[str]]:
    """Every column of the models that holds a text."""
    for table in db.metadata.sorted_tables:
        yield from (column for column in table.columns if isinstance(getattr(column.type, "impl", column.type), String))


def is_identifier(column: Column[str]) -> bool:
    return column.name not in WORDS.get(column.table.name, "").split()


def collation_of(column: Column[str]) -> str | None:
    return getattr(column.type.dialect_impl(DIALECT), "collation", None)


@pytest.mark.parametrize("column", list(texts()), ids=lambda column: f"{column.table.name}.{column.name}")
def test_a_text_is_a_word_or_an_identifier(column: Column[str]) -> None:
    assert collation_of(column) == ("C" if is_identifier(column) else None)


def test_what_refers_to_another_column_compares_as_that_one_does() -> None:
    pairs = [(key.parent, key.column) for table in db.metadata.sorted_tables for key in table.foreign_keys]
    assert [pair for pair in pairs if isinstance(pair[0].type, String)]
    for column, other in pairs:
        assert collation_of(column) == collation_of(other), f"{column} refers to {other}"


def test_what_is_called_alike_compares_alike() -> None:
    called: dict[str, set[str | None]] = defaultdict(set)
    for column in texts():
        if f"{column.table.name}.{column.name}" not in CALLED_BY_CHANCE:
            called[column.name].add(collation_of(column))
    assert [name for name, collations in called.items() if len(collations) > 1] == []


def test_the_database_compares_as_the_models_say(migrated: Flask) -> None:
    """Columns, and the indexes over them, which are searched by their own collation."""
    with migrated.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert "COLLATE" not in " ".join(connection.scalars(text("SELECT sql FROM sqlite_master WHERE sql <> ''")))
            return
        declared = {(column.table.name, column.name): collation_of(column) or "default" for column in texts()}
        assert {
            **declared,
            **{(row.table, row.column): row.collation for row in connection.execute(COLUMNS)},
        } == declared
        over = [(row.index, row.collation, row.of_column) for row in connection.execute(INDEXES)]
        assert len(over) > 40
        assert [one for one in over if one[1] != one[2]] == []


COLUMNS = text("""
    SELECT c.relname AS table, a.attname AS column, l.collname AS collation
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation l ON l.oid = a.attcollation
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'
""")
INDEXES = text("""
    SELECT i.indexrelid::regclass::text AS index, l.collname AS collation, m.collname AS of_column
    FROM pg_index i
    CROSS JOIN LATERAL unnest(i.indkey::int[], i.indcollation::oid[]) AS k(number, oid)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
    JOIN pg_collation l ON l.oid = k.oid JOIN pg_collation m ON m.oid = a.attcollation
    WHERE a.attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
""")
