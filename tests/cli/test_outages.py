"""No command ends in a traceback because of a lock or a database that is away; those that read wait for nobody."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click
import pytest
from flask import Flask
from flask_migrate.cli import db as migrations
from structlog.testing import capture_logs

from tests.breakable import Breakable, breakable
from tests.cast import make_cast
from tests.make import build_index, know_premise, rep_of_record
from tracker import worker
from tracker.clock import now
from tracker.db import PATIENCE, Patience, db
from tracker.jobs.tools import Tools
from tracker.models import MarketFact
from tracker.queries.clock import ASKED, Asked, Why

READ = {
    "company list": [],
    "user list": [],
    "registry status": [],
    "registry looks": ["1008901023456789012345"],
    "search check": [],
    "demo": ["--if-empty"],
    "catalogue export": [],
    "clock status": [],
    "attachments adopt": ["--yes"],
    "digest": [],
}
WRITE = {
    "company add": ["444444444", "New", "CR"],
    "user add": ["111111111", "nora", "Nora", "nora@acme.example", "reader"],
    "user link": ["ann"],
    "registry import": ["premises", "premises.csv"],
    "registry on": [],
    "registry off": [],
    "search rebuild": [],
    "clock confirm": [],
    "attachments sweep": [],
    "worker": ["--until-idle"],
}
WITHOUT_DATABASE = {"catalogue export", "catalogue check", "version"}
"""They read the code, and a file."""

FILE_ONLY = {"backup", "restore"}
"""They know SQLite's file alone, and never through the product's connection."""

PREMISE = "esi_id,tdsp_duns,rep_duns,premise_type,status\n1008901023456789012345,957877905,,Residential,Active\n"


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def market(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Breakable]:
    """A small market with an index."""
    with breakable(request.param, tmp_path_factory.mktemp("market")) as one:
        with one.app.app_context():
            cast = make_cast()
            know_premise(cast)
            rep_of_record(cast)
            build_index(one.app.extensions["search"])
            asked = Asked(Why.STOP, "another-boot", now() - timedelta(days=3), now())
            db.session.add(MarketFact(name=ASKED, value=asked.written()))
            db.session.commit()
        yield one


@pytest.fixture(autouse=True)
def in_no_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commands have no patience, and find their files."""
    monkeypatch.chdir(tmp_path)
    Path("premises.csv").write_text(PREMISE)
    token = PATIENCE.set(Patience(lock=50, statement=10_000))
    yield
    PATIENCE.reset(token)


def names(app: Flask) -> set[str]:
    """Every command of ours."""
    found = set()
    for name, command in app.cli.commands.items():
        if name == "db":  # Flask-Migrate's
            continue
        inner = command.commands if isinstance(command, click.Group) else {}
        found |= {f"{name} {one}" for one in inner} or {name}
    return found


def run(app: Flask, name: str, given: list[str]) -> tuple[int, str]:
    """The exit status, and what was said. A traceback fails the test."""
    result = app.test_cli_runner().invoke(args=[*name.split(), *given], catch_exceptions=False)
    return result.exit_code, result.output


def test_every_command_is_tried(market: Breakable) -> None:
    assert names(market.app) == READ.keys() | WRITE.keys() | WITHOUT_DATABASE | FILE_ONLY


@pytest.mark.parametrize("name", READ)
def test_who_reads_waits_for_no_writer(market: Breakable, name: str) -> None:
    free = run(market.app, name, READ[name])
    with market.locked():
        assert run(market.app, name, READ[name]) == free


@pytest.mark.parametrize("name", WRITE)
def test_who_writes_is_told_of_a_lock_in_one_line(market: Breakable, name: str) -> None:
    with market.locked():
        code, said = run(market.app, name, WRITE[name])
    assert (code, "busy or cannot be reached" in said.splitlines()[-1]) == (1, True), said


@pytest.mark.parametrize("name", READ | WRITE)
def test_a_database_that_is_away_is_told_in_one_line(market: Breakable, name: str) -> None:
    with market.away():
        code, said = run(market.app, name, (READ | WRITE)[name])
    if name not in WITHOUT_DATABASE:
        assert (code, "busy or cannot be reached" in said.splitlines()[-1]) == (1, True), said


def test_the_worker_says_once_that_an_outage_began_and_once_that_it_ended(market: Breakable) -> None:
    """Also while its clock is doubted, and with nothing to do."""
    with market.app.app_context(), capture_logs() as logged:
        tools = Tools(market.config.attachments, market.app.extensions["search"])
        worker.work_once(tools)
        logged.clear()
        with market.away():
            assert [worker.work_once(tools) for _ in range(5)] == [False] * 5
            assert worker.outage()
        worker.work_once(tools)
        assert worker.outage() is None
        db.session.remove()
    told = [line["event"] for line in logged if "the database" in line["event"]]
    assert told == ["the database is busy or away", "the database answers again"]


def test_a_backup_waits_for_nobody_and_says_that_the_file_is_away(market: Breakable) -> None:
    if not market.config.is_sqlite:
        code, said = run(market.app, "backup", [])
        assert (code, "by its own tools" in said) == (1, True)
        return
    with market.locked():
        code, said = run(market.app, "backup", ["locked.tar"])
    assert code == 0, said
    with market.away():
        for name in FILE_ONLY:
            code, said = run(market.app, name, ["away.tar" if name == "backup" else "locked.tar"])
            assert (code, len(said.splitlines())) == (1, 1), said
    assert not Path("away.tar").exists()


@pytest.mark.parametrize("name", ["current", "upgrade"])
def test_migrations_end_in_one_line_too(market: Breakable, name: str, caplog: pytest.LogCaptureFixture) -> None:
    folder = str(Path(market.app.root_path).parent / "migrations")
    with market.away(), market.app.app_context():
        result = market.app.test_cli_runner().invoke(migrations, [name, "--directory", folder], catch_exceptions=False)
    assert result.exit_code == 1
    assert "busy or cannot be reached" in caplog.text
    assert "Traceback" not in result.output
