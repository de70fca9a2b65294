"""Every verb that gives something a name stores a plain one, and refuses one that shows nothing."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import String, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from tests.cast import Cast
from tests.visitor import Visitor, give_password
from tracker.actions.companies import add_company, rename_company
from tracker.actions.people import add_group, add_person, edit_person, rename_group
from tracker.actions.views import copy_view, rename, save_view
from tracker.db import db
from tracker.domain.default_views import DefaultView
from tracker.errors import Invalid
from tracker.models import Company, Person, SavedView, Scope, WorkGroup

RAW, PLAIN = "Zoe\u0308\u200b  \u202eteam\r\n[\u2800x]", "Zoë team ( x)"


def person(name: str) -> dict[str, object]:
    return {"full_name": name, "email": "zoe@acme.example", "rank": "analyst"}


def company(name: str) -> dict[str, object]:
    return {"duns": "444444444", "name": name, "legal_name": name, "kind": "CR"}


def view(cast: Cast) -> SavedView:
    return save_view(cast.acme, "Ours", "")


Verb = Callable[[Cast, str], object]
VERBS: dict[str, tuple[Verb, InstrumentedAttribute[str]]] = {
    "add_person": (
        lambda cast, name: add_person(cast.acme_admin, cast.acme.company, {"user_name": "zoe", **person(name)}),
        Person.full_name,
    ),
    "edit_person": (lambda cast, name: edit_person(cast.acme_admin, cast.acme, person(name)), Person.full_name),
    "add_group": (lambda cast, name: add_group(cast.acme_admin, cast.acme.company, {"name": name}), WorkGroup.name),
    "rename_group": (lambda cast, name: rename_group(cast.acme_admin, cast.acme_desk, {"name": name}), WorkGroup.name),
    "add_company": (lambda cast, name: add_company(cast.ercot_admin, company(name)), Company.name),
    "add_company, legally": (lambda cast, name: add_company(cast.ercot_admin, company(name)), Company.legal_name),
    "rename_company": (
        lambda cast, name: rename_company(cast.ercot_admin, cast.acme.company, {"name": name, "legal_name": ""}),
        Company.name,
    ),
    "save_view": (lambda cast, name: save_view(cast.acme, name, ""), SavedView.name),
    "rename a view": (lambda cast, name: rename(cast.acme, view(cast), name), SavedView.name),
}


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_stored_is_plain(cast: Cast, verb: str) -> None:
    act, column = VERBS[verb]
    act(cast, RAW)
    db.session.flush()
    assert PLAIN in db.session.scalars(select(type_coerce(column, String))).all()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", ["", "\u200b", "\u3164\u2800", "---", "\u0301"], ids=ascii)
def test_what_shows_nothing_is_no_name(cast: Cast, verb: str, name: str) -> None:
    with pytest.raises(Invalid, match="is needed") as refusal:
        VERBS[verb][0](cast, name)
    said = next(iter(refusal.value.errors.values()))
    assert said.code in ("needed", "shows-nothing")  # type: ignore[attr-defined]


@pytest.mark.parametrize("user_name", ["dot.", "dash-", "at@", "under_", ".dot", "nora\u0301", "Ｎora"])
def test_a_user_name_begins_and_ends_with_a_letter_or_a_digit(cast: Cast, user_name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        add_person(cast.acme_admin, cast.acme.company, {"user_name": user_name, **person("Nora")})
    assert refusal.value.errors.keys() == {"user_name"}


@pytest.mark.parametrize("user_name", ["o2", "nora.lind", "nora@acme.example", "a-b_c", " Nora ", "no\u200bra"])
def test_other_user_names_are_taken(cast: Cast, user_name: str) -> None:
    added = add_person(cast.acme_admin, cast.acme.company, {"user_name": user_name, **person("Nora")})
    assert added.user_name == user_name.replace("\u200b", "").strip().lower()


def test_who_has_an_old_user_name_signs_in_with_it(app: Flask, cast: Cast) -> None:
    cast.acme.user_name = "dot."
    give_password(cast.acme)
    assert Visitor(app).sign_in(cast.acme).status_code == 302
    edit_person(cast.acme_admin, cast.acme, person("Dot"))
    assert cast.acme.user_name == "dot."


def test_a_copy_gets_a_name_that_is_free(cast: Cast) -> None:
    ours = save_view(cast.acme_admin, "x" * 80, "", scope=Scope.COMPANY)
    ready = DefaultView("waiting", "Waiting on us", "turn:@mycompany")
    names = [copy_view(cast.acme, one).name for one in (ready, ready, ready, ours, ours)]
    assert names[:3] == ["Waiting on us", "Waiting on us (2)", "Waiting on us (3)"]
    assert names[3] == f"Copy of {'x' * 72}"
    assert names[4].endswith("x (2)")
    assert max(map(len, names)) == 80
