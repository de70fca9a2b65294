"""What the processes of a server count is in its metrics, whichever of them counted and whichever is asked."""

import re
from pathlib import Path

import pytest

from config import Config
from tests.conftest import SECRET
from tests.serving.running import running
from tracker import create_app
from tracker.actions.automation import the_clock
from tracker.actions.companies import found_market
from tracker.actions.people import add_person
from tracker.actions.sessions import begin_session
from tracker.db import db

SEARCHES = 3
COUNTED = re.compile(r"^tracker_search_without_index_total (\S+)$", re.MULTILINE)
OF_ERCOT = {"duns": "183529049", "name": "ERCOT", "kind": "ERCOT", "legal_name": None}
DANA = {"user_name": "dana.ruiz", "full_name": "Dana Ruiz", "email": "dana@ercot.example", "rank": "analyst"}


@pytest.fixture
def token(data: Path) -> str:
    """Of a browser in which somebody is signed in; no worker has made an index yet."""
    app = create_app(Config(data, f"sqlite:///{data / 'tracker.sqlite'}", SECRET, "http://localhost", 4))
    with app.app_context():
        operator = found_market(OF_ERCOT)
        person = add_person(the_clock(), operator, DANA)
        given, _ = begin_session(person, "password", address="127.0.0.1", browser="a browser")
        db.session.commit()
        for engine in db.engines.values():
            engine.dispose()
    return given


def test_a_search_without_an_index_is_counted(data: Path, token: str) -> None:
    with running(data, TRACKER_METRICS_TOKEN="a token") as server:
        for _ in range(SEARCHES):
            assert server.get("/issues?q=meter", Cookie=f"sid={token}").status == 200
        told = server.get("/metrics", Authorization="Bearer a token").text  # type: ignore[attr-defined]
    assert COUNTED.findall(told) == [f"{SEARCHES}.0"]
