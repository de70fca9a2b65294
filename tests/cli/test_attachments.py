"""What an operator decides about the attachments folder, and what the worker says of one that is not ours."""

from pathlib import Path

import pytest
from flask import Flask

from config import Config
from tracker.cli import attachments, demo, worker
from tracker.queries.store_identity import own_identity
from tracker.storage import identity_of, mark_folder


@pytest.fixture
def folder(app: Flask, config: Config) -> Path:
    """The folder of the attachments, which bears the identity of another market."""
    mark_folder(config.attachments, "of another market")
    return config.attachments


def test_adopting_is_asked_for_and_then_done(app: Flask, folder: Path) -> None:
    runner = app.test_cli_runner()
    refused = runner.invoke(attachments.adopt, input="n\n")
    assert refused.exit_code == 1
    assert "of 0 files that the database names, oldest and newest, 0 are here" in refused.output
    assert identity_of(folder) == "of another market"
    assert runner.invoke(attachments.adopt, ["--yes"]).exit_code == 0
    assert identity_of(folder) == own_identity()


def test_the_worker_says_so_and_does_its_other_work(app: Flask, folder: Path) -> None:
    done = app.test_cli_runner().invoke(worker.command, ["--until-idle"])
    assert done.exit_code == 0
    assert "it bears the identity of another market" in done.output
    assert "The worker has stopped." in done.output
    assert identity_of(folder) == "of another market"


def test_no_demo_market_is_made_over_the_files_of_another(app: Flask, folder: Path) -> None:
    refused = app.test_cli_runner().invoke(demo.command, [])
    assert refused.exit_code == 1
    assert "flask --app wsgi attachments adopt" in refused.output


def test_a_scanner_that_is_not_there_is_said_at_the_start(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "TRACKER", _with_scanner(app.config["TRACKER"]))
    refused = app.test_cli_runner().invoke(worker.command, ["--until-idle"])
    assert refused.exit_code == 1
    assert "no such program here" in refused.output


def _with_scanner(config: Config) -> Config:
    return Config(**{**vars(config), "scanner": ("no-such-scanner",)})
