"""The first tables.

Revision 0001, after nothing.
"""

import sqlalchemy as sa
from alembic import op

from tracker.db import Code, Json, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "company",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duns", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("legal_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("duns", name=op.f("uq_company_duns")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_company_one_operator",
        "company",
        ["kind"],
        unique=True,
        sqlite_where=sa.text("kind = 'ERCOT'"),
        postgresql_where=sa.text("kind = 'ERCOT'"),
    )
    op.create_table(
        "failed_sign_ins",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Moment(), nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_failed_sign_ins")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_failed_sign_ins_last_at"), "failed_sign_ins", ["last_at"], unique=False)
    op.create_table(
        "market_fact",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_market_fact")),
        sqlite_strict=True,
    )
    op.create_table(
        "market_order",
        sa.Column("orig_tran_id", sa.String(), nullable=False),
        sa.Column("global_id", sa.String(), nullable=True),
        sa.Column("esi_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("requested_for", sa.Date(), nullable=True),
        sa.Column("scheduled_for", sa.Date(), nullable=True),
        sa.Column("gaining_duns", sa.String(), nullable=True),
        sa.Column("losing_duns", sa.String(), nullable=True),
        sa.Column("priority", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("loaded_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("orig_tran_id", name=op.f("pk_market_order")),
        sqlite_strict=True,
    )
    op.create_index("ix_market_order_esi_id", "market_order", ["esi_id", "orig_tran_id"], unique=False)
    op.create_index(op.f("ix_market_order_global_id"), "market_order", ["global_id"], unique=False)
    op.create_table(
        "premise",
        sa.Column("esi_id", sa.String(), nullable=False),
        sa.Column("tdsp_duns", sa.String(), nullable=False),
        sa.Column("rep_duns", sa.String(), nullable=True),
        sa.Column("premise_type", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("street", sa.String(), nullable=True),
        sa.Column("city", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("zip_code", sa.String(), nullable=True),
        sa.Column("load_profile", sa.String(), nullable=True),
        sa.Column("weather_zone", sa.String(), nullable=True),
        sa.Column("loaded_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("esi_id", name=op.f("pk_premise")),
        sqlite_strict=True,
    )
    op.create_table(
        "esi_id_prefix",
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_esi_id_prefix_company_id_company")),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_esi_id_prefix")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_esi_id_prefix_company_id"), "esi_id_prefix", ["company_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("rank", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column(
            "preferred_subtypes",
            Json,
            nullable=False,
        ),
        sa.Column("shortcut_keys", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_person_company_id_company")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("user_name", name=op.f("uq_person_user_name")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_person_company_id"), "person", ["company_id"], unique=False)
    op.create_table(
        "rep_of_record",
        sa.Column("esi_id", sa.String(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("stop", sa.Date(), nullable=True),
        sa.Column("rep_duns", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["esi_id"], ["premise.esi_id"], name=op.f("fk_rep_of_record_esi_id_premise")),
        sa.PrimaryKeyConstraint("esi_id", "start", name=op.f("pk_rep_of_record")),
        sqlite_strict=True,
    )
    op.create_table(
        "work_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_work_group_company_id_company")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_group")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_work_group_company_id_name")),
        sqlite_strict=True,
    )
    op.create_table(
        "issue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subtype", sa.String(), nullable=False),
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column("workflow_version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("responsible_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=False),
        sa.Column("submitter_id", sa.Integer(), nullable=False),
        sa.Column("esi_id", Code, nullable=True),
        sa.Column("orig_tran_id", Code, nullable=True),
        sa.Column("tran_id", Code, nullable=True),
        sa.Column("service_start", sa.String(), nullable=True),
        sa.Column("service_stop", sa.String(), nullable=True),
        sa.Column(
            "values", Json, nullable=False
        ),
        sa.Column(
            "filed_values",
            Json,
            nullable=False,
        ),
        sa.Column(
            "warnings", Json, nullable=False
        ),
        sa.Column("waits_because", sa.String(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("state_changed_at", Moment(), nullable=False),
        sa.Column("turn_since", Moment(), nullable=False),
        sa.Column("available_at", Moment(), nullable=True),
        sa.Column("first_touched_at", Moment(), nullable=True),
        sa.Column("first_touched_by_tdsp_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("clock_at", Moment(), nullable=True),
        sa.Column("was_unexecutable", sa.Boolean(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["issue.id"], name=op.f("fk_issue_parent_id_issue")),
        sa.ForeignKeyConstraint(["responsible_id"], ["company.id"], name=op.f("fk_issue_responsible_id_company")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["person.id"], name=op.f("fk_issue_submitted_by_id_person")),
        sa.ForeignKeyConstraint(["submitter_id"], ["company.id"], name=op.f("fk_issue_submitter_id_company")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue")),
        sa.UniqueConstraint("number", name=op.f("uq_issue_number")),
        sqlite_strict=True,
    )
    op.create_index("ix_issue_changed", "issue", ["changed_at", "id"], unique=False)
    op.create_index("ix_issue_clock", "issue", ["clock_at"], unique=False)
    op.create_index("ix_issue_created", "issue", ["created_at", "id"], unique=False)
    op.create_index("ix_issue_turn", "issue", ["turn_since", "id"], unique=False)
    op.create_index(op.f("ix_issue_esi_id"), "issue", ["esi_id"], unique=False)
    op.create_index(op.f("ix_issue_orig_tran_id"), "issue", ["orig_tran_id"], unique=False)
    op.create_index(op.f("ix_issue_parent_id"), "issue", ["parent_id"], unique=False)
    op.create_index("ix_issue_responsible_changed", "issue", ["responsible_id", "changed_at", "id"], unique=False)
    op.create_index("ix_issue_state_changed", "issue", ["state", "changed_at", "id"], unique=False)
    op.create_index("ix_issue_subtype_changed", "issue", ["subtype", "changed_at", "id"], unique=False)
    op.create_index(op.f("ix_issue_tran_id"), "issue", ["tran_id"], unique=False)
    op.create_table(
        "known_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("used_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_known_device_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_device")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_known_device_token_hash")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_known_device_person_id"), "known_device", ["person_id"], unique=False)
    op.create_index(op.f("ix_known_device_used_at"), "known_device", ["used_at"], unique=False)
    op.create_table(
        "sign_in_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_link_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_link_token_hash")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_sign_in_link_person_id"), "sign_in_link", ["person_id"], unique=False)
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column(
            "data", Json, nullable=False
        ),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_session_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_sign_in_session_person_id"), "sign_in_session", ["person_id"], unique=False)
    op.create_index(op.f("ix_sign_in_session_seen_at"), "sign_in_session", ["seen_at"], unique=False)
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_comment_issue_id_issue")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_comment_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_comment_issue_id"), "comment", ["issue_id"], unique=False)
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("subtype", sa.String(), nullable=False),
        sa.Column("raw", Json, nullable=False),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["follows_id"], ["issue.id"], name=op.f("fk_draft_follows_id_issue")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("person_id", "subtype", name=op.f("uq_draft_person_id_subtype")),
        sqlite_strict=True,
    )
    op.create_table(
        "hand_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("last_event_id", sa.Integer(), nullable=False),
        sa.Column(
            "snapshot", Json, nullable=False
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_hand_off_company_id_company")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_hand_off_issue_id_issue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_off")),
        sqlite_strict=True,
    )
    op.create_index("ix_hand_off_company", "hand_off", ["company_id", "at", "id"], unique=False)
    op.create_index(op.f("ix_hand_off_issue_id"), "hand_off", ["issue_id"], unique=False)
    op.create_table(
        "issue_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_link_issue_id_issue")),
        sa.ForeignKeyConstraint(["other_id"], ["issue.id"], name=op.f("fk_issue_link_other_id_issue")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_issue_link_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_link")),
        sa.UniqueConstraint("issue_id", "other_id", "kind", name=op.f("uq_issue_link_issue_id_other_id_kind")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_issue_link_other_id"), "issue_link", ["other_id"], unique=False)
    op.create_table(
        "issue_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("since", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_issue_party_company_id_company")),
        sa.ForeignKeyConstraint(["group_id"], ["work_group.id"], name=op.f("fk_issue_party_group_id_work_group")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_party_issue_id_issue")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_issue_party_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_party")),
        sa.UniqueConstraint("issue_id", "role", "company_id", name=op.f("uq_issue_party_issue_id_role_company_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_issue_party_company_role", "issue_party", ["company_id", "role", "issue_id"], unique=False)
    op.create_index(op.f("ix_issue_party_group_id"), "issue_party", ["group_id"], unique=False)
    op.create_index("ix_issue_party_owner", "issue_party", ["owner_id", "issue_id"], unique=False)
    op.create_table(
        "issue_viewer",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_issue_viewer_company_id_company")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_viewer_issue_id_issue")),
        sa.PrimaryKeyConstraint("issue_id", "company_id", name=op.f("pk_issue_viewer")),
        sqlite_strict=True,
    )
    op.create_index("ix_issue_viewer_changed", "issue_viewer", ["company_id", "changed_at", "issue_id"], unique=False)
    op.create_index("ix_issue_viewer_company", "issue_viewer", ["company_id", "issue_id"], unique=False)
    op.create_index(
        "ix_issue_viewer_standing", "issue_viewer", ["company_id", "standing", "changed_at", "issue_id"], unique=False
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column(
            "details", Json, nullable=False
        ),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("parked_at", Moment(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_job_issue_id_issue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sqlite_strict=True,
    )
    op.create_index("ix_job_due", "job", ["due_at", "id"], unique=False)
    op.create_table(
        "draft_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_draft_file_draft_id_draft"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_file")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_draft_file_draft_id"), "draft_file", ["draft_id"], unique=False)
    op.create_index(op.f("ix_draft_file_sha256"), "draft_file", ["sha256"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=True),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("responsible_id", sa.Integer(), nullable=True),
        sa.Column(
            "changes", Json, nullable=False
        ),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_event_comment_id_comment")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_event_company_id_company")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_event_issue_id_issue")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_event_person_id_person")),
        sa.ForeignKeyConstraint(["responsible_id"], ["company.id"], name=op.f("fk_event_responsible_id_company")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sqlite_strict=True,
    )
    op.create_index("ix_event_issue", "event", ["issue_id", "id"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_attachment_event_id_event")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_attachment_issue_id_issue")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attachment_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_attachment_public_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_attachment_event_id"), "attachment", ["event_id"], unique=False)
    op.create_index(op.f("ix_attachment_issue_id"), "attachment", ["issue_id"], unique=False)
    op.create_index(op.f("ix_attachment_sha256"), "attachment", ["sha256"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_attachment_sha256"), table_name="attachment")
    op.drop_index(op.f("ix_attachment_issue_id"), table_name="attachment")
    op.drop_index(op.f("ix_attachment_event_id"), table_name="attachment")
    op.drop_table("attachment")
    op.drop_index("ix_event_issue", table_name="event")
    op.drop_table("event")
    op.drop_index(op.f("ix_draft_file_sha256"), table_name="draft_file")
    op.drop_index(op.f("ix_draft_file_draft_id"), table_name="draft_file")
    op.drop_table("draft_file")
    op.drop_index("ix_job_due", table_name="job")
    op.drop_table("job")
    op.drop_index("ix_issue_viewer_standing", table_name="issue_viewer")
    op.drop_index("ix_issue_viewer_changed", table_name="issue_viewer")
    op.drop_table("issue_viewer")
    op.drop_index("ix_issue_party_owner", table_name="issue_party")
    op.drop_index(op.f("ix_issue_party_group_id"), table_name="issue_party")
    op.drop_index("ix_issue_party_company_role", table_name="issue_party")
    op.drop_table("issue_party")
    op.drop_index(op.f("ix_issue_link_other_id"), table_name="issue_link")
    op.drop_table("issue_link")
    op.drop_index(op.f("ix_hand_off_issue_id"), table_name="hand_off")
    op.drop_index("ix_hand_off_company", table_name="hand_off")
    op.drop_table("hand_off")
    op.drop_table("draft")
    op.drop_index(op.f("ix_comment_issue_id"), table_name="comment")
    op.drop_table("comment")
    op.drop_index(op.f("ix_sign_in_session_seen_at"), table_name="sign_in_session")
    op.drop_index(op.f("ix_sign_in_session_person_id"), table_name="sign_in_session")
    op.drop_table("sign_in_session")
    op.drop_index(op.f("ix_sign_in_link_person_id"), table_name="sign_in_link")
    op.drop_table("sign_in_link")
    op.drop_index(op.f("ix_known_device_used_at"), table_name="known_device")
    op.drop_index(op.f("ix_known_device_person_id"), table_name="known_device")
    op.drop_table("known_device")
    op.drop_index(op.f("ix_issue_tran_id"), table_name="issue")
    op.drop_index("ix_issue_subtype_changed", table_name="issue")
    op.drop_index("ix_issue_state_changed", table_name="issue")
    op.drop_index("ix_issue_responsible_changed", table_name="issue")
    op.drop_index(op.f("ix_issue_parent_id"), table_name="issue")
    op.drop_index(op.f("ix_issue_orig_tran_id"), table_name="issue")
    op.drop_index(op.f("ix_issue_esi_id"), table_name="issue")
    op.drop_index("ix_issue_created", table_name="issue")
    op.drop_index("ix_issue_clock", table_name="issue")
    op.drop_index("ix_issue_changed", table_name="issue")
    op.drop_table("issue")
    op.drop_table("work_group")
    op.drop_table("rep_of_record")
    op.drop_index(op.f("ix_person_company_id"), table_name="person")
    op.drop_table("person")
    op.drop_index(op.f("ix_esi_id_prefix_company_id"), table_name="esi_id_prefix")
    op.drop_table("esi_id_prefix")
    op.drop_table("premise")
    op.drop_index(op.f("ix_market_order_global_id"), table_name="market_order")
    op.drop_index("ix_market_order_esi_id", table_name="market_order")
    op.drop_table("market_order")
    op.drop_table("market_fact")
    op.drop_index(op.f("ix_failed_sign_ins_last_at"), table_name="failed_sign_ins")
    op.drop_table("failed_sign_ins")
    op.drop_index(
        "ix_company_one_operator",
        table_name="company",
        sqlite_where=sa.text("kind = 'ERCOT'"),
        postgresql_where=sa.text("kind = 'ERCOT'"),
    )
    op.drop_table("company")
