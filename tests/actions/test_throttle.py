"""How fast networks may guess: an address and its neighbourhood rest by themselves, and shut nobody else out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.cast import Cast
from tracker.actions.sign_in import attempt_of, begin_attempt
from tracker.actions.throttle import ADDRESS, NEIGHBOURS, PRESSURE, networks, take_back
from tracker.db import db
from tracker.models import FailedSignIns

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
HERE = "203.0.113.9"


@pytest.fixture(autouse=True)
def clock(cast: Cast) -> Iterator[time_machine.Traveller]:
    """Time stands still, and moves when the test says so."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def goes(user_name: str, address: str) -> bool:
    """A failing try at this name from this address was looked at."""
    counted = begin_attempt(attempt_of(user_name, address=address, device_token=""))
    db.session.commit()
    return counted.may_go


def spray(address: str, tries: int) -> list[bool]:
    """So many tries, each at another name: no account rests."""
    return [goes(f"user{address}{n}", address) for n in range(tries)]


def test_one_address_rests_after_many_accounts_and_its_neighbours_do_not() -> None:
    assert spray(HERE, 30) == [True] * (ADDRESS.free + 1) + [False] * 9
    assert goes("somebody", "203.0.113.10")


def test_thirty_addresses_of_one_street_shut_no_neighbour_out(clock: time_machine.Traveller) -> None:
    """All tries that they have free, and then every one that they are given."""
    for n in range(30):
        spray(f"203.0.113.{n}", ADDRESS.free + 1)
    for turn in range(8):
        clock.shift(ADDRESS.back)
        for n in range(30):
            assert goes(f"later{turn}.{n}", f"203.0.113.{n}")
        assert goes(f"neighbour{turn}", "203.0.113.200"), turn


def test_a_whole_neighbourhood_that_guesses_rests() -> None:
    goes("somebody", "198.51.100.7")
    db.session.get_one(FailedSignIns, "everywhere").failures = 4 * PRESSURE
    free = NEIGHBOURS * ADDRESS.free >> 4
    went = [goes(f"user{n}", f"203.0.113.{n}") for n in range(free + 10)]
    assert went == [True] * (free + 1) + [False] * 9
    assert goes("somebody", "203.0.114.1")


def test_an_address_gets_its_tries_back_one_by_one(clock: time_machine.Traveller) -> None:
    spray(HERE, 25)
    for _ in range(5):
        clock.shift(ADDRESS.back)
        assert spray(HERE, 2) == [True, False]
    clock.shift(ADDRESS.back * (ADDRESS.free + 1))
    assert spray(HERE, 25) == [True] * (ADDRESS.free + 1) + [False] * 4


def test_a_try_that_succeeds_takes_no_room() -> None:
    for n in range(3 * ADDRESS.free):
        counted = begin_attempt(attempt_of(f"user{n}", address=HERE, device_token=""))
        assert counted.may_go
        take_back(counted)
    assert spray(HERE, ADDRESS.free + 1) == [True] * (ADDRESS.free + 1)


def test_many_failures_everywhere_leave_networks_less_that_is_free() -> None:
    goes("somebody", "198.51.100.7")
    db.session.get_one(FailedSignIns, "everywhere").failures = 4 * PRESSURE
    assert spray(HERE, 4) == [True, True, False, False]
    assert goes("other", "192.0.2.1")


def test_what_a_large_market_mistypes_is_no_pressure(clock: time_machine.Traveller) -> None:
    """A failure every two minutes, with never a quiet hour, for half a day."""
    for n in range(12 * 30):
        clock.shift(timedelta(minutes=2))
        assert goes(f"user{n}", f"10.{n % 200}.{n // 200}.1")
    assert db.session.get_one(FailedSignIns, "everywhere").failures < 5


@pytest.mark.parametrize(
    ("address", "single", "neighbourhood"),
    [
        ("203.0.113.77", "203.0.113.77/32", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.77/32", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
        ("unknown", "::/64", "::/48"),
        ("", "::/64", "::/48"),
    ],
)
def test_addresses_and_their_neighbourhoods(address: str, single: str, neighbourhood: str) -> None:
    assert networks(address) == (f"address:{single}", f"neighbourhood:{neighbourhood}")
