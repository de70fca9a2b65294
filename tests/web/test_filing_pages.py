"""Filing by the pages: the picker, preferred subtypes, kept forms, follow-ups, jumping."""

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from tests.cast import ESI_ID, Cast
from tests.make import TRAN_ID, know_premise, press, rep_of_record
from tracker.db import db
from tracker.models import Attachment, Draft, Issue, IssueLink, IssueViewer, Person


@pytest.fixture
def ann(cast: Cast, client_of: Callable[[Person | None], FlaskClient]) -> Iterator[FlaskClient]:
    """Ann of Acme at her browser."""
    know_premise(cast)
    client = client_of(cast.acme)
    client.application.config["WTF_CSRF_ENABLED"] = False
    yield client
    client.application.config["WTF_CSRF_ENABLED"] = True


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("customer taken", "Inadvertent Losing"),
        ("switch hold", "Switch Hold Removal"),
        ("no usage", "Usage/Billing - Missing"),
        ("wrong zip", "ZIP Assignment"),
        ("rescission", "Customer Rescission"),
    ],
)
def test_typing_what_is_wrong_finds_the_subtype(ann: FlaskClient, typed: str, first: str) -> None:
    found = ann.get("/issues/new", query_string={"q": typed}).text.split('class="picks"')[1]
    assert first in found.split("</li>")[0]


def test_picker_offers_what_the_company_may_file(ann: FlaskClient) -> None:
    page = ann.get("/issues/new").text
    assert "Rep of Record" in page
    assert ">LPA<" not in page
    assert "Inadvertent Switch" not in page


def test_preferred_subtypes_come_first_until_taken_out(cast: Cast, ann: FlaskClient) -> None:
    ann.post("/issues/new/premise-type/prefer")
    assert ann.get("/issues/new").text.split("<h2")[1].startswith(' id="f1">Preferred')
    ann.post("/issues/new/premise-type/prefer")
    assert "Preferred" not in ann.get("/issues/new").text


def test_refused_form_keeps_its_files(cast: Cast, ann: FlaskClient) -> None:
    form = {"TDSPInvolved": cast.duns("wires"), "EsiID": "123", "CommentsText": "New occupant.", "do": "file"}
    answer = ann.post(
        "/issues/new/switch-hold-removal", data=form | {"files": (BytesIO(b"I live here.\n"), "statement.txt")}
    )
    assert answer.status_code == 422
    assert "statement.txt" in answer.text
    filed = ann.post("/issues/new/switch-hold-removal", data=form | {"EsiID": ESI_ID})
    assert filed.status_code == 302
    assert db.session.scalars(select(Attachment.file_name)).all() == ["statement.txt"]
    assert db.session.scalars(select(Draft)).all() == []


def test_kept_form_is_thrown_away_when_asked(cast: Cast, ann: FlaskClient) -> None:
    ann.post("/issues/new/rep-of-record", data={"EsiID": "1008", "do": "keep"})
    assert 'value="1008"' in ann.get("/issues/new/rep-of-record").text
    ann.post("/issues/new/rep-of-record", data={"do": "discard"})
    assert 'value="1008"' not in ann.get("/issues/new/rep-of-record").text


def test_follow_up_copies_the_fields_and_links_both(cast: Cast, ann: FlaskClient) -> None:
    first = rep_of_record(cast)
    press(cast.acme, first, "withdraw")
    answer = ann.post(f"/issues/{first.number}/follow-up")
    form = ann.get(answer.location).text
    assert f'value="{ESI_ID}"' in form
    ann.post(
        "/issues/new/rep-of-record", data={"Assignee": cast.duns("bolt"), "EsiID": ESI_ID, "StartTime": "2026-03-01"}
    )
    link = db.session.scalars(select(IssueLink)).one()
    assert (link.other_id, link.kind) == (first.id, "follows")
    second = db.session.get_one(Issue, link.issue_id)
    assert "follows up" in ann.get(f"/issues/{second.number}").text
    assert "followed up by" in ann.get(f"/issues/{first.number}").text


def test_a_follow_up_of_an_issue_that_is_not_seen_any_more_names_nothing(cast: Cast, ann: FlaskClient) -> None:
    first = rep_of_record(cast)
    press(cast.acme, first, "withdraw")
    address = ann.post(f"/issues/{first.number}/follow-up").location
    here = (IssueViewer.issue_id == first.id, IssueViewer.company_id == cast.acme.company_id)
    db.session.execute(delete(IssueViewer).where(*here))
    db.session.commit()
    sent = {"Assignee": cast.duns("bolt"), "EsiID": ESI_ID, "StartTime": "2026-03-01"}
    filed = ann.post("/issues/new/rep-of-record", data=sent)
    assert filed.status_code == 302
    assert db.session.scalars(select(IssueLink)).all() == []
    assert str(first.number) not in ann.get(address).text + ann.get(filed.location).text


def test_open_issue_offers_no_follow_up(cast: Cast, ann: FlaskClient) -> None:
    assert "File a follow-up" not in ann.get(f"/issues/{rep_of_record(cast).number}").text


def test_jump_opens_the_one_issue_that_is_meant(cast: Cast, ann: FlaskClient) -> None:
    issue = rep_of_record(cast)
    for typed in (str(issue.number), f"#{issue.number}", ESI_ID, f"  {ESI_ID} "):
        answer = ann.get("/jump", query_string={"q": typed})
        assert answer.location == f"/issues/{issue.number}"
    rep_of_record(cast)
    assert ann.get("/jump", query_string={"q": ESI_ID}).location == f"/issues?q={ESI_ID}"
    assert ann.get("/jump", query_string={"q": TRAN_ID}).location == f"/issues?q={TRAN_ID}"


def test_handed_over_issue_shows_what_was_and_not_what_followed(
    cast: Cast, client_of: Callable[[Person | None], FlaskClient], ann: FlaskClient
) -> None:
    issue = rep_of_record(cast, CommentsText="Seen by Bolt.")
    press(cast.bolt, issue, "re-assign", "Not ours at all.", Assignee=cast.duns("corp"))
    press(cast.corp, issue, "add-comment", "Secret of what followed.")
    bolt = client_of(cast.bolt)
    page = bolt.get(f"/issues/{issue.number}").text
    assert "Seen by Bolt." in page
    assert "Not ours at all." in page
    assert "Secret of what followed." not in page
    assert str(issue.number) in bolt.get("/handed-over").text
    assert str(issue.number) not in bolt.get("/issues").text
    assert bolt.get(f"/issues/{issue.number}/print").status_code == 404
