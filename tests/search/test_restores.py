"""An older database under a newer index, or the reverse, or those of two markets: the worker sees it and mends it.

Files are copied and put back as any tool would; the worker that starts then knows nothing of that.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask_migrate import upgrade

from config import Config
from tests.cast import Cast, make_cast
from tests.conftest import SECRET
from tests.make import know_premise, press, read_inside, rep_of_record
from tracker import create_app, worker
from tracker.actions.attachments import StoredFile, attach_files
from tracker.actions.indexing import begin_building, build_next, index_changes
from tracker.actions.moving import Press, press_transition
from tracker.clock import now
from tracker.db import db
from tracker.domain.rings import Ring
from tracker.jobs.tools import Tools
from tracker.models import Issue, Person
from tracker.queries.issues import list_issues
from tracker.queries.searching import search
from tracker.search import SearchBackend


class Installation:
    """A product over a SQLite file and an index of its own, with one issue of Acme and Bolt."""

    def __init__(self, folder: Path) -> None:
        self.file, self.index = folder / "tracker.sqlite", folder / "search"
        config = Config(folder, f"sqlite:///{self.file}", SECRET, "http://localhost", threads=4, search="whoosh")
        self.app: Flask = create_app(config)

    @property
    def engine(self) -> SearchBackend:
        engine: SearchBackend = self.app.extensions["search"]
        return engine

    def at_rest(self) -> None:
        """Nothing has the files open, and no log stands beside them."""
        db.session.rollback()
        db.engine.dispose()

    def work(self) -> None:
        """A worker starts, and does all that there is."""
        tools = Tools(self.file.parent, self.engine)
        while worker.work_once(tools) or worker.build_once(tools):
            pass

    def finds(self, actor: Person, word: str) -> bool:
        """Somebody finds the issue, in the index."""
        searched = search(actor, word, self.engine)
        assert not searched.notice
        return bool(list_issues(actor, searched.plan, searched.engine).rows)


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    """An installation in this folder, in force as long as the context lasts."""
    folder.mkdir()
    installation = Installation(folder)
    with installation.app.app_context():
        upgrade(directory="migrations")
        yield installation
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    """The installation of most tests."""
    with installed(tmp_path / "here") as installation:
        yield installation


@pytest.fixture
def cast(here: Installation) -> Cast:
    """The people there."""
    return people()


def people() -> Cast:
    """Those of every market; its registry knows the premise of their issues."""
    cast = make_cast()
    know_premise(cast)
    return cast


def say(cast: Cast, issue: Issue, word: str, *, batches: int = 1, work: Callable[[], None] = lambda: None) -> None:
    """The word in a comment, in a note of Bolt and in a file, in so many batches of the index."""
    press(cast.acme, issue, "add-comment", f"The {word}comment.")
    if batches > 1:
        work()
    note(cast, issue, word)
    if batches > 1:
        work()
    file = StoredFile("Readings", "readings.txt", "text/plain", 9, f"{word:0<64}")
    attach_files(cast.acme, issue.number, [file])
    read_inside(file.sha256, f"Some {word}text.")
    work()


def note(cast: Cast, issue: Issue, word: str) -> None:
    """The word in a note of Bolt alone, which leaves the issue's version and date as they are."""
    press_transition(cast.bolt, issue.number, Press("add-comment", comment=f"A {word}note.", ring=Ring.COMPANY))
    db.session.commit()


def found(here: Installation, cast: Cast, word: str) -> dict[str, bool]:
    """What is found of what was said with the word, by those who read it."""
    return {
        kind: here.finds(reader, f"{word}{kind}")
        for kind, reader in (("comment", cast.acme), ("note", cast.bolt), ("text", cast.acme))
    }


ALL = {"comment": True, "note": True, "text": True}
NONE = dict.fromkeys(ALL, False)


@pytest.mark.parametrize("batches", [1, 3])
@pytest.mark.parametrize("goes_on", [True, False])
def test_an_older_database_under_a_newer_index(
    here: Installation, cast: Cast, tmp_path: Path, batches: int, goes_on: bool
) -> None:
    """Words that are gone are not found, also when others came up to the same versions; those are found."""
    issue = rep_of_record(cast)
    say(cast, issue, "old", work=here.work)
    here.at_rest()
    shutil.copyfile(here.file, tmp_path / "kept")
    say(cast, issue, "gone", batches=batches, work=here.work)
    version = issue.version
    assert found(here, cast, "gone") == ALL
    here.at_rest()
    shutil.copyfile(tmp_path / "kept", here.file)
    if goes_on:
        say(cast, issue, "new")
        assert issue.version == version
    here.work()
    assert found(here, cast, "gone") == NONE
    assert found(here, cast, "new") == (ALL if goes_on else NONE)
    assert found(here, cast, "old") == ALL


def test_an_older_index_under_a_newer_database(here: Installation, cast: Cast, tmp_path: Path) -> None:
    issue = rep_of_record(cast)
    say(cast, issue, "old", work=here.work)
    shutil.copytree(here.index, tmp_path / "kept", symlinks=True)
    say(cast, issue, "new", batches=3, work=here.work)
    later = rep_of_record(cast, CommentsText="A laterword.")
    here.work()
    shutil.rmtree(here.index)
    shutil.copytree(tmp_path / "kept", here.index, symlinks=True)
    here.work()
    assert found(here, cast, "new") == found(here, cast, "old") == ALL
    assert here.finds(cast.acme, "laterword")
    assert later.number


@pytest.mark.parametrize("only_notes", [False, True])
def test_an_index_that_saw_other_words_up_to_the_same_versions(
    here: Installation, cast: Cast, tmp_path: Path, only_notes: bool
) -> None:
    """Nothing is left to be indexed, every issue has its version, and the words are of a history that is no more."""
    tell, all_of_it = (note, NONE | {"note": True}) if only_notes else (say, ALL)
    issue = rep_of_record(cast)
    here.work()
    here.at_rest()
    shutil.copyfile(here.file, tmp_path / "kept")
    tell(cast, issue, "gone")
    here.work()
    here.index.rename(tmp_path / "index of what is gone")
    here.at_rest()
    shutil.copyfile(tmp_path / "kept", here.file)
    tell(cast, issue, "new")
    here.work()
    shutil.rmtree(here.index)
    (tmp_path / "index of what is gone").rename(here.index)
    here.work()
    assert found(here, cast, "gone") == NONE
    assert found(here, cast, "new") == all_of_it


def test_a_database_of_another_market_is_not_searched_by_our_index(
    here: Installation, cast: Cast, tmp_path: Path
) -> None:
    """The ids of companies and issues are the same, the words are not: none is served until all were compared."""
    say(cast, rep_of_record(cast), "own", work=here.work)
    shutil.rmtree(here.index)
    with installed(tmp_path / "there") as there:
        strangers = people()
        say(strangers, rep_of_record(strangers), "strange", work=there.work)
        shutil.copytree(there.index, here.index, symlinks=True)
    tools = Tools(here.file.parent, here.engine)
    worker.work_once(tools)
    assert "being compared" in search(cast.acme, "strangecomment", here.engine).notice
    assert not here.engine.is_whole()
    assert worker.build_once(tools)
    assert here.engine.is_whole()
    assert found(here, cast, "strange") == NONE
    assert found(here, cast, "own") == ALL


def test_an_index_that_was_being_made_from_another_database_is_begun_again(
    here: Installation, cast: Cast, tmp_path: Path
) -> None:
    say(cast, rep_of_record(cast), "own", work=here.work)
    shutil.rmtree(here.index)
    with installed(tmp_path / "there") as there:
        strangers = people()
        say(strangers, rep_of_record(strangers), "strange")
        with time_machine.travel(now() + timedelta(hours=1), tick=False):
            begin_building(there.engine)
        db.session.commit()
        build_next(there.engine)
        db.session.commit()
        shutil.copytree(there.index, here.index, symlinks=True)
    here.work()
    assert found(here, cast, "strange") == NONE
    assert found(here, cast, "own") == ALL


def test_a_kill_before_the_mark_was_noted_costs_no_comparison(here: Installation, cast: Cast) -> None:
    issue = rep_of_record(cast)
    say(cast, issue, "old", work=here.work)
    press(cast.acme, issue, "add-comment", "The newcomment.")
    assert index_changes(here.engine)
    db.session.rollback()  # what a kill leaves: the index was written, and the database knows nothing of it
    tools = Tools(here.file.parent, here.engine)
    assert worker.work_once(tools)
    assert not here.engine.is_doubted()
    assert here.finds(cast.acme, "newcomment")
    assert not worker.build_once(tools)


def test_a_doubt_is_settled_by_an_index_that_was_begun_under_it_alone(here: Installation, cast: Cast) -> None:
    say(cast, rep_of_record(cast), "old", work=here.work)
    begin_building(here.engine)
    db.session.commit()
    here.engine.doubt()
    while here.engine.building():
        build_next(here.engine)
        db.session.commit()
    assert here.engine.is_doubted()
    begin_building(here.engine)
    db.session.commit()
    while here.engine.building():
        assert here.engine.is_doubted()
        build_next(here.engine)
        db.session.commit()
    assert not here.engine.is_doubted()
    assert found(here, cast, "old") == ALL
