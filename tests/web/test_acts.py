"""Many issues at once: what is left out and why; nothing is lost or repeated by a kill; one letter tells of all."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.cast import ESI_ID, Cast
from tests.make import index_now, know_premise, press, rep_of_record
from tracker import worker
from tracker.actions import bulk
from tracker.actions.bulk import begin_act, carry_on
from tracker.actions.telling import tell_changes
from tracker.db import db
from tracker.errors import Invalid, NotFound
from tracker.jobs.tools import Tools
from tracker.models import BulkAct, BulkItem, Comment, Event, Issue, Mail, Person
from tracker.queries.bulk import left_out_of, progress_of, ways_open
from tracker.search import SearchBackend

Clients = Callable[[Person | None], FlaskClient]


@pytest.fixture(autouse=True)
def without_tokens(app: Flask) -> Iterator[None]:
    """Forms are posted without a token here; that they need one is tested elsewhere."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


def issues_of(cast: Cast, count: int) -> list[Issue]:
    """Acme asks Bolt of so many premises."""
    esi_ids = [f"{ESI_ID[:-3]}{number:03}" for number in range(count)]
    for esi_id in esi_ids:
        know_premise(cast, esi_id)
    return [rep_of_record(cast, EsiID=esi_id) for esi_id in esi_ids]


def numbers(issues: list[Issue]) -> list[int]:
    """Their numbers."""
    return [issue.number for issue in issues]


def work(tmp_path: Path) -> None:
    """Let the worker do all that is due."""
    while worker.work_once(Tools(tmp_path, current_app.extensions["search"])):
        pass


def test_what_can_be_done_is_counted(cast: Cast) -> None:
    issues = issues_of(cast, 3)
    press(cast.bolt, issues[0], "begin-working")
    ways = {way.name: way.issues for way in ways_open(cast.bolt, issues)}
    assert (ways["Begin Working"], ways["Add Comment"], ways["Complete"]) == (2, 3, 1)
    assert "Begin Working" not in {way.name for way in ways_open(cast.acme, issues)}
    assert ways_open(cast.corp, issues) == []


def test_an_act_on_many_from_the_list_to_the_result(
    cast: Cast, client_of: Clients, engine: SearchBackend, tmp_path: Path
) -> None:
    issues = issues_of(cast, 4)
    press(cast.bolt, issues[0], "begin-working")
    press(cast.acme, issues[1], "withdraw")
    index_now(engine)
    client = client_of(cast.bolt)
    assert 'type="checkbox" name="number"' not in client.get("/issues").text
    assert client.get("/issues?choose=1").text.count('type="checkbox" name="number"') == 4
    assert 'name="number"' not in client_of(cast.acme_reader).get("/issues?choose=1").text
    chosen = client.post("/acts/preview", data={"number": numbers(issues)}).text
    assert "4 issues chosen" in chosen
    form = {"numbers": " ".join(map(str, numbers(issues))), "key": "begin-working"}
    preview = client.post("/acts/preview", data=form).text
    assert "Begin Working on 2 issues" in preview
    assert "It has ended" in preview
    assert "In Progress: your company has no such button there" in preview
    begun = client.post("/acts", data={**form, "comment": "All of them."})
    assert begun.status_code == 302
    assert "0 of 2 done" in client.get(begun.location).text
    press(cast.bolt, issues[2], "begin-working")
    press(cast.bolt, issues[3], "begin-working")
    work(tmp_path)
    result = client.get(begun.location).text
    assert "0 of 2 done, 2 left out" in result
    assert result.count("It moved on after you chose it.") == 2
    assert client_of(cast.bolt_admin).get(begun.location).status_code == 404
    assert "Begin Working" in client.get("/acts").text


def test_all_that_fit_are_what_the_list_shows(cast: Cast, client_of: Clients, engine: SearchBackend) -> None:
    issues = issues_of(cast, 60)
    press(cast.bolt, issues[0], "begin-working")
    index_now(engine)
    chosen = client_of(cast.bolt).post("/acts/preview", data={"all": "1", "q": "state:new"}).text
    assert "59 issues chosen" in chosen
    assert str(issues[0].number) not in chosen
    assert client_of(cast.bolt).post("/acts/preview", data={"all": "1", "q": "statsu:new"}).status_code == 422
    assert client_of(cast.corp).post("/acts/preview", data={"all": "1", "q": ""}).status_code == 422


def test_a_kill_in_the_middle_repeats_and_loses_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    issues = issues_of(cast, 60)
    act = begin_act(cast.bolt, numbers(issues), "begin-working", {}, "Ours.")
    db.session.commit()
    whole, presses = bulk.press_transition, iter(range(1_000))

    class Killed(BaseException):
        """What a process that is killed leaves undone."""

    def dying(*given: object) -> Issue:
        if next(presses) in (10, 40, 41, 70):
            raise Killed
        return whole(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(bulk, "press_transition", dying)
    kills = 0
    while not progress_of(act).ended:
        try:
            carry_on(act.id)
            db.session.commit()
        except Killed:
            db.session.rollback()
            kills += 1
    assert kills == 4
    said = select(Comment.issue_id, func.count()).where(Comment.text == "Ours.").group_by(Comment.issue_id)
    assert [row[1] for row in db.session.execute(said)] == [1] * 60
    events = db.session.scalars(select(BulkItem.event_id).where(BulkItem.act_id == act.id)).all()
    named = select(func.count()).where(Event.id.in_(events), Event.name == "Begin Working")
    assert db.session.scalar(named) == 60


def test_rights_are_those_of_the_moment(cast: Cast, tmp_path: Path) -> None:
    issues = issues_of(cast, 2)
    act = begin_act(cast.bolt, numbers(issues), "begin-working", {}, "")
    cast.bolt.active = False
    db.session.commit()
    work(tmp_path)
    assert progress_of(act) == (2, 0, 2)
    assert {row.reason for row in left_out_of(cast.bolt, act)} == {
        "The account of the person who began this is deactivated."
    }
    db.session.expire_all()
    assert {issue.state for issue in issues} == {"New"}


def test_foreign_issues_are_as_absent(cast: Cast, client_of: Clients) -> None:
    issues = issues_of(cast, 2)
    client = client_of(cast.corp)
    foreign = client.post("/acts/preview", data={"number": numbers(issues)})
    absent = client.post("/acts/preview", data={"number": [99999999]})
    assert (foreign.status_code, absent.status_code) == (422, 422)
    with pytest.raises(NotFound):
        begin_act(cast.corp, numbers(issues), "add-comment", {}, "Hello")
    assert db.session.scalars(select(BulkAct)).all() == []


def test_what_is_typed_is_checked_before_anything_begins(cast: Cast, client_of: Clients) -> None:
    issues = issues_of(cast, 2)
    for issue in issues:
        press(cast.bolt, issue, "begin-working")
    with pytest.raises(Invalid):
        begin_act(cast.bolt, numbers(issues), "add-comment", {}, " ")
    with pytest.raises(Invalid):
        begin_act(cast.bolt, numbers(issues), "complete", {}, "Done", ring="company")
    form = {
        "numbers": " ".join(map(str, numbers(issues))),
        "key": "assign-owner",
        "NewOwner": "",
        "comment": "Take it.",
    }
    answer = client_of(cast.bolt).post("/acts", data=form)
    assert (answer.status_code, "Take it." in answer.text) == (422, True)
    assert db.session.scalars(select(BulkAct)).all() == []


def test_notes_and_owners_for_many(cast: Cast, client_of: Clients, tmp_path: Path) -> None:
    issues = issues_of(cast, 3)
    begin_act(cast.acme, numbers(issues), "add-comment", {}, "Ours to lose.", ring="company")
    begin_act(cast.acme, numbers(issues), "assign-owner", {"NewOwner": "adam"}, "")
    db.session.commit()
    work(tmp_path)
    assert "Ours to lose." not in client_of(cast.bolt).get(f"/issues/{issues[0].number}").text
    page = client_of(cast.acme).get(f"/issues/{issues[0].number}").text
    assert "Ours to lose." in page
    assert "<td>Adam</td>" in page


def test_one_letter_tells_of_the_whole_act(cast: Cast) -> None:
    issues = issues_of(cast, 30)
    while tell_changes():
        db.session.commit()
    act = begin_act(cast.bolt, numbers(issues), "add-comment", {}, "We look into all of these, @ann.")
    db.session.commit()
    for _ in range(3):
        carry_on(act.id)
    while tell_changes(by_mail=True):
        db.session.commit()
    (letter,) = db.session.scalars(select(Mail).where(Mail.receiver == cast.acme.email)).all()
    assert len(letter.about) == 30
