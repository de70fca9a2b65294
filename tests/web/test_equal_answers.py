"""What nobody may learn at the door costs the same, too: statements, and hashes made and compared."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete
from werkzeug.test import TestResponse

from tests.cast import Cast
from tests.counting import counted
from tests.hashers import LonelyHasher, cheap_hasher
from tests.visitor import PASSWORD, Visitor, without_token
from tracker.actions.hashing import Passwords, Place, capacity_for
from tracker.actions.links import begin_link, create_link, use_link
from tracker.actions.sessions import know_device
from tracker.actions.sign_in import REFUSED
from tracker.actions.throttle import account
from tracker.clock import now
from tracker.db import db
from tracker.models import FailedSignIns

ABSENT = "no-such-token-0123456789-0123456789-0123456"


@pytest.fixture
def hasher(app: Flask, monkeypatch: pytest.MonkeyPatch) -> LonelyHasher:
    """Counts what is hashed at the door."""
    counting = LonelyHasher()
    monkeypatch.setitem(app.extensions, "passwords", Passwords(counting, capacity_for(4)))
    return counting


@pytest.fixture
def people(cast: Cast, hasher: LonelyHasher) -> Cast:
    """Ann, Bob and Carl have passwords, Rita none; Bob is deactivated."""
    for person in (cast.acme, cast.bolt, cast.corp):
        person.password_hash = cheap_hasher().hash(PASSWORD)
    cast.bolt.active = False
    db.session.commit()
    return cast


Case = tuple[str, str, Callable[[Cast], str]]


def no_device(cast: Cast) -> str:
    return ""


def absent_device(cast: Cast) -> str:
    return ABSENT


def foreign_device(cast: Cast) -> str:
    return know_device(cast.corp, "")


def own_device_of_somebody_gone(cast: Cast) -> str:
    return know_device(cast.bolt, "")


CASES: dict[str, Case] = {
    "unknown": ("nobody", "wrong", no_device),
    "unknown, absent device": ("nobody", "wrong", absent_device),
    "unknown, foreign device": ("nobody", "wrong", foreign_device),
    "known": ("ann", "wrong", no_device),
    "known, absent device": ("ann", "wrong", absent_device),
    "known, foreign device": ("ann", "wrong", foreign_device),
    "deactivated": ("bob", "wrong", no_device),
    "deactivated, right password": ("bob", PASSWORD, no_device),
    "deactivated, in the own browser": ("bob", PASSWORD, own_device_of_somebody_gone),
    "no password": ("rita", "", no_device),
    "the clock": ("clock", "", no_device),
    "no name": ("", "", no_device),
    "NUL in the name": ("an\x00n", "wrong", no_device),
    "a very long name": ("n" * 100_000, "wrong", absent_device),
}


def test_every_refusal_costs_the_same(app: Flask, people: Cast, hasher: LonelyHasher) -> None:
    costs = {}
    for n, (case, (user_name, password, device)) in enumerate(CASES.items()):
        visitor = Visitor(app, address=f"10.{n}.0.1")
        if token := device(people):
            visitor.client.set_cookie("device", token)
        visitor.get("/sign-in")
        forget_account(user_name)
        hasher.asked = 0
        with counted() as asked:
            answer = visitor.post("/sign-in", user_name=user_name, password=password)
        assert answer.status_code == 422, case
        assert REFUSED in answer.text, case
        costs[case] = (hasher.asked, asked)
    assert costs["unknown"][0] == 1
    different = {case: cost for case, cost in costs.items() if cost != costs["unknown"]}
    assert different == {}


def forget_account(user_name: str) -> None:
    """Each case is the first try at its name."""
    db.session.execute(delete(FailedSignIns).where(FailedSignIns.subject == account(user_name)))
    db.session.commit()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_dead_link_costs_the_same(app: Flask, people: Cast, hasher: LonelyHasher, method: str) -> None:
    links = dead_links(people)
    costs, pages = {}, set()
    for case, token in links.items():
        visitor = Visitor(app)
        visitor.get("/sign-in")
        hasher.asked = 0
        with counted() as asked:
            answer = opened(visitor, method, f"/sign-in/link/{token}")
        assert answer.status_code == 404, case
        costs[case] = (hasher.asked, asked)
        pages.add(without_token(answer))
    assert costs["unknown"][0] == 0
    assert {case: cost for case, cost in costs.items() if cost != costs["unknown"]} == {}
    assert len(pages) == 1


def opened(visitor: Visitor, method: str, path: str) -> TestResponse:
    return visitor.get(path) if method == "GET" else visitor.post(path, password="nine red balloons")


def dead_links(people: Cast) -> dict[str, str]:
    """Links that once worked, and one that never did, by why they work no more."""
    links = {"unknown": ABSENT, "void": create_link(people.acme_admin, people.acme)}
    create_link(people.acme_admin, people.acme)
    links["used"] = create_link(people.ercot_admin, people.corp)
    use_link(begin_link(links["used"], "ten blue balloons"), Place(cheap_hasher(), ()))
    with time_machine.travel(now() - timedelta(hours=2), tick=False):
        links["expired"] = create_link(people.ercot_admin, people.wires)
    links["of somebody deactivated"] = create_link(people.ercot_admin, people.oncor)
    people.oncor.active = False
    db.session.commit()
    return links
