"""Every identifier is compared byte by byte, and who looked a premise up in the registry is written down.

Revision 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

from tracker.db import Code, Moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


BY_BYTES, BY_LANGUAGE = '"C"', 'pg_catalog."default"'

IDENTIFIERS = {
    "attachment": "public_id sha256 scan",
    "bulk_act": "public_id key",
    "claim": "side field",
    "company": "duns kind",
    "contact": "public_id subtype purpose",
    "draft": "subtype",
    "draft_file": "public_id sha256",
    "esi_id_prefix": "prefix",
    "event": "key from_state to_state",
    "failed_sign_ins": "subject",
    "group_rule": "public_id subtype",
    "issue": "subtype workflow state status source right_side service_start service_stop",
    "issue_identifier": "kind",
    "issue_link": "kind",
    "issue_party": "role",
    "issue_viewer": "standing",
    "job": "topic",
    "known_device": "token_hash",
    "let_go": "sha256",
    "mail": "message_id receiver",
    "market_fact": "name value",
    "market_order": "orig_tran_id global_id esi_id kind gaining_duns losing_duns status",
    "notice": "reason",
    "person": "user_name rank time_zone",
    "premise": "esi_id tdsp_duns rep_duns premise_type status state zip_code load_profile weather_zone",
    "rep_of_record": "esi_id rep_duns",
    "reply": "public_id form",
    "saved_view": "public_id scope name_key",
    "sign_in_link": "token_hash",
    "sign_in_session": "public_id token_hash method",
    "view_watch": "failing_code",
    "work_group": "public_id name_key",
}
"""What was compared by the rules of a language until now, though it is no word of one."""


DROPPED, OF_ACT = sa.text("dropped_because IS NOT NULL"), sa.text("act_id IS NOT NULL")
PARKED, FILE = sa.text("parked_at IS NOT NULL"), sa.text("sha256 IS NOT NULL")

INDEXES = (
    ("ix_mail_dropped", "mail", ["company_id", "id"], DROPPED),
    ("ix_mail_act", "mail", ["act_id"], OF_ACT),
    ("ix_bulk_act_ended_at", "bulk_act", ["ended_at"], None),
    ("ix_job_parked", "job", ["parked_at"], PARKED),
    ("ix_sign_in_session_created_at", "sign_in_session", ["created_at"], None),
)
"""For the letters that were refused, beside the contacts of a company; acts and sessions that are forgotten; jobs that
are tried again."""


def upgrade() -> None:
    _collate(BY_BYTES)
    _looks()
    for name, table, columns, where in INDEXES:
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
    _index_scans(FILE)


def _index_scans(where: sa.TextClause | None) -> None:
    """An address has nothing to be scanned: whoever looks for what was not scanned yet passes over it."""
    op.drop_index("ix_attachment_scan", table_name="attachment")
    op.create_index("ix_attachment_scan", "attachment", ["scan", "id"], sqlite_where=where, postgresql_where=where)


def _collate(collation: str) -> None:
    """On PostgreSQL; SQLite compares byte by byte unless it is told otherwise.

    No table is written anew: only the indexes over these columns, once for each table, and foreign keys go along.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns in IDENTIFIERS.items():
        changes = ", ".join(f"ALTER {column} TYPE VARCHAR COLLATE {collation}" for column in columns.split())
        op.execute(f"ALTER TABLE {table} {changes}")


def _looks() -> None:
    op.create_table(
        "registry_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("esi_id", Code, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_registry_look_person_id_person")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_registry_look_company_id_company")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_look")),
        sa.UniqueConstraint("esi_id", "day", "person_id", name=op.f("uq_registry_look_esi_id_day_person_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_registry_look_company", "registry_look", ["company_id", "day", "esi_id"])


def downgrade() -> None:
    _index_scans(None)
    for name, table, _, _ in INDEXES:
        op.drop_index(name, table_name=table)
    op.drop_table("registry_look")
    _collate(BY_LANGUAGE)
