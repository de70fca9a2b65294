"""Signing in: equal answers, growing delays, known devices, one-time links."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from tests.cast import Cast
from tracker.actions.hashing import Place
from tracker.actions.links import begin_link, create_link, link_holder, use_link
from tracker.actions.people import deactivate
from tracker.actions.sessions import begin_session, forget_expired, know_device
from tracker.actions.sign_in import (
    REFUSED,
    Attempt,
    SignedIn,
    attempt_of,
    begin_attempt,
    begin_change,
    finish_attempt,
    finish_change,
)
from tracker.actions.throttle import Try
from tracker.db import db
from tracker.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.models import FailedSignIns, KnownDevice, Person, SignInLink, SignInSession
from tracker.queries.sessions import session_of

RIGHT = "seven green lanterns"
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


class CountingHasher(PasswordHasher):
    """Cheap, and counts how often a password is really verified."""

    def __init__(self, time_cost: int = 1) -> None:
        super().__init__(time_cost=time_cost, memory_cost=64, parallelism=1)
        self.verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.verified += 1
        return super().verify(hash, password)


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher()


@pytest.fixture
def place(hasher: CountingHasher) -> Place:
    """A place to hash at, with nobody else about."""
    return Place(hasher, ())


@pytest.fixture
def ann(cast: Cast, place: Place) -> Person:
    """Ann of Acme, who has a password."""
    cast.acme.password_hash = place.hash(RIGHT)
    db.session.commit()
    return cast.acme


def begin(user_name: str, address: str = "198.51.100.7", device: str = "") -> tuple[Attempt, Try]:
    attempt = attempt_of(user_name, address=address, device_token=device)
    counted = begin_attempt(attempt)
    db.session.commit()
    return attempt, counted


def evaluated(user_name: str, address: str = "198.51.100.7", device: str = "") -> bool:
    return begin(user_name, address, device)[1].may_go


def sign_in(place: Place, user_name: str, password: str, device: str = "") -> SignedIn:
    return finish_attempt(*begin(user_name, device=device), password, place)


def change(actor: Person, present: str, password: str, place: Place, *, keep: int = 0) -> None:
    begun = begin_change(actor, password)
    db.session.commit()
    finish_change(begun, present, place, keep=keep)


def test_right_password_signs_in(ann: Person, place: Place) -> None:
    assert sign_in(place, "ann", RIGHT).person is ann
    assert sign_in(place, " Ann ", RIGHT).person is ann


@pytest.mark.parametrize("case", ["unknown", "wrong", "deactivated", "no password", "held back", "NUL in the name"])
def test_every_failure_says_and_does_the_same(
    case: str, ann: Person, cast: Cast, hasher: CountingHasher, place: Place
) -> None:
    user_name, password = "ann", RIGHT
    match case:
        case "unknown":
            user_name = "nobody"
        case "wrong":
            password = "seven green lantern"
        case "deactivated":
            ann.active = False
        case "no password":
            user_name = "bob"
        case "NUL in the name":
            user_name = "an\x00n"
        case _:
            for _ in range(4):
                begin("ann")
    hasher.verified = 0
    with pytest.raises(Invalid) as refusal:
        sign_in(place, user_name, password)
    assert refusal.value.errors == {"": REFUSED}
    assert hasher.verified == 1


def test_the_clock_cannot_sign_in(cast: Cast, place: Place) -> None:
    with pytest.raises(Invalid):
        sign_in(place, "clock", "")


def test_deactivation_between_count_and_password_counts(ann: Person, place: Place) -> None:
    attempt, counted = begin("ann")
    ann.active = False
    db.session.commit()
    with pytest.raises(Invalid):
        finish_attempt(attempt, counted, RIGHT, place)


def test_parameters_that_changed_make_a_new_hash(ann: Person, place: Place) -> None:
    stronger = Place(CountingHasher(time_cost=2), ())
    sign_in(stronger, "ann", RIGHT)
    assert ann.password_hash is not None
    assert "t=2" in ann.password_hash
    assert sign_in(stronger, "ann", RIGHT).person is ann


def test_guesses_from_one_address_are_few(ann: Person) -> None:
    assert _most_in_a_quarter(lambda n: "198.51.100.7") <= 10


def test_guesses_from_a_thousand_addresses_are_few(ann: Person) -> None:
    assert _most_in_a_quarter(lambda n: f"10.{n % 250}.{n // 250}.9") <= 10


def test_an_account_that_does_not_exist_is_held_back_alike(cast: Cast) -> None:
    pattern = [[evaluated(name) for _ in range(6)] for name in ("ann", "nobody")]
    assert pattern[0] == pattern[1] == [True] * 4 + [False] * 2


def test_known_device_works_during_an_attack(ann: Person, place: Place) -> None:
    device = know_device(ann, "")
    while evaluated("ann"):
        pass
    with pytest.raises(Invalid):
        sign_in(place, "ann", RIGHT)
    assert sign_in(place, "ann", RIGHT, device).person is ann


def test_known_device_guesses_no_more_than_a_stranger(ann: Person) -> None:
    device = know_device(ann, "")
    assert [evaluated("ann", device=device) for _ in range(6)] == [True] * 4 + [False] * 2


def test_who_is_held_back_and_known_takes_nobodys_turn_to_hash(
    ann: Person, hasher: CountingHasher, place: Place
) -> None:
    device = know_device(ann, "")
    while evaluated("ann", device=device):
        pass
    while begin_change(ann, "nine red balloons").counted.may_go:
        pass
    hasher.verified = 0
    with pytest.raises(Invalid) as refusal:
        sign_in(place, "ann", RIGHT, device)
    assert refusal.value.errors == {"": REFUSED}
    with pytest.raises(Invalid):
        change(ann, RIGHT, "nine red balloons", place)
    assert hasher.verified == 0


def test_device_of_one_person_is_a_stranger_to_another(ann: Person, cast: Cast) -> None:
    device = know_device(cast.bolt, "")
    for _ in range(4):
        begin("ann")
    assert not evaluated("ann", device=device)


def test_nobody_is_shut_out_for_good(ann: Person, place: Place) -> None:
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(200):
            begin("ann")
            clock.shift(timedelta(seconds=30))
        clock.shift(timedelta(minutes=15))
        assert sign_in(place, "ann", RIGHT).person is ann


def test_success_takes_the_failures_back(ann: Person, place: Place) -> None:
    for _ in range(5):
        sign_in(place, "ann", RIGHT)
    assert evaluated("ann")


def test_failures_are_forgotten_after_a_quiet_time(ann: Person) -> None:
    with time_machine.travel(START, tick=False) as clock:
        while evaluated("ann"):
            pass
        clock.shift(timedelta(hours=12))
        assert [evaluated("ann") for _ in range(4)] == [True] * 4


def test_tries_at_the_same_moment_all_count(app: Flask, ann: Person) -> None:
    went: list[bool] = []
    barrier = threading.Barrier(8)

    def guess() -> None:
        with app.app_context():
            barrier.wait()
            went.append(evaluated("ann"))

    db.session.commit()
    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(went) == 4


def test_present_password_is_asked_slower_and_slower(ann: Person, place: Place) -> None:
    for _ in range(4):
        with pytest.raises(Invalid):
            change(ann, "wrong", "nine red balloons", place)
    with pytest.raises(Invalid):
        change(ann, RIGHT, "nine red balloons", place)


def test_password_that_changed_meanwhile_is_not_changed_again(ann: Person, place: Place) -> None:
    begun = begin_change(ann, "nine red balloons")
    ann.password_hash = place.hash("ten blue balloons")
    db.session.commit()
    with pytest.raises(Conflict):
        finish_change(begun, RIGHT, place, keep=0)


def test_new_password_ends_the_other_sessions(ann: Person, place: Place) -> None:
    here, _ = begin_session(ann, "password", address="", browser="")
    there, _ = begin_session(ann, "password", address="", browser="")
    found = session_of(here)
    assert found is not None
    change(ann, RIGHT, "nine red balloons", place, keep=found.row.id)
    assert session_of(here) is not None
    assert session_of(there) is None
    assert place.verify(ann.password_hash, "nine red balloons")


def test_link_sets_a_password_once(cast: Cast, place: Place) -> None:
    token = create_link(cast.acme_admin, cast.acme)
    old, _ = begin_session(cast.acme, "password", address="", browser="")
    assert use_link(begin_link(token, "nine red balloons"), place).person is cast.acme
    assert session_of(old) is None
    with pytest.raises(NotFound):
        use_link(begin_link(token, "ten blue balloons"), place)
    assert sign_in(place, "ann", "nine red balloons").person is cast.acme


def test_link_lasts_an_hour(cast: Cast) -> None:
    with time_machine.travel(START, tick=False) as clock:
        token = create_link(cast.acme_admin, cast.acme)
        clock.shift(timedelta(minutes=59))
        assert link_holder(token) is cast.acme
        clock.shift(timedelta(minutes=1))
        with pytest.raises(NotFound):
            link_holder(token)


def test_weak_password_does_not_use_the_link_up(cast: Cast, place: Place) -> None:
    token = create_link(cast.acme_admin, cast.acme)
    with pytest.raises(Invalid):
        begin_link(token, "short")
    assert link_holder(token) is cast.acme


def test_new_link_voids_the_earlier(cast: Cast) -> None:
    earlier = create_link(cast.acme_admin, cast.acme)
    later = create_link(cast.acme_admin, cast.acme)
    assert link_holder(later) is cast.acme
    with pytest.raises(NotFound):
        link_holder(earlier)


def test_link_ends_the_delay_of_its_holder(cast: Cast, place: Place) -> None:
    while evaluated("ann"):
        pass
    use_link(begin_link(create_link(cast.acme_admin, cast.acme), "nine red balloons"), place)
    assert evaluated("ann")


def test_deactivation_voids_links_and_sessions(cast: Cast) -> None:
    token = create_link(cast.acme_admin, cast.acme)
    session, _ = begin_session(cast.acme, "password", address="", browser="")
    deactivate(cast.acme_admin, cast.acme)
    with pytest.raises(NotFound):
        link_holder(token)
    assert session_of(session) is None
    with pytest.raises(Invalid):
        create_link(cast.acme_admin, cast.acme)


def test_only_who_manages_people_makes_links(cast: Cast) -> None:
    for stranger in (cast.acme, cast.acme_reader, cast.bolt_admin, cast.ercot):
        with pytest.raises(Forbidden):
            create_link(stranger, cast.acme)
    assert create_link(cast.ercot_admin, cast.acme)
    assert create_link(cast.clock, cast.acme)


def test_nothing_that_signs_in_is_in_the_database(cast: Cast) -> None:
    link = create_link(cast.acme_admin, cast.acme)
    session, _ = begin_session(cast.acme, "password", address="", browser="")
    device = know_device(cast.acme, "")
    kept = {row.token_hash for row in db.session.scalars(select(SignInLink))}
    kept |= {row.token_hash for row in db.session.scalars(select(SignInSession))}
    kept |= {row.token_hash for row in db.session.scalars(select(KnownDevice))}
    assert len(kept) == 3
    assert not kept & {link, session, device}
    assert min(len(token) for token in (link, session, device)) >= 43


def test_what_expired_is_removed(cast: Cast) -> None:
    with time_machine.travel(START, tick=False) as clock:
        create_link(cast.acme_admin, cast.acme)
        begin_session(cast.acme, "password", address="", browser="")
        evaluated("ann")
        clock.shift(timedelta(hours=13))
        forget_expired()
    for table in (SignInLink, SignInSession, FailedSignIns):
        assert db.session.scalars(select(table)).all() == []


def _most_in_a_quarter(address_of: Callable[[int], str]) -> int:
    """Somebody guesses every 20 seconds for two hours: the most guesses looked at in any 15 minutes."""
    times: list[datetime] = []
    with time_machine.travel(START, tick=False) as clock:
        for n in range(360):
            moment = START + n * timedelta(seconds=20)
            clock.move_to(moment)
            if evaluated("ann", address_of(n)):
                times.append(moment)
    return max(sum(1 for other in times if first <= other < first + timedelta(minutes=15)) for first in times)
