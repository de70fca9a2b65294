"""The inbox, watching, the Rolodex of a company, and outgoing mail.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

from tracker.db import Json, Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("read_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_notice_event_id_event")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_notice_issue_id_issue")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("event_id", "person_id", "reason", name=op.f("uq_notice_event_id_person_id_reason")),
        sqlite_strict=True,
    )
    op.create_index("ix_notice_inbox", "notice", ["person_id", "read_at", "id"], unique=False)
    op.create_index(op.f("ix_notice_issue_id"), "notice", ["issue_id"], unique=False)
    op.create_table(
        "watch",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_watch_issue_id_issue")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_watch_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "issue_id", name=op.f("pk_watch")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_watch_issue_id"), "watch", ["issue_id"], unique=False)
    op.create_table(
        "view_watch",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("view_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_view_watch_person_id_person")),
        sa.ForeignKeyConstraint(
            ["view_id"], ["saved_view.id"], name=op.f("fk_view_watch_view_id_saved_view"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "view_id", name=op.f("pk_view_watch")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_view_watch_view_id"), "view_watch", ["view_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("subtype", sa.String(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_contact_company_id_company")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sqlite_strict=True,
    )
    op.create_index("ix_contact_company", "contact", ["company_id", "purpose", "subtype"], unique=False)
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("receiver", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("about", Json, nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("dropped_because", sa.String(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_mail_company_id_company")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_mail_issue_id_issue")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_mail_due", "mail", ["sent_at", "due_at", "id"], unique=False)
    op.create_index("ix_mail_thread", "mail", ["issue_id", "receiver", "id"], unique=False)
    op.add_column("company", sa.Column("link_only", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("person", sa.Column("unread", sa.Integer(), server_default="0", nullable=False))
    op.add_column("person", sa.Column("mail_choices", Json, server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("person", "unread")
    op.drop_column("person", "mail_choices")
    op.drop_column("company", "link_only")
    op.drop_index("ix_mail_thread", table_name="mail")
    op.drop_index("ix_mail_due", table_name="mail")
    op.drop_table("mail")
    op.drop_index("ix_contact_company", table_name="contact")
    op.drop_table("contact")
    op.drop_index(op.f("ix_view_watch_view_id"), table_name="view_watch")
    op.drop_table("view_watch")
    op.drop_index(op.f("ix_watch_issue_id"), table_name="watch")
    op.drop_table("watch")
    op.drop_index(op.f("ix_notice_issue_id"), table_name="notice")
    op.drop_index("ix_notice_inbox", table_name="notice")
    op.drop_table("notice")
