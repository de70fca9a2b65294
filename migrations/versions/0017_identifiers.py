"""Every identifier is compared byte by byte, and who looked a premise up in the registry is written down.

Revision 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

from tracker.db import Code, Moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _looks()


def _looks() -> None:
    op.create_table(
        "registry_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("esi_id", Code, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_registry_look_person_id_person")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_registry_look_company_id_company")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_look")),
        sa.UniqueConstraint("esi_id", "day", "person_id", name=op.f("uq_registry_look_esi_id_day_person_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_registry_look_company", "registry_look", ["company_id", "day", "esi_id"])


def downgrade() -> None:
    op.drop_table("registry_look")
