"""Who is told in somebody's place, and inboxes by what happened last.

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UNREAD = sa.text("read_at IS NULL")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ALTER TABLE notice ADD COLUMN for_id INTEGER CONSTRAINT fk_notice_for_id_person REFERENCES person (id)")
    else:
        op.add_column("notice", sa.Column("for_id", sa.Integer(), nullable=True))
        op.create_foreign_key("fk_notice_for_id_person", "notice", "person", ["for_id"], ["id"])
    op.drop_index("ix_notice_inbox", table_name="notice")
    op.create_index("ix_notice_inbox", "notice", ["person_id", "at", "id"], unique=False)
    op.create_index(
        "ix_notice_unread", "notice", ["person_id", "reason"], sqlite_where=UNREAD, postgresql_where=UNREAD
    )


def downgrade() -> None:
    op.drop_index("ix_notice_unread", table_name="notice")
    op.drop_index("ix_notice_inbox", table_name="notice")
    op.create_index("ix_notice_inbox", "notice", ["person_id", "read_at", "id"], unique=False)
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("fk_notice_for_id_person", "notice", type_="foreignkey")
    op.drop_column("notice", "for_id")
