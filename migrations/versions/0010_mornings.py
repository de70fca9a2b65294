"""Mornings where people sit, warnings told once for a state, and indexes for letters that wait.

Revision 0010, after 0009.
"""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from tracker.db import Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WAITING = sa.text("sent_at IS NULL AND dropped_because IS NULL")
NOTICE = sa.table("notice", sa.column("at", Moment()), sa.column("digested_at", Moment()))
TOLD = sa.text("event_id IS NOT NULL")
WARNED = """
    INSERT INTO late_warning (event_id, company_id)
    SELECT DISTINCT notice.event_id, issue.responsible_id FROM notice JOIN issue ON issue.id = notice.issue_id
    WHERE notice.reason = 'late' AND issue.responsible_id IS NOT NULL
"""


def upgrade() -> None:
    op.add_column("person", sa.Column("time_zone", sa.String(), server_default="America/Chicago", nullable=False))
    op.add_column("person", sa.Column("digest_day", sa.Date(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("UPDATE person SET digest_day = (SELECT value::date FROM market_fact WHERE name = 'digest sent')")
    else:
        op.execute("UPDATE person SET digest_day = (SELECT value FROM market_fact WHERE name = 'digest sent')")
    op.create_table(
        "late_warning",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_late_warning_company_id_company")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_late_warning_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", "company_id", name=op.f("pk_late_warning")),
        sqlite_strict=True,
    )
    op.execute(WARNED)
    op.add_column("notice", sa.Column("digested_at", Moment(), nullable=True))
    for (day,) in op.get_bind().execute(sa.text("SELECT value FROM market_fact WHERE name = 'digest sent'")).all():
        seven = datetime.combine(date.fromisoformat(day), time(7), ZoneInfo("America/Chicago"))
        op.get_bind().execute(sa.update(NOTICE).where(NOTICE.c.at < seven).values(digested_at=NOTICE.c.at))
    op.add_column("mail", sa.Column("promised_at", Moment(), nullable=True))
    op.execute("UPDATE mail SET promised_at = due_at")
    op.drop_index("ix_mail_due", table_name="mail")
    op.create_index("ix_mail_due", "mail", ["due_at", "id"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("ix_mail_waiting", "mail", ["receiver"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("ix_bulk_item_event", "bulk_item", ["event_id"], sqlite_where=TOLD, postgresql_where=TOLD)


def downgrade() -> None:
    op.drop_index("ix_bulk_item_event", table_name="bulk_item")
    op.drop_index("ix_mail_waiting", table_name="mail")
    op.drop_index("ix_mail_due", table_name="mail")
    op.create_index("ix_mail_due", "mail", ["sent_at", "due_at", "id"], unique=False)
    op.drop_column("mail", "promised_at")
    op.drop_column("notice", "digested_at")
    op.drop_table("late_warning")
    op.drop_column("person", "digest_day")
    op.drop_column("person", "time_zone")
