"""Files go in and out through the issue's own check, and no browser is made to run them."""

import hashlib
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import String, func, select, type_coerce
from werkzeug.test import TestResponse

from config import Config
from tests.cast import Cast
from tests.make import know_premise, rep_of_record
from tracker.actions.attachments import attach_url
from tracker.db import db
from tracker.models import Attachment, HandOff, Issue, IssueLink, Person
from tracker.queries.attachments import attachments_of
from tracker.storage import path_of

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
CHANGING = re.compile(rb'(name="csrf_token" value=")[^"]*|(<time [^>]*>)[^<]*')

Clients = Callable[[Person | None], FlaskClient]


@pytest.fixture
def issue(app: Flask, cast: Cast) -> Iterator[Issue]:
    """Acme asked Bolt; the tokens of forms are left out here."""
    know_premise(cast)
    app.config["WTF_CSRF_ENABLED"] = False
    yield rep_of_record(cast)
    app.config["WTF_CSRF_ENABLED"] = True


def send(client: FlaskClient, number: int, *files: tuple[bytes, str]) -> TestResponse:
    """Send files with the form of the issue page."""
    answer = client.post(
        f"/issues/{number}/attachments",
        data={"files": [(io.BytesIO(content), name) for content, name in files], "ring": "parties"},
    )
    answer.request.input_stream.close()  # the client keeps a large form in a file of its own
    db.session.expire_all()
    return answer


def get(client: FlaskClient, path: str) -> TestResponse:
    """Read the whole answer, as a browser does; the file behind it is closed then."""
    return client.get(path, buffered=True)


def attached(client: FlaskClient, issue: Issue, content: bytes = PDF, name: str = "bill.pdf") -> Attachment:
    """The row of a file that was just attached."""
    assert send(client, issue.number, (content, name)).status_code == 302
    return db.session.scalars(select(Attachment).order_by(Attachment.id.desc()).limit(1)).one()


def address(issue: Issue, attachment: Attachment) -> str:
    """Where a file is downloaded."""
    return f"/issues/{issue.number}/attachments/{attachment.public_id}"


def count() -> int:
    """How many attachments there are at all."""
    return db.session.scalar(select(func.count()).select_from(Attachment)) or 0


def test_a_file_goes_in_and_comes_out(cast: Cast, issue: Issue, client_of: Clients) -> None:
    answer = send(client_of(cast.acme), issue.number, (PDF, "bill.pdf"))
    assert answer.location == f"/issues/{issue.number}#attachments"
    (row,) = attachments_of(cast.acme, issue.id)
    assert (row.title, row.who, row.company, row.size) == ("bill.pdf", "Ann", "Acme Energy", len(PDF))
    assert row.sha256 == hashlib.sha256(PDF).hexdigest()
    got = get(client_of(cast.bolt), f"/issues/{issue.number}/attachments/{row.public_id}")
    assert got.data == PDF


def test_what_a_download_says_to_the_browser(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.acme)
    row = attached(client, issue)
    headers = get(client, address(issue, row)).headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == "attachment; filename=bill.pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert headers["Cache-Control"] == "no-store"
    assert headers["ETag"] == f'"{row.sha256}"'
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("name", "content", "shown_as"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(9), "image/png"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + bytes(9), "image/jpeg"),
        ("a.gif", b"GIF89a" + bytes(9), "image/gif"),
        ("a.txt", "Peña".encode(), "text/plain; charset=utf-8"),
        ("a.txt", "Peña".encode("cp1252"), "text/plain; charset=windows-1252"),
        ("a.csv", b"hour,kWh\n", "text/plain; charset=utf-8"),
    ],
)
def test_a_preview_is_shown_and_runs_nothing(
    cast: Cast, issue: Issue, client_of: Clients, name: str, content: bytes, shown_as: str
) -> None:
    client = client_of(cast.acme)
    got = get(client, f"{address(issue, attached(client, issue, content, name))}/preview")
    assert got.headers["Content-Type"] == shown_as
    assert got.headers["Content-Disposition"].startswith("inline")
    assert got.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert got.headers["X-Content-Type-Options"] == "nosniff"


def test_what_cannot_be_shown_is_downloaded(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.acme)
    row = attached(client, issue, b"From: ann@acme.example\n\nHello", "a.eml")
    assert get(client, f"{address(issue, row)}/preview").status_code == 404
    assert get(client, address(issue, row)).headers["Content-Type"] == "message/rfc822"


def test_a_row_cannot_choose_how_it_is_served(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.acme)
    row = attached(client, issue)
    row.media_type = "text/html"
    db.session.commit()
    assert get(client, address(issue, row)).headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../x.pdf", "x.pdf"),
        ("..\\..\\x.pdf", "x.pdf"),
        ("bill\u202efdp.pdf", "billfdp.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("x" * 296 + ".pdf", "x" * 251 + ".pdf"),
        ("Zähler 1.pdf", "Zähler 1.pdf"),
    ],
)
def test_names_come_out_clean(cast: Cast, issue: Issue, client_of: Clients, sent: str, kept: str) -> None:
    client = client_of(cast.acme)
    row = attached(client, issue, name=sent)
    assert (row.file_name, row.title) == (kept, kept)
    disposition = get(client, address(issue, row)).headers["Content-Disposition"]
    assert "\r" not in disposition
    assert disposition.startswith("attachment; filename")


def test_a_line_break_in_a_name_makes_no_header(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.acme)
    row = attached(client, issue)
    row.file_name = "a\r\nSet-Cookie: stolen=1.pdf"
    db.session.commit()
    headers = get(client, address(issue, row)).headers
    assert headers["Content-Disposition"] == 'attachment; filename="aSet-Cookie_ stolen=1.pdf"'
    assert "stolen" not in headers.get("Set-Cookie", "")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<html><script>alert(1)</script>"),
        ("a.svg", b"<svg onload='alert(1)'/>"),
        ("a.pdf", b"%PDF-1.4\n<script>alert(1)</script>"),
        ("a.gif", b"GIF89a/*<svg onload=alert(1)>"),
        ("a.png", b"\x00\x01"),
        ("a.pdf", b""),
    ],
)
def test_what_is_not_taken(cast: Cast, issue: Issue, client_of: Clients, name: str, content: bytes) -> None:
    answer = send(client_of(cast.acme), issue.number, (content, name))
    assert answer.status_code == 422
    assert f"“{name}”" in answer.text
    assert count() == 0


def test_an_input_left_empty_is_no_file(cast: Cast, issue: Issue, client_of: Clients) -> None:
    answer = send(client_of(cast.acme), issue.number, (b"", ""))
    assert answer.status_code == 422
    assert "No file was chosen" in answer.text


def test_too_large_a_file(cast: Cast, issue: Issue, client_of: Clients) -> None:
    answer = send(client_of(cast.acme), issue.number, (b"x" * (20 * 1024 * 1024 + 1), "a.txt"))
    assert answer.status_code == 413
    assert "20 MB" in answer.text


def test_an_attachment_is_found_through_its_own_issue_only(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client, other = client_of(cast.acme), rep_of_record(cast)
    row = attached(client, issue)
    assert get(client, address(issue, row)).status_code == 200
    for suffix in ("", "/preview"):
        assert get(client, address(other, row) + suffix).status_code == 404


def test_a_foreign_file_and_an_absent_one_are_one_answer(cast: Cast, issue: Issue, client_of: Clients) -> None:
    row = attached(client_of(cast.acme), issue)
    stranger = client_of(cast.corp)
    for suffix in ("", "/preview"):
        foreign = get(stranger, address(issue, row) + suffix)
        absent = get(stranger, f"/issues/99999999/attachments/absent{suffix}")
        assert foreign.status_code == absent.status_code == 404
        assert CHANGING.sub(b"", foreign.data) == CHANGING.sub(b"", absent.data)


def test_a_stranger_stores_nothing(cast: Cast, issue: Issue, client_of: Clients, config: Config) -> None:
    content = b"only the stranger has this text"
    assert send(client_of(cast.corp), issue.number, (content, "a.txt")).status_code == 404
    assert not path_of(config.attachments, hashlib.sha256(content).hexdigest()).exists()


def test_a_company_that_was_replaced_keeps_what_it_saw(cast: Cast, issue: Issue, client_of: Clients) -> None:
    before = attached(client_of(cast.acme), issue)
    issue_until = before.event_id
    handed_over(issue, cast.corp, issue_until)
    after = attached(client_of(cast.acme), issue, b"later", "later.txt")
    client = client_of(cast.corp)
    for suffix in ("", "/preview"):
        assert get(client, address(issue, before) + suffix).status_code == 200
        assert get(client, address(issue, after) + suffix).status_code == 404
    assert send(client, issue.number, (PDF, "again.pdf")).status_code == 404
    assert len(attachments_of(cast.acme, issue.id, up_to_event=issue_until)) == 1


@pytest.mark.parametrize(
    ("damage", "status", "said"),
    [
        (Path.unlink, 503, "The file is not here at this moment."),
        (lambda path: path.write_bytes(b"%PDF-1.4 other"), 404, "The stored file is damaged"),
    ],
)
def test_a_file_that_is_damaged_and_one_that_is_away_are_two_things(
    cast: Cast,
    issue: Issue,
    client_of: Clients,
    config: Config,
    damage: Callable[[Path], object],
    status: int,
    said: str,
) -> None:
    client = client_of(cast.acme)
    row = attached(client, issue)
    assert row.sha256
    damage(path_of(config.attachments, row.sha256))
    for suffix in ("", "/preview"):
        answer = get(client, address(issue, row) + suffix)
        assert answer.status_code == status
        assert said in answer.text
        assert "damaged or missing" not in answer.text
        assert ("Retry-After" in answer.headers) == (status == 503)
    assert get(client, f"/issues/{issue.number}").status_code == 200
    attached(client, issue)
    assert get(client, address(issue, row)).data == PDF


def test_an_address_of_the_web(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.acme)
    form = {"url": "https://example.com/evidence", "title": "Evidence", "ring": "parties"}
    assert client.post(f"/issues/{issue.number}/attachments", data=form).status_code == 302
    (row,) = attachments_of(cast.acme, issue.id)
    assert (row.title, row.url, row.previews) == ("Evidence", "https://example.com/evidence", None)
    assert get(client, f"/issues/{issue.number}/attachments/{row.public_id}").status_code == 404


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Evidence\u202e\r\nof\u00a0 March\u200b", "Evidence of March"),
        ("\u200b\u3164", "https://example.com/evidence"),
        ("", "https://example.com/evidence"),
        ("report[1].pdf", "report[1].pdf"),
    ],
)
def test_a_title_stands_on_one_line(cast: Cast, issue: Issue, client_of: Clients, typed: str, shown: str) -> None:
    form = {"url": "https://example.com/evidence", "title": typed, "ring": "parties"}
    assert client_of(cast.acme).post(f"/issues/{issue.number}/attachments", data=form).status_code == 302
    assert db.session.scalars(select(type_coerce(Attachment.title, String))).all() == [shown]


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "ftp://example.com", "https://", "a b", "https://example.com/\u3164x"],
)
def test_no_other_address(cast: Cast, issue: Issue, client_of: Clients, url: str) -> None:
    answer = client_of(cast.acme).post(f"/issues/{issue.number}/attachments", data={"url": url, "ring": "parties"})
    assert answer.status_code == 422
    assert "not an address of the web" in answer.text


def test_another_issue(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client, other = client_of(cast.acme), rep_of_record(cast)
    assert (
        client.post(f"/issues/{issue.number}/links", data={"other": f"#{other.number}", "kind": "related"}).status_code
        == 302
    )
    assert db.session.scalars(select(IssueLink)).one().other_id == other.id


@pytest.mark.parametrize(("typed", "status"), [("x", 422), ("", 422), ("²", 422), ("9" * 17, 422), ("99999999", 422)])
def test_no_such_other_issue(cast: Cast, issue: Issue, client_of: Clients, typed: str, status: int) -> None:
    answer = client_of(cast.acme).post(f"/issues/{issue.number}/links", data={"other": typed, "kind": "related"})
    assert answer.status_code == status


def test_a_reader_attaches_nothing(cast: Cast, issue: Issue, client_of: Clients) -> None:
    assert send(client_of(cast.acme_reader), issue.number, (PDF, "a.pdf")).status_code == 403
    assert count() == 0


def test_an_issue_takes_fifty(cast: Cast, issue: Issue, client_of: Clients) -> None:
    for number in range(49):
        attach_url(cast.acme, issue.number, f"https://example.com/{number}", "")
    db.session.commit()
    client = client_of(cast.acme)
    assert send(client, issue.number, (PDF, "a.pdf"), (PDF, "b.pdf")).status_code == 413
    assert send(client, issue.number, (PDF, "a.pdf")).status_code == 302
    assert count() == 50


def handed_over(issue: Issue, person: Person, last_event_id: int) -> None:
    """Let a company have been replaced on the issue after an event."""
    db.session.add(
        HandOff(
            issue_id=issue.id,
            company_id=person.company_id,
            at=issue.changed_at,
            last_event_id=last_event_id,
            snapshot={},
        )
    )
    db.session.commit()
