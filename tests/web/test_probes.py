"""What a load balancer is told: alive whatever happens, ready only when work can be done."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from config import Config
from tracker import create_app
from tracker.clock import now
from tracker.db import db
from tracker.models import Job
from tracker.web import probes


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def broken(config: Config) -> Iterator[FlaskClient]:
    """The product over a database that nobody answers for."""
    url = "postgresql+psycopg://nobody:secret-password@127.0.0.1:1/none"
    if config.is_sqlite:
        url = f"sqlite:///{config.data / 'no-such-folder' / 'secret-password.sqlite'}"
    app = create_app(Config(config.data, url, config.secret_key, config.base_url, config.threads))
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


def failing(client: FlaskClient) -> dict[str, str]:
    """The checks that fail, with their reasons; the answer must be 503 when there are any."""
    answer = client.get("/readyz")
    assert answer.json is not None
    found = {name: reason for name, reason in answer.json["checks"].items() if reason != "ok"}
    assert answer.status_code == (503 if found else 200)
    assert answer.json["status"] == ("not ready" if found else "ready")
    return found


def waiting(since: timedelta, *, parked: bool = False) -> None:
    """A job that should have been done some time ago."""
    due = now() - since
    db.session.add(Job(topic="lpa-children", details={}, due_at=due, parked_at=due if parked else None))
    db.session.commit()


def test_alive_and_ready(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})
    assert failing(client) == {}


def test_no_answer_is_kept(client: FlaskClient) -> None:
    for path in ("/healthz", "/readyz"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_without_a_database_alive_but_not_ready(broken: FlaskClient) -> None:
    assert broken.get("/healthz").status_code == 200
    assert failing(broken).keys() >= {"database"}
    assert "secret-password" not in broken.get("/readyz").text


def test_migrations_of_another_version(app: Flask, client: FlaskClient) -> None:
    present = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    for version in ("0000_older", present):
        db.session.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        db.session.commit()
        assert failing(client).keys() == ({"migrations"} if version != present else set())


def test_a_worker_that_is_behind(client: FlaskClient) -> None:
    waiting(timedelta(minutes=9))
    assert failing(client) == {}
    with time_machine.travel(now() + timedelta(minutes=2), tick=False):
        assert failing(client) == {"jobs": "the worker is behind or not running"}


def test_a_parked_job_and_one_to_come_hold_up_nobody(client: FlaskClient) -> None:
    waiting(timedelta(hours=1), parked=True)
    waiting(timedelta(hours=-1))
    assert failing(client) == {}


def test_a_disk_that_is_nearly_full(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "LEAST_FREE", 1.0)
    assert failing(client) == {"disk": "less than 5 % free"}
