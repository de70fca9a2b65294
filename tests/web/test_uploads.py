"""Rights first, bytes after; quotas say what to do; a full disk stops nothing else; the good files of several stay."""

import gc
import itertools
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from config import Config
from tests.cast import Cast
from tests.make import know_premise, press, rep_of_record
from tests.web.attaching import PDF, PNG, attach, attachments, error_at_files, notices, post
from tracker.clock import now
from tracker.db import db
from tracker.domain import quotas
from tracker.models import Draft, DraftFile, Issue, Person, Reply
from tracker.storage import IDENTITY, mark_folder

Clients = Callable[[Person | None], FlaskClient]
MB = 1 << 20


@pytest.fixture
def issue(app: Flask, cast: Cast) -> Iterator[Issue]:
    """Acme asked Bolt; the tokens of forms are left out here."""
    know_premise(cast)
    app.config["WTF_CSRF_ENABLED"] = False
    yield rep_of_record(cast)
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def folder(app: Flask, config: Config) -> Path:
    """The folder of the attachments, in which nothing was ever written."""
    return config.attachments


def bytes_in(folder: Path) -> int:
    """All that lies there, but for the identity."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.name != IDENTITY)


OF_AN_ISSUE = (
    "/issues/{0}/attachments",
    "/issues/{0}/transitions/add-comment",
    "/issues/{0}/transitions/withdraw",
    "/issues/{0}/transitions/begin-working",
    "/issues/{0}/transitions/no-such-button",
    "/issues/{0}/replies/add-comment",
)
NEW = ("/issues/new/rep-of-record", "/issues/new/no-such-subtype", "/issues/new/lpa")


@pytest.mark.parametrize(
    ("name", "door"),
    [*itertools.product(["acme_reader", None], OF_AN_ISSUE + NEW), *itertools.product(["corp"], OF_AN_ISSUE + NEW[1:])],
)
def test_who_may_not_is_refused_before_a_byte_is_written(
    cast: Cast, issue: Issue, client_of: Clients, folder: Path, door: str, name: str | None
) -> None:
    client = client_of(getattr(cast, name) if name else None)
    for do in ("file", "keep"):
        answer = post(client, door.format(issue.number), (PDF, "a.pdf"), ring="parties", comment="x", do=do)
        assert answer.status_code in (302, 403, 404)
        assert answer.status_code != 302 or "sign-in" in answer.location
    assert not folder.exists()


def test_who_presses_what_is_anothers_writes_nothing(
    cast: Cast, issue: Issue, client_of: Clients, folder: Path
) -> None:
    path = f"/issues/{issue.number}/transitions/begin-working"
    assert post(client_of(cast.acme), path, (PDF, "a.pdf")).status_code == 403
    assert not folder.exists()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ([(b"<html>", "a.html")], 422),
        ([(b"", "a.txt")], 422),
        ([(b"\x00", "a.txt")], 422),
        ([(b"x" * (20 * 1024 * 1024 + 1), "a.txt")], 413),
    ],
)
def test_what_is_refused_keeps_no_byte(
    cast: Cast, issue: Issue, client_of: Clients, folder: Path, sent: list[tuple[bytes, str]], status: int
) -> None:
    client = client_of(cast.acme)
    for path in (f"/issues/{issue.number}/attachments", f"/issues/{issue.number}/transitions/withdraw"):
        answer = post(client, path, *sent, ring="parties")
        assert (answer.status_code, bytes_in(folder)) == (status, 0)
        assert sent[0][1] in error_at_files(answer.text)
    assert post(client, "/issues/new/rep-of-record", *sent, do="file").status_code == status
    assert bytes_in(folder) == 0


def test_a_form_that_is_refused_for_another_reason_keeps_no_byte(
    cast: Cast, issue: Issue, client_of: Clients, folder: Path
) -> None:
    assert attach(client_of(cast.acme), issue, (PDF, "a.pdf"), ring="nobody").status_code == 422
    press(cast.acme, issue, "withdraw")
    assert attach(client_of(cast.acme), issue, (PDF, "a.pdf")).status_code == 409
    assert bytes_in(folder) == 0


@pytest.mark.parametrize("key", ["return-to-submitter", "begin-working", "complete", "no-such-button"])
@pytest.mark.parametrize("file", ["good", "refused", "empty"])
def test_an_issue_that_moved_on_is_a_conflict_whatever_file_came(
    cast: Cast, issue: Issue, client_of: Clients, key: str, file: str
) -> None:
    """What stands is said before what is wrong with a file, and the words are kept."""
    content = {"good": b"12.5 kWh", "refused": b"MZ\x90\x00" + b"\x00" * 60, "empty": b""}[file]
    seen = issue.version
    press(cast.bolt, issue, "begin-working")
    form = {"version": str(seen), "comment": "Do not lose me.", "files": (BytesIO(content), "a.exe")}
    answer = client_of(cast.bolt).post(f"/issues/{issue.number}/transitions/{key}", data=form)
    assert answer.status_code == 409
    assert "Do not lose me." in answer.text


def test_of_several_the_good_ones_stay(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.acme)
    sent = [(PDF, "bill.pdf"), (b"<svg/>", "plan.svg"), (b"hour,kWh\n", "hours.csv"), (b"", "none.txt")]
    answer = attach(client, issue, *sent)
    assert answer.location == f"/issues/{issue.number}#attachments"
    assert [row.title for row in attachments()] == ["bill.pdf", "hours.csv"]
    said = notices(client.get(answer.location).text)
    assert said[0].startswith("“plan.svg” is not of a kind that can be attached. Taken are: ")
    assert said[1:] == ["“none.txt” is empty. Choose a file with something in it."]
    assert notices(client.get(answer.location).text) == []


def test_a_picture_under_another_name_is_kept_under_what_it_is(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.acme)
    answer = attach(client, issue, (PNG, "meter.jpg"))
    (row,) = attachments()
    assert (row.title, row.file_name, row.media_type) == ("meter.png", "meter.png", "image/png")
    said = "“meter.jpg” is kept as “meter.png”, because its content is a PNG picture."
    assert notices(client.get(answer.location).text) == [said]
    with client.get(f"/issues/{issue.number}/attachments/{row.public_id}") as got:
        assert got.headers["Content-Disposition"] == "attachment; filename=meter.png"


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.txt", b"<script>alert(1)</script>"), ("a.csv", b"<html>"), ("a.log", "<svg onload=x>".encode("utf-16"))],
)
def test_text_with_marks_is_saved_and_never_shown(
    cast: Cast, issue: Issue, client_of: Clients, name: str, content: bytes
) -> None:
    client = client_of(cast.acme)
    attach(client, issue, (content, name))
    address = f"/issues/{issue.number}/attachments/{attachments()[0].public_id}"
    with client.get(address) as got:
        assert got.headers["Content-Type"] == "application/octet-stream"
        assert got.headers["Content-Disposition"] == f"attachment; filename={name}"
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert client.get(f"{address}/preview").status_code == 404
    assert "/preview" not in client.get(f"/issues/{issue.number}").text


def test_the_same_content_twice_says_so_among_what_one_sees(
    cast: Cast, issue: Issue, client_of: Clients, config: Config
) -> None:
    """Bolt's own note with the same bytes is told to nobody else."""
    acme, bolt = client_of(cast.acme), client_of(cast.bolt)
    assert notices(bolt.get(attach(bolt, issue, (PDF, "note.pdf"), ring="company").location).text) == []
    assert notices(acme.get(attach(acme, issue, (PDF, "bill.pdf")).location).text) == []
    said = "“{}” has the same content as “bill.pdf”, which is there already. Both are kept."
    again = acme.get(attach(acme, issue, (PDF, "march.pdf")).location).text
    assert notices(again) == [said.format("march.pdf")]
    path = f"/issues/{issue.number}/transitions/add-comment"
    answer = post(acme, path, (PDF, "april.pdf"), comment="Again.", ring="parties")
    assert answer.location == f"/issues/{issue.number}#attachments"
    assert notices(acme.get(answer.location).text) == [said.format("april.pdf")]
    twice = attach(acme, rep_of_record(cast), (PDF, "bill.pdf"), (PDF, "copy.pdf"))
    assert notices(acme.get(twice.location).text) == [said.format("copy.pdf")]
    assert len(attachments()) == 6


@pytest.fixture
def small_quotas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every quota is a hundredth of what it is; what counts is the same."""
    for name in ("OF_A_FORM", "OF_THE_UNSENT", "OF_A_PERSON", "OF_A_COMPANY"):
        quota = getattr(quotas, name)
        small = quotas.Quota(quota.most // MB // 100 * MB, quota.code, quota.words)
        monkeypatch.setattr(f"tracker.queries.quotas.{name}", small)


def text(size: int) -> bytes:
    """So many bytes of text."""
    return b"x" * size


@pytest.mark.usefixtures("small_quotas")
def test_a_form_holds_so_much(cast: Cast, issue: Issue, client_of: Clients, config: Config) -> None:
    client, path = client_of(cast.acme), "/issues/new/rep-of-record"
    first = post(client, path, (text(MB + 1), "a.txt"), (text(MB), "b.txt"), do="keep")
    assert first.status_code == 302
    refused = notices(client.get(first.location).text)[1]
    assert refused.startswith("“b.txt” was not taken: a form that is not sent yet keeps at most 2 MB of files")
    assert "Send it, or take a file out." in refused
    assert [file.file_name for file in db.session.query(DraftFile)] == ["a.txt"]
    answer = post(client, path, (text(MB), "b.txt"), do="file", EsiID="1")
    assert answer.status_code == 413
    assert "“b.txt” was not taken" in error_at_files(answer.text)
    assert 'value="1"' in answer.text


@pytest.mark.usefixtures("small_quotas")
def test_all_that_is_unsent_holds_so_much(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.acme)
    for subtype in ("rep-of-record", "premise-type"):
        assert post(client, f"/issues/new/{subtype}", (text(2 * MB), "a.txt"), do="keep").status_code == 302
    answer = post(client, "/issues/new/other", (text(2 * MB), "b.txt"), do="file")
    assert answer.status_code == 413
    assert "your forms that are not sent yet keep 4 MB of files" in error_at_files(answer.text)
    held = post(client, f"/issues/{issue.number}/transitions/withdraw", (text(2 * MB), "b.txt"))
    assert "your forms that are not sent yet keep 4 MB of files" in error_at_files(held.text)
    assert attach(client, issue, (text(2 * MB), "b.txt")).status_code == 302


def test_a_form_keeps_fifty_files(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client, path = client_of(cast.acme), "/issues/new/rep-of-record"
    for start in (0, 30):
        files = [(f"{number}".encode(), f"{number}.txt") for number in range(start, start + 30)]
        assert post(client, path, *files, do="keep").status_code == 302
    assert db.session.query(DraftFile).count() == 50
    assert "keeps at most 50 files" in " ".join(notices(client.get(path).text))


def test_a_file_that_is_refused_takes_no_place(cast: Cast, issue: Issue, client_of: Clients) -> None:
    files = [(b"MZ\x90\x00" + bytes(60), "a.exe"), *((f"{number}".encode(), f"{number}.txt") for number in range(50))]
    assert post(client_of(cast.acme), "/issues/new/rep-of-record", *files, do="keep").status_code == 302
    assert db.session.query(DraftFile).count() == 50


def test_too_many_at_once_are_told_so_where_no_form_keeps_them(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.acme)
    attach(client, issue, *((f"{number}".encode(), f"{number}.txt") for number in range(51)))
    assert len(attachments()) == 50
    said = " ".join(notices(client.get(f"/issues/{issue.number}").text))
    assert "At most 50 files are attached at once" in said
    assert "not sent yet" not in said


def test_what_was_kept_first_and_comes_again_is_said(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client, path = client_of(cast.acme), "/issues/new/rep-of-record"
    assert post(client, path, (b"12.5 kWh", "a.txt"), do="keep").status_code == 302
    form = {"Assignee": cast.duns("bolt"), "EsiID": "10443720000000099", "StartTime": "2026-03-01"}
    sent = post(client, path, (b"12.5 kWh", "b.txt"), **form)
    assert sent.status_code == 302
    assert "“b.txt” has the same content as “a.txt”" in " ".join(notices(client.get(sent.location).text))


@pytest.mark.usefixtures("small_quotas")
@pytest.mark.parametrize(("attached", "kept", "thrown_away"), [(20, 0, 0), (16, 4, 0), (16, 0, 4)])
def test_a_person_stores_so_much_a_day_whatever_becomes_of_it(
    cast: Cast, issue: Issue, client_of: Clients, attached: int, kept: int, thrown_away: int
) -> None:
    """20 MB. A colleague goes on, and so does tomorrow."""
    client = client_of(cast.acme)
    for number in range(attached):
        assert attach(client, issue, (text(MB), f"{number}.txt")).status_code == 302
    for _ in range(thrown_away):
        post(client, "/issues/new/other", (text(MB), "a.txt"), do="keep")
        post(client, "/issues/new/other", do="discard")
    for number in range(kept):
        post(client, f"/issues/new/{('rep-of-record', 'premise-type')[number % 2]}", (text(MB), "a.txt"), do="keep")
    refused = attach(client, issue, (text(1), "c.txt"))
    assert refused.status_code == 413
    said = error_at_files(refused.text)
    assert said.startswith("“c.txt” was not taken: you stored 20 MB in the last 24 hours, and 20 are the most.")
    assert attach(client_of(cast.acme_admin), issue, (text(1), "c.txt")).status_code == 302
    with time_machine.travel(now() + timedelta(hours=24, minutes=1), tick=False):
        assert attach(client_of(cast.acme), issue, (text(1), "c.txt")).status_code == 302


def test_a_company_stores_so_much_a_day_and_learns_nothing_of_others(
    cast: Cast, issue: Issue, client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = quotas.Quota(MB, quotas.OF_A_COMPANY.code, quotas.OF_A_COMPANY.words)
    monkeypatch.setattr("tracker.queries.quotas.OF_A_COMPANY", most)
    press(cast.bolt, issue, "begin-working")
    assert attach(client_of(cast.bolt), issue, (text(MB), "a.txt")).status_code == 302
    assert attach(client_of(cast.acme_admin), issue, (text(MB - 10), "b.txt")).status_code == 302
    refused = attach(client_of(cast.acme), issue, (text(11), "c.txt"))
    assert refused.status_code == 413
    assert error_at_files(refused.text).startswith(
        "“c.txt” was not taken: your company stored 1 MB in the last 24 hours, and 1 are the most."
    )
    assert attach(client_of(cast.acme), issue, (text(10), "c.txt")).status_code == 302


@contextmanager
def full_beyond(size: int) -> Iterator[None]:
    """The kernel lets no file of this process grow beyond so many bytes, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Werkzeug's own temporary file
@pytest.mark.parametrize("size", [300_000, 3_000_000])
def test_a_full_disk_is_said_and_stops_nothing_else(
    cast: Cast, issue: Issue, client_of: Clients, folder: Path, size: int
) -> None:
    """The larger one meets it already where the server puts an upload that is not looked at yet."""
    client = client_of(cast.acme)
    attach(client, issue, (PDF, "a.pdf"))
    before = bytes_in(folder)
    with full_beyond(100_000):
        answer = attach(client, issue, (text(size), "b.txt"))
        assert answer.status_code == 507
        assert "The disk is full" in answer.text
        assert bytes_in(folder) == before
        assert client.get(f"/issues/{issue.number}").status_code == 200
        with client.get(f"/issues/{issue.number}/attachments/{attachments()[0].public_id}", buffered=True) as got:
            assert got.data == PDF
    assert attach(client, issue, (text(size), "b.txt")).status_code == 302
    del answer
    gc.collect()


@pytest.mark.parametrize("config", ["postgres"], indirect=True)  # SQLite keeps words in a file that grows
def test_words_outlive_a_full_disk(cast: Cast, issue: Issue, client_of: Clients, folder: Path) -> None:
    client = client_of(cast.acme)
    with full_beyond(100_000):
        fields = {"EsiID": "100890", "do": "file"}
        answer = post(client, "/issues/new/rep-of-record", (text(300_000), "b.txt"), (PDF, "a.pdf"), **fields)
        assert (answer.status_code, error_at_files(answer.text)[:17]) == (507, "The disk is full,")
        path = f"/issues/{issue.number}/transitions/withdraw"
        assert post(client, path, (text(300_000), "b.txt"), comment="Not ours.").status_code == 507
    assert db.session.query(Draft).one().raw["EsiID"] == "100890"
    assert [file.file_name for file in db.session.query(DraftFile)] == ["a.pdf"]
    assert db.session.query(Reply).one().raw["comment"] == "Not ours."


@pytest.fixture
def foreign_folder(folder: Path) -> Path:
    """The folder bears the identity of another market."""
    mark_folder(folder, "of another market")
    return folder


def test_nothing_is_stored_in_the_folder_of_another_market(
    cast: Cast, issue: Issue, client_of: Clients, foreign_folder: Path
) -> None:
    client = client_of(cast.acme)
    answer = attach(client, issue, (PDF, "a.pdf"))
    assert answer.status_code == 503
    assert "the place where files are kept is away, or not the right one" in error_at_files(answer.text)
    assert str(foreign_folder) not in answer.text
    assert bytes_in(foreign_folder) == 0
    assert attachments() == []


def test_a_folder_that_cannot_be_written_stops_no_words(
    cast: Cast, issue: Issue, client_of: Clients, folder: Path
) -> None:
    client = client_of(cast.acme)
    attach(client, issue, (PDF, "a.pdf"))
    shutil.rmtree(folder / "partial")
    (folder / "partial").touch()  # as little to be written to as a mount that is away, or read-only
    for path in (f"/issues/{issue.number}/attachments", f"/issues/{issue.number}/transitions/withdraw"):
        answer = post(client, path, (PNG, "b.png"), comment="Not ours.", ring="parties")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "is away, or not the right one" in error_at_files(answer.text)
    assert db.session.query(Reply).one().raw["comment"] == "Not ours."
    with client.get(f"/issues/{issue.number}/attachments/{attachments()[0].public_id}", buffered=True) as got:
        assert got.data == PDF
