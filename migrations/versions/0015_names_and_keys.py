"""Keys for names, for what happened, and for what has an address.

Groups and views get the key by which two names are one, events the key of what was done, and groups, rules and contacts a random
address. Nothing is renamed: of names that are one by now, the oldest has the plain key, and each of the others its own, with its number
behind a line break, which no name can hold. They go on side by side; the names are listed while the migration runs.

Revision 0015, after 0014.
"""

import re
import secrets
from collections import defaultdict

import click
import sqlalchemy as sa
from alembic import op

from tracker.domain.names import key_of

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ADDRESSED = ("work_group", "group_rule", "contact")
SHELVES = {"mine": ("person_id",), "group": ("group_id",), "company": ("company_id",), "market": ()}
"""Where views of a scope stand together."""

OF_THE_SYSTEM = "person_id IN (SELECT id FROM person WHERE rank = 'system')"
ANSWERED_BY_ERCOT = (
    "cancel-with-approval",
    "cancel-without-approval",
    "customer-rescission",
    "inadvertent-gaining",
    "inadvertent-losing",
)
"""The workflows in which the submitter returns to ERCOT what ERCOT or the wires company has done."""

NAMED_ALIKE = (
    ("close-by-ercot", "name = 'Close' AND to_state = 'Closed By ERCOT'"),
    ("auto-complete", f"name = 'Complete' AND to_state <> 'Complete' AND {OF_THE_SYSTEM}"),
    ("children-complete", f"name = 'Complete' AND to_state = 'Complete' AND {OF_THE_SYSTEM}"),
    ("select-iag-parties-by-registry", f"name = 'Select IAG Parties' AND {OF_THE_SYSTEM}"),
    (
        "return-to-ercot-by-submitter",
        "name = 'Return To ERCOT' AND (from_state LIKE '%(PC)' OR from_state = 'Pending Complete') "
        f"AND issue_id IN (SELECT id FROM issue WHERE workflow IN {ANSWERED_BY_ERCOT})",
    ),
)
"""Deeds that share a name with another; the rest have the key that their name gives."""


def upgrade() -> None:
    for table in ADDRESSED:
        op.add_column(table, sa.Column("public_id", sa.String(), nullable=False, server_default=""))
        _give_addresses(table)
        op.create_index(f"ix_{table}_public_id", table, ["public_id"], unique=True)
    for table in ("work_group", "saved_view"):
        op.add_column(table, sa.Column("name_key", sa.String(), nullable=False, server_default=""))
    _give_keys("work_group", "company_id")
    op.create_index("ix_work_group_name_key", "work_group", ["company_id", "name_key"], unique=True)
    for scope, owner in SHELVES.items():
        here = sa.text(f"scope = '{scope}'")
        _give_keys("saved_view", *owner, where=here)
        where = {"sqlite_where": here, "postgresql_where": here}
        op.create_index(f"ix_saved_view_{scope}_name", "saved_view", [*owner, "name_key"], unique=True, **where)
    op.add_column("event", sa.Column("key", sa.String(), nullable=False, server_default=""))
    _say_what_was_done()


def downgrade() -> None:
    op.drop_column("event", "key")
    for scope in SHELVES:
        op.drop_index(f"ix_saved_view_{scope}_name", table_name="saved_view")
    op.drop_index("ix_work_group_name_key", table_name="work_group")
    for table in ("saved_view", "work_group"):
        op.drop_column(table, "name_key")
    for table in ADDRESSED:
        op.drop_index(f"ix_{table}_public_id", table_name=table)
        op.drop_column(table, "public_id")


def _give_addresses(table: str) -> None:
    rows = _table(table, "public_id")
    for row_id in op.get_bind().scalars(sa.select(rows.c.id)).all():
        given = sa.update(rows).where(rows.c.id == row_id).values(public_id=secrets.token_urlsafe(18))
        op.get_bind().execute(given)


def _give_keys(table: str, *owner: str, where: sa.TextClause | None = None) -> None:
    """The first of those that stand together and have one name gets the plain key."""
    rows = _table(table, "name", "name_key", *owner)
    statement = sa.select(rows).order_by(rows.c.id)
    held: dict[tuple[object, ...], str] = {}
    alike: dict[str, list[str]] = defaultdict(list)
    for row in op.get_bind().execute(statement.where(where) if where is not None else statement).all():
        key = key_of(row.name)
        place = (*(getattr(row, name) for name in owner), key)
        if place in held:
            alike[held[place]].append(row.name)
            key = f"{key}\n{row.id}"
        held.setdefault(place, row.name)
        op.get_bind().execute(sa.update(rows).where(rows.c.id == row.id).values(name_key=key))
    for first, others in alike.items():
        told = ", ".join(map(ascii, others))
        click.echo(f"{table}: {ascii(first)} is the same name as {told}; each keeps its own.")


def _say_what_was_done() -> None:
    names = op.get_bind().scalars(sa.text("SELECT DISTINCT name FROM event")).all()
    if not names:
        return
    events = _table("event", "name", "key", "from_state", "to_state", "person_id", "issue_id")
    alike = [(sa.text(f"({condition})"), key) for key, condition in NAMED_ALIKE]
    plain = [(events.c.name == name, re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")) for name in names]
    op.execute(sa.update(events).values(key=sa.case(*alike, *plain, else_="")))


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, sa.column("id"), *(sa.column(column) for column in columns))
