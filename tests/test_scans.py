"""No statement of a page or of the worker reads a whole table that grows, at ten thousand issues and premises.

The statements are collected while the pages are opened and the worker works, and the database says of each how it
would answer it. `TRACKER_DRILLS=1` asks at a hundred thousand.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Connection, Engine, event, func, select, text

from config import Config
from tests.browsers import signed_in
from tests.cast import make_cast
from tests.conftest import SECRET
from tests.crowd import EACH, NUMBERS, STORIES, esi_id_of, multiply, tell_stories
from tests.mailbox import tell
from tests.make import TRAN_ID, build_index, index_now
from tests.stored_files import stored
from tracker import create_app
from tracker.actions.clockwork import press_next_due
from tracker.actions.digests import promise_digests
from tracker.actions.housekeeping import forget_stale
from tracker.actions.indexing import index_changes
from tracker.actions.jobs import try_parked_again
from tracker.actions.retention import forget_some
from tracker.actions.scanning import have_scanner, promise_scans
from tracker.actions.store_identity import adopt
from tracker.actions.sweeping import WAITS, sweep
from tracker.actions.telling import tell_changes, tell_late
from tracker.actions.view_watching import ask_again
from tracker.clock import now
from tracker.db import db, reads_only
from tracker.jobs import HANDLERS
from tracker.jobs.letters import send_letters
from tracker.jobs.writing import Post
from tracker.models import Issue, Person, SavedView
from tracker.queries import late
from tracker.search import SearchBackend
from tracker.web import standing

ISSUES = 100_000 if os.environ.get("TRACKER_DRILLS") else 10_000
GROWS = ISSUES // 5
"""A table with so many rows here is one that grows."""

LISTED = {"company", "person", "let_go"}
"""The companies are offered as a whole wherever one is chosen; people are there to be found by their company; what was
let go is looked at as a whole, and forgotten after a day."""


@pytest.fixture(scope="module")
def crowded(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The product over a database of its own, with as many issues as the test is about."""
    folder = tmp_path_factory.mktemp("crowded")
    url, search = f"sqlite:///{folder / 'crowded.sqlite'}", "whoosh"
    if not config.is_sqlite:
        url, search = _empty_database(config), "postgres"
    app = create_app(Config(folder, url, SECRET, "http://localhost", 4, search=search))
    app.testing, app.config["PROPAGATE_EXCEPTIONS"], app.config["WTF_CSRF_ENABLED"] = True, True, False
    with app.app_context():
        upgrade(directory="migrations")
        _fill(app)
        yield app
        db.session.remove()
        db.engine.dispose()


def _empty_database(config: Config) -> str:
    server = create_app(config)
    with server.app_context():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("DROP DATABASE IF EXISTS crowded"))
            connection.execute(text("CREATE DATABASE crowded"))
        db.engine.dispose()
    return re.sub(r"/postgres(\?|$)", r"/crowded\1", config.database_url)


def _fill(app: Flask) -> None:
    engine = app.extensions["search"]
    build_index(engine)
    tell_stories(make_cast())
    tell()
    index_now(engine)
    on_postgres = not app.config["TRACKER"].is_sqlite
    if on_postgres:
        db.session.execute(text("SET LOCAL session_replication_role = replica"))  # what copies refer to was copied
    multiply(db.session.connection(), ISSUES // (STORIES * EACH) + 1)
    db.session.commit()
    if on_postgres:  # which keeps statistics by itself; SQLite is served without
        db.session.execute(text("ANALYZE"))
        db.session.commit()


@pytest.fixture(scope="module")
def growing(crowded: Flask) -> frozenset[str]:
    """The tables that hold much here."""
    counted = {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in db.metadata.sorted_tables
        if table.name not in LISTED
    }
    db.session.commit()
    assert counted["issue"] >= ISSUES <= counted["premise"]
    return frozenset(name for name, rows in counted.items() if rows >= GROWS)


# What is asked

Asked = dict[str, Any]
"""Statements as they are sent to the database, each once, with the values of the first time."""


@contextmanager
def collected() -> Iterator[Asked]:
    """Every statement that is asked inside, from any connection."""
    asked: Asked = {}

    def note(connection: Any, cursor: Any, statement: str, given: Any, context: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "WITH", "UPDATE", "DELETE")) or (
            "INSERT" in statement and "SELECT" in statement
        ):
            asked.setdefault(statement, given[0] if many and isinstance(given, list) else given)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


# How it is answered


def scans_in(asked: Asked, growing: Iterable[str]) -> list[str]:
    """Each statement that reads a whole growing table, and how."""
    with db.engine.connect() as connection:
        explain = _of_sqlite if connection.dialect.name == "sqlite" else _of_postgres
        found = {statement: explain(connection, statement, given, growing) for statement, given in asked.items()}
    return [f"{', '.join(scans)}: {statement}" for statement, scans in found.items() if scans]


def assert_no_scan(asked: Asked, growing: Iterable[str]) -> None:
    assert asked
    found = scans_in(asked, growing)
    assert not found, "\n\n".join(found)


def _of_sqlite(connection: Connection, statement: str, given: Any, growing: Iterable[str]) -> list[str]:
    called = {found[2]: found[1] for found in re.finditer(r"(?:FROM|JOIN|,) (\w+) AS (\w+)", statement)}
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
    scanned = [(found[1], row[3]) for row in rows if (found := re.match(r"SCAN (\w+)", row[3]))]
    tables = [(called.get(name, name), plan) for name, plan in scanned]
    return [plan for table, plan in tables if table in growing and not _is_bounded(statement, table)]


def _of_postgres(connection: Connection, statement: str, given: Any, growing: Iterable[str]) -> list[str]:
    connection.exec_driver_sql("SET random_page_cost = 1.1")  # a page is no farther away than the next one
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", given).scalar_one()
    nodes = [node for node in _nodes(plan[0]["Plan"]) if node.get("Relation Name") in growing]
    whole = [node for node in nodes if node["Node Type"] == "Seq Scan" or _reads_whole_index(node)]
    return [
        f"{node['Node Type']} of {node['Relation Name']}"
        for node in whole
        if not _is_bounded(statement, node["Relation Name"])
    ]


def _reads_whole_index(node: Any) -> bool:
    return node["Node Type"] in ("Index Scan", "Index Only Scan") and "Index Cond" not in node


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for part in node.get("Plans", ()):
        yield from _nodes(part)


def _is_bounded(statement: str, table: str) -> bool:
    """It takes the first few rows of the table in the order of their key, and looks at no more."""
    return re.search(rf"FROM {table} ORDER BY {table}\.\w+\s+LIMIT", statement) is not None


def test_a_scan_is_seen(crowded: Flask, growing: frozenset[str]) -> None:
    scanned = "SELECT premise.esi_id FROM premise JOIN issue ON issue.title = premise.street"
    looked_up = "SELECT premise.esi_id FROM premise WHERE premise.esi_id = 'A'"
    assert len(scans_in({scanned: ()}, growing)) == 1
    assert_no_scan({looked_up: ()}, growing)
    assert {
        "issue",
        "premise",
        "event",
        "issue_party",
        "notice",
        "mail",
        "draft",
        "registry_look",
        "draft_file",
    } <= growing


# The pages

Client = Callable[[str], FlaskClient]


@pytest.fixture(scope="module")
def signed(crowded: Flask) -> Client:
    """A browser in which somebody of the cast is signed in, by user name."""
    return lambda name: signed_in(crowded, db.session.scalars(select(Person).where(Person.user_name == name)).one())


def opened(client: FlaskClient, addresses: Iterable[str]) -> Asked:
    """What is asked for these pages, all of which there are."""
    with collected() as asked:
        refused = [address for address in addresses if client.get(address).status_code not in (200, 302)]
    assert refused == []
    return asked


@pytest.fixture(scope="module")
def numbers(crowded: Flask) -> list[int]:
    """The issues of one story: disputed, taken, served."""
    own = select(Issue.number).where(Issue.number < NUMBERS, Issue.esi_id == esi_id_of(7))
    found = list(db.session.scalars(own.order_by(Issue.id)))
    db.session.commit()
    return found


AROUND = [
    *("/", "/inbox", "/handed-over", "/views", "/views/new", "/acts", "/account", "/issues/new", "/people"),
    *("/contacts", "/group-rules", "/issues/new/rep-of-record", "/suggest?q=bolt", "/suggest/query?q=owner:"),
    *(f"/suggest?q={esi_id_of(7)[:15]}", f"/suggest?q={TRAN_ID[:9]}", "/suggest/query?q=party:"),
    *(f"/jump?q={esi_id_of(7)}", f"/jump?q={TRAN_ID}07", "/jump?q=nothing", "/issues/narrow"),
]
QUERIES = [
    *("", "is:ours", "is:theirs", "is:ended", "is:untouched", "state:new", "status:open", "sort:created"),
    *("sort:-turn", "meter", "role:submitter", f"esiid:{esi_id_of(7)}", esi_id_of(7)[:15], f"tran:{TRAN_ID}07"),
    *(f"{TRAN_ID}07", "assignee:957877905", "party:222222222", "owner:@me", "owner:nobody", "group:nobody"),
    *("has:warning", "has:comment", "has:attachment", "has:link", "has:child", "has:owner", "-has:owner"),
    *("created:>=2026-01", "due:<2030-01", "linked:26000001", "cause:26000001", "parent:26000001"),
]


def test_what_probes_and_metrics_ask(crowded: Flask, growing: frozenset[str]) -> None:
    with reads_only(), collected() as asked:
        standing.work()
    assert_no_scan(asked, growing)


def test_the_pages_of_a_company(crowded: Flask, signed: Client, growing: frozenset[str]) -> None:
    assert_no_scan(opened(signed("adam"), AROUND), growing)


def test_lists_and_counts(crowded: Flask, signed: Client, growing: frozenset[str]) -> None:
    doors = [f"/issues{door}?q={query.replace('+', '%2B')}" for query in QUERIES for door in ("", "/facets")]
    assert_no_scan(opened(signed("ann"), doors), growing)


@pytest.mark.parametrize("who", ["ann", "bob", "wanda", "erin"])
def test_the_page_of_an_issue(
    crowded: Flask, signed: Client, growing: frozenset[str], numbers: list[int], who: str
) -> None:
    """ERCOT, which sees every issue, opens one as fast as others do."""
    client = signed(who)
    seen = [number for number in numbers if client.get(f"/issues/{number}").status_code == 200]
    assert seen
    parts = ("", "?all=1", "/print", "/transitions/add-comment", "/people?q=w")
    addresses = [f"/issues/{number}{part}" for number in seen for part in parts]
    typed = ["/issues/new", f"/jump?q={numbers[0]}", f"/jump?q={esi_id_of(7)}", f"/jump?q={TRAN_ID}07"]
    assert_no_scan(opened(client, [*addresses, *typed]), growing)


def test_the_forms_of_an_issue(crowded: Flask, signed: Client, growing: frozenset[str], numbers: list[int]) -> None:
    disputed, taken, served = numbers
    forms = [f"/issues/{disputed}/claims", f"/issues/{disputed}/transitions/complete"]
    asked = opened(signed("wanda"), [*forms, f"/issues/{disputed}/transitions/re-assign"])
    asked |= opened(signed("ann"), [f"/issues/{served}/transitions/return-to-assignee"])
    asked |= opened(signed("erin"), [f"/issues/{taken}/transitions/close-by-ercot"])
    assert_no_scan(asked, growing)


def sent(client: FlaskClient, forms: Iterable[tuple[str, dict[str, Any]]]) -> Asked:
    """What is asked for these forms, none of which is refused."""
    with collected() as asked:
        refused = [address for address, form in forms if client.post(address, data=form).status_code not in (200, 302)]
    assert refused == []
    return asked


def test_what_is_typed_and_sent(crowded: Flask, signed: Client, growing: frozenset[str], numbers: list[int]) -> None:
    disputed, taken, _ = numbers
    view = db.session.scalars(select(SavedView.public_id).where(SavedView.name == "View 1").limit(1)).one()
    typed = {"EsiID": esi_id_of(7), "OrigTrxnID": f"{TRAN_ID}07", "CommentsText": "Who?"}
    many = {"numbers": f"{disputed} {taken}", "key": "add-comment"}
    forms: list[tuple[str, dict[str, Any]]] = [
        *((f"/issues/new/{subtype}/checks", typed) for subtype in ("inadvertent-losing", "cancel-with-approval")),
        ("/issues/new/switch-hold-removal/checks", typed),
        ("/issues/new/inadvertent-losing", typed),
        ("/issues/new/rep-of-record", {"EsiID": esi_id_of(8), "StartTime": "2026-03-01", "Assignee": "222222222"}),
        (f"/issues/{disputed}/here", {}),
        (f"/issues/{disputed}/replies/add-comment", {"comment": "Half"}),
        (f"/issues/{disputed}/transitions/add-comment", {"comment": "Yes, @wanda.", "ring": "parties"}),
        (f"/issues/{disputed}/transitions/assign-owner", {"NewOwner": "adam"}),
        (f"/issues/{disputed}/claims", {"kWhUse": "7"}),
        (f"/issues/{disputed}/links", {"other": str(numbers[2]), "kind": "related"}),
        (f"/issues/{disputed}/watching", {"do": "mute"}),
        ("/acts/preview", {"all": "1", "q": "is:open"}),
        ("/acts/preview", many),
        ("/acts", {**many, "comment": "Both of them.", "ring": "parties"}),
        (f"/views/{view}/unwatch", {}),
        (f"/views/{view}/watch", {}),
        ("/inbox/read", {"all": "1"}),
        (f"/issues/{disputed}/transitions/close", {"comment": "Done."}),
        ("/account/comforts", {"shortcut_keys": "y"}),
        ("/sign-out", {}),
    ]
    assert_no_scan(sent(signed("ann"), forms), growing)


# The worker


def test_the_steps_of_the_worker(
    crowded: Flask, growing: frozenset[str], post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step once, when something of what it does is due, and never so much that it is most of this market."""
    monkeypatch.setattr(late, "AT_ONCE", 5)
    engine: SearchBackend = crowded.extensions["search"]
    adopt(tmp_path)
    stored(tmp_path, "Nobody mentions it", 2 * WAITS)
    days_later: list[tuple[int, Callable[[], object]]] = [
        (0, lambda: tell_changes(by_mail=True)),
        (0, lambda: index_changes(engine)),
        (0, forget_some),
        (0, forget_stale),
        (0, lambda: try_parked_again(list(HANDLERS), timedelta(hours=6))),
        (0, lambda: have_scanner(present=True)),
        (0, promise_scans),
        (0, lambda: sweep(tmp_path)),
        (0, ask_again),
        (0, promise_digests),
        (0, lambda: send_letters(post)),
        (13, lambda: tell_late(by_mail=True)),
        (15, press_next_due),
    ]
    with collected() as asked:
        for days, step in days_later:
            with time_machine.travel(now() + timedelta(days=days), tick=False):
                step()
                db.session.commit()
    assert len(asked) > len(days_later)
    assert_no_scan(asked, growing)
