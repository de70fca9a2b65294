"""What the registry says of a premise opens by work on this premise, and one legal company has one key.

Revision 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

from tracker.db import Code
from tracker.domain.names import legal_key_of

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

CHANGED_PREMISE = "CAST(changes AS TEXT) LIKE '%\"EsiID\"%'"
"""Whoever typed this word itself into a field counts as well: then others have to move the issue once more."""


def upgrade() -> None:
    op.add_column("issue", sa.Column("told_after", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE issue SET told_after = ("
        f"SELECT max(event.version) FROM event WHERE event.issue_id = issue.id AND {CHANGED_PREMISE}) "
        f"WHERE id IN (SELECT issue_id FROM event WHERE {CHANGED_PREMISE})"
    )
    op.add_column("company", sa.Column("legal_key", Code, nullable=False, server_default=""))
    company = sa.table("company", sa.column("id"), sa.column("legal_name"), sa.column("legal_key"))
    for row in op.get_bind().execute(sa.select(company)).all():
        given = sa.update(company).where(company.c.id == row.id).values(legal_key=legal_key_of(row.legal_name))
        op.get_bind().execute(given)


def downgrade() -> None:
    op.drop_column("company", "legal_key")
    op.drop_column("issue", "told_after")
