"""A database of an earlier release comes through: every value, every page, also when the upgrade is killed midway.

A migration says in `CHANGES` which columns it changes and why, `{"table.column": "why"}`, or `{"table": "why"}`.
"""

import html
import re
import signal
import sqlite3
import subprocess
import sys
from collections import Counter, deque
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import and_, or_, select, text
from sqlalchemy.engine import make_url

from config import Config
from tests.browsers import signed_in
from tests.dumps import RELEASES, ROOT, load, migrations_since, revision_of
from tracker.backups.digests import column_digests, reflected
from tracker.db import db
from tracker.domain.permissions import Rank
from tracker.domain.roles import CompanyKind
from tracker.models import Company, Person
from tracker.upgrading import KEPT, copy_aside

KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
from flask_migrate import upgrade
from config import Config
from tracker import create_app

left = int(sys.argv[4])

@event.listens_for(Engine, "before_cursor_execute")
def count(*given):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)

app = create_app(Config(Path(sys.argv[1]), sys.argv[2], sys.argv[3], "http://localhost", 4))
with app.app_context():
    upgrade(directory="migrations")
print(left)
"""

READERS = ("ravi.menon", "carla.whitfield", "monica.reyes", "grant.tillman", "priya.raman")
"""Of a retailer its administrator, an analyst and a reader; an analyst of a wires company; one of ERCOT."""

MOST_OF_A_KIND = 15
"""So many pages of one kind each of them opens, following the links."""

LINK = re.compile(r'(?:href|src|hx-get)="(/(?!static/)[^"#]*)')
NEVER = 1_000_000
KILLED_AT = (0.15, 0.4, 0.65, 0.9)
"""At which share of its statements an upgrade is killed."""

NOT_LINKED = {
    *("sign_in.form", "sign_in.link"),
    "clock.page",
    *("jump.jump", "suggest.jump", "suggest.query", "suggest.people", "issues.narrow"),
}
"""What no link of somebody signed in leads to: doors, what a doubted clock leads to, what scripts and forms ask for."""


@pytest.fixture(params=RELEASES)
def old(apart: Flask, request: pytest.FixtureRequest) -> str:
    """The database holds what this release left."""
    release: str = request.param
    load(release, apart.config["TRACKER"])
    return release


def digests() -> dict[str, str]:
    """Of every column, whatever the models of today say."""
    with db.engine.connect() as connection:
        return column_digests(connection, reflected(connection).tables)


def declared(release: str) -> Mapping[str, str]:
    """What the migrations since then change, and why."""
    return {
        what: why
        for module in migrations_since(revision_of(release))
        for what, why in getattr(module, "CHANGES", {}).items()
    }


def lost_since(before: Mapping[str, str], release: str) -> set[str]:
    """The columns whose values are not what they were, but for those that a migration declares."""
    after, changed = digests(), declared(release)
    different = {name for name, number in before.items() if after.get(name) != number}
    return {name for name in different if not {name, name.partition(".")[0]} & changed.keys()}


def test_every_value_is_kept_but_for_what_a_migration_declares(apart: Flask, old: str) -> None:
    before = digests()
    upgrade(directory="migrations")
    assert lost_since(before, old) <= {"alembic_version.version_num"}
    assert all(declared(old).values()), "a change says why"


def test_down_and_up_again_loses_nothing(apart: Flask, old: str) -> None:
    before = digests()
    upgrade(directory="migrations")
    db.engine.dispose()
    downgrade(directory="migrations", revision=revision_of(old))
    upgrade(directory="migrations")
    assert lost_since(before, old) <= {"alembic_version.version_num"}


@pytest.mark.parametrize("share", KILLED_AT)
def test_an_upgrade_that_is_killed_is_done_by_the_next(apart: Flask, old: str, share: float) -> None:
    before, config = digests(), apart.config["TRACKER"]
    statements = statements_of_an_upgrade(config)
    empty(apart)
    load(old, config)
    assert upgraded_apart(config, killed_at=max(1, round(share * statements))).returncode == -signal.SIGKILL
    upgrade(directory="migrations")
    assert lost_since(before, old) <= {"alembic_version.version_num"}
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []


def statements_of_an_upgrade(config: Config) -> int:
    """How many statements an upgrade that is left alone needs."""
    done = upgraded_apart(config, killed_at=NEVER)
    assert done.returncode == 0, done.stderr
    return NEVER - int(done.stdout)


def upgraded_apart(config: Config, killed_at: int) -> subprocess.CompletedProcess[str]:
    """Upgrade in a process of its own that dies before its n-th statement."""
    db.engine.dispose()
    words = [str(config.data), config.database_url, config.secret_key, str(killed_at)]
    return subprocess.run([sys.executable, "-c", KILLED, *words], cwd=ROOT, capture_output=True, text=True, check=False)


def empty(apart: Flask) -> None:
    """Take every table away, as nobody ever does to a market."""
    db.engine.dispose()
    config: Config = apart.config["TRACKER"]
    if config.is_sqlite:
        for file in Path(make_url(config.database_url).database or "").parent.glob("apart.sqlite*"):
            file.unlink()
        return
    with db.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))


def test_every_page_opens(apart: Flask, old: str) -> None:
    upgrade(directory="migrations")
    administrator = Person.rank == Rank.ADMINISTRATOR, Company.kind == CompanyKind.ERCOT
    people = select(Person).join(Company).where(or_(Person.user_name.in_(READERS), and_(*administrator)))
    opened = Counter[str]()
    for person in db.session.scalars(people).all():
        opened += pages_opened(apart, person)
    wanted = {rule.endpoint for rule in apart.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert wanted - opened.keys() - NOT_LINKED == set()


def pages_opened(apart: Flask, person: Person) -> Counter[str]:
    """Follow the links from home, some of each kind: how often each view answered. Each does, or says why not."""
    browser, opened = signed_in(apart, person), Counter[str]()
    waiting, known = deque(["/"]), {"/"}
    while waiting:
        path = waiting.popleft()
        endpoint = endpoint_of(apart, path)
        if opened[endpoint] >= MOST_OF_A_KIND:
            continue
        answer = browser.get(path)
        assert answer.status_code in (200, 302, 403), f"{person.user_name} {path}: {answer.status_code}"
        opened[endpoint] += answer.status_code in (200, 302)
        found = LINK.findall(answer.text) if answer.mimetype == "text/html" else []
        answer.close()
        new = [html.unescape(link) for link in dict.fromkeys(found) if link not in known]
        known.update(new)
        waiting.extend(new)
    return +opened


def endpoint_of(apart: Flask, path: str) -> str:
    """The view of an address."""
    endpoint, _ = apart.url_map.bind("localhost").match(path.partition("?")[0])
    return str(endpoint)


def test_a_database_of_a_later_release_is_refused(apart: Flask) -> None:
    upgrade(directory="migrations")
    db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    db.session.commit()
    before = digests()
    with pytest.raises(SystemExit, match="A later release of Tracker made this database"):
        upgrade(directory="migrations")
    assert digests() == before


def test_the_file_is_copied_aside_before_its_tables_change(apart: Flask, old: str) -> None:
    config: Config = apart.config["TRACKER"]
    head = ScriptDirectory(str(ROOT / "migrations")).get_current_head() or ""
    upgrade(directory="migrations")
    downgrade(directory="migrations", revision="-1")
    upgrade(directory="migrations")
    upgrade(directory="migrations")
    moved_from = {revision_of(old), head, f"{int(head) - 1:04}"}
    copies = {path.name.partition("-")[0] for path in (config.data / "backups").glob("*.sqlite")}
    assert copies == (moved_from if config.is_sqlite else set())


def test_a_database_that_is_made_anew_or_stays_as_it_is_is_not_copied(apart: Flask) -> None:
    upgrade(directory="migrations")
    upgrade(directory="migrations")
    assert not (apart.config["TRACKER"].data / "backups").exists()


def test_few_copies_stay(tmp_path: Path) -> None:
    database, folder = tmp_path / "market.sqlite", tmp_path / "backups"
    sqlite3.connect(database).close()
    moments = [datetime(2026, 11, day, tzinfo=UTC) for day in range(1, KEPT + 3)]
    made = [copy_aside(database, "0012", folder, moment) for moment in moments]
    assert set(folder.iterdir()) == set(made[-KEPT:])
