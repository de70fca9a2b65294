"""The sweep: what nobody mentions goes after a day, what anybody mentions never does."""

import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.cast import Cast
from tests.make import rep_of_record
from tracker.actions import drafts
from tracker.actions.attachments import StoredFile, attach_files
from tracker.actions.housekeeping import AT_ONCE, sweep
from tracker.actions.links import create_link
from tracker.actions.sessions import begin_session
from tracker.actions.throttle import count_try
from tracker.clock import now
from tracker.db import db
from tracker.models import FailedSignIns, SignInLink, SignInSession
from tracker.storage import path_of, store

DAY = timedelta(days=1)


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    return tmp_path / "attachments"


def stored(folder: Path, text: str, age: timedelta = timedelta()) -> StoredFile:
    """A file whose bytes were stored some time ago."""
    kept = store(folder, io.BytesIO(text.encode()), "a.txt")
    grow_old(path_of(folder, kept.sha256), age)
    return StoredFile("a.txt", "a.txt", kept.media_type, kept.size, kept.sha256)


def grow_old(path: Path, age: timedelta) -> None:
    """Let a file be so old."""
    written = (now() - age).timestamp()
    os.utime(path, (written, written))


def test_only_old_orphans_go(folder: Path, cast: Cast) -> None:
    attached, drafted, orphan = (stored(folder, text, 2 * DAY) for text in ("attached", "drafted", "orphan"))
    young = stored(folder, "young", timedelta(hours=23))
    attach_files(cast.acme, rep_of_record(cast).number, [attached])
    drafts.keep_draft(cast.acme, "rep-of-record", {}, files=[drafted])
    db.session.commit()
    sweep(folder)
    db.session.commit()
    left = {file.sha256 for file in (attached, drafted, orphan, young) if path_of(folder, file.sha256).exists()}
    assert left == {attached.sha256, drafted.sha256, young.sha256}
    assert list((folder / "partial").iterdir()) == []


def test_a_file_goes_after_its_draft(folder: Path, cast: Cast) -> None:
    file = stored(folder, "drafted", 2 * DAY)
    drafts.keep_draft(cast.acme, "rep-of-record", {}, files=[file])
    drafts.throw_away(cast.acme, "rep-of-record")
    db.session.commit()
    sweep(folder)
    assert not path_of(folder, file.sha256).exists()


def test_half_written_files_go_after_a_day(folder: Path) -> None:
    stored(folder, "anything")
    old, new = folder / "partial" / "old", folder / "partial" / "new"
    for path in (old, new):
        path.write_bytes(b"half")
    grow_old(old, timedelta(hours=25))
    sweep(folder)
    assert [path.name for path in (folder / "partial").iterdir()] == ["new"]


def test_what_is_not_ours_stays(folder: Path) -> None:
    stored(folder, "anything")
    stranger = folder / "ab" / "README"
    stranger.parent.mkdir(exist_ok=True)
    stranger.write_text("keep me")
    grow_old(stranger, 2 * DAY)
    sweep(folder)
    assert stranger.exists()


def test_more_orphans_than_one_statement_asks_for(folder: Path) -> None:
    paths = [path_of(folder, f"{number:064x}") for number in range(AT_ONCE + 1)]
    paths[0].parent.mkdir(parents=True)
    for path in paths:
        path.touch()
        grow_old(path, 2 * DAY)
    sweep(folder)
    assert not any(path.exists() for path in paths)


def test_an_installation_without_files(folder: Path) -> None:
    sweep(folder)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("model", "after"),
    [
        (SignInSession, timedelta(minutes=31)),
        (SignInLink, timedelta(minutes=61)),
        (FailedSignIns, timedelta(hours=25)),
    ],
)
def test_what_can_sign_nobody_in_any_more_goes(folder: Path, cast: Cast, model: Any, after: timedelta) -> None:
    begin_session(cast.acme, "password", address="127.0.0.1", browser="A test")
    create_link(cast.ercot_admin, cast.bolt)
    count_try(["account:x"])
    db.session.commit()
    for age, left in ((timedelta(minutes=29), 1), (after, 0)):
        with time_machine.travel(now() + age, tick=False):
            sweep(folder)
            db.session.commit()
            assert db.session.query(model).count() == left


def test_a_session_ends_after_twelve_hours_whatever_it_does(folder: Path, cast: Cast) -> None:
    _, row = begin_session(cast.acme, "password", address="127.0.0.1", browser="A test")
    with time_machine.travel(now() + timedelta(hours=12, minutes=1), tick=False):
        row.seen_at = now()
        db.session.commit()
        sweep(folder)
        db.session.commit()
        assert db.session.query(SignInSession).count() == 0
