"""Saved views, and the pins that put them on somebody's home page.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

from tracker.db import Json, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("columns", Json, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_saved_view_company_id_company")),
        sa.ForeignKeyConstraint(["group_id"], ["work_group.id"], name=op.f("fk_saved_view_group_id_work_group")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_view_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("public_id", name=op.f("uq_saved_view_public_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_saved_view_person_id"), "saved_view", ["person_id"], unique=False)
    op.create_index("ix_saved_view_scope", "saved_view", ["scope", "company_id"], unique=False)
    op.create_table(
        "view_pin",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("view_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("is_home", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_view_pin_person_id_person")),
        sa.ForeignKeyConstraint(
            ["view_id"], ["saved_view.id"], name=op.f("fk_view_pin_view_id_saved_view"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "view_id", name=op.f("pk_view_pin")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_view_pin_view_id"), "view_pin", ["view_id"], unique=False)
    op.create_index(
        "ix_view_pin_one_home",
        "view_pin",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("is_home"),
        postgresql_where=sa.text("is_home"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_view_pin_one_home",
        table_name="view_pin",
        sqlite_where=sa.text("is_home"),
        postgresql_where=sa.text("is_home"),
    )
    op.drop_index(op.f("ix_view_pin_view_id"), table_name="view_pin")
    op.drop_table("view_pin")
    op.drop_index("ix_saved_view_scope", table_name="saved_view")
    op.drop_index(op.f("ix_saved_view_person_id"), table_name="saved_view")
    op.drop_table("saved_view")
