"""Every "at least one" and every "at most so many", under eight at the same moment, and what has a place of its own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Column, select

from tests.actions.test_every_rule_at_once import ALL_WIN, ONE_WINS, eight
from tests.actions.test_two_at_once import CLIENTS, Act, count_of, person, race
from tests.cast import Cast
from tests.make import STATEMENT, know_premise, press, rep_of_record
from tracker.actions import attachments, contacts, grouping, replies, view_watching, views
from tracker.actions.absence import be_away
from tracker.actions.attachments import attach_files
from tracker.actions.contacts import add_contact
from tracker.actions.grouping import add_rule, move_rule_up
from tracker.actions.people import deactivate, edit_person
from tracker.actions.replies import keep_reply
from tracker.actions.view_watching import watch_view
from tracker.actions.views import copy_view, pin, save_view
from tracker.clock import market_today
from tracker.db import db
from tracker.models import (
    Attachment,
    Contact,
    GroupRule,
    Issue,
    Person,
    Reply,
    SavedView,
    Scope,
    ViewPin,
    ViewWatch,
)


def two_administrators(cast: Cast, name: str) -> tuple[Person, Person]:
    """The company's administrator, and its analyst made one."""
    one, other = getattr(cast, f"{name}_admin"), getattr(cast, name)
    edit_person(one, other, as_rank(other, "administrator"))
    db.session.commit()
    return one, other


def as_rank(someone: Person, rank: str) -> dict[str, object]:
    return {"full_name": someone.full_name, "email": someone.email, "rank": rank}


@pytest.mark.parametrize("company", ["acme", "bolt", "ercot"])
@pytest.mark.parametrize("how", ["demote each other", "deactivate each other", "step down", "one of each"])
@pytest.mark.parametrize("turn", range(3))
def test_a_company_keeps_an_administrator(app: Flask, cast: Cast, company: str, how: str, turn: int) -> None:
    one, other = two_administrators(cast, company)
    raw, ids = as_rank(one, "analyst"), (one.id, other.id)
    demote: Any = lambda actor, whom: edit_person(person(actor), person(whom), raw)  # noqa: E731
    end: Any = lambda actor, whom: deactivate(person(actor), person(whom))  # noqa: E731
    acts: dict[str, list[Act]] = {
        "demote each other": [lambda: demote(*ids), lambda: demote(*reversed(ids))],
        "deactivate each other": [lambda: end(*ids), lambda: end(*reversed(ids))],
        "step down": [lambda: demote(ids[0], ids[0]), lambda: end(ids[1], ids[1])],
        "one of each": [lambda: end(*ids), lambda: demote(ids[1], ids[1])],
    }
    outcomes = race(app, acts[how])
    assert outcomes == ["lost", "won"] or (how == "one of each" and outcomes == ["won", "won"])
    assert count_of(Person.id.in_(ids), Person.rank == "administrator", Person.active) == 1


@pytest.mark.parametrize("turn", range(4))
def test_two_do_not_stand_in_for_each_other(app: Flask, cast: Cast, turn: int) -> None:
    ann, adam, until = cast.acme.id, cast.acme_admin.id, (market_today() + timedelta(days=9)).isoformat()
    acts: list[Act] = [
        lambda: be_away(person(ann), person(ann), {"away_until": until, "deputy": "adam"}),
        lambda: be_away(person(adam), person(adam), {"away_until": until, "deputy": "ann"}),
    ]
    assert race(app, acts * (CLIENTS // 2)) == ["lost"] * (CLIENTS // 2) + ["won"] * (CLIENTS // 2)
    assert count_of(Person.deputy_id.is_not(None)) == 1


LIMIT, PRESENT = 4, 2
"""So many there may be, and so many there are: two of eight still fit."""


def new_view(cast: Cast, number: int) -> Act:
    acme = cast.acme.id
    return lambda: save_view(person(acme), f"View {number}", "")


def new_copy(cast: Cast, number: int) -> Act:
    acme, view_id = cast.acme.id, db.session.scalars(select(SavedView.id).where(SavedView.name == "Shared")).one()
    return lambda: copy_view(person(acme), db.session.get_one(SavedView, view_id))


def new_pin(cast: Cast, number: int) -> Act:
    acme, view_id = cast.acme.id, save_view(cast.acme, f"View {number}", "").id
    return lambda: pin(person(acme), db.session.get_one(SavedView, view_id))


def new_watch(cast: Cast, number: int) -> Act:
    acme, view_id = cast.acme.id, save_view(cast.acme, f"View {number}", "status:open").id
    return lambda: watch_view(person(acme), db.session.get_one(SavedView, view_id))


def new_contact(cast: Cast, number: int) -> Act:
    admin, raw = cast.acme_admin.id, {"address": f"desk{number}@acme.example", "purpose": ["new"]}
    return lambda: add_contact(person(admin), raw, sender="tracker@market.example")


def new_rule(cast: Cast, number: int) -> Act:
    admin = cast.acme_admin.id
    return lambda: add_rule(person(admin), {"group": "Switching desk", "esi_id_prefix": str(number)})


def new_reply(cast: Cast, number: int) -> Act:
    acme, issues = cast.acme.id, db.session.scalars(select(Issue.number).order_by(Issue.id)).all()
    return lambda: keep_reply(person(acme), issues[number], "add-comment", {"comment": "Kept."})


def new_attachment(cast: Cast, number: int) -> Act:
    who, issue = (cast.acme.id, cast.bolt.id)[number % 2], db.session.scalars(select(Issue.number).limit(1)).one()
    return lambda: attach_files(person(who), issue, [STATEMENT])


LIMITS: dict[str, tuple[object, str, Callable[[Cast, int], Act], Column[Any] | Any]] = {
    "views": (views, "MOST_VIEWS", new_view, SavedView.scope == Scope.MINE),
    "copies of a view": (views, "MOST_VIEWS", new_copy, SavedView.scope == Scope.MINE),
    "pins": (views, "MOST_PINS", new_pin, ViewPin.person_id.is_not(None)),
    "watched views": (view_watching, "MOST_WATCHED", new_watch, ViewWatch.person_id.is_not(None)),
    "contacts": (contacts, "MOST_CONTACTS", new_contact, Contact.id.is_not(None)),
    "group rules": (grouping, "MOST_RULES", new_rule, GroupRule.id.is_not(None)),
    "kept replies": (replies, "MOST_REPLIES", new_reply, Reply.id.is_not(None)),
    "attachments": (attachments, "MOST_FILES", new_attachment, Attachment.id.is_not(None)),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_eight_at_once_stay_below_the_limit(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    module, name, new, counted = LIMITS[limit]
    know_premise(cast)
    for _ in range(CLIENTS + PRESENT if limit == "kept replies" else 1):
        press(cast.acme, rep_of_record(cast), "add-comment", "Well?")
    save_view(cast.acme_admin, "Shared", "", scope=Scope.COMPANY)
    acts = [new(cast, number) for number in range(CLIENTS + PRESENT)]
    for act in acts[:PRESENT]:
        act()
    monkeypatch.setattr(module, name, LIMIT)
    assert race(app, acts[PRESENT:]) == ["lost"] * (CLIENTS - 2) + ["won"] * 2
    assert count_of(counted) == LIMIT


def test_a_contact_is_not_added_twice(app: Flask, cast: Cast) -> None:
    assert race(app, [new_contact(cast, 1)] * CLIENTS) == ONE_WINS
    assert count_of(Contact.id.is_not(None)) == 1


def test_rules_made_and_moved_at_once_have_a_place_each(app: Flask, cast: Cast) -> None:
    assert race(app, [new_rule(cast, number) for number in range(CLIENTS)]) == ALL_WIN
    admin, ids = cast.acme_admin.id, db.session.scalars(select(GroupRule.public_id).order_by(GroupRule.place)).all()
    assert race(app, eight(lambda number: move_rule_up(person(admin), ids[number]))) == ALL_WIN
    places = db.session.scalars(select(GroupRule.place)).all()
    assert len(set(places)) == len(places) == CLIENTS
