"""Whether the tables of the database are those that this version was written for."""

from enum import StrEnum
from functools import cache
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

MIGRATIONS = Path(__file__).parents[2] / "migrations"


class Schema(StrEnum):
    """What the tables are, seen from this version. Migrations are numbered, so that they can be compared."""

    MISSING = "missing"
    OLDER = "older"
    OURS = "ours"
    NEWER = "newer"


def schema_of(connection: Connection) -> Schema:
    """What the migrations that have run made of the database."""
    if not inspect(connection).has_table("alembic_version"):
        return Schema.MISSING
    present = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if present is None:
        return Schema.MISSING
    if present == newest_migration():
        return Schema.OURS
    return Schema.NEWER if present > newest_migration() else Schema.OLDER


@cache
def newest_migration() -> str:
    """Read once: the files do not change under a running process."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""
