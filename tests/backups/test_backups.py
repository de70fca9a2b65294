"""A backup is whole or refused, and a restore is what was backed up, to the row."""

import os
import shutil
import sqlite3
import stat
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.backups.conftest import FILES, REVISIONS, market_in, settings
from tracker import create_app
from tracker.backups.archive import CONTENTS, read_contents
from tracker.backups.copying import Damaged
from tracker.backups.digests import tables_of_file
from tracker.backups.making import make_backup
from tracker.backups.restoring import UNDER_WAY, restore_backup
from tracker.db import db
from tracker.errors import Conflict
from tracker.models import Attachment, Comment, Issue, Person
from tracker.queries.store_identity import Belonging, belonging_of
from tracker.storage import verified


def test_what_is_restored_is_what_was_there(here: Flask, backup: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    contents = restore_backup(backup, market_in(there), there, REVISIONS)
    assert tables_of_file(there / "tracker.sqlite") == contents.tables
    restored = create_app(settings(there))
    with restored.app_context():
        assert db.session.scalars(select(Issue.title)).one()
        hashes = db.session.scalars(select(Attachment.sha256)).all()
        read = {verified(restored.config["TRACKER"].attachments, sha256 or "").read_bytes() for sha256 in hashes}
        db.engine.dispose()
    assert read == set(FILES.values())
    assert (there / "secret-key").read_text() == here.config["SECRET_KEY"]
    assert not (there / UNDER_WAY).exists()


def test_the_restored_folder_belongs_to_the_restored_database(backup: Path, tmp_path: Path) -> None:
    """It bears their identity, so that it is theirs whatever is missing from it."""
    there = tmp_path / "there"
    restore_backup(backup, market_in(there), there, REVISIONS)
    assert belonging_of(market_in(there).attachments) is Belonging.OURS


def test_a_backup_holds_one_moment_while_people_write(here: Flask, tmp_path: Path) -> None:
    """Each file that is copied lets a comment be written; the copy holds all of them or none of what came later."""
    market, target = market_in(tmp_path / "here"), tmp_path / "backup.tar"
    person, issue = db.session.scalars(select(Person)).first(), db.session.scalars(select(Issue)).one()
    assert person
    written = [0]

    def write(files: Sequence[str]) -> Iterator[str]:
        for sha256 in files:
            text = f"Written before file {sha256} was copied."
            db.session.add(Comment(issue_id=issue.id, person_id=person.id, at=issue.created_at, text=text, html=text))
            db.session.commit()
            written[0] += 1
            yield sha256

    made = make_backup(market, target, write)
    assert written[0] == len(FILES)
    there = tmp_path / "there"
    there.mkdir()
    restore_backup(target, market_in(there), there, REVISIONS)
    assert tables_of_file(there / "tracker.sqlite") == made.contents.tables
    assert tables_of_file(market.database)["comment"] != made.contents.tables["comment"]


def test_nobody_else_may_read_it(backup: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    restore_backup(backup, market_in(there), there, REVISIONS)
    restored = [path for path in there.rglob("*") if path.is_file()]
    assert not any(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) for path in [backup, *restored])


def test_a_backup_cut_short_anywhere_is_refused(backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    cut = tmp_path / "cut.tar"
    end = len(whole.rstrip(b"\0"))
    for size in [0, 1, 511, 512, *range(1024, end, max(1, end // 40)), end - 1]:
        cut.write_bytes(whole[:size])
        with pytest.raises(Damaged):
            read_contents(cut)


def test_a_backup_with_a_turned_bit_is_refused(backup: Path, tmp_path: Path) -> None:
    """In whatever part of it that says something; the blanks between members say nothing."""
    whole = bytearray(backup.read_bytes())
    with tarfile.open(backup) as archive:
        spans = [(member.offset_data, member.size) for member in archive]
    turned = tmp_path / "turned.tar"
    for start, size in spans:
        for place in {start, start + size // 2, start + size - 1}:
            whole[place] ^= 1
            turned.write_bytes(whole)
            whole[place] ^= 1
            with pytest.raises(Damaged):
                read_contents(turned)


def test_a_part_that_is_missing_or_strange_is_refused(backup: Path, tmp_path: Path) -> None:
    without, strange = tmp_path / "without.tar", tmp_path / "strange.tar"
    with tarfile.open(backup) as archive, tarfile.open(without, "w") as less, tarfile.open(strange, "w") as more:
        for number, member in enumerate(archive):
            if number != 2:
                less.addfile(member, archive.extractfile(member))
            more.addfile(member, archive.extractfile(member))
        stray = tarfile.TarInfo(f"attachments/aa/{'b' * 62}")
        more.addfile(stray)
    for damaged in (without, strange):
        with pytest.raises(Damaged):
            read_contents(damaged)


def test_nothing_of_a_backup_leaves_its_place(backup: Path, tmp_path: Path) -> None:
    """A name that leads elsewhere is no part of a backup, and is never written."""
    hostile = tmp_path / "hostile.tar"
    shutil.copy(backup, hostile)
    with tarfile.open(hostile, "a") as archive:
        for name in ("../outside", "/outside", "attachments/../../outside"):
            archive.addfile(tarfile.TarInfo(name))
    there = tmp_path / "deep" / "there"
    there.mkdir(parents=True)
    restore_backup(hostile, market_in(there), there, REVISIONS)
    assert {path.name for path in tmp_path.rglob("outside")} == set()


def test_a_market_is_never_written_over(backup: Path, tmp_path: Path) -> None:
    here = tmp_path / "here"
    before = tables_of_file(here / "tracker.sqlite")
    with pytest.raises(Conflict, match="already"):
        restore_backup(backup, market_in(here), here, REVISIONS)
    assert tables_of_file(here / "tracker.sqlite") == before


def test_files_of_a_market_are_never_written_over(backup: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    shutil.copytree(tmp_path / "here" / "attachments", there / "attachments")
    with pytest.raises(Conflict, match="already"):
        restore_backup(backup, market_in(there), there, REVISIONS)


def test_a_backup_of_a_later_release_is_refused(backup: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    with pytest.raises(Conflict) as refusal:
        restore_backup(backup, market_in(there), there, ["0001"])
    assert refusal.value.args[0].code == "backup-is-newer"
    assert not (there / "tracker.sqlite").exists()


def test_a_damaged_database_is_not_backed_up(here: Flask, tmp_path: Path) -> None:
    db.session.remove()
    db.engine.dispose()
    file = tmp_path / "here" / "tracker.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with file.open("r+b") as damaged:
        damaged.seek(4096 * 3)
        damaged.write(os.urandom(4096))
    target = tmp_path / "backup.tar"
    with pytest.raises(Damaged):
        make_backup(market_in(tmp_path / "here"), target)
    assert list(tmp_path.glob("*.tar")) == []


def test_a_file_that_is_missing_is_named_and_the_rest_is_kept(here: Flask, tmp_path: Path) -> None:
    gone = next((tmp_path / "here" / "attachments").glob("??/*"))
    gone.unlink()
    made = make_backup(market_in(tmp_path / "here"), tmp_path / "backup.tar")
    assert made.missing == [gone.parent.name + gone.name]
    assert read_contents(tmp_path / "backup.tar").files == len(FILES) - 1


def test_an_existing_file_is_never_written_over(backup: Path, tmp_path: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(FileExistsError):
        make_backup(market_in(tmp_path / "here"), backup)
    assert backup.read_bytes() == before


def test_what_it_says_of_itself_can_be_read(backup: Path) -> None:
    with tarfile.open(backup) as archive:
        assert CONTENTS in archive.getnames()
