"""Nobody's text keeps that of others from being found: not by its amount, and not by being broken."""

import hashlib
import itertools
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import time_machine
from sqlalchemy import exc, select, update

from tests.cast import Cast
from tests.make import know_premise, press, read_inside, rep_of_record
from tracker import worker
from tracker.actions.attachments import StoredFile, attach_files
from tracker.actions.filing import file_issue
from tracker.actions.history import INDEX
from tracker.actions.moving import Press, press_transition
from tracker.clock import now
from tracker.db import db, is_passing
from tracker.domain.rings import Ring
from tracker.jobs.tools import Tools
from tracker.models import Issue, Job, Person
from tracker.queries import documents
from tracker.queries.documents import documents_of
from tracker.queries.issues import list_issues
from tracker.queries.searching import search
from tracker.search import Document, SearchBackend, words
from tracker.search.postgres import vector_of
from tracker.search.room import HEAD_ROOM, LONGEST_VECTOR, MOST_READERS, NOTES_ROOM, ROOM
from tracker.search.words import MOST_BYTES, note_form, notes_of, words_of

LETTERS = "abcdefghijklmnopqrtuvwxyz"
FLOOD = " ".join("".join(letters) + "s" for letters in itertools.islice(itertools.product(LETTERS, repeat=4), 60_000))
"""Short words, each once and with a stem: what takes most room in an index for its length."""


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asks Bolt, which has begun."""
    know_premise(cast)
    return press(cast.bolt, rep_of_record(cast, CommentsText="Who serves it?"), "begin-working")


@pytest.fixture
def tools(engine: SearchBackend, tmp_path: Path) -> Tools:
    """What the worker works with."""
    return Tools(tmp_path, engine)


def say_much(actor: Person, issue: Issue, text: str, ring: str) -> None:
    """Comments for the readers of a ring, as many as the text takes."""
    for start in range(0, len(text), 9_900):
        press_transition(actor, issue.number, Press("add-comment", comment=text[start : start + 9_900], ring=ring))
    db.session.commit()


def attach_much(actor: Person, issue: Issue, text: str, ring: str) -> None:
    """A file for the readers of a ring, with this text inside."""
    sha256 = hashlib.sha256(f"{actor.user_name} {ring}".encode()).hexdigest()
    file = StoredFile("Readings", "readings.txt", "text/plain", len(text), sha256)
    attach_files(actor, issue.number, [file], ring)
    read_inside(sha256, text)


def finds(actor: Person, query: str, engine: SearchBackend) -> list[int]:
    """The numbers of the issues that somebody finds."""
    searched = search(actor, query, engine)
    return [row.number for row in list_issues(actor, searched.plan, searched.engine).rows]


def test_the_fullest_document_is_written(cast: Cast, issue: Issue, engine: SearchBackend) -> None:
    """Every room full, for as many readers as an issue can have."""
    readers = range(10_000_000, 10_000_000 + MOST_READERS)
    notes = {form: places for reader in readers for form, places in notes_of(reader, [FLOOD]).items()}
    common = dict(words_of([FLOOD], ROOM))
    marks = tuple(f"viewer={reader}" for reader in (*readers, cast.acme.company_id))
    fullest = Document(issue.id, words_of([FLOOD], HEAD_ROOM), common | notes, common | notes, marks)
    engine.put([fullest])
    db.session.commit()
    assert str(issue.id) in map(str, engine.versions())
    assert 2 * HEAD_ROOM + 2 * ROOM + 2 * MOST_READERS * NOTES_ROOM < LONGEST_VECTOR
    assert len(vector_of(fullest)) > LONGEST_VECTOR / 2  # the rooms are no smaller than they must be


def test_a_flood_keeps_no_word_of_others_from_being_found(cast: Cast, issue: Issue, tools: Tools) -> None:
    """Acme fills every room that it reaches on its own issue: Bolt's notes there, and all other issues, are found."""
    for ring in (Ring.COMPANY, Ring.OPERATOR, Ring.PARTIES):
        say_much(cast.acme, issue, FLOOD[: 2 * MOST_BYTES], ring)
        attach_much(cast.acme, issue, FLOOD[: 2 * MOST_BYTES], ring)
    say_much(cast.bolt, issue, "Our zebraword stands.", Ring.PARTIES)
    say_much(cast.bolt, issue, "Our giraffeword is private.", Ring.COMPANY)
    other = file_issue(cast.corp, "other", {"Assignee": cast.duns("bolt"), "CommentsText": "The lionword of Corp."})
    db.session.commit()
    while worker.work_once(tools):
        pass
    assert finds(cast.bolt, "zebraword", tools.engine) == finds(cast.acme, "zebraword", tools.engine) == [issue.number]
    assert finds(cast.bolt, "giraffeword", tools.engine) == [issue.number]
    assert finds(cast.corp, "lionword", tools.engine) == [other.number]
    assert db.session.scalar(select(Job).where(Job.topic == INDEX)) is None


def test_what_bolt_finds_does_not_depend_on_notes_of_others(cast: Cast, issue: Issue, engine: SearchBackend) -> None:
    say_much(cast.bolt, issue, FLOOD[:MOST_BYTES], Ring.PARTIES)
    say_much(cast.bolt, issue, FLOOD[:MOST_BYTES], Ring.COMPANY)
    [before] = documents_of([issue.id])
    for person, ring in ((cast.acme, Ring.COMPANY), (cast.acme, Ring.OPERATOR), (cast.ercot, Ring.COMPANY)):
        say_much(person, issue, FLOOD[:MOST_BYTES], ring)
    [after] = documents_of([issue.id])
    read_by_others = tuple(note_form(person.company_id, "") for person in (cast.acme, cast.ercot))
    kept = {form: places for form, places in after.comments.items() if not form.startswith(read_by_others)}
    assert kept == before.comments


def test_one_issue_that_cannot_be_indexed_holds_up_no_other(cast: Cast, issue: Issue, tools: Tools) -> None:
    """Whatever is wrong with it, it is tried less and less often, and put aside in the end."""
    other = rep_of_record(cast, CommentsText="A canaryword besides.")
    db.session.execute(update(Issue).where(Issue.id == issue.id).values(subtype="no such subtype"))
    db.session.commit()
    worker.work_once(tools)
    assert finds(cast.acme, "canaryword", tools.engine) == [other.number]
    waiting = db.session.scalars(select(Job).where(Job.topic == INDEX)).all()
    assert {(job.issue_id, job.tries, job.parked_at) for job in waiting} == {(issue.id, 1, None)}
    for hours in range(worker.MOST_TRIES):
        with time_machine.travel(now() + timedelta(hours=hours), tick=False):
            worker.work_once(tools)
    assert all(job.parked_at for job in db.session.scalars(select(Job).where(Job.topic == INDEX)))


def test_what_the_database_refuses_holds_up_no_other(
    cast: Cast, issue: Issue, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL calls a vector that is too long an operational error, like a disk that is full; Whoosh takes it."""
    monkeypatch.setattr(documents, "HEAD_ROOM", 10 * LONGEST_VECTOR)
    monkeypatch.setattr(words, "MOST_BYTES", len(FLOOD))
    other = rep_of_record(cast, CommentsText="A canaryword besides.")
    db.session.execute(update(Issue).where(Issue.id == issue.id).values(title=FLOOD))
    db.session.commit()
    worker.work_once(tools)
    assert finds(cast.acme, "canaryword", tools.engine) == [other.number]
    waiting = db.session.scalars(select(Job).where(Job.topic == INDEX)).all()
    refused = {(issue.id, 1)} if tools.engine.name == "postgres" else set()
    assert {(job.issue_id, job.tries) for job in waiting} == refused


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (psycopg.errors.ProgramLimitExceeded(), False),
        (psycopg.errors.NumericValueOutOfRange(), False),
        (psycopg.errors.DiskFull(), True),
        (psycopg.errors.SerializationFailure(), True),
        (psycopg.errors.DeadlockDetected(), True),
        (psycopg.errors.LockNotAvailable(), True),
        (psycopg.errors.AdminShutdown(), True),
        (psycopg.OperationalError("the connection is closed"), True),
        (psycopg.DataError("no code"), False),
    ],
)
def test_what_passes_by_itself_is_told_from_what_is_wrong(error: psycopg.Error, passes: bool) -> None:
    kind = exc.OperationalError if isinstance(error, psycopg.OperationalError) else exc.DataError
    assert is_passing(kind("INSERT", {}, error)) is passes


def test_sqlite_says_by_a_number_what_passes(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "one", timeout=0)) as one:
        one.execute("BEGIN IMMEDIATE")
        with closing(sqlite3.connect(tmp_path / "one", timeout=0)) as other:
            with pytest.raises(sqlite3.OperationalError) as locked:
                other.execute("BEGIN IMMEDIATE")
            with pytest.raises(sqlite3.OperationalError) as wrong:
                other.execute("SELECT * FROM nothing")
    assert is_passing(exc.OperationalError("", {}, locked.value))
    assert not is_passing(exc.OperationalError("", {}, wrong.value))
