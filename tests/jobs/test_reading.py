"""The text inside files: each attachment's own, tried again while its bytes are away, and how far it is searched."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.make import index_now, know_premise, press, rep_of_record
from tests.stored_files import stored
from tracker import worker
from tracker.actions.attachments import READ, StoredFile, attach_files
from tracker.actions.jobs import try_parked_again
from tracker.clock import now
from tracker.db import db
from tracker.extraction.unreadable import NOT_READ
from tracker.jobs.tools import Tools
from tracker.models import Attachment, AttachmentText, Issue, Job, Person
from tracker.queries.attachments import attachments_of
from tracker.queries.issues import list_issues
from tracker.queries.searching import search
from tracker.search import SearchBackend
from tracker.search.words import MOST_BYTES
from tracker.storage import path_of, store

TEXT = "The zanzibar meter was read twice."
LATER = timedelta(hours=1)


@pytest.fixture
def tools(tmp_path: Path, engine: SearchBackend) -> Tools:
    """What the worker works with."""
    return Tools(tmp_path / "attachments", engine)


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asks Bolt."""
    know_premise(cast)
    return rep_of_record(cast)


def attached(tools: Tools, actor: Person, issue: Issue, file: StoredFile, ring: str = "parties") -> Attachment:
    """A file that was just attached."""
    attach_files(actor, issue.number, [file], ring)
    db.session.commit()
    return db.session.query(Attachment).order_by(Attachment.id.desc()).limit(1).one()


def named(file: StoredFile, name: str) -> StoredFile:
    """The same bytes under another name."""
    return StoredFile(name, name, file.media_type, file.size, file.sha256)


def work(tools: Tools) -> None:
    """Let the worker do all that is due."""
    while worker.work_once(tools):
        pass
    index_now(tools.engine)
    db.session.expire_all()


def text_of(attachment: Attachment) -> tuple[str, str | None] | None:
    """What was read inside, and why nothing was."""
    row = db.session.get(AttachmentText, attachment.id)
    return (row.text, row.unreadable) if row else None


def finds(tools: Tools, actor: Person, query: str) -> list[int]:
    """The numbers of the issues that somebody finds."""
    searched = search(actor, query, tools.engine)
    return [row.number for row in list_issues(actor, searched.plan, searched.engine).rows]


def test_the_same_bytes_under_another_name_spoil_and_tell_nothing(cast: Cast, issue: Issue, tools: Tools) -> None:
    """Bolt holds them as an archive, which is not read; Acme's text is read by its own name, whoever came first."""
    file = stored(tools.attachments, TEXT)
    theirs = attached(tools, cast.bolt, issue, named(file, "a.zip"), "company")
    work(tools)
    assert text_of(theirs) == ("", NOT_READ)
    own = attached(tools, cast.acme, issue, named(file, "a.txt"))
    assert text_of(own) is None
    work(tools)
    assert text_of(own) == (TEXT, None)
    assert text_of(theirs) == ("", NOT_READ)
    assert finds(tools, cast.acme, "zanzibar") == [issue.number]


@pytest.mark.parametrize("first", ["a.zip", "a.txt"])
def test_an_archive_of_ones_own_does_not_tell_that_others_hold_it_as_text(
    cast: Cast, issue: Issue, tools: Tools, client_of: Callable[[Person | None], FlaskClient], first: str
) -> None:
    """Neither by text, nor by what is found, nor by any time: the same as if it was the first one anywhere."""
    with time_machine.travel("2026-11-23T15:00:00Z", tick=False) as clock:
        file = stored(tools.attachments, TEXT)
        attached(tools, cast.bolt, issue, named(file, first), "company")
        work(tools)
        clock.shift(LATER)
        own = attached(tools, cast.acme, issue, named(file, "a.zip"))
        work(tools)
        assert text_of(own) == ("", NOT_READ)
        assert own.read_at == now()
        assert finds(tools, cast.acme, "zanzibar") == []
        assert [(row.searched_to, row.scan) for row in attachments_of(cast.acme, issue.id)] == [(None, None)]


def test_the_time_of_a_download_is_that_of_the_attachment(
    cast: Cast, issue: Issue, client_of: Callable[[Person | None], FlaskClient]
) -> None:
    """Not that of the stored bytes, which is renewed whenever somebody stores the same ones."""
    client = client_of(cast.acme)
    folder = client.application.config["TRACKER"].attachments
    with time_machine.travel("2026-11-23T15:00:00Z", tick=False):
        own = attached(Tools(folder, client.application.extensions["search"]), cast.acme, issue, stored(folder, TEXT))
    stored(folder, TEXT)
    with client_of(cast.acme).get(f"/issues/{issue.number}/attachments/{own.public_id}") as answer:
        assert answer.headers["Last-Modified"] == "Mon, 23 Nov 2026 15:00:00 GMT"


@pytest.mark.parametrize(
    "hurt",
    [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-5]), lambda path: (path.unlink(), path.mkdir())],
    ids=["away", "half copied", "unreadable"],
)
def test_a_file_that_is_not_here_is_tried_again_until_it_is(
    cast: Cast, issue: Issue, tools: Tools, hurt: Callable[[Path], object]
) -> None:
    """The folder of the other web machine is away, or behind: that is no word on the file, however long it takes."""
    file = stored(tools.attachments, TEXT)
    attachment = attached(tools, cast.acme, issue, file)
    path = path_of(tools.attachments, file.sha256)
    hurt(path)
    moment = now()
    for _ in range(worker.MOST_TRIES + 2):
        with time_machine.travel(moment, tick=False):
            work(tools)
        moment += LATER
    job = db.session.query(Job).filter_by(topic=READ).one()
    assert job.parked_at
    assert text_of(attachment) is None
    assert attachment.read_at is None
    for _ in range(50):  # twelve days: each look gives it one more try, and the next try stays within reach
        moment += worker.FILES_TRIED_AGAIN + timedelta(minutes=1)
        with time_machine.travel(moment, tick=False):
            try_parked_again([READ], worker.FILES_TRIED_AGAIN)
            db.session.commit()
            assert db.session.query(Job).filter_by(topic=READ, parked_at=None).count() == 1
            work(tools)
            assert db.session.query(Job).filter_by(topic=READ, parked_at=None).count() == 0
    path.rmdir() if path.is_dir() else None
    stored(tools.attachments, TEXT)
    with time_machine.travel(moment + 2 * worker.FILES_TRIED_AGAIN, tick=False):
        try_parked_again([READ], worker.FILES_TRIED_AGAIN)
        db.session.commit()
        work(tools)
    assert text_of(attachment) == (TEXT, None)
    assert finds(tools, cast.acme, "zanzibar") == [issue.number]


def test_a_long_file_says_how_far_it_is_searched(
    cast: Cast, issue: Issue, tools: Tools, client_of: Callable[[Person | None], FlaskClient]
) -> None:
    rows = "".join(f"2026-03-01 00:15 reading{number} 1.203\n" for number in range(9_000))
    long, short = stored(tools.attachments, rows, name="rows.csv"), stored(tools.attachments, "after zanzibar")
    first, second = (attached(tools, cast.acme, issue, file) for file in (long, short))
    note = attached(tools, cast.acme, issue, stored(tools.attachments, "note zanzibar"), "company")
    work(tools)
    assert first.searched_to
    last = int(first.searched_to.rpartition("reading")[2].split()[0])
    assert finds(tools, cast.acme, f"reading{last - 1}") == [issue.number]
    assert finds(tools, cast.acme, f"reading{last + 2}") == []
    assert second.searched_to == ""
    assert note.searched_to is None
    page = client_of(cast.acme).get(f"/issues/{issue.number}").text
    assert f"Searched up to “…{first.searched_to}”; what follows is not found." in page
    assert "The text inside is not searched: the files before it fill the room" in page


def test_notes_of_others_do_not_change_how_far_ones_own_is_searched(cast: Cast, issue: Issue, tools: Tools) -> None:
    press(cast.bolt, issue, "begin-working")
    full = stored(tools.attachments, " ".join(f"word{number}" for number in range(30_000)))
    for ring in ("company", "operator"):
        attached(tools, cast.bolt, issue, full, ring)
    own = [
        attached(tools, cast.acme, issue, stored(tools.attachments, f"own zanzibar {ring}"), ring)
        for ring in ("parties", "company", "operator")
    ]
    work(tools)
    assert [attachment.searched_to for attachment in own] == [None, None, None]
    assert db.session.query(Attachment).filter(Attachment.searched_to.is_not(None)).count() == 2


def test_what_is_read_in_part_says_so(cast: Cast, issue: Issue, tools: Tools) -> None:
    """Two million characters, of few words: all that was read is searched, and it was not all."""
    tools.attachments.mkdir()
    path = tools.attachments / "long"
    path.write_bytes(b"zanzibar  " * (MOST_BYTES // 8) + b"\n" * 100 + b"the end" + b" " * 400_000 + b"beyond" * 50_000)
    with path.open("rb") as stream:
        kept = store(tools.attachments, stream, "a.txt")
    attachment = attached(tools, cast.acme, issue, StoredFile("a", "a.txt", "text/plain", kept.size, kept.sha256))
    work(tools)
    assert (attachment.searched_to or "").endswith("zanzibar")
