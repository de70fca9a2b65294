"""Signing in: equal answers, growing delays, known devices, one-time links."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from tests.cast import Cast
from tracker.actions.links import create_link, link_holder, use_link
from tracker.actions.passwords import PASSWORDS, Passwords
from tracker.actions.people import deactivate
from tracker.actions.sessions import begin_session, forget_expired, know_device
from tracker.actions.sign_in import (
    REFUSED,
    Attempt,
    SignedIn,
    begin_attempt,
    begin_change,
    change_password,
    finish_attempt,
    require_present,
)
from tracker.db import db
from tracker.errors import Forbidden, Invalid, NotFound
from tracker.models import FailedSignIns, KnownDevice, Person, SignInLink, SignInSession
from tracker.queries.sessions import session_of

RIGHT = "seven green lanterns"
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


class CountingPasswords(Passwords):
    """Counts how often a password is really verified."""

    def __init__(self) -> None:
        super().__init__(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        self.verified = 0

    def verify(self, kept: str | None, password: str) -> bool:
        self.verified += 1
        return super().verify(kept, password)


@pytest.fixture
def passwords() -> CountingPasswords:
    return CountingPasswords()


@pytest.fixture
def ann(cast: Cast, passwords: CountingPasswords) -> Person:
    """Ann of Acme, who has a password."""
    cast.acme.password_hash = passwords.hash(RIGHT)
    db.session.commit()
    return cast.acme


def begin(user_name: str, address: str = "198.51.100.7", device: str = "") -> Attempt:
    attempt = begin_attempt(user_name, address=address, device_token=device)
    db.session.commit()
    return attempt


def evaluated(user_name: str, address: str = "198.51.100.7", device: str = "") -> bool:
    return begin(user_name, address, device).counted.may_go


def sign_in(passwords: Passwords, user_name: str, password: str, device: str = "") -> SignedIn:
    return finish_attempt(begin(user_name, device=device), password, passwords=passwords)


def test_right_password_signs_in(ann: Person, passwords: CountingPasswords) -> None:
    assert sign_in(passwords, "ann", RIGHT).person is ann
    assert sign_in(passwords, " Ann ", RIGHT).person is ann


@pytest.mark.parametrize("case", ["unknown", "wrong", "deactivated", "no password", "held back", "NUL in the name"])
def test_every_failure_says_and_does_the_same(case: str, ann: Person, cast: Cast, passwords: CountingPasswords) -> None:
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
    passwords.verified = 0
    with pytest.raises(Invalid) as refusal:
        sign_in(passwords, user_name, password)
    assert refusal.value.errors == {"": REFUSED}
    assert passwords.verified == 1


def test_the_clock_cannot_sign_in(cast: Cast, passwords: CountingPasswords) -> None:
    with pytest.raises(Invalid):
        sign_in(passwords, "clock", "")


def test_deactivation_between_count_and_password_counts(ann: Person, passwords: CountingPasswords) -> None:
    attempt = begin("ann")
    ann.active = False
    db.session.commit()
    with pytest.raises(Invalid):
        finish_attempt(attempt, RIGHT, passwords=passwords)


def test_parameters_that_changed_make_a_new_hash(ann: Person, passwords: CountingPasswords) -> None:
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=64, parallelism=1))
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


def test_known_device_works_during_an_attack(ann: Person, passwords: CountingPasswords) -> None:
    device = know_device(ann, "")
    while evaluated("ann"):
        pass
    with pytest.raises(Invalid):
        sign_in(passwords, "ann", RIGHT)
    assert sign_in(passwords, "ann", RIGHT, device).person is ann


def test_known_device_guesses_no_more_than_a_stranger(ann: Person) -> None:
    device = know_device(ann, "")
    assert [evaluated("ann", device=device) for _ in range(6)] == [True] * 4 + [False] * 2


def test_device_of_one_person_is_a_stranger_to_another(ann: Person, cast: Cast) -> None:
    device = know_device(cast.bolt, "")
    for _ in range(4):
        begin("ann")
    assert not evaluated("ann", device=device)


def test_nobody_is_shut_out_for_good(ann: Person, passwords: CountingPasswords) -> None:
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(200):
            begin("ann")
            clock.shift(timedelta(seconds=30))
        clock.shift(timedelta(minutes=15))
        assert sign_in(passwords, "ann", RIGHT).person is ann


def test_success_takes_the_failures_back(ann: Person, passwords: CountingPasswords) -> None:
    for _ in range(5):
        sign_in(passwords, "ann", RIGHT)
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


def test_present_password_is_asked_slower_and_slower(ann: Person, passwords: CountingPasswords) -> None:
    for _ in range(4):
        with pytest.raises(Invalid):
            require_present(ann, begin_change(ann), "wrong", passwords=passwords)
    with pytest.raises(Invalid):
        require_present(ann, begin_change(ann), RIGHT, passwords=passwords)


def test_new_password_ends_the_other_sessions(ann: Person, passwords: CountingPasswords) -> None:
    here, _ = begin_session(ann, "password", address="", browser="")
    there, _ = begin_session(ann, "password", address="", browser="")
    found = session_of(here)
    assert found is not None
    change_password(ann, "nine red balloons", keep=found.row.id, passwords=passwords)
    assert session_of(here) is not None
    assert session_of(there) is None
    assert passwords.verify(ann.password_hash, "nine red balloons")


def test_link_sets_a_password_once(cast: Cast, passwords: CountingPasswords) -> None:
    token = create_link(cast.acme_admin, cast.acme)
    old, _ = begin_session(cast.acme, "password", address="", browser="")
    assert use_link(token, "nine red balloons", passwords=passwords).person is cast.acme
    assert session_of(old) is None
    with pytest.raises(NotFound):
        use_link(token, "ten blue balloons", passwords=passwords)
    assert sign_in(passwords, "ann", "nine red balloons").person is cast.acme


def test_link_lasts_an_hour(cast: Cast) -> None:
    with time_machine.travel(START, tick=False) as clock:
        token = create_link(cast.acme_admin, cast.acme)
        clock.shift(timedelta(minutes=59))
        assert link_holder(token) is cast.acme
        clock.shift(timedelta(minutes=1))
        with pytest.raises(NotFound):
            link_holder(token)


def test_weak_password_does_not_use_the_link_up(cast: Cast, passwords: CountingPasswords) -> None:
    token = create_link(cast.acme_admin, cast.acme)
    with pytest.raises(Invalid):
        use_link(token, "short", passwords=passwords)
    assert link_holder(token) is cast.acme


def test_new_link_voids_the_earlier(cast: Cast) -> None:
    earlier = create_link(cast.acme_admin, cast.acme)
    later = create_link(cast.acme_admin, cast.acme)
    assert link_holder(later) is cast.acme
    with pytest.raises(NotFound):
        link_holder(earlier)


def test_link_ends_the_delay_of_its_holder(cast: Cast, passwords: CountingPasswords) -> None:
    while evaluated("ann"):
        pass
    use_link(create_link(cast.acme_admin, cast.acme), "nine red balloons", passwords=passwords)
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


def test_product_hashes_with_argon2id() -> None:
    assert PASSWORDS.hash(RIGHT).startswith("$argon2id$v=19$m=47104,t=2,p=1$")


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
