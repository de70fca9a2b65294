"""The sweep: what was let go goes soon, what nobody mentions waits in quarantine, what is mentioned is kept."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from structlog.testing import capture_logs

from tests.cast import Cast
from tests.make import rep_of_record
from tests.stored_files import everything_in, grow_old, stored
from tracker.actions import drafts
from tracker.actions.attachments import StoredFile, attach_files
from tracker.actions.draft_files import drop_file
from tracker.actions.store_identity import adopt
from tracker.actions.sweeping import KEPT_DAYS, MOST_MOVED, QUARANTINE, sweep
from tracker.clock import now
from tracker.db import AT_ONCE, db
from tracker.models import Attachment, DraftFile, Event, Issue, LetGo, MarketFact
from tracker.queries.store_identity import IDENTITY
from tracker.storage import PARTIAL, mark_folder, path_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    """The folder of this market."""
    adopt(tmp_path / "attachments")
    return tmp_path / "attachments"


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asks Bolt."""
    return rep_of_record(cast)


def swept(folder: Path, *, all_of_them: bool = False) -> list[dict[str, object]]:
    """Sweep as the worker does; what the log says."""
    with capture_logs() as said:
        sweep(folder, whatever_many=all_of_them)
    db.session.commit()
    return [dict(line) for line in said]


def lies(folder: Path, file: StoredFile) -> bool:
    """The bytes are in their place."""
    return path_of(folder, file.sha256).exists()


def quarantined(folder: Path) -> set[str]:
    """What lies in quarantine."""
    return {path.name for path in folder.glob(f"{QUARANTINE}/*/*")}


def test_old_orphans_go_to_quarantine_and_nothing_else_does(folder: Path, cast: Cast, issue: Issue) -> None:
    attached, drafted, orphan = (stored(folder, text, 2 * DAY) for text in ("attached", "drafted", "orphan"))
    young = stored(folder, "young", timedelta(hours=23))
    attach_files(cast.acme, issue.number, [attached])
    drafts.keep_draft(cast.acme, "rep-of-record", {}, files=[drafted])
    db.session.commit()
    (line,) = swept(folder)
    assert (line["event"], line["quarantined"]) == ("the attachments were swept", 1)
    assert [lies(folder, file) for file in (attached, drafted, orphan, young)] == [True, True, False, True]
    assert [path.parent.name for path in folder.glob(f"{QUARANTINE}/*/*")] == [now().date().isoformat()]
    assert quarantined(folder) == {orphan.sha256}
    assert swept(folder) == []


def test_quarantine_ends_after_a_month(folder: Path) -> None:
    orphan = stored(folder, "orphan", 2 * DAY)
    swept(folder)
    for days, left in ((KEPT_DAYS, {orphan.sha256}), (KEPT_DAYS + 1, set())):
        with time_machine.travel(now() + timedelta(days=days), tick=False):
            swept(folder)
            assert everything_in(folder) == left
    assert list(folder.glob(f"{QUARANTINE}/*")) == []


def test_what_is_mentioned_again_comes_back_whatever_day_it_is(folder: Path, cast: Cast, issue: Issue) -> None:
    """A worker ran on an older database for a while; then the right one was brought back."""
    file, again = stored(folder, "newer than the backup", 2 * DAY), stored(folder, "stored again", 2 * DAY)
    swept(folder)
    assert quarantined(folder) == {file.sha256, again.sha256}
    stored(folder, "stored again")
    attach_files(cast.acme, issue.number, [file, again])
    db.session.commit()
    with time_machine.travel(now() + timedelta(days=KEPT_DAYS + 5), tick=False):
        (line,) = swept(folder)
    assert (line["came_back"], line["deleted"]) == (1, 0)
    assert lies(folder, file)
    assert lies(folder, again)
    assert quarantined(folder) == set()


def throw_away(cast: Cast) -> None:
    drafts.throw_away(cast.acme, "rep-of-record")


def take_out(cast: Cast) -> None:
    drop_file(cast.acme, db.session.query(DraftFile).one().public_id)


@pytest.mark.parametrize("let_go", [throw_away, take_out])
def test_what_is_discarded_frees_its_room_within_the_hour(
    folder: Path, cast: Cast, let_go: Callable[[Cast], None]
) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        file = stored(folder, "drafted", HOUR)
        drafts.keep_draft(cast.acme, "rep-of-record", {}, files=[file])
        db.session.commit()
        let_go(cast)
        db.session.commit()
        clock.shift(timedelta(minutes=14))
        assert swept(folder) == []
        assert lies(folder, file)
        clock.shift(timedelta(minutes=20))
        (line,) = swept(folder)
        assert line["let_go"] == 1
        assert everything_in(folder) == set()
        clock.shift(2 * DAY)
        swept(folder)
        assert db.session.query(LetGo).count() == 0


def test_what_somebody_else_mentions_stays_when_it_is_let_go(folder: Path, cast: Cast, issue: Issue) -> None:
    file = stored(folder, "both have it", HOUR)
    drafts.keep_draft(cast.bolt, "rep-of-record", {}, files=[file])
    attach_files(cast.acme, issue.number, [file])
    drafts.throw_away(cast.bolt, "rep-of-record")
    db.session.commit()
    with time_machine.travel(now() + HOUR, tick=False):
        swept(folder)
    assert lies(folder, file)


def test_what_was_stored_again_since_it_was_let_go_is_somebodys(folder: Path, cast: Cast) -> None:
    """Its row may still be coming, or stand in the newer database of which this one is the backup."""
    with time_machine.travel(now(), tick=False) as clock:
        file = stored(folder, "sent twice", HOUR)
        drafts.keep_draft(cast.acme, "rep-of-record", {}, files=[file])
        drafts.throw_away(cast.acme, "rep-of-record")
        db.session.commit()
        clock.shift(timedelta(minutes=1))
        stored(folder, "sent twice")
        clock.shift(HOUR)
        swept(folder)
        assert lies(folder, file)


def test_what_is_filed_is_not_let_go(folder: Path, cast: Cast) -> None:
    file = stored(folder, "sent")
    drafts.keep_draft(cast.acme, "rep-of-record", {}, files=[file])
    drafts.forget_filed(cast.acme, "rep-of-record")
    assert db.session.query(LetGo).count() == db.session.query(DraftFile).count() == 0


@pytest.mark.usefixtures("stopped")
def test_half_written_files_go_within_the_hour(folder: Path) -> None:
    stored(folder, "anything")
    old, new = folder / PARTIAL / "old", folder / PARTIAL / "new"
    for path, minutes in ((old, 31), (new, 29)):
        path.write_bytes(b"half")
        grow_old(path, timedelta(minutes=minutes))
    swept(folder)
    assert [path.name for path in (folder / PARTIAL).iterdir()] == ["new"]


def test_what_is_not_ours_stays(folder: Path) -> None:
    stored(folder, "anything")
    strangers = [folder / "ab" / "README", folder / QUARANTINE / "2020-01-01" / "README", folder / QUARANTINE / "notes"]
    for stranger in strangers:
        stranger.parent.mkdir(exist_ok=True, parents=True)
        stranger.write_text("keep me")
        grow_old(stranger, 2 * DAY)
    swept(folder)
    assert all(stranger.exists() for stranger in strangers)


@pytest.fixture
def many(folder: Path, cast: Cast, issue: Issue) -> list[Path]:
    """More old orphans than are litter: one more than one statement asks for, beside a few that are mentioned."""
    attach_files(cast.acme, issue.number, [stored(folder, f"{number}", 2 * DAY) for number in range(40)])
    db.session.commit()
    paths = [path_of(folder, f"{number:064x}") for number in range(AT_ONCE + 1)]
    paths[0].parent.mkdir(parents=True, exist_ok=True)
    for path in paths:
        path.touch()
        grow_old(path, 2 * DAY)
    return paths


def test_so_many_orphans_are_not_litter(folder: Path, many: list[Path]) -> None:
    (line,) = swept(folder)
    assert (line["log_level"], line["orphans"], line["stored"]) == ("error", AT_ONCE + 1, AT_ONCE + 41)
    assert "attachments sweep --all" in str(line["event"])
    assert all(path.exists() for path in many)
    swept(folder, all_of_them=True)
    assert not any(path.exists() for path in many)
    assert len(quarantined(folder)) == AT_ONCE + 1


def test_a_few_orphans_are_litter_however_large_their_share(folder: Path) -> None:
    for number in range(MOST_MOVED):
        stored(folder, f"{number}", 2 * DAY)
    swept(folder)
    assert len(quarantined(folder)) == MOST_MOVED


def test_a_worker_on_the_database_of_another_market_touches_nothing(folder: Path, cast: Cast) -> None:
    """Not even what this database says was let go."""
    file = stored(folder, "theirs", 2 * DAY)
    drafts.keep_draft(cast.acme, "rep-of-record", {}, files=[file])
    drafts.throw_away(cast.acme, "rep-of-record")
    db.session.commit()
    (folder / PARTIAL / "half").write_bytes(b"half")
    grow_old(folder / PARTIAL / "half", DAY)
    mark_folder(folder, "of another market")
    with time_machine.travel(now() + timedelta(days=40), tick=False):
        (line,) = swept(folder)
    assert line["log_level"] == "error"
    assert "identity of another market" in str(line["reason"])
    assert everything_in(folder) == {file.sha256}
    assert (folder / PARTIAL / "half").exists()


def test_a_worker_on_a_fresh_database_touches_nothing_of_an_unmarked_folder(folder: Path) -> None:
    """The folder of a market that was never told whose it is; the worker was pointed to an empty database."""
    files = {stored(folder, f"{number}", 40 * DAY).sha256 for number in range(457)}
    (folder / "identity").unlink()
    (line,) = swept(folder)
    assert "of which the database knows none" in str(line["reason"])
    assert everything_in(folder) == files
    assert not (folder / "identity").exists()


@pytest.mark.parametrize(("newer", "moved"), [(157, 0), (57, 57)])
def test_a_worker_on_an_older_database_deletes_nothing(
    folder: Path, cast: Cast, issue: Issue, newer: int, moved: int
) -> None:
    """Of 457 files the backup of this market does not name the newest: so many are no litter, and fewer wait in
    quarantine until they are back with the right database.
    """
    files = [stored(folder, f"{number}", 2 * DAY) for number in range(457)]
    db.session.add_all(_row(file, cast, issue) for file in files[newer:])
    db.session.commit()
    swept(folder)
    assert len(quarantined(folder)) == moved
    assert len(everything_in(folder)) == 457
    db.session.add_all(_row(file, cast, issue) for file in files[:newer])
    db.session.commit()
    swept(folder)
    assert all(lies(folder, file) for file in files)


def _row(file: StoredFile, cast: Cast, issue: Issue) -> Attachment:
    return Attachment(
        public_id=file.sha256,
        issue_id=issue.id,
        event_id=db.session.query(Event.id).filter_by(issue_id=issue.id).limit(1).scalar(),
        person_id=cast.acme.id,
        at=now(),
        title=file.title,
        file_name=file.file_name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
    )


def test_a_database_without_identity_owns_no_folder(folder: Path) -> None:
    file = stored(folder, "anything", 2 * DAY)
    fact = db.session.get_one(MarketFact, IDENTITY)
    value = fact.value
    db.session.delete(fact)
    db.session.commit()
    swept(folder)
    assert lies(folder, file)
    db.session.add(MarketFact(name=IDENTITY, value=value))
    db.session.commit()


def test_an_installation_without_files(app: Flask, tmp_path: Path) -> None:
    swept(tmp_path / "attachments")
    assert [path.name for path in (tmp_path / "attachments").iterdir() if path.is_file()] == ["identity"]


def test_storing_at_the_moment_of_the_sweep_wins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stores the bytes between the look and the move finds them in their place."""
    orphan = stored(folder, "orphan", 2 * DAY)
    path = path_of(folder, orphan.sha256)
    rename = Path.rename

    def store_first(self: Path, target: Path) -> Path:
        if self == path:
            os.utime(path)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", store_first)
    swept(folder)
    assert lies(folder, orphan)
