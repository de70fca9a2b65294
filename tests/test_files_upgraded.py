"""What release 0.1.0 kept of files, brought to where each attachment has its own text, and back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from tracker.db import db
from tracker.queries.store_identity import Belonging, belonging_of
from tracker.storage import mark_folder

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
GONE, NOT_READ = "The file could not be opened.", "The text in files of this kind is not read."
LONG = "meter " * 6_000
FILES: dict[int, tuple[str, str]] = {
    1: ("a", "bill.txt"),
    2: ("a", "bill.csv"),
    3: ("b", "table.txt"),
    4: ("b", "table.zip"),
    5: ("c", "away.pdf"),
    6: ("d", "rows.csv"),
    7: ("e", "not read yet.txt"),
}
"""The SHA-256 (its letter) and the name of each attachment."""

TEXTS = {"a": ("of a", None), "b": ("", NOT_READ), "c": ("", GONE), "d": (LONG, None), "e": ("of others", None)}


@pytest.fixture
def upgraded(apart: Flask) -> Flask:
    """A database of 0.1.0 with its files, upgraded."""
    upgrade(directory="migrations", revision="0012")
    _fill()
    upgrade(directory="migrations", revision="0016")
    return apart


def _fill() -> None:
    _add("company", id=1, duns="1", name="Acme", legal_name="Acme", kind="CR", created_at=AT)
    _add("person", id=1, company_id=1, user_name="ann", full_name="Ann", email="a@x", rank="analyst", active=True)
    _add("draft", id=1, person_id=1, subtype="other", raw="{}", changed_at=AT)
    for number in (1, 2):
        file = {"title": "t", "file_name": f"{number}.txt", "media_type": "text/plain", "size": 5, "sha256": "f" * 64}
        _add("draft_file", id=number, draft_id=1, **file)
    _add("issue", id=1, number=7, title="x", state="New", status="New", is_open=True, source="gui", version=1)
    _add("event", id=1, issue_id=1, at=AT, person_id=1, company_id=1, name="Attach", to_state="New", version=1)
    for number, (letter, name) in FILES.items():
        read_at = None if number == 7 else AT
        _add("attachment", id=number, public_id=name, issue_id=1, event_id=1, person_id=1, at=AT, title=name)
        _set(number, file_name=name, media_type="text/plain", size=5, sha256=letter * 64, read_at=read_at)
    for letter, (inside, unreadable) in TEXTS.items():
        _add("attachment_text", sha256=letter * 64, text=inside, unreadable=unreadable, read_at=AT)
    db.session.commit()


DEFAULTS: dict[str, dict[str, Any]] = {
    "person": {"preferred_subtypes": "[]", "shortcut_keys": True, "created_at": AT},
    "issue": {
        **dict.fromkeys(("created_at", "changed_at", "state_changed_at", "turn_since"), AT),
        **dict.fromkeys(("values", "filed_values"), "{}"),
        "subtype": "other",
        "workflow": "other",
        "workflow_version": 1,
        "warnings": "[]",
        "was_unexecutable": False,
        "submitted_by_id": 1,
        "submitter_id": 1,
    },
    "event": {"changes": "[]"},
}


def _add(table: str, **columns: Any) -> None:
    row = DEFAULTS.get(table, {}) | columns
    names, values = ", ".join(f'"{name}"' for name in row), ", ".join(f":{name}" for name in row)
    db.session.execute(text(f'INSERT INTO "{table}" ({names}) VALUES ({values})'), row)


def _set(number: int, **columns: Any) -> None:
    given = ", ".join(f"{name} = :{name}" for name in columns)
    db.session.execute(text(f"UPDATE attachment SET {given} WHERE id = :id"), columns | {"id": number})


def rows(statement: str) -> list[tuple[Any, ...]]:
    """What a statement gives."""
    found = [tuple(row) for row in db.session.execute(text(statement))]
    db.session.rollback()
    return found


@pytest.mark.usefixtures("upgraded")
def test_each_attachment_has_the_text_that_was_read_of_its_bytes() -> None:
    """Not where they were read under a name of another kind, or could not be opened, or are not read yet."""
    found = rows("SELECT attachment_id, text, unreadable, whole FROM attachment_text ORDER BY attachment_id")
    assert found == [(1, "of a", None, True), (2, "of a", None, True), (6, LONG, None, True)]
    assert rows("SELECT id FROM attachment WHERE read_at IS NOT NULL ORDER BY id") == [(1,), (2,), (6,)]


@pytest.mark.usefixtures("upgraded")
def test_what_may_be_wrong_or_is_long_is_read_once_more() -> None:
    jobs = rows("SELECT topic, issue_id, details, tries, parked_at FROM job ORDER BY id")
    assert {(topic, issue_id, tries, parked_at) for topic, issue_id, _, tries, parked_at in jobs} == {
        ("read-attachment", 1, 0, None)
    }
    numbers = [str(details).partition("attachment_id")[2].strip("\"':} ") for _, _, details, _, _ in jobs]
    assert numbers == ["3", "4", "5", "6"]


@pytest.mark.usefixtures("upgraded")
def test_files_of_forms_stay_and_are_named_at_random() -> None:
    found = rows(
        "SELECT id, draft_id, reply_id, person_id, file_name, size, sha256, public_id FROM draft_file ORDER BY id"
    )
    assert [row[:7] for row in found] == [(n, 1, None, 1, f"{n}.txt", 5, "f" * 64) for n in (1, 2)]
    assert len({row[7] for row in found}) == 2
    assert all(len(row[7]) == 24 for row in found)
    _add_file(3)
    assert len(rows("SELECT id FROM draft_file")) == 3


def _add_file(number: int) -> None:
    """The database gives the id: it goes on after those that were there."""
    file = {"title": "t", "file_name": "n", "media_type": "m", "size": 1, "sha256": "f" * 64, "at": AT}
    _add("draft_file", public_id=f"{number}", draft_id=1, person_id=1, **file)
    db.session.commit()


IDENTITY = "SELECT value FROM market_fact WHERE name = 'attachments'"


def test_the_folder_of_the_attachments_is_the_databases_after_the_way_back_too(upgraded: Flask, tmp_path: Path) -> None:
    ((given,),) = rows(IDENTITY)
    mark_folder(tmp_path / "files", given)
    downgrade(directory="migrations", revision="0012")
    assert rows(IDENTITY) == [(given,)]
    upgrade(directory="migrations")
    assert belonging_of(tmp_path / "files") is Belonging.OURS


def test_every_database_gets_an_identity_of_its_own(upgraded: Flask) -> None:
    ((given,),) = rows(IDENTITY)
    downgrade(directory="migrations", revision="0012")
    db.session.execute(text("DELETE FROM market_fact"))
    db.session.commit()
    upgrade(directory="migrations", revision="0016")
    ((other,),) = rows(IDENTITY)
    assert other != given


@pytest.mark.usefixtures("upgraded")
def test_the_way_back() -> None:
    downgrade(directory="migrations", revision="0012")
    found = rows("SELECT sha256, text, unreadable FROM attachment_text ORDER BY sha256")
    assert found == [("a" * 64, "of a", None), ("d" * 64, LONG, None)]
    assert rows("SELECT id, draft_id, file_name FROM draft_file ORDER BY id") == [(1, 1, "1.txt"), (2, 1, "2.txt")]
    upgrade(directory="migrations", revision="0016")
    assert len(rows("SELECT attachment_id FROM attachment_text")) == 3
