"""What cannot be done to the index is tried later and later, with one line in the log each time."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from structlog.testing import capture_logs

from tests.cast import Cast
from tests.make import know_premise, rep_of_record
from tracker import worker
from tracker.cli.worker import PAUSE
from tracker.db import db
from tracker.jobs.patience import CEILING, FIRST, Patience
from tracker.jobs.tools import Tools
from tracker.models import Job
from tracker.search import SearchBackend
from tracker.search.whoosh_backend import WhooshBackend


@dataclass
class Clock:
    """Seconds that pass when the test says so."""

    seconds: float = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    """The time by which the worker waits."""
    return Clock()


@pytest.fixture
def tools(engine: SearchBackend, tmp_path: Path, clock: Clock) -> Tools:
    """What a worker begins with."""
    if not isinstance(engine, WhooshBackend):
        pytest.skip("PostgreSQL's index is part of the database.")
    building, rebuilding = Patience(clock=clock), Patience(clock=clock)
    return Tools(tmp_path, engine, writing=Patience(30, clock), building=building, rebuilding=rebuilding)


@pytest.fixture
def folder(tools: Tools) -> Path:
    """Where the index lies."""
    assert isinstance(tools.engine, WhooshBackend)
    return tools.engine.served.parent


def test_waits_double_up_to_a_ceiling(clock: Clock) -> None:
    patience = Patience(clock=clock)
    waits = []
    for _ in range(14):
        assert patience.is_over()
        waits.append(patience.tried())
        clock.seconds += waits[-1] - 0.1
        assert not patience.is_over()
        clock.seconds += 0.2
    assert waits == [min(FIRST * 2**number, CEILING) for number in range(14)]
    clock.seconds += CEILING + 1  # so long it was well
    assert patience.tried() == FIRST
    patience.tried()
    patience.worked()
    assert patience.is_over()
    assert patience.tried() == FIRST


def pass_by(tools: Tools, clock: Clock, seconds: float) -> list[str]:
    """The worker looks after the index as often as it does: what it logs, and how long it waits then."""
    with capture_logs() as logged:
        end = clock.seconds + seconds
        while clock.seconds < end:
            if not worker.build_once(tools):
                clock.seconds += PAUSE
    return [f"{line['event']}, {line['again_in']:.0f}" if "again_in" in line else line["event"] for line in logged]


def test_a_build_that_fails_is_tried_later_and_later(tools: Tools, clock: Clock, folder: Path) -> None:
    """15 lines in an hour; when it can be made it is, and the next failure is the first again."""
    shutil.rmtree(folder / "building", ignore_errors=True)
    for _ in range(2):
        (folder / "current").unlink()
        (folder / "building").write_text("something stands in its place")
        logged = pass_by(tools, clock, 3_600)
        assert 10 <= len(logged) <= 16
        assert logged[0] == "the search index could not be made, 1"
        assert logged[-1] == "the search index could not be made, 600"
        (folder / "building").unlink()
        while not tools.engine.is_whole():
            pass_by(tools, clock, FIRST)


def test_an_index_that_is_damaged_again_and_again_is_made_less_and_less_often(
    tools: Tools, clock: Clock, folder: Path
) -> None:
    made = 0
    for _ in range(round(600 / PAUSE)):
        (folder / "current").unlink(missing_ok=True)
        if worker.build_once(tools):
            made += tools.engine.is_whole()
        clock.seconds += PAUSE
    assert 3 <= made <= 10
    assert "the search index is made anew" in pass_by(tools, clock, CEILING + 1)
    assert tools.engine.is_whole()
    pass_by(tools, clock, CEILING + 1)  # it stays whole for a while
    (folder / "current").unlink()
    assert pass_by(tools, clock, FIRST) == ["the search index is made anew"]


def test_a_disk_that_takes_no_batch_is_tried_less_often(
    app: Flask, cast: Cast, tools: Tools, clock: Clock, folder: Path
) -> None:
    """Changes wait, and are found at most half a minute after it takes them again."""
    know_premise(cast)
    rep_of_record(cast)
    lock, failures = folder / "writing.lock", []
    for _ in range(2):
        lock.unlink()
        lock.mkdir()
        with capture_logs() as logged:
            for _ in range(round(300 / PAUSE)):
                worker.work_once(tools)
                clock.seconds += PAUSE
        failures.append(sum(line["event"] == "a step of the worker failed" for line in logged))
        lock.rmdir()
        while db.session.query(Job).filter_by(topic="index").count():
            clock.seconds += PAUSE
            worker.work_once(tools)
    assert 10 <= failures[0] == failures[1] <= 16
