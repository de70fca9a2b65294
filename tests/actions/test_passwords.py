"""What a password may be, and that it is compared exactly as typed."""

import random
import socket

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cast import Cast
from tracker.actions.hashing import Place
from tracker.actions.passwords import COMMON, PREFIX, is_common, require_good
from tracker.errors import Invalid
from tracker.models import Company, Person

CHEAP = Place(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), ())

GUESSED_FIRST = [
    "password1234",
    "123456789012",
    "1234567890123456",
    "qwertyuiop123",
    "passwordpassword",
    "iloveyou1234",
    "administrator",
    "PASSWORDPASSWORD",
    "Liverpool2026!!",
    "!!sunshine!!2026",
    "1q2w3e4r5t6y",
    "unbelievable",
]


@pytest.fixture
def ann() -> Person:
    """Ann Lindqvist of Bluebonnet Power."""
    company = Company(name="Bluebonnet Power", legal_name="Bluebonnet Holdings, LLC", duns="079234560", kind="CR")
    return Person(user_name="ann.lindqvist", full_name="Ann Lindqvist", email="ann@bluebonnet.example", company=company)


def reason(person: Person, password: str) -> str:
    with pytest.raises(Invalid) as refusal:
        require_good(person, password)
    return refusal.value.errors["password"]


@settings(max_examples=50)
@given(st.text(min_size=12, max_size=64), st.data())
def test_any_characters_count_exactly_as_typed(password: str, data: st.DataObject) -> None:
    kept = CHEAP.hash(password)
    place = data.draw(st.integers(0, len(password) - 1))
    other = data.draw(st.characters().filter(lambda char: char != password[place]))
    assert CHEAP.verify(kept, password)
    assert not CHEAP.verify(kept, password[:place] + other + password[place + 1 :])


def test_nothing_is_cut_off_or_trimmed() -> None:
    kept = CHEAP.hash("x" * 64 + "y")
    assert not CHEAP.verify(kept, "x" * 64 + "z")
    assert not CHEAP.verify(kept, "x" * 64)
    assert not CHEAP.verify(CHEAP.hash(" a space around "), "a space around")
    assert not CHEAP.verify(CHEAP.hash("caf\u00e9 du commerce"), "cafe\u0301 du commerce")


@pytest.mark.parametrize("password", ["eleven char", "x" * 1025, "é" * 513, "nul \x00 inside of it", ""])
def test_lengths_and_nul(ann: Person, password: str) -> None:
    assert reason(ann, password)


@pytest.mark.parametrize("password", ["zebra lamp os", "🦓 under the 🌉 at night", "  blanks  count  ", "ü" * 512])
def test_what_is_taken(ann: Person, password: str) -> None:
    require_good(ann, password)


@pytest.mark.parametrize("password", GUESSED_FIRST)
def test_common_passwords_are_refused(ann: Person, password: str) -> None:
    assert "lists" in reason(ann, password)


@pytest.mark.parametrize(
    "password",
    ["Bluebonnet-2026!", "lindqvist-lindqvist", "MarkeTrakMeter#1", "ercot tdsp 2026!", "August-2026-August"],
)
def test_names_of_here_are_refused(ann: Person, password: str) -> None:
    assert reason(ann, password)


def test_list_is_large_and_sorted() -> None:
    data = COMMON.read_bytes()
    entries = [data[at : at + PREFIX] for at in range(0, len(data), PREFIX)]
    assert len(data) % PREFIX == 0
    assert len(entries) >= 100_000
    assert entries == sorted(set(entries))


def test_random_passphrases_are_taken_without_a_network(ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object) -> None:
        raise AssertionError("no network is needed to look at a password")

    monkeypatch.setattr(socket, "socket", refuse)
    words = ("amber", "bridge", "cactus", "dune", "ember", "falcon", "glacier", "harbor", "island", "juniper", "kettle")
    dice = random.Random(7)
    for _ in range(1_000):
        phrase = " ".join(dice.choices(words, k=4))
        assert not is_common(phrase)
        require_good(ann, phrase)


def test_words_of_the_cast_do_not_forbid_sentences(cast: Cast) -> None:
    require_good(cast.acme, "acme has a very quiet warehouse")
