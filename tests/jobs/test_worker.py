"""The worker: the clock's presses, LPA children in batches, jobs that fail and are tried again."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import current_app
from sqlalchemy import func, select

from tests.cast import ESI_ID, Cast
from tests.make import build_index, know_premise, press, rep_of_record
from tracker import worker
from tracker.actions.filing import file_issue
from tracker.actions.jobs import promise
from tracker.clock import now
from tracker.db import db
from tracker.jobs.children import BATCH
from tracker.jobs.tools import Tools
from tracker.models import Event, Issue, Job
from tracker.search import Document


def drain(folder: Path) -> int:
    """Work until nothing is due; how many steps it took."""
    tools = Tools(folder, current_app.extensions["search"])
    steps = 0
    while worker.work_once(tools):
        steps += 1
    return steps


def test_answered_issue_completes_by_itself_after_two_weeks(cast: Cast, tmp_path: Path) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    press(cast.bolt, issue, "begin-working")
    press(cast.bolt, issue, "complete")
    with time_machine.travel(now() + timedelta(days=13, hours=23), tick=False):
        drain(tmp_path)
        db.session.refresh(issue)
        assert issue.state == "Pending Complete"
    with time_machine.travel(now() + timedelta(days=14, minutes=1), tick=False):
        drain(tmp_path)
        assert drain(tmp_path) == 0
    db.session.refresh(issue)
    assert (issue.state, issue.is_open) == ("Auto Complete", False)
    event = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert event.person_id == cast.clock.id


def lpa_with(cast: Cast, esi_ids: list[str]) -> Issue:
    raw = {"Assignee": cast.duns("wires"), "LoadProfileCategory": "LPA - Zip Code"}
    issue = file_issue(cast.ercot, "lpa", raw)
    press(cast.wires, issue, "request-lpa-1-1", "Too many for one.")
    press(cast.ercot, issue, "lpa-1-1")
    press(cast.ercot, issue, "submit-lpa-1-1", EsiID="\n".join(esi_ids))
    return issue


def test_lpa_makes_a_child_for_each_esi_id_and_completes_with_the_last(cast: Cast, tmp_path: Path) -> None:
    esi_ids = [f"{ESI_ID[:-3]}{index:03}" for index in range(BATCH + 3)]
    parent = lpa_with(cast, [*esi_ids, esi_ids[0]])
    assert parent.state == "In Progress (LPA 1:1)"
    drain(tmp_path)
    children = db.session.scalars(select(Issue).where(Issue.parent_id == parent.id)).all()
    assert sorted(child.esi_id or "" for child in children) == esi_ids
    assert {child.responsible_id for child in children} == {cast.wires.company_id}
    for child in children[:-1]:
        press(cast.ercot, child, "close-by-ercot", "Not needed.")
    db.session.refresh(parent)
    assert parent.is_open
    press(cast.ercot, children[-1], "close-by-ercot", "Not needed.")
    db.session.refresh(parent)
    assert parent.state == "Complete"


def test_a_child_cannot_be_split_again(cast: Cast, tmp_path: Path) -> None:
    parent = lpa_with(cast, [ESI_ID])
    drain(tmp_path)
    child = db.session.scalars(select(Issue).where(Issue.parent_id == parent.id)).one()
    with pytest.raises(Exception, match="not for your company"):
        press(cast.wires, child, "request-lpa-1-1", "Split it.")


def test_job_that_was_done_already_does_nothing_again(cast: Cast, tmp_path: Path) -> None:
    parent = lpa_with(cast, [ESI_ID])
    drain(tmp_path)
    promise("lpa-children", parent, {"esi_ids": [ESI_ID], "person_id": cast.ercot.id})
    db.session.commit()
    drain(tmp_path)
    assert db.session.scalar(select(func.count()).where(Issue.parent_id == parent.id)) == 1


def test_job_that_fails_is_tried_again_later_and_parked_at_last(cast: Cast, tmp_path: Path) -> None:
    know_premise(cast)
    promise("lpa-children", rep_of_record(cast), {"esi_ids": [ESI_ID], "person_id": 0})
    db.session.commit()
    moment = now()
    for _ in range(worker.MOST_TRIES + 2):
        moment += timedelta(hours=1)
        with time_machine.travel(moment, tick=False):
            drain(tmp_path)
    job = db.session.scalars(select(Job).where(Job.topic == "lpa-children")).one()
    assert (job.tries, job.parked_at is not None) == (worker.MOST_TRIES, True)
    assert "NoResultFound" in (job.last_error or "")


def test_an_issue_that_cannot_be_indexed_does_not_hold_up_the_others(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    know_premise(cast)
    poisoned, sound = rep_of_record(cast), rep_of_record(cast)
    poisoned_id = poisoned.id
    engine = current_app.extensions["search"]
    build_index(engine)
    press(cast.acme, poisoned, "add-comment", "First.")
    press(cast.acme, sound, "add-comment", "Second.")
    put = engine.put

    def refuse(documents: Sequence[Document]) -> None:
        if any(document.issue_id == poisoned_id for document in documents):
            raise ValueError("This cannot be indexed.")
        put(documents)

    monkeypatch.setattr(engine, "put", refuse)
    assert worker.work_once(Tools(tmp_path, engine))
    waiting = db.session.scalars(select(Job).where(Job.topic == "index")).all()
    assert {job.issue_id for job in waiting} == {poisoned_id}
    assert all(job.tries == 1 for job in waiting)


def test_a_step_that_fails_does_not_end_the_worker(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    know_premise(cast)
    promise("lpa-children", rep_of_record(cast), {"esi_ids": [], "person_id": cast.ercot.id})
    db.session.commit()

    def fail(engine: object) -> bool:
        raise OSError("No space left on device")

    monkeypatch.setattr(worker, "index_changes", fail)
    assert worker.work_once(Tools(tmp_path, current_app.extensions["search"]))
    assert db.session.scalar(select(func.count()).where(Job.topic == "lpa-children", Job.tries == 0)) == 0


def test_failing_job_does_not_hold_up_the_rest(cast: Cast, tmp_path: Path) -> None:
    know_premise(cast)
    promise("lpa-children", rep_of_record(cast), {"esi_ids": [ESI_ID], "person_id": 0})
    db.session.commit()
    parent = lpa_with(cast, [ESI_ID])
    drain(tmp_path)
    assert db.session.scalar(select(func.count()).where(Issue.parent_id == parent.id)) == 1
