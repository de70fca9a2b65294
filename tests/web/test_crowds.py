"""Many strangers at the door: pages go on, known browsers come in, streets share, and nobody is locked out."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.cast import Cast
from tests.hashers import HeldHasher, LonelyHasher, cheap_hasher
from tests.visitor import PASSWORD, Visitor, reasons, signed_in
from tracker.actions.hashing import Passwords, capacity_for, person_taking
from tracker.actions.links import create_link
from tracker.actions.throttle import ADDRESS, account
from tracker.db import db
from tracker.models import FailedSignIns, Person

THREADS = 4
"""That answer requests in a process, unless `TRACKER_THREADS` says otherwise."""

Answers = list[Future[TestResponse]]


@pytest.fixture
def hasher(app: Flask, monkeypatch: pytest.MonkeyPatch) -> HeldHasher:
    """Strangers who hash are held until the test lets them go on, or ends."""
    held = HeldHasher()
    monkeypatch.setitem(app.extensions, "passwords", Passwords(held, capacity_for(THREADS)))
    return held


@pytest.fixture
def threads(hasher: HeldHasher) -> Iterator[ThreadPoolExecutor]:
    """The threads of one process that answer requests."""
    with ThreadPoolExecutor(THREADS) as pool:
        yield pool
        hasher.open()


def give_cheap_password(person: Person) -> None:
    person.password_hash = cheap_hasher().hash(PASSWORD.encode())
    db.session.commit()


def at_the_form(app: Flask, address: str) -> Visitor:
    """Somebody who has opened the page to sign in."""
    visitor = Visitor(app, address=address)
    visitor.get("/sign-in")
    return visitor


def send(visitor: Visitor, path: str = "/sign-in", **fields: str) -> TestResponse:
    """Send a form, from whatever thread, with nothing of the test's own."""
    return visitor._alone("POST", path, data={"csrf_token": visitor.token, **fields})


def flood(app: Flask, threads: ThreadPoolExecutor, addresses: list[str]) -> Answers:
    """A try at a name that nobody has, from each of these addresses."""
    strangers = [at_the_form(app, address) for address in addresses]
    return [
        threads.submit(send, stranger, user_name=f"nobody{n}", password="wrong") for n, stranger in enumerate(strangers)
    ]


def turned_away(answers: Answers, number: int) -> list[TestResponse]:
    """So many answers that come while the others are held."""
    ended = as_completed(answers)
    return [next(ended).result() for _ in range(number)]


def test_24_anonymous_loops_leave_a_signed_in_page_untouched(
    app: Flask, cast: Cast, hasher: HeldHasher, threads: ThreadPoolExecutor
) -> None:
    """Every request thread but those that hold a place is free, also to turn the next stranger away."""
    here = signed_in(app, cast.acme)
    answers = flood(app, threads, [f"10.0.{n}.1" for n in range(24)])
    away = turned_away(answers, 24 - capacity_for(THREADS).strangers)
    hasher.wait_for(held=1)
    assert {answer.status_code for answer in away} == {429}
    page = threads.submit(here._alone, "GET", "/account").result()
    assert page.status_code == 200
    hasher.open()
    assert sorted(answer.result().status_code for answer in answers) == [422] * 2 + [429] * 22


def test_a_known_browser_comes_in_during_the_flood(
    app: Flask, cast: Cast, hasher: HeldHasher, threads: ThreadPoolExecutor
) -> None:
    known = signed_in(app, cast.acme)
    known.post("/sign-out")
    known.get("/sign-in")
    unknown = at_the_form(app, "10.1.1.1")
    turned_away(flood(app, threads, [f"10.0.{n}.1" for n in range(24)]), 22)
    answer = threads.submit(send, known, user_name="ann", password=PASSWORD).result()
    assert answer.status_code == 302
    answer = threads.submit(send, unknown, user_name="ann", password=PASSWORD).result()
    assert answer.status_code == 429


def test_signed_in_people_and_holders_of_links_have_a_place_during_the_flood(
    app: Flask, cast: Cast, hasher: HeldHasher, threads: ThreadPoolExecutor
) -> None:
    here, invited = signed_in(app, cast.acme), Visitor(app)
    path = f"/sign-in/link/{create_link(cast.bolt_admin, cast.bolt)}"
    invited.get(path)
    turned_away(flood(app, threads, [f"10.0.{n}.1" for n in range(24)]), 22)
    changed = threads.submit(send, here, "/account/password", present=PASSWORD, password="nine red balloons")
    assert changed.result().location == "/account"
    opened = threads.submit(send, invited, path, password="ten blue balloons")
    assert opened.result().location == "/"


def test_one_street_leaves_a_place_to_others(
    app: Flask, cast: Cast, hasher: HeldHasher, threads: ThreadPoolExecutor
) -> None:
    one_street = flood(app, threads, [f"10.0.0.{n}" for n in range(24)])
    assert {answer.status_code for answer in turned_away(one_street, 23)} == {429}
    another = flood(app, threads, ["10.0.1.1"])
    hasher.open()
    assert another[0].result().status_code == 422


def test_who_is_turned_away_finds_the_form_again_and_nothing_was_counted(
    app: Flask, cast: Cast, hasher: HeldHasher, threads: ThreadPoolExecutor
) -> None:
    stranger = at_the_form(app, "10.1.1.1")
    turned_away(flood(app, threads, [f"10.0.{n}.1" for n in range(24)]), 22)
    answer = send(stranger, user_name="ann", password="seven blue lanterns")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "2"
    assert "Wait 2 seconds, type it again and send." in reasons(answer)[0]
    assert 'value="ann"' in answer.text
    assert "seven blue lanterns" not in answer.text
    assert counted("ann") == 0


def counted(user_name: str) -> int:
    """Failures counted of an account."""
    db.session.rollback()
    row = db.session.get(FailedSignIns, account(user_name))
    db.session.rollback()
    return row.failures if row else 0


@pytest.mark.parametrize("place", ["link", "account"])
def test_other_forms_of_passwords_are_found_again_too(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Where the same person already hashes."""
    passwords = Passwords(cheap_hasher(), capacity_for(THREADS))
    here, path, person = signed_in(app, cast.acme), "/account/password", cast.acme
    if place == "link":
        here, path, person = Visitor(app), f"/sign-in/link/{create_link(cast.bolt_admin, cast.bolt)}", cast.bolt
        here.get(path)
    before = person.password_hash
    monkeypatch.setitem(app.extensions, "passwords", passwords)
    with passwords.place(person_taking(person.id)):
        answer = here.post(path, present=PASSWORD, password="nine red balloons")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    assert "Wait 2 seconds" in reasons(answer)[0]
    assert person.password_hash == before
    assert here.post(path, present=PASSWORD, password="nine red balloons").status_code == 302


def test_no_transaction_is_open_while_a_password_is_hashed(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite everybody who writes would wait for the hash. Ann's is made anew, for it has other parameters."""
    here, invited = signed_in(app, cast.acme), Visitor(app)
    path = f"/sign-in/link/{create_link(cast.bolt_admin, cast.bolt)}"
    invited.get(path)
    hasher = LonelyHasher()
    monkeypatch.setitem(app.extensions, "passwords", Passwords(hasher, capacity_for(THREADS)))
    assert Visitor(app).sign_in(cast.acme).status_code == 302
    here.get("/account")
    assert here.post("/account/password", present=PASSWORD, password="nine red balloons").status_code == 302
    assert invited.post(path, password="ten blue balloons").status_code == 302
    assert hasher.asked == 5


@pytest.mark.parametrize("street", ["203.0.113.{n}", "203.0.{n}.7"], ids=["of one street", "of thirty"])
def test_wrong_tries_of_thirty_strangers_lock_nobody_else_out(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, street: str
) -> None:
    """Six each, at a name that exists and at others."""
    monkeypatch.setitem(app.extensions, "passwords", Passwords(cheap_hasher(), capacity_for(THREADS)))
    give_cheap_password(cast.bolt)
    for n in range(30):
        stranger = at_the_form(app, street.format(n=n))
        for turn in range(3):
            for user_name in ("ann", f"nobody{n}.{turn}"):
                assert send(stranger, user_name=user_name, password="wrong").status_code == 422
    for address in ("203.0.113.200", "198.51.100.7"):
        assert Visitor(app, address=address).sign_in(cast.bolt).location == "/"
    give_cheap_password(cast.acme)
    assert Visitor(app, address="198.51.100.7").sign_in(cast.acme).status_code == 422


def test_one_address_that_sprays_is_held_back(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "passwords", Passwords(cheap_hasher(), capacity_for(THREADS)))
    give_cheap_password(cast.bolt)
    stranger = at_the_form(app, "203.0.113.9")
    for n in range(ADDRESS.free + 1):
        send(stranger, user_name=f"nobody{n}", password="wrong")
    assert stranger.sign_in(cast.bolt).status_code == 422
    assert Visitor(app, address="203.0.113.10").sign_in(cast.bolt).status_code == 302
