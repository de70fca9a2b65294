"""What the first release left goes on under keys, addresses and names that are compared, on both databases."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from tracker.actions.people import add_group, rename_group
from tracker.actions.views import rename, save_view
from tracker.db import db
from tracker.domain import catalogue
from tracker.domain.deeds import ATTACH, LINK, STATE_CLAIM, SUBMIT, UNLINK
from tracker.domain.workflow import Transition, Workflow
from tracker.errors import Invalid
from tracker.models import Person, SavedView, WorkGroup
from tracker.queries.people import open_group

AT = "2026-03-01 12:00:00.000000"
NAMES = ("Zoë team", "Zoe\u0308 team", "Day shift", "ZOË  TEAM", "RTL \u202egnidart", "[operator]")
BEFORE, NOW = "0012", "0015"


def insert(table: str, **values: Any) -> None:
    """A row as an earlier release wrote it."""
    columns, places = ", ".join(f'"{name}"' for name in values), ", ".join(f":{name}" for name in values)
    db.session.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({places})"), values)


def company(number: int, name: str, kind: str) -> None:
    insert("company", id=number, duns=f"{number}" * 9, name=name, legal_name=name, kind=kind, created_at=AT)


def someone(number: int, company_id: int, user_name: str, rank: str, full_name: str = "") -> None:
    who = {"user_name": user_name, "full_name": full_name or user_name.title(), "email": "", "rank": rank}
    rest = {"active": True, "preferred_subtypes": "[]", "shortcut_keys": True, "created_at": AT}
    insert("person", id=number, company_id=company_id, **who, **rest)


@pytest.fixture
def old(apart: Flask) -> Flask:
    """A market of the first release."""
    upgrade(directory="migrations", revision=BEFORE)
    company(1, "ERCOT", "ERCOT")
    company(2, "Acme Energy", "CR")
    someone(1, 1, "clock", "system")
    someone(2, 2, "ann", "administrator")
    someone(3, 1, "erin", "analyst")
    someone(4, 2, "dot.", "analyst", "RTL \u202egnidart")
    return apart


def count_on(table: str) -> None:
    """Let PostgreSQL count on from the ids that were given here."""
    if db.engine.dialect.name == "postgresql":
        ids = f"SELECT coalesce(max(id), 0) + 1 FROM {table}"
        db.session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), ({ids}), false)"))


def write_names() -> None:
    for number, name in enumerate(NAMES, 1):
        insert("work_group", id=number, company_id=2, name=name)
        for scope, group_id in (("mine", None), ("group", 1), ("company", None)):
            view = {"public_id": f"{scope}{number}", "company_id": 2, "person_id": 2, "scope": scope, "name": name}
            rest = {"group_id": group_id, "query": "", "columns": "[]", "created_at": AT, "changed_at": AT}
            insert("saved_view", **view, **rest)
    for address in ("desk@acme.example", "night@acme.example"):
        insert("contact", company_id=2, purpose="new", address=address)
    for place in (1, 2):
        insert("group_rule", company_id=2, place=place, group_id=place)
    for table in ("work_group", "saved_view", "contact", "group_rule"):
        count_on(table)
    db.session.commit()
    db.session.remove()


def of(table: str, column: str) -> list[Any]:
    found = db.session.execute(text(f"SELECT {column} FROM {table} ORDER BY id")).scalars().all()
    db.session.rollback()
    return list(found)


def test_equal_names_go_on_and_are_listed(old: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    write_names()
    before = {table: of(table, "name") for table in ("work_group", "saved_view")}
    capsys.readouterr()
    upgrade(directory="migrations", revision=NOW)
    told = capsys.readouterr().out
    assert told.count("'Zo\\xeb team' is the same name as 'Zoe\\u0308 team', 'ZO\\xcb  TEAM'; each keeps its own.") == 4
    assert told.count("each keeps its own") == 4
    assert {table: of(table, "name") for table in before} == before
    keys = of("work_group", "name_key")
    assert keys == ["zoë team", "zoë team\n2", "day shift", "zoë team\n4", "rtl gnidart", "(operator)"]
    for table, rows in (("work_group", len(NAMES)), ("contact", 2), ("group_rule", 2)):
        assert len(set(of(table, "public_id"))) == rows
        assert all(len(public_id) == 24 for public_id in of(table, "public_id"))


def test_what_is_equal_is_worked_with_as_before(old: Flask) -> None:
    write_names()
    upgrade(directory="migrations")
    ann = db.session.get_one(Person, 2)
    groups = [db.session.get_one(WorkGroup, number) for number in range(1, 7)]
    assert [group.name for group in groups][-2:] == ["RTL gnidart", "(operator)"]
    for group in groups:
        assert open_group(ann, group.public_id) is group
        rename_group(ann, group, {"name": group.name})
    with pytest.raises(Invalid):
        add_group(ann, ann.company, {"name": "zoë team"})
    rename_group(ann, groups[1], {"name": "Zoë's other team"})
    assert groups[1].name_key == "zoë's other team"
    view = db.session.query(SavedView).filter_by(public_id="mine2").one()
    rename(ann, view, view.name)
    with pytest.raises(Invalid):
        save_view(ann, "ZOË team", "")
    assert db.session.get_one(Person, 4).full_name == "RTL gnidart"
    db.session.rollback()


def test_it_goes_back_and_forth(old: Flask) -> None:
    write_names()
    upgrade(directory="migrations", revision=NOW)
    names = of("saved_view", "name")
    downgrade(directory="migrations", revision=BEFORE)
    assert of("saved_view", "name") == names
    upgrade(directory="migrations", revision=NOW)
    assert of("saved_view", "name") == names


def arrows() -> Iterator[tuple[Workflow, str, Transition]]:
    for versions in catalogue.WORKFLOWS.values():
        for workflow in versions.values():
            yield from ((workflow, state, transition) for state, transition, _ in workflow.edges())


def test_what_was_done_before_there_were_keys_gets_its_key(old: Flask) -> None:
    """Every arrow of every workflow, as the first release wrote it down: some buttons share their names."""
    wanted: list[str] = []
    subtype_of = {subtype.workflow.key: subtype.key for subtype in (*catalogue.SUBTYPES, *catalogue.RETIRED)}
    for number, (workflow, state, transition) in enumerate(arrows(), 1):
        by = 1 if transition.system else 3 if "ERCOT" in transition.pressers else 2
        issue(number, subtype_of[workflow.key], workflow.key)
        event(number, transition.name, state, transition.target(state), by)
        wanted.append(transition.key)
    for deed in (SUBMIT, ATTACH, LINK, UNLINK, STATE_CLAIM):
        event(1, deed.name, "New", "New", 2)
        wanted.append(deed.key)
    db.session.commit()
    db.session.remove()
    upgrade(directory="migrations", revision=NOW)
    assert of("event", "key") == wanted


def issue(number: int, subtype: str, workflow: str) -> None:
    kind = {"subtype": subtype, "workflow": workflow, "workflow_version": 1, "title": "", "source": "gui"}
    standing = {"state": "New", "status": "New", "is_open": True, "was_unexecutable": False, "version": 1}
    kept = {"values": "{}", "filed_values": "{}", "warnings": "[]"}
    dates = dict.fromkeys(("created_at", "changed_at", "state_changed_at", "turn_since"), AT)
    who = {"submitted_by_id": 2, "submitter_id": 2}
    insert("issue", id=number, number=26_000_000 + number, **kind, **standing, **kept, **dates, **who)


def event(issue_id: int, name: str, from_state: str, to_state: str, by: int) -> None:
    who = {"person_id": by, "company_id": 2 if by == 2 else 1}
    what = {"name": name, "from_state": from_state, "to_state": to_state, "changes": "[]", "version": 1}
    insert("event", issue_id=issue_id, at=AT, **who, **what)
