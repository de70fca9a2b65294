"""Half-typed replies, who is at an issue, and which company has opened it.

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

from tracker.db import Json, Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("raw", Json, nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_reply_issue_id_issue")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reply_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint("person_id", "issue_id", "form", name=op.f("uq_reply_person_id_issue_id_form")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reply_public_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "presence",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_presence_issue_id_issue")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_presence_person_id_person")),
        sa.PrimaryKeyConstraint("issue_id", "person_id", name=op.f("pk_presence")),
        sqlite_strict=True,
    )
    op.create_index("ix_presence_seen", "presence", ["seen_at"], unique=False)
    op.create_table(
        "issue_opening",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_issue_opening_company_id_company")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_opening_issue_id_issue")),
        sa.PrimaryKeyConstraint("issue_id", "company_id", name=op.f("pk_issue_opening")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("issue_opening")
    op.drop_index("ix_presence_seen", table_name="presence")
    op.drop_table("presence")
    op.drop_table("reply")
