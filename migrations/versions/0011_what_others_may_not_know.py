"""What a check told the filer is kept only until others see the issue.

Revision 0011, after 0010.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE issue SET warnings = '[]' WHERE available_at IS NOT NULL AND CAST(warnings AS TEXT) <> '[]'")


def downgrade() -> None:
    """What was cleared is not known any more, and nobody needs it."""
