"""Files stay with what is not sent yet: of a new issue and of a reply; they are addressed by what tells nothing."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import ESI_ID, Cast
from tests.make import know_premise, press, rep_of_record
from tests.web.attaching import PDF, PNG, attachments, error_at_files, notices, post
from tracker.db import db
from tracker.domain import catalogue
from tracker.models import Draft, DraftFile, Event, Issue, LetGo, Person, Reply

Clients = Callable[[Person | None], FlaskClient]
NEW = "/issues/new/rep-of-record"


@pytest.fixture
def issue(app: Flask, cast: Cast) -> Iterator[Issue]:
    """Acme asked Bolt, which has begun; the tokens of forms are left out here."""
    know_premise(cast)
    app.config["WTF_CSRF_ENABLED"] = False
    issue = rep_of_record(cast)
    press(cast.bolt, issue, "begin-working")
    yield issue
    app.config["WTF_CSRF_ENABLED"] = True


def kept() -> list[DraftFile]:
    """All that is kept with forms, in the order in which it was chosen."""
    return list(db.session.scalars(select(DraftFile).order_by(DraftFile.id)))


def unexecutable(issue: Issue) -> str:
    """A button that asks for a comment and a reason."""
    return f"/issues/{issue.number}/transitions/unexecutable"


def test_a_new_issue_keeps_its_good_files_and_takes_them_along(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.acme)
    refused = post(client, NEW, (PDF, "bill.pdf"), (b"<svg/>", "plan.svg"), (PNG, "meter.jpg"), do="file")
    assert refused.status_code == 422
    assert error_at_files(refused.text).startswith("“plan.svg” is not of a kind")
    assert notices(refused.text) == ["“meter.jpg” is kept as “meter.png”, because its content is a PNG picture."]
    page = client.get(NEW).text
    assert [file.file_name for file in kept()] == ["bill.pdf", "meter.png"]
    assert all(f'form="drop-{file.public_id}"' in page for file in kept())
    form = {"Assignee": cast.duns("bolt"), "EsiID": ESI_ID, "StartTime": "2026-03-01"}
    filed = post(client, NEW, (PDF, "again.pdf"), do="file", **form)
    assert filed.location.endswith("#attachments"), "that one of them is there twice is said"
    assert [row.title for row in attachments()] == ["bill.pdf", "meter.png", "again.pdf"]
    assert not any((kept(), db.session.query(Draft).all(), db.session.query(LetGo).all()))


def test_a_form_that_is_kept_says_what_is_there_twice(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.acme)
    post(client, NEW, (PDF, "bill.pdf"), do="keep")
    answer = post(client, NEW, (PDF, "copy.pdf"), do="keep")
    said = notices(client.get(answer.location).text)
    assert "“copy.pdf” has the same content as “bill.pdf”, which is there already. Both are kept." in said


@pytest.mark.parametrize("form", [{"comment": ""}, {"comment": "x" * 10_001}, {"comment": "x", "Colour": "red"}])
def test_a_refused_press_keeps_its_files_and_takes_them_along(
    cast: Cast, issue: Issue, client_of: Clients, form: dict[str, str]
) -> None:
    client = client_of(cast.bolt)
    assert post(client, unexecutable(issue), (PDF, "bill.pdf"), **form).status_code == 422
    (file,) = kept()
    page = client.get(unexecutable(issue)).text
    assert f'name="kept" value="{file.public_id}"' in page
    assert "bill.pdf" in page
    done = {"comment": "We cannot.", "kept": file.public_id}
    assert post(client, unexecutable(issue), (PNG, "meter.png"), **done).status_code == 302
    assert [row.title for row in attachments()] == ["bill.pdf", "meter.png"]
    assert not any((kept(), db.session.query(Reply).all(), db.session.query(LetGo).all()))


def test_several_files_that_are_kept_go_along(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.bolt)
    post(client, unexecutable(issue), (PDF, "bill.pdf"), (PNG, "meter.png"), comment="")
    done = {"comment": "We cannot.", "kept": [file.public_id for file in kept()]}
    assert client.post(unexecutable(issue), data=done).status_code == 302
    assert [row.title for row in attachments()] == ["bill.pdf", "meter.png"]


def test_a_press_waits_for_a_file_that_is_refused(cast: Cast, issue: Issue, client_of: Clients) -> None:
    """It may end the issue, to which nothing can be attached then."""
    client = client_of(cast.bolt)
    answer = post(client, unexecutable(issue), (PDF, "bill.pdf"), (b"<svg/>", "plan.svg"), comment="We cannot.")
    assert answer.status_code == 422
    assert "“plan.svg” is not of a kind" in error_at_files(answer.text)
    assert "bill.pdf" in answer.text
    assert attachments() == []
    assert db.session.scalar(select(Event.name).order_by(Event.id.desc()).limit(1)) == "Begin Working"
    assert [file.file_name for file in kept()] == ["bill.pdf"]


def test_a_conflict_keeps_its_files(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client, version = client_of(cast.bolt), str(issue.version)
    press(cast.acme, issue, "close", "We found it.")
    answer = post(client, unexecutable(issue), (PDF, "bill.pdf"), comment="We cannot.", version=version)
    assert answer.status_code == 409
    (file,) = kept()
    assert f'name="kept" value="{file.public_id}"' in answer.text
    (reply,) = db.session.query(Reply).all()
    assert "bill.pdf" in client.get(f"/replies/{reply.public_id}").text


REFUSED = (b"MZ\x90\x00", "x.exe")
EMPTY = (b"", "empty.pdf")


@pytest.mark.parametrize("file", [(PDF, "bill.pdf"), REFUSED, EMPTY], ids=["good", "refused", "empty"])
@pytest.mark.parametrize("who", ["acme", "bolt"])
def test_an_issue_that_moved_on_is_said_whatever_the_file_is(
    cast: Cast, issue: Issue, client_of: Clients, file: tuple[bytes, str], who: str
) -> None:
    """Also for a button that is nowhere: never a mistake of ours, and what was typed stands on the page."""
    client, seen = client_of(getattr(cast, who)), str(issue.version)
    press(cast.bolt, issue, "complete", "Ours.")
    keys = [*catalogue.BUTTONS, "no-such-button"]
    for key in keys:
        address = f"/issues/{issue.number}/transitions/{key}"
        answer = post(client, address, file, comment="We cannot.", version=seen, ring="parties")
        assert answer.status_code in ((302, 422) if key == "add-comment" else (409,)), key
        assert answer.status_code == 302 or "We cannot." in answer.text, key
        assert file[1] == "bill.pdf" or f"“{file[1]}”" in error_at_files(answer.text), key
    for key in keys:  # as somebody sends it who does not say what they saw
        answer = post(client, f"/issues/{issue.number}/transitions/{key}", file, comment="We cannot.")
        assert answer.status_code < 500, key


@pytest.mark.parametrize("file", [REFUSED, EMPTY], ids=["refused", "empty"])
def test_no_door_of_an_issue_that_has_ended_breaks_at_a_file(
    cast: Cast, issue: Issue, client_of: Clients, file: tuple[bytes, str]
) -> None:
    press(cast.acme, issue, "close", "We found it.")
    client = client_of(cast.acme)
    for door in ("attachments", "claims", "replies/close", "replies/no-such-button"):
        answer = post(client, f"/issues/{issue.number}/{door}", file, comment="x", ring="parties")
        assert answer.status_code < 500, door


def test_words_that_are_sent_as_a_comment_take_their_files_along(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.bolt)
    post(client, unexecutable(issue), (PDF, "bill.pdf"), comment="We cannot.", Colour="red")
    press(cast.bolt, issue, "complete", "Ours.")
    (reply,), (file,) = db.session.query(Reply).all(), kept()
    page = client.get(f"/replies/{reply.public_id}").text
    assert f'name="kept" value="{file.public_id}"' in page
    form = {"comment": "We cannot.", "ring": "company", "reply": reply.public_id, "kept": file.public_id}
    assert post(client, f"/issues/{issue.number}/transitions/add-comment", **form).status_code == 302
    (row,) = attachments()
    assert (row.title, row.ring_company_id) == ("bill.pdf", cast.bolt.company_id)
    assert not any((kept(), db.session.query(Reply).all()))


def test_keep_for_later_keeps_files_too(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client, path = client_of(cast.bolt), f"/issues/{issue.number}/replies/add-comment"
    answer = post(client, path, (PDF, "bill.pdf"), (b"", "none.txt"), ring="parties")
    assert answer.status_code == 302
    page = client.get(answer.location).text
    assert notices(page) == ["“none.txt” is empty. Choose a file with something in it."]
    assert "bill.pdf" in page.split('id="comment-head"')[1]
    post(client, path, comment="", ring="parties")
    assert [file.file_name for file in kept()] == ["bill.pdf"], "an emptied form still has its file"


def test_what_a_form_does_not_show_is_not_sent(cast: Cast, issue: Issue, client_of: Clients) -> None:
    """A button that is pressed without its form says nothing of the files: they are let go, as its words are."""
    client = client_of(cast.bolt)
    post(client, f"/issues/{issue.number}/replies/complete", (PDF, "bill.pdf"))
    assert post(client, f"/issues/{issue.number}/transitions/complete", comment="Ours.").status_code == 302
    assert not any((attachments(), kept()))
    assert db.session.query(LetGo).count() == 1


@pytest.mark.parametrize("name", ["bolt_admin", "acme", "corp"])
def test_the_files_of_others_can_neither_be_sent_nor_taken_out(
    cast: Cast, issue: Issue, client_of: Clients, name: str
) -> None:
    post(client_of(cast.bolt), unexecutable(issue), (PDF, "bill.pdf"), comment="")
    (file,), (reply,) = kept(), db.session.query(Reply).all()
    other = client_of(getattr(cast, name))
    post(other, f"/issues/{issue.number}/transitions/add-comment", comment="x", ring="parties", kept=file.public_id)
    for path in (f"/replies/{reply.public_id}/files/{file.public_id}/drop", f"{NEW}/files/{file.public_id}/drop"):
        other.post(path)
    assert attachments() == []
    assert kept() == [file]
    foreign, absent = (other.get(f"/replies/{one}") for one in (reply.public_id, "absent"))
    assert foreign.status_code == absent.status_code == 404


def test_files_of_another_issue_are_not_sent_along(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.bolt)
    post(client, unexecutable(issue), (PDF, "bill.pdf"), comment="")
    other = press(cast.acme, rep_of_record(cast), "submit")
    path = f"/issues/{other.number}/transitions/add-comment"
    assert post(client, path, comment="x", ring="parties", kept=kept()[0].public_id).status_code == 302
    assert attachments() == []


def test_taking_out_is_letting_go(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.bolt)
    post(client, unexecutable(issue), (PDF, "bill.pdf"), comment="")
    post(client, NEW, (PDF, "bill.pdf"), do="keep")
    of_reply, of_draft = kept()
    (reply,) = db.session.query(Reply).all()
    answer = client.post(f"/replies/{reply.public_id}/files/{of_reply.public_id}/drop")
    assert answer.location == f"/issues/{issue.number}", "nothing is left to go on with"
    assert db.session.query(Reply).count() == 0
    assert client.post(f"{NEW}/files/{of_draft.public_id}/drop").location == f"{NEW}#files"
    assert kept() == []
    assert db.session.query(LetGo).count() == 2
    post(client, unexecutable(issue), (PDF, "bill.pdf"), comment="")
    (reply,) = db.session.query(Reply).all()
    client.post(f"/replies/{reply.public_id}/throw-away")
    assert kept() == []
    assert db.session.query(LetGo).count() == 3


def test_no_running_number_leaves_the_database(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.bolt)
    post(client, NEW, (PDF, "bill.pdf"), do="keep")
    (file,) = kept()
    assert len(file.public_id) == 24
    page = client.get(NEW).text
    assert re.findall(r"/files/([^/]+)/drop", page) == [file.public_id]
    client.post(f"{NEW}/files/{file.id}/drop")
    assert kept() == [file]
