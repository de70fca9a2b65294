"""The operator's scanner: asked about each attachment, its word kept, and never waited for by anybody else."""

import fcntl
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from signal import SIGKILL
from subprocess import PIPE, Popen

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.make import index_now, know_premise, rep_of_record
from tests.stored_files import stored
from tracker import worker
from tracker.actions.attachments import READ, SCAN, attach_files
from tracker.actions.scanning import have_scanner, promise_scans
from tracker.clock import now
from tracker.db import db
from tracker.domain.scanning import Scan
from tracker.jobs.scanning import ask, ended_within
from tracker.jobs.tools import Tools
from tracker.models import Attachment, AttachmentText, Issue, Job, Person
from tracker.search import SearchBackend
from tracker.storage import path_of

PROGRAM = """
import sys
content = open(sys.argv[1], "rb").read()
assert content == sys.stdin.buffer.read()
print("EICAR in", sys.argv[1])
sys.exit(1 if b"harmful" in content else 0 if b"clean" in content else 2)
"""
"""A scanner: finds the word, knows another, and fails on whatever else."""


@pytest.fixture
def tools(app: Flask, engine: SearchBackend) -> Tools:
    """What the worker works with, over the folder that is served."""
    return Tools(app.config["TRACKER"].attachments, engine, scanner=(sys.executable, "-c", PROGRAM))


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asks Bolt."""
    know_premise(cast)
    return rep_of_record(cast)


def attached(tools: Tools, actor: Person, issue: Issue, text: str) -> Attachment:
    """A file that was just attached."""
    attach_files(actor, issue.number, [stored(tools.attachments, text)])
    db.session.commit()
    return db.session.query(Attachment).order_by(Attachment.id.desc()).limit(1).one()


def work(tools: Tools) -> None:
    """Let the worker do all that is due, the scanner's part beside the rest."""
    while worker.work_once(tools) or worker.scan_once(tools):
        pass
    index_now(tools.engine)
    db.session.expire_all()


def waiting(topic: str) -> int:
    """How many jobs of a topic are left."""
    return db.session.query(Job).filter_by(topic=topic).count()


def said(client: FlaskClient, issue: Issue) -> str:
    """The attachments of the page of an issue."""
    return client.get(f"/issues/{issue.number}").text.split('id="attachments"')[1].split("<form")[0]


def test_without_a_scanner_files_are_said_not_to_be_scanned(
    cast: Cast, issue: Issue, tools: Tools, client_of: Callable[[Person | None], FlaskClient]
) -> None:
    without = Tools(tools.attachments, tools.engine)
    attachment = attached(without, cast.acme, issue, "harmful")
    assert waiting(SCAN) == 0
    work(without)
    assert attachment.scan is None
    assert ", not scanned</span>" in said(client_of(cast.acme), issue)


def test_a_file_is_being_scanned_and_then_is(
    cast: Cast, issue: Issue, tools: Tools, client_of: Callable[[Person | None], FlaskClient]
) -> None:
    have_scanner(present=True)
    attachment, client = attached(tools, cast.acme, issue, "clean"), client_of(cast.acme)
    assert ", being scanned</span>" in said(client, issue)
    with client.get(f"/issues/{issue.number}/attachments/{attachment.public_id}") as answer:
        assert answer.status_code == 200, "a scanner that is down does not stop the market's work"
    work(tools)
    assert ", scanned</span>" in said(client, issue)
    assert waiting(SCAN) == 0


def test_a_harmful_file_is_kept_and_neither_given_out_nor_searched(
    cast: Cast, issue: Issue, tools: Tools, client_of: Callable[[Person | None], FlaskClient]
) -> None:
    have_scanner(present=True)
    harmful, clean = (attached(tools, cast.acme, issue, f"{word} zanzibar") for word in ("harmful", "clean"))
    while worker.work_once(tools):  # it was read already when the scanner's answer comes
        pass
    assert db.session.get(AttachmentText, harmful.id)
    work(tools)
    for name in ("acme", "bolt", "ercot"):
        client = client_of(getattr(cast, name))
        for suffix in ("", "/preview"):
            answer = client.get(f"/issues/{issue.number}/attachments/{harmful.public_id}{suffix}")
            assert answer.status_code == 403
            assert "The scanner found something harmful in this file" in answer.text
            assert "EICAR" not in answer.text
        page = said(client, issue)
        assert "harmful: the scanner found something in it, so it is not given out" in page
        assert f"/attachments/{harmful.public_id}" not in page
        assert f"/attachments/{clean.public_id}" in page
    absent = client_of(cast.corp).get(f"/issues/{issue.number}/attachments/{harmful.public_id}")
    assert absent.status_code == 404
    assert path_of(tools.attachments, harmful.sha256 or "").exists()
    assert db.session.get(AttachmentText, harmful.id) is None
    assert db.session.get(AttachmentText, clean.id)


def test_what_is_read_after_it_was_found_harmful_is_not_kept(cast: Cast, issue: Issue, tools: Tools) -> None:
    have_scanner(present=True)
    attachment = attached(tools, cast.acme, issue, "harmful zanzibar")
    while worker.scan_once(tools):
        pass
    work(tools)
    assert waiting(READ) == 0
    assert db.session.get(AttachmentText, attachment.id) is None


def test_the_word_on_one_attachment_is_not_shared_with_another(cast: Cast, issue: Issue, tools: Tools) -> None:
    """Else it would tell, by being there at once, that somebody else holds the same file."""
    have_scanner(present=True)
    first = attached(tools, cast.acme, issue, "clean")
    work(tools)
    second = attached(tools, cast.acme, issue, "clean")
    assert (first.scan, second.scan) == (Scan.CLEAN, Scan.WAITING)


def test_no_answer_is_asked_for_again(cast: Cast, issue: Issue, tools: Tools) -> None:
    have_scanner(present=True)
    attachment = attached(tools, cast.acme, issue, "neither")
    moment = now()
    for _ in range(worker.MOST_TRIES + 1):
        with time_machine.travel(moment, tick=False):
            work(tools)
        moment += timedelta(hours=1)
    assert attachment.scan == Scan.WAITING
    assert db.session.query(Job).filter_by(topic=SCAN).one().parked_at


def test_a_file_that_is_away_is_no_answer(cast: Cast, issue: Issue, tools: Tools) -> None:
    have_scanner(present=True)
    attachment = attached(tools, cast.acme, issue, "harmful")
    path_of(tools.attachments, attachment.sha256 or "").unlink()
    work(tools)
    assert (attachment.scan, waiting(SCAN)) == (Scan.WAITING, 1)


CHILD = (
    "import fcntl, signal, sys; f = open(sys.argv[1]); fcntl.flock(f, fcntl.LOCK_EX); print(flush=True); signal.pause()"
)
HANGING = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}, sys.argv[1]])"


def test_a_scanner_that_hangs_is_ended_with_all_it_began(tmp_path: Path) -> None:
    """What it began holds a lock for as long as it lives."""
    lock = tmp_path / "lock"
    lock.touch()
    command = [sys.executable, "-c", HANGING, str(lock)]
    with Popen(command, stdout=PIPE, start_new_session=True) as process:
        assert process.stdout
        process.stdout.readline()
        assert ended_within(process, 0) == -SIGKILL
        process.stdout.read()
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_no_shell_reads_the_command_and_nothing_of_ours_is_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_SECRET_KEY", "secret")
    path = tmp_path / "a $(touch injected); b"
    path.write_text("content")
    looking = "import os, sys; sys.exit(sorted({*os.environ} - {'LC_CTYPE'}) != ['PATH'])"
    monkeypatch.delenv("LANG", raising=False)
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("TZ", raising=False)
    monkeypatch.chdir(tmp_path)
    assert ask((sys.executable, "-c", looking), path) is Scan.CLEAN
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_what_was_attached_before_there_was_a_scanner_is_asked_about(cast: Cast, issue: Issue, tools: Tools) -> None:
    old = [attached(tools, cast.acme, issue, f"clean {number}") for number in range(3)]
    work(tools)
    have_scanner(present=True)
    promise_scans()
    promise_scans()  # those before are not answered yet
    db.session.commit()
    assert waiting(SCAN) == 3
    work(tools)
    assert {attachment.scan for attachment in old} == {Scan.CLEAN}


def test_without_its_scanner_nobody_waits_for_it(cast: Cast, issue: Issue, tools: Tools) -> None:
    have_scanner(present=True)
    attachment = attached(tools, cast.acme, issue, "clean")
    have_scanner(present=False)
    db.session.commit()
    work(Tools(tools.attachments, tools.engine))
    assert (attachment.scan, waiting(SCAN)) == (None, 0)
    assert attached(tools, cast.acme, issue, "later").scan is None


def test_the_other_work_does_not_wait_for_the_scanner(cast: Cast, issue: Issue, tools: Tools) -> None:
    have_scanner(present=True)
    attached(tools, cast.acme, issue, "clean")
    while worker.work_once(tools):
        pass
    assert (waiting(READ), waiting(SCAN)) == (0, 1)
