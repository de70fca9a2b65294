"""Each attachment has the text inside and the word of the scanner to itself; files of forms; what was let go; who owns the folder.

Revision 0016, after 0015.
"""

import secrets
from collections import defaultdict
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from tracker.db import Json, Moment

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

CHANGES = {
    "attachment_text": "each attachment has the text read from it to itself, where equal bytes shared one",
    "attachment.read_at": "what was read under another's name, or could not be opened, is read once more",
    "market_fact": "the identity comes, which the folder of the attachments will bear, too",
}

GONE = "The file could not be opened."
"""What release 0.1.0 wrote for good where a file was away for a moment."""

MOST_READ = 256 << 10
LONG = 32 << 10
"""A text of so many characters may be longer than what is searched of it."""

KIND = {"txt": "text", "csv": "text"}
"""Of 0.1.0: two names for what one module read."""

DRAFT_FILE = ("draft_id", "title", "file_name", "media_type", "size", "sha256")


def upgrade() -> None:
    op.add_column("attachment", sa.Column("searched_to", sa.String(), nullable=True))
    op.add_column("attachment", sa.Column("scan", sa.String(), nullable=True))
    op.create_index("ix_attachment_person", "attachment", ["person_id", "at"])
    op.create_index("ix_attachment_scan", "attachment", ["scan", "id"])
    _give_texts_to_attachments()
    _rebuild_draft_files()
    op.create_table(
        "let_go",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("stored_at", Moment(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_let_go_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_let_go")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_let_go_sha256"), "let_go", ["sha256"])
    op.create_index(op.f("ix_let_go_at"), "let_go", ["at"])
    op.create_index("ix_let_go_person", "let_go", ["person_id", "stored_at"])
    _give_identity()


def _give_identity() -> None:
    """Once: the folder bears it also after a way back and up again."""
    own = sa.text(
        "INSERT INTO market_fact (name, value) SELECT 'attachments', CAST(:identity AS VARCHAR) "
        "WHERE NOT EXISTS (SELECT 1 FROM market_fact WHERE name = 'attachments')"
    )
    op.get_bind().execute(own, {"identity": secrets.token_hex(16)})


def _give_texts_to_attachments() -> None:
    _set_aside("attachment_text", "sha256_text")
    op.create_table(
        "attachment_text",
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("unreadable", sa.String(), nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_attachment_text_attachment_id_attachment")
        ),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_attachment_text")),
        sqlite_strict=True,
    )
    op.execute(
        "INSERT INTO attachment_text (attachment_id, text, unreadable, whole) "
        f"SELECT a.id, t.text, t.unreadable, length(t.text) < {MOST_READ} FROM attachment AS a "
        "JOIN sha256_text AS t ON t.sha256 = a.sha256 WHERE a.read_at IS NOT NULL"
    )
    op.drop_table("sha256_text")
    _promise_reading()


def _promise_reading() -> None:
    """Of what was read under a name of another kind, or could not be opened; and once more of what is long."""
    bind = op.get_bind()
    rows = bind.execute(
        sa.text(
            "SELECT a.id, a.issue_id, a.sha256, a.file_name, t.unreadable, length(t.text) AS size "
            "FROM attachment AS a JOIN attachment_text AS t ON t.attachment_id = a.id ORDER BY a.id"
        )
    ).all()
    kinds = defaultdict(set)
    for row in rows:
        kinds[row.sha256].add(_kind(row.file_name))
    wrong = [row for row in rows if len(kinds[row.sha256]) > 1 or row.unreadable == GONE]
    anew = {row.id for row in wrong}
    long = [row for row in rows if row.id not in anew and row.size >= LONG]
    for row in wrong:
        bind.execute(sa.text("DELETE FROM attachment_text WHERE attachment_id = :id"), {"id": row.id})
        bind.execute(sa.text("UPDATE attachment SET read_at = NULL WHERE id = :id"), {"id": row.id})
    job = sa.table(
        "job",
        sa.column("topic", sa.String()),
        sa.column("issue_id", sa.Integer()),
        sa.column("details", Json),
        sa.column("due_at", Moment()),
        sa.column("tries", sa.Integer()),
    )
    promised = [
        {
            "topic": "read-attachment",
            "issue_id": row.issue_id,
            "details": {"attachment_id": row.id},
            "due_at": datetime.now(UTC),
            "tries": 0,
        }
        for row in (*wrong, *long)
    ]
    if promised:
        op.bulk_insert(job, promised)


def _kind(file_name: str | None) -> str:
    extension = (file_name or "").rpartition(".")[2].lower()
    return KIND.get(extension, extension)


def _rebuild_draft_files() -> None:
    bind = op.get_bind()
    file = sa.table("draft_file", sa.column("id"), *(sa.column(name) for name in DRAFT_FILE))
    draft = sa.table("draft", sa.column("id"), sa.column("person_id"), sa.column("changed_at", Moment()))
    of_draft = sa.select(file, draft.c.person_id, draft.c.changed_at.label("at"))
    rows = bind.execute(of_draft.join(draft, draft.c.id == file.c.draft_id).order_by(file.c.id)).all()
    _drop_draft_files()
    table = op.create_table(
        "draft_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("reply_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.CheckConstraint("(draft_id IS NULL) <> (reply_id IS NULL)", name=op.f("ck_draft_file_one_form")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_draft_file_draft_id_draft"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["reply.id"], name=op.f("fk_draft_file_reply_id_reply"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_file_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_draft_file_public_id")),
        sqlite_strict=True,
    )
    for column in ("draft_id", "reply_id", "person_id", "sha256"):
        op.create_index(op.f(f"ix_draft_file_{column}"), "draft_file", [column])
    _put_back(table, [dict(row._mapping) | {"public_id": secrets.token_urlsafe(18)} for row in rows])


def _drop_draft_files() -> None:
    for index in sa.inspect(op.get_bind()).get_indexes("draft_file"):
        if not index["unique"]:
            op.drop_index(index["name"], table_name="draft_file")
    op.drop_table("draft_file")


def _put_back(table: sa.Table, rows: list[dict[str, object]]) -> None:
    if not rows:
        return
    op.bulk_insert(table, rows)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('draft_file', 'id'), (SELECT max(id) FROM draft_file))")


def _set_aside(table: str, name: str) -> None:
    op.rename_table(table, name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {name} RENAME CONSTRAINT pk_{table} TO pk_{name}")


def downgrade() -> None:
    """Of the texts of the same bytes one is kept, as before; files kept with replies go. The identity stays."""
    op.drop_table("let_go")
    _take_draft_files_back()
    _take_texts_back()
    op.drop_index("ix_attachment_scan", table_name="attachment")
    op.drop_index("ix_attachment_person", table_name="attachment")
    op.drop_column("attachment", "scan")
    op.drop_column("attachment", "searched_to")


def _take_texts_back() -> None:
    _set_aside("attachment_text", "text_of_attachment")
    op.create_table(
        "attachment_text",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("unreadable", sa.String(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_attachment_text")),
        sqlite_strict=True,
    )
    op.execute(
        "INSERT INTO attachment_text (sha256, text, unreadable, read_at) "
        "SELECT a.sha256, t.text, t.unreadable, a.read_at FROM text_of_attachment AS t "
        "JOIN attachment AS a ON a.id = t.attachment_id WHERE a.read_at IS NOT NULL ORDER BY a.id "
        "ON CONFLICT DO NOTHING"
    )
    op.drop_table("text_of_attachment")


def _take_draft_files_back() -> None:
    bind = op.get_bind()
    names = ", ".join(("id", *DRAFT_FILE))
    rows = bind.execute(sa.text(f"SELECT {names} FROM draft_file WHERE draft_id IS NOT NULL ORDER BY id")).all()
    _drop_draft_files()
    table = op.create_table(
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
    for column in ("draft_id", "sha256"):
        op.create_index(op.f(f"ix_draft_file_{column}"), "draft_file", [column])
    _put_back(table, [dict(row._mapping) for row in rows])
