"""What is typed is not lost; who is at an issue is its own company's; the first opening is said by company."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.cast import Cast
from tests.make import know_premise, press, rep_of_record, usage_dispute
from tracker.actions.moving import Press, press_transition
from tracker.actions.parties import replace_party
from tracker.actions.people import add_group, rename_group
from tracker.actions.telling import tell_changes, tell_late
from tracker.clock import now
from tracker.db import db
from tracker.domain import catalogue
from tracker.domain.roles import Role
from tracker.models import Event, Issue, IssueParty, Person, Reply
from tracker.web.replies import form_name

Clients = Callable[[Person | None], FlaskClient]
TEXT = "The meter was ours since March."
OF_REQUEST = re.compile(rb'name="(csrf_token|drawn)" value="[^"]*"')
"""What differs between two requests for one page."""

HERE = re.compile(r'name="shown" value="(?P<shown>[^"]*)"><input type="hidden" name="drawn" value="(?P<drawn>[^"]*)"')


@pytest.fixture(autouse=True)
def without_tokens(app: Flask) -> Iterator[None]:
    """Forms are posted without a token here; that they need one is tested elsewhere."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asks Bolt, which has begun."""
    know_premise(cast)
    issue = rep_of_record(cast)
    press(cast.bolt, issue, "begin-working")
    return issue


def keep(client: FlaskClient, issue: Issue, form: str = "add-comment", **typed: str) -> None:
    """Keep what is typed, as the page does every few seconds."""
    answer = client.post(f"/issues/{issue.number}/replies/{form}", data=typed, headers={"HX-Request": "true"})
    assert answer.status_code == 200


def kept() -> list[Reply]:
    """All that is kept."""
    return list(db.session.scalars(select(Reply)))


def test_a_comment_is_found_again_until_it_is_sent(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.acme)
    keep(client, issue, comment=TEXT, ring="company", csrf_token="x", version="2")
    assert [reply.raw for reply in kept()] == [{"comment": TEXT, "ring": "company"}]
    again = client_of(cast.acme)  # another browser: the first one is closed
    page = again.get(f"/issues/{issue.number}").text
    assert f">{TEXT}</textarea>" in page
    assert 'value="company" checked' in page
    assert TEXT in again.get("/").text
    assert TEXT not in client_of(cast.acme_admin).get(f"/issues/{issue.number}").text
    form = {"comment": TEXT, "ring": "company", "version": str(issue.version)}
    assert again.post(f"/issues/{issue.number}/transitions/add-comment", data=form).status_code == 302
    assert kept() == []
    assert TEXT not in again.get("/").text


def test_a_transition_is_found_again_after_a_refusal_and_a_conflict(
    cast: Cast, issue: Issue, client_of: Clients
) -> None:
    client, version = client_of(cast.bolt), str(issue.version)
    address = f"/issues/{issue.number}/transitions/unexecutable"
    keep(client, issue, "unexecutable", comment=TEXT, UnexecutableReason="")
    assert TEXT in client.get(address).text
    assert client.post(address, data={"comment": TEXT * 400, "version": version}).status_code == 422
    assert len(kept()) == 1
    press(cast.acme, issue, "close", "We found it.")
    answer = client.post(address, data={"comment": TEXT, "version": version})
    assert (answer.status_code, TEXT in answer.text) == (409, True)
    assert len(kept()) == 1
    assert TEXT in client.get("/").text


def test_words_outlive_a_reassignment(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.bolt)
    keep(client, issue, comment=TEXT)
    replace_party(issue, Role.ASSIGNEE, cast.corp.company)
    db.session.commit()
    (reply,) = kept()
    assert f'href="/replies/{reply.public_id}"' in client.get("/").text
    page = client.get(f"/replies/{reply.public_id}").text
    assert TEXT in page
    assert "no active part any more" in page
    assert "Corp" not in page
    assert client_of(cast.acme).get(f"/replies/{reply.public_id}").status_code == 404
    client_of(cast.acme).post(f"/replies/{reply.public_id}/throw-away")
    assert len(kept()) == 1
    assert client.post(f"/replies/{reply.public_id}/throw-away").location == "/"
    assert kept() == []


def test_nothing_typed_is_nothing_kept(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.acme)
    keep(client, issue, comment=TEXT)
    keep(client, issue, comment="", ring="parties")
    assert kept() == []
    too_much = client.post(f"/issues/{issue.number}/replies/add-comment", data={"comment": "x" * 70_000})
    assert too_much.status_code == 413
    unstorable = {"comment": "a\x00b"}
    client.post(f"/issues/{issue.number}/replies/add-comment", data=unstorable)
    assert kept()[0].raw == {"comment": "a\ufffdb"}


def test_without_script_a_button_keeps_it(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.acme)
    answer = client.post(f"/issues/{issue.number}/replies/add-comment", data={"comment": TEXT})
    assert answer.location == f"/issues/{issue.number}#comment-head"
    assert client_of(cast.corp).post(f"/issues/{issue.number}/replies/x", data={"comment": TEXT}).status_code == 404


def test_words_whose_button_stands_no_more_are_read_and_sent_as_a_comment(
    cast: Cast, issue: Issue, client_of: Clients
) -> None:
    client = client_of(cast.bolt)
    keep(client, issue, "unexecutable", comment=TEXT, UnexecutableReason="Other")
    (reply,) = kept()
    address = f"/replies/{reply.public_id}"
    assert f'href="{address}"' in client.get("/").text
    assert client.get(address).location == f"/issues/{issue.number}/transitions/unexecutable"
    press(cast.bolt, issue, "complete", "Ours.")
    page = client.get(address).text
    assert f">{TEXT}</textarea>" in page
    assert "Send as a comment" in page
    form = {"comment": TEXT, "ring": "parties", "reply": reply.public_id}
    assert client.post(f"/issues/{issue.number}/transitions/add-comment", data=form).status_code == 302
    assert kept() == []
    keep(client, issue, comment=TEXT)
    press(cast.acme, issue, "accept")
    (reply,) = kept()
    ended = client.get(f"/replies/{reply.public_id}").text
    assert f" readonly>{TEXT}</textarea>" in ended
    assert "Send as a comment" not in ended


def test_what_a_button_asked_for_is_called_as_it_was(cast: Cast, client_of: Clients) -> None:
    know_premise(cast)
    issue = usage_dispute(cast)
    press(cast.wires, issue, "begin-working")
    client = client_of(cast.wires)
    keep(client, issue, "unexecutable", comment=TEXT, UnexecutableReason="Other")
    press(cast.wires, issue, "complete", "Ours.")
    page = client.get(f"/replies/{kept()[0].public_id}").text
    assert "<dt>Why it cannot be done</dt>" in page
    assert "UnexecutableReason" not in page


@pytest.mark.parametrize(
    ("form", "typed"),
    [
        ("transitions/add-comment", {"comment": "Ask @ann of it.", "ring": "company"}),
        ("transitions/unexecutable", {"comment": TEXT, "UnexecutableReason": ""}),
        ("claims", {"RORStartTime": "no day"}),
    ],
)
def test_what_is_refused_is_kept_whatever_one_does_next(
    cast: Cast, issue: Issue, client_of: Clients, form: str, typed: dict[str, str]
) -> None:
    client = client_of(cast.bolt)
    assert client.post(f"/issues/{issue.number}/{form}", data=typed).status_code == 422
    (reply,) = kept()
    assert reply.raw == typed
    again = client.get(client.get(f"/replies/{reply.public_id}").location)
    assert next(iter(typed.values())) in again.text


def test_ercots_close_keeps_what_is_typed_until_it_is_sent(cast: Cast, issue: Issue, client_of: Clients) -> None:
    """It is called as the submitter's is, and is another button."""
    client, drawn = client_of(cast.ercot), now().isoformat()
    address = f"/issues/{issue.number}/transitions/close-by-ercot"
    assert f'hx-post="/issues/{issue.number}/replies/close-by-ercot"' in client.get(address).text
    keep(client, issue, "close-by-ercot", comment=TEXT)
    assert TEXT in client.get(address).text
    assert "Close: The meter was ours" in client.get("/").text
    assert client.post(address, data={"comment": TEXT, "version": str(issue.version)}).status_code == 302
    keep(client, issue, "close-by-ercot", comment=f"{TEXT} Sent already.", drawn=drawn)
    assert kept() == []


@pytest.mark.parametrize("form", sorted({*catalogue.BUTTONS, "state-claim"}))
def test_every_form_of_every_workflow_keeps_its_words(cast: Cast, issue: Issue, client_of: Clients, form: str) -> None:
    client = client_of(cast.bolt)
    keep(client, issue, form, comment=TEXT)
    (reply,) = kept()
    assert (reply.form, form_name(form) != form) == (form, True)


def test_a_group_is_chosen_by_its_address_and_told_by_its_name(cast: Cast, issue: Issue, client_of: Clients) -> None:
    """Its name may be another's by the time the form is sent."""
    client, admin, desk = client_of(cast.acme), cast.acme_admin, cast.acme_desk
    address = f"/issues/{issue.number}/transitions/assign-to-group"
    offered = f'<option value="{desk.public_id}">Switching desk</option>'
    assert offered in client.get(address).text
    keep(client, issue, "assign-to-group", GroupName=desk.public_id)
    rename_group(admin, desk, {"name": "Night shift"})
    add_group(admin, admin.company, {"name": "Switching desk"})
    db.session.commit()
    stale = {"GroupName": desk.public_id, "version": "1", "comment": "Yours."}
    conflict = client.post(address, data=stale)
    assert conflict.status_code == 409
    assert f'Night shift<input type="hidden" name="GroupName" value="{desk.public_id}">' in conflict.text
    assert client.post(address, data=stale | {"version": str(issue.version)}).status_code == 302
    party = db.session.scalars(select(IssueParty).where(IssueParty.company_id == admin.company_id)).first()
    assert party
    assert party.group_id == desk.id
    keep(client, issue, "assign-to-group", GroupName=desk.public_id)
    press(cast.acme, issue, "close", "We found it.")
    assert '<dt>Group</dt><dd class="typed">Night shift</dd>' in client.get(f"/replies/{kept()[0].public_id}").text


def test_a_field_that_was_emptied_stays_empty(cast: Cast, client_of: Clients) -> None:
    know_premise(cast)
    rep_of_record(cast)
    issue = rep_of_record(cast, StopTime="2026-05-01")  # the check warns of the first one, so this can be edited
    client = client_of(cast.acme)
    address = f"/issues/{issue.number}/transitions/edit"
    before = client.get(address).text
    assert 'name="StopTime"' in before
    assert "2026-05-01" in before
    keep(client, issue, "edit", StartTime="2026-03-01", StopTime="")
    assert "2026-05-01" not in client.get(address).text


def test_a_page_from_before_the_sending_keeps_nothing(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.acme)
    drawn = now().isoformat()
    press(cast.acme, issue, "add-comment", TEXT)
    keep(client, issue, comment=TEXT, drawn=drawn)
    assert kept() == []
    keep(client, issue, comment="Another.", drawn=now().isoformat())
    assert len(kept()) == 1


def test_only_what_a_form_asks_for_is_kept(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.acme)
    address = f"/issues/{issue.number}/replies/"
    assert client.post(address + "no-such-form", data={"comment": TEXT}).status_code == 404
    assert client.post(address + "x" * 9_000, data={"comment": TEXT}).status_code == 404
    many = {"comment": [f"{number}" for number in range(90)], "a b": "x", "ring": ["company", "parties"]}
    assert client.post(address + "add-comment", data=many | {"a\x00b": "x"}).status_code == 400, "no name at all"
    assert kept() == []
    assert client.post(address + "add-comment", data=many).status_code == 302
    assert [reply.raw for reply in kept()] == [{"comment": "89", "ring": "parties"}]
    assert client.get("/").status_code == 200


def here(client: FlaskClient, issue: Issue, page: str = "") -> bytes:
    """What a page learns by saying that it is open and what it shows."""
    found = re.search(HERE, page or client.get(f"/issues/{issue.number}").text)
    said = found.groupdict() if found else {}
    return bytes(client.post(f"/issues/{issue.number}/here", data=said).data)


def test_colleagues_see_each_other_and_nobody_else(cast: Cast, issue: Issue, client_of: Clients) -> None:
    ann, adam, bob, erin = (client_of(one) for one in (cast.acme, cast.acme_admin, cast.bolt, cast.ercot))
    alone = here(ann, issue)
    for stranger in (bob, erin):
        keep(stranger, issue, comment="Ours.")
        here(stranger, issue)
    assert here(ann, issue) == alone
    here(adam, issue)
    assert b"Adam is here" in here(ann, issue)
    keep(adam, issue, comment="I am")
    assert b"Adam is writing" in here(ann, issue)
    assert b"Ann is here" in here(adam, issue)
    assert b"Bob" not in here(adam, issue) + here(bob, issue)
    with time_machine.travel(now() + timedelta(seconds=90), tick=False):
        assert here(ann, issue) == alone
    assert client_of(cast.corp).post(f"/issues/{issue.number}/here").status_code == 404


def test_who_acted_before_looking_is_not_told_to_have_opened_it(cast: Cast, issue: Issue, client_of: Clients) -> None:
    """Bolt began to work from the list, and opened the issue later."""
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        here(client_of(cast.bolt), issue)
    assert "opened the issue" not in client_of(cast.acme).get(f"/issues/{issue.number}").text


def test_a_look_leaves_nothing_but_the_first_opening(cast: Cast, client_of: Clients) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    before = (issue.version, issue.changed_at, db.session.scalar(select(func.count(Event.id))))
    acme, bolt = client_of(cast.acme), client_of(cast.bolt)
    assert "opened the issue for the first time" not in acme.get(f"/issues/{issue.number}").text
    here(acme, issue)
    here(bolt, issue)
    page = acme.get(f"/issues/{issue.number}").text
    assert page.count("opened the issue for the first time") == 1
    assert "Bolt Power opened the issue for the first time" in page
    assert "Bob" not in page.split("opened the issue for the first time")[0].rpartition("<li")[2]
    first = OF_REQUEST.sub(b"", acme.get(f"/issues/{issue.number}").data)
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        here(client_of(cast.bolt_admin), issue)
    assert OF_REQUEST.sub(b"", acme.get(f"/issues/{issue.number}").data) == first
    db.session.refresh(issue)
    assert (issue.version, issue.changed_at, db.session.scalar(select(func.count(Event.id)))) == before


def test_opening_an_issue_reads_what_was_told_of_it(cast: Cast, issue: Issue, client_of: Clients) -> None:
    while tell_changes():
        db.session.commit()
    db.session.commit()
    db.session.refresh(cast.acme)
    assert cast.acme.unread == 1
    here(client_of(cast.acme), issue)
    db.session.refresh(cast.acme)
    assert cast.acme.unread == 0


def test_a_page_that_is_open_reads_nothing_of_what_it_does_not_show(
    cast: Cast, issue: Issue, client_of: Clients
) -> None:
    client = client_of(cast.acme)
    page = client.get(f"/issues/{issue.number}").text
    assert b"New since you opened this page" not in here(client, issue, page)
    press(cast.acme, issue, "add-comment", "My own words.")
    assert b"New since you opened this page" not in here(client, issue, page)
    press(cast.bolt, issue, "add-comment", "An answer.")
    while tell_changes():
        db.session.commit()
    db.session.commit()
    assert b"New since you opened this page" in here(client, issue, page)
    db.session.refresh(cast.acme)
    assert cast.acme.unread == 1
    assert b"New since" not in here(client, issue)
    db.session.refresh(cast.acme)
    assert cast.acme.unread == 0


def test_a_page_reads_no_warning_of_what_is_late_since(cast: Cast, issue: Issue, client_of: Clients) -> None:
    """A warning is told of an event that the page shows, and the page was drawn before."""
    press(cast.bolt, issue, "complete", TEXT)
    while tell_changes():
        db.session.commit()
    client = client_of(cast.acme)
    here(client, issue)
    page = client.get(f"/issues/{issue.number}").text
    with time_machine.travel((issue.clock_at or now()) - timedelta(hours=1), tick=False):
        assert tell_late()
        db.session.commit()
        here(client, issue, page)
        db.session.refresh(cast.acme)
        assert cast.acme.unread == 1
        here(client_of(cast.acme), issue)
        db.session.refresh(cast.acme)
        assert cast.acme.unread == 0


def test_a_note_is_no_news_to_those_outside(cast: Cast, issue: Issue, client_of: Clients) -> None:
    ann, bob = client_of(cast.acme), client_of(cast.bolt)
    page, others = ann.get(f"/issues/{issue.number}").text, bob.get(f"/issues/{issue.number}").text
    before = here(bob, issue, others)
    press_transition(cast.acme_admin, issue.number, Press("add-comment", comment="Ours alone.", ring="company"))
    db.session.commit()
    assert here(bob, issue, others) == before
    assert b"New since you opened this page" in here(ann, issue, page)
