"""What a check told the filer is kept only until others see the issue; each attachment says when it was read.

Revision 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

from tracker.db import Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

READ = """
    UPDATE attachment
    SET read_at = (SELECT text.read_at FROM attachment_text AS text WHERE text.sha256 = attachment.sha256)
    WHERE sha256 IS NOT NULL
"""


def upgrade() -> None:
    op.execute("UPDATE issue SET warnings = '[]' WHERE available_at IS NOT NULL AND CAST(warnings AS TEXT) <> '[]'")
    op.add_column("attachment", sa.Column("read_at", Moment(), nullable=True))
    op.execute(READ)


def downgrade() -> None:
    """What was cleared is not known any more, and nobody needs it."""
    op.drop_column("attachment", "read_at")
