"""What a load balancer is told: alive whatever happens, ready when this process has what it needs (R22)."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from structlog.testing import capture_logs

from config import Config
from tests.cast import Cast
from tests.counting import counted
from tests.make import rep_of_record
from tests.serving.lines import LONGEST
from tracker import create_app
from tracker.clock import now
from tracker.db import db
from tracker.models import Attachment, Job, MarketFact
from tracker.queries.clock import ASKED
from tracker.queries.schema import newest_migration
from tracker.queries.store_identity import own_identity
from tracker.serving.leaving import LEAVING
from tracker.storage import mark_folder
from tracker.web import asking, standing
from tracker.web.asking import Question


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
        for engine in db.engines.values():
            engine.dispose()


def failing(client: FlaskClient) -> dict[str, str]:
    """The checks that fail, with their reasons; the answer must be 503 when there are any."""
    answer = client.get("/readyz")
    assert answer.json is not None
    found = {name: reason for name, reason in answer.json["checks"].items() if reason != "ok"}
    assert answer.status_code == (503 if found else 200)
    assert answer.json["status"] == ("not ready" if found else "ready")
    return found


def notes(client: FlaskClient) -> dict[str, str]:
    """What else stands in the answer, which is that of a process that is ready."""
    answer = client.get("/readyz")
    assert answer.json is not None
    assert answer.status_code == 200
    return {name: note for name, note in answer.json["notes"].items() if note not in ("ok", "off")}


def waiting(since: timedelta, *, parked: bool = False) -> None:
    """A job that should have been done some time ago."""
    due = now() - since
    db.session.add(Job(topic="lpa-children", details={}, due_at=due, parked_at=due if parked else None))
    db.session.commit()


def test_alive_and_ready(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})
    assert failing(client) == {}
    for path in ("/healthz", "/readyz"):
        assert client.head(path).status_code == 200


def test_no_answer_is_kept(client: FlaskClient) -> None:
    for path in ("/healthz", "/readyz"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_without_a_database_alive_but_not_ready(broken: FlaskClient) -> None:
    broken.set_cookie("sid", "of-somebody")
    assert broken.get("/healthz").status_code == 200
    assert failing(broken).keys() >= {"database"}
    assert "secret-password" not in broken.get("/readyz").text


def test_alive_asks_nothing(client: FlaskClient) -> None:
    client.set_cookie("sid", "of-somebody")
    with counted() as statements:
        assert client.get("/healthz").status_code == 200
        assert statements == []
        client.get("/guide")
        assert statements, "a page looks the session up"


def test_probes_answer_whatever_host_they_are_asked_by(app: Flask, client: FlaskClient) -> None:
    """A balancer asks by an address; everything else keeps to the hosts that are ours."""
    for host in ("10.0.0.5:8000", "evil.example", "[::1]", "web-1", "a b"):
        assert client.get("/guide", headers={"Host": host}).status_code == 400
        for path in ("/healthz", "/readyz"):
            assert client.get(path, headers={"Host": host}).status_code == 200
    given = with_token(app)
    for host in ("10.0.0.5:8000", "evil.example"):
        assert client.get("/metrics", headers=given | {"Host": host}).status_code == 200


def with_token(app: Flask) -> dict[str, str]:
    """What whoever may read the metrics sends; the settings of the product are put back by the fixture."""
    app.config["TRACKER"] = replace(app.config["TRACKER"], metrics_token="a-token-of-the-operator")
    return {"Authorization": "Bearer a-token-of-the-operator"}


@pytest.fixture(autouse=True)
def own_settings(app: Flask) -> Iterator[None]:
    settings = app.config["TRACKER"]
    yield
    app.config["TRACKER"] = settings


def test_strangers_learn_nothing_else(app: Flask, client: FlaskClient) -> None:
    told = client.get("/readyz").json
    assert told is not None
    assert told.keys() == {"status", "checks", "notes"}
    assert told["checks"].keys() == {"process", "database", "migrations", "attachments"}
    assert told["notes"].keys() == {"disk", "jobs", "search", "mail", "clock"}
    with_token(app)
    for wrong in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic YTpi"}, {"Authorization": "\xe9"}):
        stranger, absent = client.get("/metrics", headers=wrong), client.get("/metricz", headers=wrong)
        assert (stranger.status_code, stranger.data) == (404, absent.data)
        assert stranger.headers == absent.headers


@pytest.fixture
def set_version(app: Flask) -> Iterator[Callable[[str], None]]:
    """As if these were the newest migrations that have run."""

    def to(version: str) -> None:
        db.session.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        db.session.commit()

    yield to
    to(newest_migration())


@pytest.mark.usefixtures("engine")
def test_migrations_of_another_version(client: FlaskClient, set_version: Callable[[str], None]) -> None:
    """Older tables cannot be worked with; newer ones are, while an upgrade is under way."""
    for version, unready, note in (
        ("0000_older", {"migrations"}, set()),
        ("0001", {"migrations"}, set()),
        ("9999", set(), {"migrations"}),
        (newest_migration(), set(), set()),
    ):
        set_version(version)
        assert failing(client).keys() == unready
        if not unready:
            assert notes(client).keys() == note


@pytest.mark.parametrize("config", ["sqlite"], indirect=True)
def test_a_database_without_tables_is_not_ready(config: Config, tmp_path: Path) -> None:
    app = create_app(replace(config, data=tmp_path, database_url=f"sqlite:///{tmp_path / 'tracker.sqlite'}"))
    assert failing(app.test_client()) == {"migrations": "not run yet: run flask --app wsgi db upgrade"}
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.mark.usefixtures("engine")
def test_what_is_late_is_a_note(client: FlaskClient) -> None:
    """Users' work, and the worker's, must not take a process out of the balancer."""
    waiting(timedelta(minutes=9))
    assert notes(client) == {}
    with time_machine.travel(now() + timedelta(minutes=2), tick=False):
        assert notes(client) == {"jobs": "the worker is behind or not running"}


@pytest.mark.usefixtures("engine")
def test_a_parked_job_and_one_to_come_hold_up_nobody(client: FlaskClient) -> None:
    waiting(timedelta(hours=1), parked=True)
    waiting(timedelta(hours=-1))
    assert notes(client) == {}


@pytest.mark.usefixtures("engine")
def test_a_disk_that_is_nearly_full_is_a_note(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "LEAST_FREE", 1.0)
    assert notes(client) == {"disk": "less than 5 % free"}


FOREIGN = {"attachments": "not mounted, or another market's: the log says why"}


def test_a_mount_that_is_missing_matters_once_there_are_files(app: Flask, client: FlaskClient, cast: Cast) -> None:
    """An empty place to mount at is no mount either; what is said of it names no path."""
    folder = moved_to(app, "not-mounted")
    assert failing(client) == {}
    attached(cast)
    assert failing(client) == FOREIGN
    folder.mkdir(parents=True)
    assert failing(client) == FOREIGN
    mark_folder(folder, own_identity() or "")
    assert failing(client) == {}


def test_the_attachments_of_another_market_make_a_process_unready(app: Flask, client: FlaskClient) -> None:
    mark_folder(moved_to(app, "of-another-market"), "another-identity")
    with capture_logs() as logged:
        assert failing(client) == failing(client) == FOREIGN
    assert len(logged) == 1, "said once, however often a balancer asks"
    assert "of-another-market" in logged[0]["trouble"]


def test_a_folder_that_cannot_be_read_is_not_reached(app: Flask, client: FlaskClient) -> None:
    folder = moved_to(app, "no-folder")
    folder.parent.mkdir(parents=True)
    folder.write_text("a file stands where the folder should be")
    assert failing(client) == {"attachments": "cannot be reached"}


def moved_to(app: Flask, name: str) -> Path:
    """Where the attachments are expected from now on."""
    settings: Config = app.config["TRACKER"]
    app.config["TRACKER"] = moved = replace(settings, data=settings.data / name)
    return moved.attachments


def attached(cast: Cast) -> None:
    """A file of which the database knows."""
    issue, event_id = rep_of_record(cast), db.session.scalar(text("SELECT max(id) FROM event"))
    file = {"public_id": "one", "person_id": cast.acme.id, "at": now(), "title": "a", "sha256": "0" * 64}
    db.session.add(Attachment(issue_id=issue.id, event_id=event_id, **file))
    db.session.commit()


def test_a_server_that_ends_is_alive_and_not_ready(client: FlaskClient) -> None:
    LEAVING.set()
    try:
        assert client.get("/healthz").status_code == 200
        assert failing(client) == {"process": "is stopping"}
    finally:
        LEAVING.clear()


def test_a_writer_is_neither_waited_for_nor_held_up(app: Flask, client: FlaskClient) -> None:
    """The probe only reads; on SQLite there is one writer at a time, and it may take long."""
    with db.engine.connect() as writer:
        writer.execute(text("UPDATE market_fact SET value = value"))
        assert failing(client) == {}
        writer.rollback()


@pytest.mark.parametrize("config", ["postgres"], indirect=True)
def test_a_database_that_hangs_is_not_waited_for(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer comes while the lock is held, and says so; afterwards all is well."""
    with db.engine.connect() as another, monkeypatch.context() as hurry:
        hurry.setattr(asking, "PATIENCE", 0.2)
        another.execute(text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"))
        assert failing(client) == {"database": "does not answer"}
        assert client.get("/healthz").status_code == 200
        another.rollback()
    while client.get("/readyz").status_code != 200:
        pass  # the question that hung is answered first
    assert failing(client) == {}


def test_work_that_holds_every_connection_leaves_a_process_ready(app: Flask, client: FlaskClient) -> None:
    pool = db.engine.pool
    with ExitStack() as held:
        for _ in range(app.config["TRACKER"].threads + 2 + 10 - pool.checkedout()):  # type: ignore[attr-defined]
            held.enter_context(db.engine.connect())
        assert failing(client) == {}


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """A question that nobody answers before the test ends, and for which nobody waits."""
    monkeypatch.setattr(asking, "PATIENCE", 0.01)
    answered = threading.Event()

    def ask() -> str:
        assert answered.wait(LONGEST)
        return "late"

    yield ask
    answered.set()


def test_nobody_waits_for_what_hangs(app: Flask, hanging: Callable[[], str]) -> None:
    assert Question(app, hanging).answer() is None


def test_what_hangs_is_asked_once_however_many_want_to_know(app: Flask, hanging: Callable[[], str]) -> None:
    asked = []

    def ask() -> str:
        asked.append(1)
        return hanging()

    question = Question(app, ask)
    with ThreadPoolExecutor(20) as crowd:
        answers = list(crowd.map(lambda _: question.answer(), range(20)))
    assert (answers, asked) == ([None] * 20, [1])


def test_what_answers_again_is_heard(app: Flask) -> None:
    answers = iter([OSError("gone"), "back"])

    def ask() -> str:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return str(answer)

    question = Question(app, ask)
    assert [question.answer(), question.answer()] == [None, "back"]


def test_a_mistake_of_ours_is_no_answer_and_no_silence(app: Flask) -> None:
    def ask() -> str:
        raise ZeroDivisionError

    with capture_logs() as logged:
        assert Question(app, ask).answer() is None
    assert [(one["log_level"], one["exc_info"]) for one in logged] == [("error", True)]


@pytest.mark.usefixtures("engine")
def test_a_mistake_in_a_note_leaves_a_process_ready(app: Flask, client: FlaskClient) -> None:
    """Such as a fact in the words of a newer version: what is not needed is not known, and the log says why."""
    db.session.add(MarketFact(name=ASKED, value="in words of another version"))
    db.session.commit()
    with capture_logs() as logged:
        assert notes(client) == {}
        told = client.get("/metrics", headers=with_token(app)).text
    assert "tracker_database_answers 1.0" in told
    assert "tracker_letters_waiting" not in told
    assert {one["log_level"] for one in logged} == {"error"}


@pytest.mark.usefixtures("engine")
def test_metrics_say_what_the_database_says(app: Flask, client: FlaskClient) -> None:
    given = with_token(app)
    waiting(timedelta(minutes=2))
    told = client.get("/metrics", headers=given).text
    assert "tracker_database_answers 1.0" in told
    assert "tracker_schema_newer 0.0" in told
    assert any(
        line.startswith("tracker_oldest_job_seconds") and float(line.split()[1]) >= 120 for line in told.splitlines()
    )
    for name in ("tracker_letters_waiting", "tracker_index_whole", "tracker_disk_free_ratio"):
        assert f"\n{name} " in told


def test_metrics_are_there_without_a_database(broken: FlaskClient) -> None:
    told = broken.get("/metrics", headers=with_token(broken.application)).text
    assert "tracker_database_answers 0.0" in told
    assert "tracker_search_foreign_hits_total" in told
    assert "tracker_letters_waiting" not in told
