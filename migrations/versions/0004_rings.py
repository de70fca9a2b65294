"""Rings: who reads a comment, a file, an entry of the timeline.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

REFERENCES = (
    ("comment", "ring_company_id", "company"),
    ("comment", "ring_operator_id", "company"),
    ("attachment", "ring_company_id", "company"),
    ("attachment", "ring_operator_id", "company"),
    ("event", "ring_company_id", "company"),
    ("event", "ring_operator_id", "company"),
    ("event", "about_id", "issue"),
)
"""Columns that name a row of another table; written so that SQLite can add and drop them."""


def upgrade() -> None:
    for table, column, other in REFERENCES:
        name = f"fk_{table}_{column}_{other}"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {other} (id)")
    op.create_index(
        "ix_event_notes",
        "event",
        ["issue_id", "at"],
        unique=False,
        sqlite_where=sa.text("ring_company_id IS NOT NULL"),
        postgresql_where=sa.text("ring_company_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_event_notes", table_name="event")
    for table, column, _ in REFERENCES:
        op.drop_column(table, column)
