"""A session is named by a random id, not by its running one.

Revision 0014, after 0013.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SESSION = sa.table("sign_in_session", sa.column("id", sa.Integer), sa.column("public_id", sa.String))


def upgrade() -> None:
    op.add_column("sign_in_session", sa.Column("public_id", sa.String(), nullable=True))
    connection = op.get_bind()
    for session_id in connection.scalars(sa.select(SESSION.c.id)).all():
        named = sa.update(SESSION).where(SESSION.c.id == session_id).values(public_id=secrets.token_urlsafe(18))
        connection.execute(named)
    op.create_index(op.f("ix_sign_in_session_public_id"), "sign_in_session", ["public_id"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_sign_in_session_public_id"), table_name="sign_in_session")
    op.drop_column("sign_in_session", "public_id")
