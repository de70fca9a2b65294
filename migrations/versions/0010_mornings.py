"""Mornings where people sit, warnings told once for a state, and indexes for letters that wait.

Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WAITING = sa.text("sent_at IS NULL AND dropped_because IS NULL")


def upgrade() -> None:
    op.add_column("person", sa.Column("time_zone", sa.String(), server_default="America/Chicago", nullable=False))
    op.add_column("person", sa.Column("digest_day", sa.Date(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("UPDATE person SET digest_day = (SELECT value::date FROM market_fact WHERE name = 'digest sent')")
    else:
        op.execute("UPDATE person SET digest_day = (SELECT value FROM market_fact WHERE name = 'digest sent')")
    op.execute("DELETE FROM market_fact WHERE name = 'digest sent'")
    op.create_table(
        "late_warning",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_late_warning_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_late_warning")),
        sqlite_strict=True,
    )
    op.execute("INSERT INTO late_warning (event_id) SELECT DISTINCT event_id FROM notice WHERE reason = 'late'")
    op.drop_index("ix_mail_due", table_name="mail")
    op.create_index("ix_mail_due", "mail", ["due_at", "id"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("ix_mail_waiting", "mail", ["receiver"], sqlite_where=WAITING, postgresql_where=WAITING)


def downgrade() -> None:
    op.drop_index("ix_mail_waiting", table_name="mail")
    op.drop_index("ix_mail_due", table_name="mail")
    op.create_index("ix_mail_due", "mail", ["sent_at", "due_at", "id"], unique=False)
    op.drop_table("late_warning")
    op.drop_column("person", "digest_day")
    op.drop_column("person", "time_zone")
