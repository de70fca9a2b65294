"""A market on one machine, with files, in a folder of its own."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from config import Config
from tests.cast import Cast, make_cast
from tests.conftest import SECRET
from tests.make import rep_of_record
from tracker import create_app
from tracker.actions.attachments import StoredFile, attach_files
from tracker.actions.store_identity import ensure_ours
from tracker.backups.making import Market, make_backup
from tracker.db import db
from tracker.storage import store

FILES = {"one.txt": b"what the meter said", "two.txt": b"what the customer wrote"}
REVISIONS = [f"{number:04}" for number in range(1, 1000)]


def settings(data: Path) -> Config:
    """Those of a market on SQLite in this folder."""
    data.mkdir(mode=0o700, exist_ok=True)
    return Config(data, f"sqlite:///{data / 'tracker.sqlite'}", SECRET, "http://localhost", 4)


def market_in(data: Path) -> Market:
    """Where the parts of that market lie."""
    return Market(data / "tracker.sqlite", data / "attachments", SECRET)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Flask]:
    """The application of a market in which Acme asked Bolt, and attached two files."""
    app = create_app(settings(tmp_path / "here"))
    with app.app_context():
        upgrade(directory="migrations")
        cast = make_cast()
        attach_all(cast, rep_of_record(cast).number, app.config["TRACKER"].attachments)
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def backup(here: Flask, tmp_path: Path) -> Path:
    """A backup of the market."""
    target = tmp_path / "backup.tar"
    make_backup(market_in(tmp_path / "here"), target)
    return target


def attach_all(cast: Cast, number: int, folder: Path) -> None:
    """Let Acme attach the files, as the door does: into a folder that is known to be this market's."""
    ensure_ours(folder)
    stored = [(name, store(folder, BytesIO(content), name)) for name, content in FILES.items()]
    files = [StoredFile(name, name, kept.media_type, kept.size, kept.sha256) for name, kept in stored]
    attach_files(cast.acme, number, files)
    db.session.commit()
