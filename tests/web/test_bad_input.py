"""What bad input gets: a clear message at its place, the right status, everything typed kept, nothing half done."""

import gc
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.cast import ESI_ID, Cast
from tests.make import know_premise, press, rep_of_record
from tracker.db import db
from tracker.models import Attachment, Comment, Event, Issue, Person

ClientOf = Callable[[Person | None], FlaskClient]
GOOD = {"EsiID": ESI_ID, "StartTime": "2026-03-01", "StopTime": "", "CommentsText": ""}


@pytest.fixture
def ann(cast: Cast, client_of: ClientOf) -> Iterator[FlaskClient]:
    """Ann of Acme, at a browser that sends forms without tokens only where a test says so."""
    know_premise(cast)
    client = client_of(cast.acme)
    client.application.config["WTF_CSRF_ENABLED"] = False
    yield client
    client.application.config["WTF_CSRF_ENABLED"] = True


def counts() -> tuple[int, ...]:
    return tuple(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (Issue, Event, Comment))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("EsiID", "1008901", "at least 8 characters; this has 7"),
        ("EsiID", "1" * 37, "at most 36 characters; this has 37"),
        ("EsiID", "10089010\x0023456789", "NUL character"),
        ("StartTime", "2026-02-31", "“2026-02-31” is not a date that exists"),
        ("StartTime", "tomorrow-ish", "“tomorrow-ish” is not a date. Write YYYY-MM-DD"),
        ("StartTime", "10/05/2026", "Write 2026-10-05, if you mean October 5, 2026."),
        ("StartTime", "25.12.2026", "Write 2026-12-25, if you mean December 25, 2026."),
        ("StartTime", "13/13/2026", "“13/13/2026” is not a date. Write YYYY-MM-DD"),
        ("StopTime", "2026-02-01", "The stop lies before the start"),
        ("Assignee", "999999999", "No company of this market has this DUNS"),
        ("Assignee", "Bolt", "9 to 13 digits"),
        ("CommentsText", "x" * 10_001, "at most 10,000 characters; this has 10,001"),
        ("Colour", "red", "This form has no such field"),
    ],
)
def test_refused_field_says_why_at_its_place_and_keeps_the_rest(
    cast: Cast, ann: FlaskClient, field: str, typed: str, said: str
) -> None:
    before = counts()
    sent = GOOD | {"Assignee": cast.duns("bolt"), "CommentsText": "Do not lose me."} | {field: typed}
    answer = ann.post("/issues/new/rep-of-record", data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert ("Do not lose me." in answer.text) == (field != "CommentsText")
    assert counts() == before
    assert "Do not lose me." in ann.get("/issues/new/rep-of-record").text or field == "CommentsText"


def test_wrong_tdsp_is_an_error_at_its_field(cast: Cast, ann: FlaskClient) -> None:
    sent = {
        "Assignee": cast.duns("oncor"),
        "EsiID": ESI_ID,
        "NewPremiseType": "Residential",
        "CommentsText": "A house.",
    }
    answer = ann.post("/issues/new/premise-type", data=sent)
    assert answer.status_code == 422
    assert 'id="Assignee-e">This ESI ID belongs to Wires Delivery.' in answer.text


def test_lone_surrogate_is_refused_and_not_a_crash(cast: Cast, ann: FlaskClient) -> None:
    body = f"Assignee={cast.duns('bolt')}&EsiID={ESI_ID}&StartTime=2026-03-01&CommentsText=%ED%A0%80"
    answer = ann.post("/issues/new/rep-of-record", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert not any("\ud800" <= char <= "\udfff" for text in db.session.scalars(select(Comment.text)) for char in text)


def test_title_of_255_characters_is_taken_and_256_are_not(cast: Cast, ann: FlaskClient) -> None:
    issue = rep_of_record(cast)
    address = f"/issues/{issue.number}/attachments"
    long = ann.post(address, data={"url": "https://example.com/", "title": "t" * 256, "ring": "parties"})
    assert (long.status_code, "this has 256" in long.text) == (422, True)
    assert "t" * 256 in long.text.split('id="title"')[1]
    assert (
        ann.post(address, data={"url": "https://example.com/", "title": "t" * 255, "ring": "parties"}).status_code
        == 302
    )
    assert db.session.scalar(select(func.count()).select_from(Attachment)) == 1


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x/y", "https://", "https://exa mple.com", "/issues", ""])
def test_only_addresses_of_the_web_are_attached(cast: Cast, ann: FlaskClient, url: str) -> None:
    issue = rep_of_record(cast)
    assert (
        ann.post(f"/issues/{issue.number}/attachments", data={"url": url, "title": "", "ring": "parties"}).status_code
        == 422
    )


def test_state_that_moved_on_meanwhile_is_a_conflict_that_keeps_the_text(cast: Cast, ann: FlaskClient) -> None:
    issue = rep_of_record(cast)
    seen = issue.version
    press(cast.bolt, issue, "begin-working")
    answer = ann.post(
        f"/issues/{issue.number}/transitions/close", data={"version": seen, "comment": "Kept <b>text</b>"}
    )
    assert answer.status_code == 409
    assert "Kept &lt;b&gt;text&lt;/b&gt;" in answer.text
    assert "Bob" in answer.text
    assert "Begin Working" in answer.text
    db.session.refresh(issue)
    assert issue.state == "In Progress"


def test_button_pressed_twice_moves_once(cast: Cast, ann: FlaskClient) -> None:
    issue = rep_of_record(cast)
    form = {"version": issue.version, "comment": ""}
    address = f"/issues/{issue.number}/transitions/withdraw"
    assert [ann.post(address, data=form).status_code for _ in range(2)] == [302, 409]
    assert db.session.scalar(select(func.count()).where(Event.name == "Withdraw")) == 1


def test_button_of_another_company_is_forbidden_and_a_foreign_number_is_not_found(cast: Cast, ann: FlaskClient) -> None:
    issue = rep_of_record(cast)
    form = {"version": issue.version}
    assert ann.post(f"/issues/{issue.number}/transitions/begin-working", data=form).status_code == 403
    assert ann.post("/issues/99999999/transitions/begin-working", data=form).status_code == 404
    assert ann.post(f"/issues/{issue.number}/transitions/no-such-button", data=form).status_code == 409
    assert ann.get(f"/issues/{issue.number}/transitions/no-such-button").status_code == 409


def test_form_without_its_token_changes_nothing(cast: Cast, client_of: ClientOf) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    client, before = client_of(cast.acme), counts()
    for address in (f"/issues/{issue.number}/transitions/withdraw", "/issues/new/rep-of-record", "/sign-out"):
        answer = client.post(address, data={"version": issue.version})
        assert answer.status_code == 400
        assert "no longer valid" in answer.text
    assert counts() == before


def test_form_from_another_site_changes_nothing(cast: Cast, ann: FlaskClient) -> None:
    issue = rep_of_record(cast)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        address = f"/issues/{issue.number}/transitions/withdraw"
        assert ann.post(address, data={"version": issue.version}, headers=headers).status_code == 403
    db.session.refresh(issue)
    assert issue.state == "New"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Werkzeug's own temporary file
def test_body_that_is_too_large_is_said_to_be(cast: Cast, ann: FlaskClient) -> None:
    issue = rep_of_record(cast)
    big = {"files": (BytesIO(b"%PDF-" + b"x" * 26 * 1024 * 1024), "big.pdf")}
    answer = ann.post(f"/issues/{issue.number}/attachments", data=big)
    assert answer.status_code == 413
    assert "20 MB" in answer.text
    del answer
    gc.collect()


def test_dates_without_meaning_in_the_list_are_said_at_their_place(ann: FlaskClient) -> None:
    narrowed = ann.get("/issues/narrow?q=meter&created_from=2026-02-31")
    assert narrowed.location == "/issues?q=meter+created:%3E%3D2026-02-31&open=filters"
    answer = ann.get(narrowed.location)
    assert answer.status_code == 400
    assert "“2026-02-31” is no day" in answer.text
    assert 'value="meter created:&gt;=2026-02-31"' in answer.text
    assert '<mark class="wrong">&gt;=2026-02-31</mark>' in answer.text


@pytest.mark.parametrize(
    "query",
    [
        *("after=x", "after=~", "before=2026~x", "before=9~9", "after=9~9", "after=2026-01-01~3~7", "column=x"),
        *(f"after=2026-01-01~{'9' * digits}" for digits in (10, 19, 26, 5_000)),
        *("before=2026-01-01~-1", "before=0001-01-01T00:00%2B10:00~1", "after=2026-01-01~1~99999999999999999999"),
    ],
)
def test_addresses_that_were_bent_show_a_list(ann: FlaskClient, query: str) -> None:
    assert ann.get(f"/issues?{query}").status_code == 200


@pytest.mark.parametrize("typed", ["'", '"; drop table issue', "%", "1" * 400, "\x00", "😀", "#", "26148392"])
def test_jump_box_takes_anything(ann: FlaskClient, typed: str) -> None:
    assert ann.get("/jump", query_string={"q": typed}).status_code == (400 if "\x00" in typed else 302)


def test_ids_of_others_are_refused_wherever_they_are_sent(cast: Cast, ann: FlaskClient) -> None:
    own = rep_of_record(cast)
    foreign = rep_of_record(cast)
    foreign = press(cast.acme, foreign, "submit") if foreign.state == "Pending Issue" else foreign
    press(cast.bolt, foreign, "re-assign", "Not ours.", Assignee=cast.duns("corp"))
    bolt_only = foreign.number
    for other in (99999999, 1):
        answer = ann.post(f"/issues/{own.number}/links", data={"other": other, "kind": "related"})
        assert answer.status_code == 422
    answer = ann.post(
        f"/issues/{own.number}/transitions/assign-owner", data={"version": own.version, "NewOwner": "bob"}
    )
    assert answer.status_code == 422
    assert "Bob" not in answer.text.split("<main")[1].split("Timeline")[0].replace("“bob”", "")
    assert bolt_only


HUGE = "9" * 26


@pytest.mark.parametrize(
    "address",
    [
        "/issues/{huge}",
        "/issues/{huge}/claims",
        "/issues?after=2026-01-01T00:00:00~{huge}",
        "/people/groups/{huge}",
    ],
)
def test_numbers_that_no_column_holds_are_of_nothing(cast: Cast, client_of: ClientOf, address: str) -> None:
    answer = client_of(cast.acme_admin).get(address.format(huge=HUGE))
    assert answer.status_code in (200, 404)


@pytest.mark.parametrize("version", ["²", "٣", HUGE, "-1", "1.0", " "])
@pytest.mark.parametrize("form", ["transitions/close", "claims"])
def test_a_version_that_is_no_number_is_none(cast: Cast, ann: FlaskClient, version: str, form: str) -> None:
    issue = rep_of_record(cast)
    press(cast.bolt, issue, "begin-working")
    answer = ann.post(f"/issues/{issue.number}/{form}", data={"version": version, "comment": "Found it."})
    assert answer.status_code in (302, 422)


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/acts/preview", {"numbers": HUGE}),
        ("/acts/preview", {"number": "9999999999999999"}),
        ("/acts", {"numbers": "9999999999", "key": "add-comment", "ring": "parties", "comment": "Hello"}),
        ("/issues/{number}/links", {"other": "9999999999999999", "kind": "related"}),
        ("/issues/{number}/attachments", {"url": "https://[::1", "title": "x", "ring": "parties"}),
    ],
)
def test_what_cannot_be_is_refused_and_breaks_nothing(
    cast: Cast, ann: FlaskClient, address: str, form: dict[str, str]
) -> None:
    issue = rep_of_record(cast)
    assert ann.post(address.format(number=issue.number), data=form).status_code in (404, 422)
