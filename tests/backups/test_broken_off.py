"""A restore that fails keeps nothing, and one that is killed is done again."""

import signal
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.backups.conftest import REVISIONS, market_in
from tests.dumps import ROOT
from tests.serving.running import environment
from tracker.backups.archive import CONTENTS, SEAL, add_text, read_contents
from tracker.backups.copying import Damaged
from tracker.backups.digests import tables_of_file
from tracker.backups.restoring import restore_backup
from tracker.errors import Conflict

KILLED = """
import os, signal, sys
from pathlib import Path
from tests.backups.conftest import REVISIONS, market_in
from tracker.backups.restoring import restore_backup

source, there, left = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

def count(event, given):
    global left
    if event == "os.rename":
        left -= 1
    if event == "os.rename" and left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
restore_backup(source, market_in(there), there, REVISIONS)
"""
FIRST, AMID, LAST = 1, 5, 9
"""Of identity, two files and database each is renamed twice, the key once; the database becomes one by the last."""


@pytest.fixture
def false(backup: Path, tmp_path: Path) -> Path:
    """A backup that is whole in every part, and whose database holds something else than was copied."""
    contents, target = read_contents(backup), tmp_path / "false.tar"
    with tarfile.open(backup) as whole, tarfile.open(target, "w:") as archive:
        for member in whole:
            if member.name not in (CONTENTS, SEAL):
                archive.addfile(member, whole.extractfile(member))
        text = replace(contents, tables=contents.tables | {"issue": "0" * 64}).as_text()
        add_text(archive, SEAL, add_text(archive, CONTENTS, text))
    return target


def files_in(folder: Path) -> list[str]:
    """What lies in a place."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def killed(source: Path, there: Path, at: int) -> None:
    """Restore this backup in a process that is killed before it renames something for the `at`-th time."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, source, there, str(at)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def test_a_database_that_fails_its_proof_is_not_kept(backup: Path, false: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    with pytest.raises(Damaged, match="issue"):
        restore_backup(false, market_in(there), there, REVISIONS)
    assert files_in(there) == []
    restore_backup(backup, market_in(there), there, REVISIONS)


def test_what_was_settled_before_it_failed_is_taken_back(backup: Path, tmp_path: Path) -> None:
    """A file stands where the last folder should: the others are there by then."""
    there = tmp_path / "there"
    in_the_way = there / "attachments" / max(name.split("/")[1] for name in members_with_folder(backup))
    in_the_way.parent.mkdir(parents=True)
    in_the_way.write_text("not a folder")
    with pytest.raises(FileExistsError):
        restore_backup(backup, market_in(there), there, REVISIONS)
    assert files_in(there) == [str(in_the_way.relative_to(there))]
    in_the_way.unlink()
    restore_backup(backup, market_in(there), there, REVISIONS)


def members_with_folder(backup: Path) -> list[str]:
    """The attached files of a backup."""
    return [name for name in read_contents(backup).members if name.count("/") == 2]


def test_a_disk_that_fills_is_told_and_nothing_is_kept(backup: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for it."""
    there = tmp_path / "there"
    there.mkdir(mode=0o700)
    flask = Path(sys.executable).with_name("flask")
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 100; exec {flask} --app wsgi restore {backup}"],
        cwd=ROOT, env=environment(there, {}), capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "Error: File too large. Nothing was kept of it.\n")
    assert files_in(there) == []


@pytest.mark.parametrize("at", [FIRST, AMID, LAST])
def test_a_restore_that_was_killed_is_done_again(backup: Path, tmp_path: Path, at: int) -> None:
    there = tmp_path / "there"
    killed(backup, there, at)
    contents = restore_backup(backup, market_in(there), there, REVISIONS)
    assert tables_of_file(there / "tracker.sqlite") == contents.tables
    assert set(files_in(there)) == contents.members.keys()


def test_a_restore_killed_and_then_failing_is_taken_back_whole(backup: Path, false: Path, tmp_path: Path) -> None:
    """Also what the killed one had brought."""
    there = tmp_path / "there"
    killed(backup, there, AMID)
    market = market_in(there)
    with pytest.raises(FileNotFoundError):
        restore_backup(backup, replace(market, database=there / "nowhere" / "tracker.sqlite"), there, REVISIONS)
    assert files_in(there) == []
    restore_backup(backup, market, there, REVISIONS)


def test_another_backup_finds_the_files_of_a_killed_restore_in_its_way(
    backup: Path, false: Path, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    killed(backup, there, AMID)
    before = files_in(there)
    with pytest.raises(Conflict, match="already"):
        restore_backup(false, market_in(there), there, REVISIONS)
    assert files_in(there) == before
