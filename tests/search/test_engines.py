"""The contract of an engine: visibility inside, batches that may be repeated, an index that can be made anew."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import delete, func, select
from sqlalchemy import text as sql

from tests.cast import Cast
from tests.make import build_index, index_now, press
from tests.search.scene import make_scene
from tracker import worker
from tracker.actions import indexing
from tracker.actions.indexing import begin_building, build_next, mend
from tracker.clock import now
from tracker.db import db
from tracker.jobs.tools import Tools
from tracker.models import Issue, IssueViewer, Job, Person
from tracker.queries.documents import documents_of
from tracker.queries.issues import list_issues
from tracker.queries.meaning import Found as FoundByEngine
from tracker.queries.plans import conjuncts
from tracker.queries.searching import search
from tracker.search import Document, SearchBackend, postgres, whoosh_backend
from tracker.search.whoosh_backend import WhooshBackend
from tracker.search.words import words_of

Found = Callable[[Person, str], set[int]]


@pytest.fixture
def found(engine: SearchBackend) -> Found:
    """The numbers that a query finds for somebody."""

    def numbers(actor: Person, text: str) -> set[int]:
        searched = search(actor, text, engine)
        assert not searched.notice
        return {row.number for row in list_issues(actor, searched.plan, searched.engine).rows}

    return numbers


def test_a_change_is_found_after_the_next_batch(cast: Cast, engine: SearchBackend, found: Found) -> None:
    swap = make_scene(cast)["swap"]
    index_now(engine)
    assert found(cast.acme, "flabbergasted") == set()
    press(cast.acme, swap, "add-comment", "We are flabbergasted.")
    assert found(cast.acme, "flabbergasted") == set()
    index_now(engine)
    assert found(cast.acme, "flabbergasting") == {swap.number}
    assert db.session.scalar(select(Job).where(Job.topic == "index")) is None


def test_a_batch_done_twice_leaves_one_document(cast: Cast, engine: SearchBackend, found: Found) -> None:
    swap = make_scene(cast)["swap"]
    index_now(engine)
    for _ in range(3):
        engine.put(documents_of([swap.id, swap.id]))
        db.session.commit()
    plan = search(cast.acme, "mistake swapped", engine).plan
    assert [row.number for row in list_issues(cast.acme, plan, engine).rows] == [swap.number]
    assert len(engine.versions()) == db.session.scalar(select(func.count()).select_from(Issue))


def test_the_index_is_never_the_authority(cast: Cast, engine: SearchBackend, found: Found) -> None:
    """An issue that moved away is gone at once, though the index still says that Acme sees it (security.md S9)."""
    swap = make_scene(cast)["swap"]
    index_now(engine)
    assert found(cast.acme, "mistake swapped") == {swap.number}
    db.session.execute(
        delete(IssueViewer).where(IssueViewer.issue_id == swap.id, IssueViewer.company_id == cast.acme.company_id)
    )
    db.session.commit()
    assert found(cast.acme, "mistake swapped") == set()


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("meter", {"swap", "papers"}),  # and not those that Acme does not see
        ("mistake status:new", {"swap"}),
        ("mistake state:withdrawn", {"closed"}),
        ("mistake subtype:rep-of-record", {"swap"}),
    ],
)
def test_the_index_itself_narrows(cast: Cast, engine: SearchBackend, query: str, named: set[str]) -> None:
    """Before the database decides, the engine names none that the reader does not see, or that is of another kind."""
    names = {issue.id: name for name, issue in make_scene(cast).items()}
    index_now(engine)
    (found,) = [
        part for part in conjuncts(search(cast.acme, query, engine).plan.whole) if isinstance(part, FoundByEngine)
    ]
    assert {names[issue_id] for issue_id in json.loads(found.tiers[-1])} == named


def test_a_planted_document_never_shows(cast: Cast, engine: SearchBackend, found: Found) -> None:
    foreign = make_scene(cast)["foreign"]
    index_now(engine)
    marks = (f"viewer={cast.acme.company_id}", "status=New")
    engine.put([Document(foreign.id, words_of(["planted canary"]), {}, {}, marks)])
    db.session.commit()
    assert found(cast.acme, "planted") == set()
    assert found(cast.acme, "planted canary OR swapped") == found(cast.acme, "swapped")


def test_made_anew_it_holds_what_changed_meanwhile(cast: Cast, engine: SearchBackend, found: Found) -> None:
    scene = make_scene(cast)
    index_now(engine)
    begin_building(engine)
    build_next(engine)
    db.session.commit()
    assert found(cast.acme, "mistake") == {scene["swap"].number, scene["closed"].number}  # served all the while
    press(cast.acme, scene["swap"], "add-comment", "Said while the index was made.")
    index_now(engine)
    while engine.building() is not None:
        build_next(engine)
        db.session.commit()
    assert found(cast.acme, '"index was made"') == {scene["swap"].number}
    assert not list(mend(engine))


def test_what_changed_a_lot_meanwhile_is_caught_up_before_others_wait(
    cast: Cast, engine: SearchBackend, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More changes than a batch make a further step of building; only the last few are written alone."""
    monkeypatch.setattr(indexing, "FEW", 1)
    scene = make_scene(cast)
    begin_building(engine)
    build_next(engine)
    db.session.commit()
    before = engine.building()
    for issue in (scene["swap"], scene["papers"]):
        press(cast.acme, issue, "add-comment", "Said meanwhile.")
    build_next(engine)
    db.session.commit()
    caught_up = engine.building()
    assert before
    assert caught_up
    assert caught_up.begun_at > before.begun_at
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):  # what is dated earlier can be read by now
        for _ in range(2):
            build_next(engine)
            db.session.commit()
    assert engine.building() is None
    assert found(cast.acme, "meanwhile") == {scene["swap"].number, scene["papers"].number}


@pytest.mark.parametrize("reader", ["ercot", "acme"])
@pytest.mark.parametrize("share", [0, 1])
@pytest.mark.parametrize("text", ["meter", "mistake", "swap*", "-mistake", "meter OR swapped", '"by mistake"'])
def test_many_are_found_as_few_are(
    cast: Cast, engine: SearchBackend, found: Found, monkeypatch: pytest.MonkeyPatch, share: int, text: str, reader: str
) -> None:
    """Above a number of hits an engine answers in another form; what is found stays the same."""
    make_scene(cast)
    index_now(engine)
    db.session.execute(sql("ANALYZE"))
    actor = getattr(cast, reader)
    few = found(actor, text)
    monkeypatch.setattr(postgres, "FEW", 0)
    monkeypatch.setattr(postgres, "SHARE", share)
    monkeypatch.setattr(whoosh_backend, "MANY", 0)
    assert found(actor, text) == few
    assert few


def test_the_comparison_finds_and_mends_what_differs(cast: Cast, engine: SearchBackend, found: Found) -> None:
    scene = make_scene(cast)
    index_now(engine)
    assert not list(mend(engine))
    engine.drop([scene["swap"].id])
    stale = Document(scene["papers"].id, words_of(["nothing"]), {}, {}, ("viewer=1",))
    engine.put([stale])
    db.session.commit()
    assert found(cast.acme, "swapped") == set()
    assert list(mend(engine)) == sorted([scene["swap"].id, scene["papers"].id])
    db.session.commit()
    assert found(cast.acme, "swapped") == {scene["swap"].number, scene["papers"].number}


def test_building_goes_on_where_it_was(cast: Cast, engine: SearchBackend, found: Found) -> None:
    make_scene(cast)
    begin_building(engine)
    build_next(engine)
    db.session.commit()
    building = engine.building()
    assert building is not None
    assert building.last_id == db.session.scalar(select(Issue.id).order_by(Issue.id.desc()))
    build_index(engine)
    assert engine.is_whole()
    assert len(found(cast.ercot, "meter")) == 4


def test_exclusions_hold_in_every_place(cast: Cast, engine: SearchBackend, found: Found) -> None:
    """A word in an attachment excludes an issue whose title fits: what is not meant is not meant anywhere."""
    scene = make_scene(cast)
    index_now(engine)
    assert scene["papers"].number not in found(cast.acme, "other -occupant")
    assert scene["papers"].number in found(cast.acme, "other")


def test_engines_that_take_turns_miss_nothing(cast: Cast, engine: SearchBackend, tmp_path: Path, found: Found) -> None:
    """What one was told of while it served, the other learns when it serves again."""
    if engine.name != "postgres":
        pytest.skip("Over SQLite there is one engine.")
    swap = make_scene(cast)["swap"]
    other = WhooshBackend(tmp_path / "search", "a secret", on_postgres=True)
    for number in range(2):
        for serving in (other, engine):
            word = f"quagga{number}{serving.name}"
            press(cast.acme, swap, "add-comment", f"A {word}.")
            tools = Tools(tmp_path, other), Tools(tmp_path, engine)
            _work(tools[0] if serving is other else tools[1])
            _work(tools[1] if serving is other else tools[0])
            for one in (other, engine):
                plan = search(cast.acme, word, one).plan
                assert [row.number for row in list_issues(cast.acme, plan, one).rows] == [swap.number], (word, one.name)


def _work(tools: Tools) -> None:
    """A worker starts, and does all that there is."""
    while worker.work_once(tools) or worker.build_once(tools):
        pass
