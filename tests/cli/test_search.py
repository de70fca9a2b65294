"""`flask search`: the index made anew and compared, from the command line."""

from flask import Flask

from tests.cast import Cast
from tests.make import index_now
from tests.search.scene import make_scene
from tracker.db import db
from tracker.queries.issues import list_issues
from tracker.queries.searching import search
from tracker.search import SearchBackend
from tracker.search.whoosh_backend import WhooshBackend


def run(app: Flask, *words: str) -> str:
    """What the command prints; it must end well."""
    done = app.test_cli_runner().invoke(args=["search", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_rebuild_makes_the_index_whole(app: Flask, cast: Cast, engine: SearchBackend) -> None:
    swap = make_scene(cast)["swap"]
    assert "is whole and served" in run(app, "rebuild")
    plan = search(cast.acme, "mistake swapped", engine).plan
    assert [row.number for row in list_issues(cast.acme, plan, engine).rows] == [swap.number]


def test_rebuild_goes_on_with_what_was_begun(app: Flask, cast: Cast, engine: SearchBackend) -> None:
    from tracker.actions.indexing import begin_building, build_next

    make_scene(cast)
    begin_building(engine)
    build_next(engine, 2)
    db.session.commit()
    begun = engine.building()
    assert begun is not None
    run(app, "rebuild")
    assert engine.building() is None
    assert len(engine.versions()) == 6


def test_check_mends_and_says_how_many(app: Flask, cast: Cast, engine: SearchBackend) -> None:
    scene = make_scene(cast)
    index_now(engine)
    assert "agrees" in run(app, "check")
    engine.drop([scene["swap"].id, scene["papers"].id])
    db.session.commit()
    assert "2 issues differed" in run(app, "check")
    assert "agrees" in run(app, "check")


def test_check_without_an_index_says_what_to_do(app: Flask, cast: Cast, engine: SearchBackend) -> None:
    if not isinstance(engine, WhooshBackend):
        return
    (engine.served / "manifest.json").unlink()
    done = app.test_cli_runner().invoke(args=["search", "check"])
    assert done.exit_code == 1
    assert "search rebuild" in done.output
