"""Migrations: numbered, one head, the same tables as the models, up and down with data on both databases."""

import re
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select

from tests.cast import ESI_ID, Cast, make_cast
from tests.make import know_premise, press, rep_of_record
from tracker.actions.sessions import begin_session
from tracker.db import db
from tracker.models import Company, Event, Issue, SignInSession
from tracker.queries.disclosure import may_know

VERSIONS = Path(__file__).parent.parent / "migrations" / "versions"


def test_revisions_are_numbered_in_one_line() -> None:
    script = ScriptDirectory(str(VERSIONS.parent))
    assert len(script.get_heads()) == 1
    for revision in script.walk_revisions():
        assert re.fullmatch(r"\d{4}", revision.revision)
        assert Path(revision.path).name.startswith(f"{revision.revision}_")


def test_migrated_tables_are_those_of_the_models(migrated: Flask) -> None:
    with migrated.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, db.metadata) == []


def test_up_down_and_up_again_with_data(apart: Flask) -> None:
    upgrade(directory="migrations")
    story(make_cast())
    before = digest()
    upgrade(directory="migrations")
    assert digest() == before
    db.session.remove()
    downgrade(directory="migrations", revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade(directory="migrations")
    story(make_cast())
    assert digest() == before


def test_sessions_begun_before_get_a_random_name_each(apart: Flask) -> None:
    upgrade(directory="migrations")
    person = make_cast().acme
    for _ in range(2):
        begin_session(person, "password", address="", browser="")
    db.session.commit()
    db.session.remove()
    downgrade(directory="migrations", revision="0012")
    upgrade(directory="migrations")
    named = db.session.scalars(select(SignInSession.public_id)).all()
    assert sorted(len(name or "") for name in named) == [24, 24]
    assert len(set(named)) == 2
    db.session.remove()


def test_work_on_the_premise_that_an_issue_had_before_opens_nothing_of_the_one_it_has(apart: Flask) -> None:
    upgrade(directory="migrations")
    cast = make_cast()
    typed = {"Assignee": cast.duns("bolt"), "StartTime": "2026-03-01"}
    changed, kept = (rep_of_record(cast) for _ in range(2))
    for issue, esi_id in ((changed, ESI_ID[:-1] + "0"), (kept, ESI_ID)):
        if issue.available_at is None:
            press(cast.acme, issue, "submit")
        press(cast.bolt, issue, "begin-working")
        press(cast.bolt, issue, "return-to-submitter", "Which?")
        press(cast.acme, issue, "edit", **typed, EsiID=esi_id)
    db.session.remove()
    before = marks()
    assert [bool(mark) for mark, _ in before] == [True, False]
    downgrade(directory="migrations", revision="0017")
    upgrade(directory="migrations")
    assert marks() == before
    keys = set(db.session.scalars(select(Company.legal_key)))
    db.session.remove()
    assert "acmeenergy" in keys


def marks() -> list[tuple[int, bool]]:
    """From which version on work opens the premise of each issue, and whether its filer may know it."""
    known = may_know(Issue.submitter_id, Issue.esi_id)
    found = [tuple(row) for row in db.session.execute(select(Issue.told_after, known).order_by(Issue.id))]
    db.session.remove()
    return [(mark, bool(told)) for mark, told in found]


def story(cast: Cast) -> None:
    know_premise(cast)
    issue = rep_of_record(cast, CommentsText="Who serves it?")
    press(cast.bolt, issue, "begin-working")


def digest() -> dict[str, int]:
    counted = {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in db.metadata.sorted_tables
    } | {"last event": len(db.session.scalars(select(Event.name)).all()), "open": db.session.query(Issue).count()}
    db.session.remove()
    return counted
