"""Search: identifiers of issues, the text inside attachments, PostgreSQL's index, jobs by topic."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CODE = sa.String().with_variant(sa.String(collation="C"), "postgresql")
KEPT = (("number", "CAST(number AS VARCHAR)"), ("esiid", "esi_id"), ("tran", "orig_tran_id"), ("tran", "tran_id"))
PLAIN = "upper(replace(replace(replace(replace({0}, '-', ''), '.', ''), '/', ''), ' ', ''))"


def upgrade():
    op.create_table(
        "issue_identifier",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", CODE, nullable=False),
        sa.Column("tail", CODE, nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_identifier_issue_id_issue")),
        sa.PrimaryKeyConstraint("issue_id", "kind", "value", name=op.f("pk_issue_identifier")),
        sqlite_strict=True,
    )
    op.create_index("ix_issue_identifier_value", "issue_identifier", ["value", "issue_id"])
    op.create_index("ix_issue_identifier_tail", "issue_identifier", ["tail", "issue_id"])
    op.create_table(
        "attachment_text",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("unreadable", sa.String(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_attachment_text")),
        sqlite_strict=True,
    )
    op.create_table(
        "search_document",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False),
        sa.Column("marks", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_search_document_issue_id_issue")),
        sa.PrimaryKeyConstraint("issue_id", name=op.f("pk_search_document")),
        sqlite_strict=True,
    )
    op.create_index("ix_search_document_words", "search_document", ["words"], postgresql_using="gin")
    op.create_index("ix_job_topic_due", "job", ["topic", "due_at", "id"])
    _keep_identifiers()


def _keep_identifiers():
    """What the issues of before are found by; the fields without a column of their own follow with the next change."""
    tail = "substr({0}, -6)" if op.get_bind().dialect.name == "sqlite" else "right({0}, 6)"
    for kind, column in KEPT:
        plain = PLAIN.format(column)
        op.execute(
            "INSERT INTO issue_identifier (issue_id, kind, value, tail) "
            f"SELECT id, '{kind}', {plain}, {tail.format(plain)} FROM issue "
            f"WHERE {plain} <> '' ON CONFLICT DO NOTHING"
        )


def downgrade():
    op.drop_index("ix_job_topic_due", table_name="job")
    op.drop_index("ix_search_document_words", table_name="search_document", postgresql_using="gin")
    op.drop_table("search_document")
    op.drop_table("attachment_text")
    op.drop_index("ix_issue_identifier_tail", table_name="issue_identifier")
    op.drop_index("ix_issue_identifier_value", table_name="issue_identifier")
    op.drop_table("issue_identifier")
