"""`flask backup`, `restore`, `digest`, `version`: what they print, and how they end."""

import os
import pty
import subprocess
import sys
from contextvars import Context
from pathlib import Path

from click.testing import Result
from flask import Flask

from tests.backups.conftest import settings
from tests.cast import Cast
from tests.dumps import ROOT
from tests.serving.running import environment
from tracker import create_app
from tracker.version import VERSION


def run(app: Flask, *words: str) -> Result:
    """The command as somebody types it, with nothing of the test's own context."""
    return Context().run(app.test_cli_runner().invoke, args=words)


def test_a_market_is_backed_up_restored_and_compared(here: Flask, tmp_path: Path) -> None:
    target, before = tmp_path / "kept" / "market.tar", run(here, "digest").output
    assert "2 files" in run(here, "backup", str(target)).output
    there = create_app(settings(tmp_path / "there"))
    assert "2 files" in run(there, "restore", str(target)).output
    assert run(there, "digest").output == before


def test_whoever_looks_on_sees_how_far_it_is(here: Flask, tmp_path: Path) -> None:
    """On a terminal; into a file or a letter of cron goes no bar."""
    terminal, seen_by = pty.openpty()
    for target, look in (("seen.tar", seen_by), ("unseen.tar", subprocess.PIPE)):
        command = [str(Path(sys.executable).with_name("flask")), "--app", "wsgi", "backup", str(tmp_path / target)]
        done = subprocess.run(
            command, cwd=ROOT, env=environment(tmp_path / "here", {}), stdout=subprocess.PIPE, stderr=look, check=True
        )
        assert not done.stderr
    os.close(seen_by)
    assert b"100%" in os.read(terminal, 1 << 16)
    os.close(terminal)


def test_a_backup_without_a_name_is_named_by_the_moment(here: Flask, tmp_path: Path) -> None:
    run(here, "backup")
    assert len(list((tmp_path / "here" / "backups").glob("tracker-*.tar"))) == 1


def test_what_cannot_be_done_is_said_in_a_line(here: Flask, tmp_path: Path) -> None:
    target = tmp_path / "market.tar"
    run(here, "backup", str(target))
    for words in (("backup", str(target)), ("restore", str(target))):
        done = run(here, *words)
        assert (done.exit_code, done.output.count("\n")) == (1, 1)
        assert "already" in done.output
    target.write_bytes(target.read_bytes()[:5000])
    done = run(create_app(settings(tmp_path / "there")), "restore", str(target))
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert "not a whole backup" in done.output


def test_a_file_that_is_missing_ends_in_failure(here: Flask, tmp_path: Path) -> None:
    next((tmp_path / "here" / "attachments").glob("??/*")).unlink()
    done = run(here, "backup", str(tmp_path / "market.tar"))
    assert done.exit_code == 1
    assert "are not in" in done.output
    assert (tmp_path / "market.tar").exists()


def test_postgres_has_its_own_tools(app: Flask, cast: Cast, tmp_path: Path) -> None:
    done = run(app, "backup", str(tmp_path / "market.tar"))
    assert ("pg_dump" in done.output) == (not app.config["TRACKER"].is_sqlite)
    assert (done.exit_code == 0) == app.config["TRACKER"].is_sqlite
    assert "  issue_party\n" in run(app, "digest").output


def test_the_version_is_said(app: Flask) -> None:
    assert run(app, "version").output == f"Tracker {VERSION}\n"


def test_the_version_is_one() -> None:
    """What the project, the changelog and the guide call the latest release."""
    assert f'version = "{VERSION}"' in (ROOT / "pyproject.toml").read_text()
    assert (ROOT / "CHANGELOG.md").read_text().split("\n## ")[1].startswith(VERSION)
    changed = (ROOT / "docs" / "user_guide.md").read_text().split("\n## What changed\n")[1]
    assert changed.split("\n### ")[1].startswith(VERSION)
