"""What was in a watched view when it was last looked at.

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watched_issue",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("view_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_watched_issue_issue_id_issue")),
        sa.ForeignKeyConstraint(
            ["person_id", "view_id"],
            ["view_watch.person_id", "view_watch.view_id"],
            name=op.f("fk_watched_issue_person_id_view_watch"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "view_id", "issue_id", name=op.f("pk_watched_issue")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_watched_issue_issue_id"), "watched_issue", ["issue_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_watched_issue_issue_id"), table_name="watched_issue")
    op.drop_table("watched_issue")
