"""What each side says that a value is, and whose claims were right in the end.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

from tracker.db import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_claim_issue_id_issue")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_claim_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("issue_id", "side", "field", name=op.f("uq_claim_issue_id_side_field")),
        sqlite_strict=True,
    )
    op.add_column("issue", sa.Column("right_side", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("issue", "right_side")
    op.drop_table("claim")
