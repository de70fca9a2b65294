"""Many issues at once: what is left out and why; nothing is lost or repeated by a kill; one letter tells of all."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.cast import ESI_ID, Cast
from tests.make import index_now, know_premise, press, rep_of_record, state
from tracker import worker
from tracker.actions import bulk
from tracker.actions.bulk import begin_act, carry_on
from tracker.actions.linking import link_many
from tracker.actions.moving import Press
from tracker.db import db
from tracker.domain.claims import RIGHT_SIDE, RIGHT_SIDES
from tracker.domain.links import BACK, CAUSED_BY
from tracker.errors import Invalid, NotFound
from tracker.jobs.tools import Tools
from tracker.models import BulkAct, BulkItem, Comment, Event, Issue, Person
from tracker.queries.bulk import left_out_of, preview_of, progress_of, ways_open
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
    assert "choosing.js" not in client.get("/issues?q=number:1&choose=1").text
    chosen = client.post("/acts/preview", data={"number": numbers(issues)}).text
    assert "4 issues chosen" in chosen
    form = {"numbers": " ".join(map(str, numbers(issues))), "key": "begin-working"}
    preview = client.post("/acts/preview", data=form).text
    assert "Begin Working on 2 issues" in preview
    assert "It has ended" in preview
    assert "In Progress: your company has no such button there" in preview
    begun = client.post("/acts", data={**form, "comment": "All of them."})
    assert begun.status_code == 302
    waiting = client.get(begun.location).text
    assert "0 of 2 done" in waiting
    assert f'<noscript> <a href="{begun.location}">Look again</a></noscript>' in waiting
    press(cast.bolt, issues[2], "begin-working")
    press(cast.bolt, issues[3], "begin-working")
    work(tmp_path)
    result = client.get(begun.location).text
    assert "0 of 2 done, 2 left out" in result
    assert result.count("It moved on after you chose it.") == 2
    assert client_of(cast.bolt_admin).get(begun.location).status_code == 404
    assert "Begin Working" in client.get("/acts").text


def test_going_on_with_nothing_leads_back_to_the_same_page_of_the_list(cast: Cast, client_of: Clients) -> None:
    issues_of(cast, 1)
    client = client_of(cast.bolt)
    form = {"q": "status:open sort:created", "column": ["number", "title", "nonsense"], "after": "0~x", "view": ""}
    back = client.post("/acts/preview", data=form).location
    assert back.startswith("/issues?q=status:open+sort:created&column=number&column=title&choose=1&nothing=1&after=")
    assert "Nothing is marked yet." in client.get("/issues?choose=1&nothing=1").text
    whole = client.get("/issues?choose=1").text
    assert "the one that fits" in whole
    assert 'href="/acts"' in whole


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


def disputed(cast: Cast, issue: Issue) -> Issue:
    """Acme and Bolt say two things about the start; Bolt has begun to work."""
    press(cast.bolt, issue, "begin-working")
    for person, day in ((cast.acme, "2026-04-01"), (cast.bolt, "2026-03-01")):
        state(person, issue, RORStartTime=day)
    return issue


def test_where_the_sides_disagree_is_said_before_anything_begins(cast: Cast, tmp_path: Path) -> None:
    issues = issues_of(cast, 3)
    contrary = disputed(cast, issues[0])
    for issue in issues[1:]:
        press(cast.bolt, issue, "begin-working")
    planned = preview_of(cast.bolt, issues, "complete")
    assert planned.will == issues[1:]
    (reason,) = planned.left_out
    assert reason.startswith("Its sides still disagree")
    assert planned.fields == planned.transition.fields
    alone = preview_of(cast.bolt, [contrary], "complete")
    assert (alone.will, alone.left_out) == ([contrary], {})
    assert RIGHT_SIDE.name in {one.name for one in alone.fields}
    with pytest.raises(Invalid):
        begin_act(cast.bolt, [contrary.number], "complete", {}, "Done.")
    answer = {"RightSide": RIGHT_SIDES["assignee"]}
    act = begin_act(cast.bolt, [contrary.number], "complete", answer, "Done.")
    db.session.commit()
    work(tmp_path)
    assert progress_of(act) == (1, 1, 0)
    db.session.refresh(contrary)
    assert (contrary.state, contrary.right_side) == ("Pending Complete", "assignee")


def test_one_issue_on_which_something_breaks_keeps_no_other_waiting(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issues = issues_of(cast, 3)
    act = begin_act(cast.bolt, numbers(issues), "begin-working", {}, "")
    db.session.commit()
    whole, bad = bulk.press_transition, issues[1].number

    def breaking(actor: Person, number: int, press: Press) -> Issue:
        if number == bad:
            raise ZeroDivisionError
        return whole(actor, number, press)

    monkeypatch.setattr(bulk, "press_transition", breaking)
    work(tmp_path)
    assert progress_of(act) == (3, 2, 1)
    (left,) = left_out_of(cast.bolt, act)
    assert left.number == bad
    assert "broke on our side" in left.reason


def test_an_act_on_what_a_cause_gathers_leads_back_to_the_cause(
    cast: Cast, client_of: Clients, engine: SearchBackend, tmp_path: Path
) -> None:
    cause, *others = issues_of(cast, 3)
    link_many(cast.bolt, cause.number, numbers(others), CAUSED_BY + BACK)
    db.session.commit()
    index_now(engine)
    client = client_of(cast.bolt)
    form = {"q": f"cause:{cause.number}", "all": "1", "cause": str(cause.number)}
    chosen = client.post("/acts/preview", data=form).text
    assert "2 issues chosen" in chosen
    marked = {"numbers": " ".join(map(str, numbers(others))), "key": "begin-working", "cause": str(cause.number)}
    assert f'href="/issues/{cause.number}"' in client.post("/acts/preview", data=marked).text
    begun = client.post("/acts", data=marked)
    work(tmp_path)
    assert f"Back to the cause {cause.number}" in client.get(begun.location).text
    foreign = client_of(cast.corp).post("/acts", data=marked)
    assert foreign.status_code == 404
