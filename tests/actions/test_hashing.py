"""Places to hash at: few, shared fairly, one kept for people who are known, and none that is waited for."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from argon2 import PasswordHasher, extract_parameters

from tests.hashers import HeldHasher, cheap_hasher
from tracker.actions.hashing import ARGON2ID, Capacity, Passwords, Taker, capacity_for, nobodys, person_taking
from tracker.errors import TooMany

ANN, BOB = person_taking(1), person_taking(2)


def street(n: int) -> Taker:
    """A network of strangers."""
    return Taker(f"neighbourhood:10.0.{n}.0/24", known=False)


def finds_room(passwords: Passwords, taker: Taker) -> bool:
    try:
        with passwords.place(taker):
            return True
    except TooMany:
        return False


@pytest.mark.parametrize("threads", range(1, 65))
def test_threads_are_left_to_pages(threads: int) -> None:
    capacity = capacity_for(threads)
    assert capacity.strangers <= max(2, threads // 2)
    assert capacity.places > capacity.strangers
    assert capacity.strangers_at_once < capacity.at_once
    assert capacity.each < capacity.strangers
    assert capacity.places < threads or threads < 4


@pytest.mark.parametrize("threads", range(1, 65))
def test_one_network_never_takes_all_places_of_strangers(threads: int) -> None:
    passwords = Passwords(cheap_hasher(), capacity_for(threads))
    with ExitStack() as taken:
        held = 0
        while finds_room(passwords, street(1)):
            taken.enter_context(passwords.place(street(1)))
            held += 1
        assert held == capacity_for(threads).each
        assert finds_room(passwords, street(2))


def test_a_place_is_kept_for_people_who_are_known() -> None:
    passwords = Passwords(cheap_hasher(), Capacity(places=4))
    with ExitStack() as taken:
        for n in range(3):
            taken.enter_context(passwords.place(street(n)))
        assert not finds_room(passwords, street(9))
        assert finds_room(passwords, ANN)


def test_people_who_are_known_share_fairly_too() -> None:
    passwords = Passwords(cheap_hasher(), capacity_for(4))
    with passwords.place(ANN):
        assert not finds_room(passwords, ANN)
        with passwords.place(BOB):
            assert finds_room(passwords, street(1))


def test_places_are_given_back_whatever_happens() -> None:
    passwords = Passwords(cheap_hasher(), capacity_for(4))
    for _ in range(10):
        with pytest.raises(ZeroDivisionError), passwords.place(street(1)):
            raise ZeroDivisionError


def test_a_refusal_says_when_to_come_again() -> None:
    passwords = Passwords(cheap_hasher(), capacity_for(4))
    with passwords.place(street(1)), pytest.raises(TooMany) as refusal, passwords.place(street(1)):
        pass
    assert refusal.value.seconds == 2
    assert refusal.value.args[0].code == "too-many-passwords"
    assert refusal.value.args[0].values == {"seconds": 2}


def test_strangers_hash_one_by_one_and_hold_up_nobody_who_is_known() -> None:
    hasher = HeldHasher()
    passwords = Passwords(hasher, capacity_for(16))
    kept = hasher.hash(b"seven green lanterns")

    def verified(taker: Taker, kept: str | None) -> bool:
        with passwords.place(taker) as place:
            return place.verify(kept, "seven green lanterns")

    with ThreadPoolExecutor(8) as threads:
        strangers = [threads.submit(verified, street(n), None) for n in range(6)]
        hasher.wait_for(held=1)
        assert threads.submit(verified, ANN, kept).result()
        hasher.open()
        assert not any(stranger.result() for stranger in strangers)
    assert hasher.most == 1


def test_no_more_hash_at_once_than_there_are_turns() -> None:
    running, most, guard = 0, 0, threading.Lock()

    class Watched(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            nonlocal running, most
            with guard:
                running += 1
                most = max(most, running)
            hashed = super().hash(password, salt=salt)
            with guard:
                running -= 1
            return hashed

    passwords = Passwords(Watched(time_cost=1, memory_cost=4096, parallelism=1), Capacity(places=8))

    def hashed(n: int) -> str:
        with passwords.place(person_taking(n)) as place:
            return place.hash("seven green lanterns")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(hashed, range(8)))
    assert most <= 2


@pytest.mark.parametrize("hasher", [ARGON2ID, cheap_hasher()], ids=["the product's", "a cheap one"])
def test_nobodys_hash_costs_as_much_as_any_other(hasher: PasswordHasher) -> None:
    assert extract_parameters(nobodys(hasher)) == extract_parameters(hasher.hash(b"seven green lanterns"))
    with Passwords(hasher, Capacity(places=2)).place(ANN) as place:
        for password in ("", "seven green lanterns", "\x00"):
            assert not place.verify(None, password)
        assert not place.verify("no hash at all", "seven green lanterns")


def test_product_hashes_with_argon2id() -> None:
    assert ARGON2ID.hash(b"seven green lanterns").startswith("$argon2id$v=19$m=47104,t=2,p=1$")
