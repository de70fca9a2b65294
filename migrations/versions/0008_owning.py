"""Rules that choose a group, deputies, and acts on many issues.

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

from tracker.db import Code, Json, Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

REFERENCES = (("person", "deputy_id", "person"), ("mail", "act_id", "bulk_act"))
"""Columns that name a row of another table; written so that SQLite can add and drop them."""


def upgrade() -> None:
    op.create_table(
        "group_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("subtype", sa.String(), nullable=True),
        sa.Column("esi_id_prefix", Code, nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_group_rule_company_id_company")),
        sa.ForeignKeyConstraint(["group_id"], ["work_group.id"], name=op.f("fk_group_rule_group_id_work_group")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_rule")),
        sqlite_strict=True,
    )
    op.create_index("ix_group_rule_company", "group_rule", ["company_id", "place"], unique=False)
    op.create_table(
        "bulk_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("raw", Json, nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("cause_id", sa.Integer(), nullable=True),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["cause_id"], ["issue.id"], name=op.f("fk_bulk_act_cause_id_issue")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_bulk_act_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_act")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bulk_act_public_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_bulk_act_person_id"), "bulk_act", ["person_id"], unique=False)
    op.create_table(
        "bulk_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["act_id"], ["bulk_act.id"], name=op.f("fk_bulk_item_act_id_bulk_act")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_bulk_item_event_id_event")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_bulk_item_issue_id_issue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_item")),
        sa.UniqueConstraint("act_id", "issue_id", name=op.f("uq_bulk_item_act_id_issue_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_bulk_item_act_id"), "bulk_item", ["act_id"], unique=False)
    for table, column, other in REFERENCES:
        name = f"fk_{table}_{column}_{other}"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {other} (id)")
    op.add_column("person", sa.Column("away_until", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("person", "away_until")
    for table, column, _ in REFERENCES:
        op.drop_column(table, column)
    op.drop_index(op.f("ix_bulk_item_act_id"), table_name="bulk_item")
    op.drop_table("bulk_item")
    op.drop_index(op.f("ix_bulk_act_person_id"), table_name="bulk_act")
    op.drop_table("bulk_act")
    op.drop_index("ix_group_rule_company", table_name="group_rule")
    op.drop_table("group_rule")
