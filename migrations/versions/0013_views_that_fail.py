"""Watched views that cannot be asked.

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

from tracker.db import Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("view_watch", sa.Column("failing_since", Moment(), nullable=True))
    op.add_column("view_watch", sa.Column("failing_code", sa.String(), nullable=True))
    op.add_column("view_watch", sa.Column("failed_at", Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("view_watch", "failed_at")
    op.drop_column("view_watch", "failing_code")
    op.drop_column("view_watch", "failing_since")
