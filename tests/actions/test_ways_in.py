"""What lets somebody in, and which verbs close it: every one that changes a password, rank, address or activity."""

import ast
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from config import Config
from tests.cast import Cast
from tests.hashers import cheap_hasher
from tracker import actions
from tracker.actions.absence import be_away, be_back
from tracker.actions.hashing import Place
from tracker.actions.links import begin_link, create_link, link_holder, use_link
from tracker.actions.people import deactivate, edit_person, reactivate, sign_out_everywhere
from tracker.actions.preferences import choose_mail, choose_time_zone, prefer_subtype, use_shortcut_keys
from tracker.actions.sessions import begin_session, know_device
from tracker.actions.sign_in import attempt_of, begin_attempt, begin_change, finish_attempt, finish_change
from tracker.clock import market_today
from tracker.db import db
from tracker.errors import Invalid, NotFound
from tracker.models import KnownDevice, Person, SignInSession

PASSWORD = "seven green lanterns"
PLACE = Place(cheap_hasher(), ())


@dataclass(frozen=True)
class Ways:
    """How Adam of Acme comes in: two sessions, of which `here` is at hand, a one-time link, a known browser."""

    person: Person
    by: Person
    here: int
    there: int
    link: str

    def left(self) -> set[str]:
        """Which of them are still there."""
        db.session.commit()
        sessions = set(db.session.scalars(select(SignInSession.id).where(SignInSession.person_id == self.person.id)))
        devices = db.session.scalars(select(KnownDevice.id).where(KnownDevice.person_id == self.person.id)).all()
        found = {"here": self.here in sessions, "there": self.there in sessions, "device": bool(devices)}
        return {name for name, there in found.items() if there} | ({"link"} if self._link_works() else set())

    def _link_works(self) -> bool:
        try:
            return link_holder(self.link) is self.person
        except NotFound:
            return False


@pytest.fixture
def ways(cast: Cast) -> Ways:
    person = cast.acme_admin
    person.password_hash = PLACE.hash(PASSWORD)
    here, there = (begin_session(person, "password", address="", browser="")[1].id for _ in range(2))
    know_device(person, "")
    link = create_link(cast.ercot_admin, person)
    db.session.commit()
    return Ways(person, cast.ercot_admin, here, there, link)


def edited(ways: Ways, by: Person | None = None, *, keep: int | None = None, **changes: str) -> None:
    raw = {name: getattr(ways.person, name) for name in ("full_name", "email", "rank")} | changes
    edit_person(by or ways.by, ways.person, raw, keep=keep)


def change_own_password(ways: Ways) -> None:
    change = begin_change(ways.person, "nine red balloons")
    finish_change(change, PASSWORD, PLACE, keep=ways.here)


def sign_in_again(ways: Ways, place: Place = PLACE) -> None:
    attempt = attempt_of(ways.person.user_name, address="198.51.100.7", device_token="")
    finish_attempt(attempt, begin_attempt(attempt), PASSWORD, place)


def sign_in_and_hash_anew(ways: Ways) -> None:
    """What is kept of the password changes, and the password does not."""
    before = ways.person.password_hash
    sign_in_again(ways, Place(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1), ()))
    assert ways.person.password_hash != before


def be_away_with_a_deputy(ways: Ways) -> None:
    until = market_today() + timedelta(days=3)
    be_away(ways.by, ways.person, {"away_until": until.isoformat(), "deputy": "ann"})


def leave_and_return(ways: Ways) -> None:
    deactivate(ways.by, ways.person)
    reactivate(ways.by, ways.person)


ALL = {"here", "there", "link", "device"}
VERBS: dict[str, tuple[Callable[[Ways], object], set[str]]] = {
    "edit_person: name": (lambda ways: edited(ways, full_name="Adam Lee"), ALL),
    "edit_person: nothing": (lambda ways: edited(ways), ALL),
    "edit_person: address": (lambda ways: edited(ways, email="adam@elsewhere.example"), {"device"}),
    "edit_person: rank": (lambda ways: edited(ways, rank="reader"), {"device"}),
    "edit_person: own address": (
        lambda ways: edited(ways, ways.person, keep=ways.here, email="adam@elsewhere.example"),
        {"here", "device"},
    ),
    "edit_person: somebody else's session at hand": (
        lambda ways: edited(ways, keep=ways.here + 1_000, rank="reader"),
        {"device"},
    ),
    "deactivate": (lambda ways: deactivate(ways.by, ways.person), set()),
    "reactivate": (leave_and_return, set()),
    "finish_change": (change_own_password, {"here"}),
    "use_link": (lambda ways: use_link(begin_link(ways.link, "nine red balloons"), PLACE), set()),
    "finish_attempt": (sign_in_again, ALL),
    "finish_attempt: hashed anew": (sign_in_and_hash_anew, ALL),
    "create_link": (lambda ways: create_link(ways.by, ways.person), ALL - {"link"}),
    "sign_out_everywhere": (lambda ways: sign_out_everywhere(ways.by, ways.person), {"link", "device"}),
    "be_away": (be_away_with_a_deputy, ALL),
    "be_back": (lambda ways: be_back(ways.by, ways.person), ALL),
    "prefer_subtype": (lambda ways: prefer_subtype(ways.person, "rep-of-record"), ALL),
    "use_shortcut_keys": (lambda ways: use_shortcut_keys(ways.person, False), ALL),
    "choose_time_zone": (lambda ways: choose_time_zone(ways.person, "America/Denver"), ALL),
    "choose_mail": (lambda ways: choose_mail(ways.person, {}), ALL),
}
"""Every verb that changes a person, and what of the ways in it leaves."""

MARKS = {"_promise_in"}
"""What sets something of a person that nobody did: here, that the digest of a day is promised."""


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_closes_what_it_must_and_nothing_else(ways: Ways, verb: str) -> None:
    assert ways.left() == ALL
    VERBS[verb][0](ways)
    assert ways.left() == VERBS[verb][1]


def test_no_verb_that_changes_a_person_is_forgotten() -> None:
    assert set(writers_of_people()) <= {verb.partition(":")[0] for verb in VERBS} | MARKS


def writers_of_people() -> Iterator[str]:
    """The functions of the actions that set something of a person."""
    for path in Path(actions.__file__).parent.glob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and any(map(sets_something_of_a_person, ast.walk(function))):
                yield function.name


def sets_something_of_a_person(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "setattr":
        return ast.unparse(node.args[0]) in ("person", "actor")
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and ast.unparse(node.value) in ("person", "actor")
    )


def test_sessions_end_in_the_database_when_their_person_is_deactivated(ways: Ways) -> None:
    """Also without the other guard, that no session of somebody deactivated is found."""
    deactivate(ways.by, ways.person)
    assert db.session.scalars(select(SignInSession)).all() == []


def test_an_old_password_never_works_again(ways: Ways) -> None:
    leave_and_return(ways)
    db.session.commit()
    assert ways.person.password_hash is None
    with pytest.raises(Invalid):
        sign_in_again(ways)


def test_a_link_that_was_opened_before_a_change_sets_no_password_after_it(ways: Ways) -> None:
    """Its holder has the form on the screen and presses later; or presses, and the change comes while it is hashed."""
    opening = begin_link(ways.link, "nine red balloons")
    db.session.commit()
    change_own_password(ways)
    db.session.commit()
    kept = ways.person.password_hash
    with pytest.raises(NotFound):
        use_link(opening, PLACE)
    db.session.rollback()
    assert ways.person.password_hash == kept


@pytest.mark.parametrize("verb", ["finish_attempt", "use_link", "create_link", "finish_change", "edit_person: rank"])
def test_who_comes_in_and_who_closes_take_turns(ways: Ways, config: Config, verb: str) -> None:
    """Or somebody signs in with the old password at the moment of the change, and stays."""
    person_id = ways.person.id
    db.session.commit()
    assert not is_held(person_id, config)
    VERBS[verb][0](ways)
    assert is_held(person_id, config)
    db.session.commit()
    assert not is_held(person_id, config)


def is_held(person_id: int, config: Config) -> bool:
    """Nobody else could change the person now."""
    db.session.flush()
    if config.is_sqlite:
        return _is_locked(config.database_url.removeprefix("sqlite:///"))
    row = select(Person.id).where(Person.id == person_id).with_for_update(nowait=True, key_share=True)
    with db.engine.connect() as other:
        try:
            other.execute(row)
        except OperationalError:
            return True
    return False


def _is_locked(file: str) -> bool:
    with closing(sqlite3.connect(file, timeout=0)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
    return False
