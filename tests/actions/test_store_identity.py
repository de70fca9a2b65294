"""Database and folder belong together by one identity; a folder without one gets it only where it is provably ours."""

from pathlib import Path

import pytest
from flask import Flask

from tests.cast import Cast
from tests.make import rep_of_record
from tests.stored_files import stored
from tracker.actions import drafts
from tracker.actions.attachments import attach_files
from tracker.actions.store_identity import ensure_ours
from tracker.db import db
from tracker.domain.sentence import Sentence
from tracker.errors import Unavailable
from tracker.queries.store_identity import own_identity, trouble_with
from tracker.storage import identity_of, mark_folder, path_of


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    """A folder that bears no identity."""
    return tmp_path / "attachments"


@pytest.fixture
def held(folder: Path, cast: Cast) -> list[Path]:
    """The database names ten files, which lie in the folder: an installation that was just upgraded."""
    files = [stored(folder, f"{number}") for number in range(10)]
    attach_files(cast.acme, rep_of_record(cast).number, files[1:])
    drafts.keep_draft(cast.acme, "rep-of-record", {}, files=files[:1])
    db.session.commit()
    return [path_of(folder, file.sha256) for file in files]


def refused(folder: Path) -> str:
    """Why the folder is not claimed; it is left as it is."""
    before = identity_of(folder)
    trouble = trouble_with(folder)
    with pytest.raises(Unavailable, match="is away, or not the right one"):
        ensure_ours(folder)
    assert identity_of(folder) == before
    assert isinstance(trouble, Sentence)
    assert trouble.code == "folder-not-ours"
    return trouble


def test_every_database_bears_one(app: Flask) -> None:
    assert len(own_identity() or "") == 32


def test_a_new_market_marks_its_new_folder(folder: Path) -> None:
    assert trouble_with(folder) is None
    assert not folder.exists()
    ensure_ours(folder)
    assert identity_of(folder) == own_identity()
    stored(folder, "anything")
    assert trouble_with(folder) is None
    ensure_ours(folder)


def test_another_identity_is_refused_also_while_nobody_knows_a_file(folder: Path) -> None:
    mark_folder(folder, "of another market")
    assert "bears the identity of another market" in refused(folder)


@pytest.mark.usefixtures("held")
def test_another_identity_is_refused_whatever_lies_there(folder: Path) -> None:
    mark_folder(folder, "of another market")
    assert "bears the identity of another market" in refused(folder)


@pytest.mark.usefixtures("held")
def test_an_upgraded_installation_adopts_the_folder_that_holds_its_files(folder: Path) -> None:
    ensure_ours(folder)
    assert identity_of(folder) == own_identity()


def test_a_lost_file_does_not_matter_and_two_of_ten_do(folder: Path, held: list[Path]) -> None:
    held[3].unlink()
    assert trouble_with(folder) is None
    held[4].unlink()
    assert "of 10 files that the database names 8 are in it" in refused(folder)


@pytest.mark.usefixtures("held")
def test_a_mount_that_is_away_is_not_taken_for_a_new_folder(folder: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for place in (tmp_path / "nothing", empty):
        assert "of 10 files that the database names 0 are in it" in refused(place)
        assert not list(place.glob("*"))


def test_the_files_of_others_are_not_adopted_by_a_new_market(folder: Path) -> None:
    stored(folder, "theirs")
    assert "it holds files of which the database knows none" in refused(folder)


def test_a_folder_that_cannot_be_read_is_nobodys(app: Flask, tmp_path: Path) -> None:
    place = tmp_path / "a file"
    place.write_text("no folder")
    assert trouble_with(place) is not None
    with pytest.raises(Unavailable):
        ensure_ours(place)
