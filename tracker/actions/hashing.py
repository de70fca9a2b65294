"""Hashing passwords: argon2id, and only by those who found a place.

Each hash takes 46 MiB and a core for a while. Whoever finds no place is turned away at once, so that the
threads which answer pages never wait for passwords. Why the places are shared so: docs/decisions/0010-sign-in.md.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tracker.actions.passwords import as_bytes
from tracker.domain.sentence import Sentence
from tracker.errors import TooMany

ARGON2ID = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)
RETRY_AFTER = 2
"""Seconds after which somebody who found no place may try again; a hash takes a tenth of one."""

KEPT = 1
"""Places, and turns to hash, that strangers never take: these are for people who are known."""


@dataclass(frozen=True)
class Capacity:
    """How many may hash or wait for it in one process, and how many of them hash at once."""

    places: int
    at_once: int = 2

    @property
    def strangers(self) -> int:
        """Places that strangers may hold together."""
        return max(1, self.places - KEPT)

    @property
    def strangers_at_once(self) -> int:
        """Of these, how many hash at once."""
        return max(1, self.at_once - KEPT)

    @property
    def each(self) -> int:
        """Places that one network, or one person, may hold: never all that strangers may."""
        return max(1, self.strangers - 1)


def capacity_for(threads: int) -> Capacity:
    """Half of the threads that answer requests may be strangers' who wait; the rest are left to pages.

    Two places at least, or one network of strangers would hold all.
    """
    return Capacity(places=max(2, threads // 2) + KEPT)


@dataclass(frozen=True)
class Taker:
    """Who asks for a place: a network of strangers, or a person who is known by a browser, a session or a link."""

    name: str
    known: bool


def person_taking(person_id: int) -> Taker:
    """Somebody who is known."""
    return Taker(f"person:{person_id}", known=True)


@dataclass(frozen=True)
class Place:
    """Where one request hashes, each time when its turns come."""

    hasher: PasswordHasher
    turns: Sequence[threading.Semaphore]

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        with self._in_turn():
            return self.hasher.hash(as_bytes(password))

    def verify(self, kept: str | None, password: str) -> bool:
        """The password is the kept one. Takes as long for somebody who has none, or does not exist."""
        with self._in_turn():
            try:
                return self.hasher.verify(kept or nobodys(self.hasher), as_bytes(password)) and kept is not None
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, kept: str) -> bool:
        """It was made with other parameters than are asked for now."""
        return self.hasher.check_needs_rehash(kept)

    def _in_turn(self) -> ExitStack:
        with ExitStack() as turns:
            for turn in self.turns:
                turns.enter_context(turn)
            return turns.pop_all()


class Passwords:
    """Hands out the places of this process."""

    def __init__(self, hasher: PasswordHasher, capacity: Capacity) -> None:
        self._hasher = hasher
        self._capacity = capacity
        self._taken: list[Taker] = []
        self._guard = threading.Lock()
        self._turns = threading.BoundedSemaphore(capacity.at_once)
        self._strangers_turns = threading.BoundedSemaphore(capacity.strangers_at_once)

    @contextmanager
    def place(self, taker: Taker) -> Iterator[Place]:
        """A place for this taker until the block ends. Raises `TooMany` at once where there is none."""
        with self._guard:
            self._require_room(taker)
            self._taken.append(taker)
        try:
            yield Place(self._hasher, (self._turns,) if taker.known else (self._strangers_turns, self._turns))
        finally:
            with self._guard:
                self._taken.remove(taker)

    def _require_room(self, taker: Taker) -> None:
        strangers = sum(not one.known for one in self._taken)
        if (
            len(self._taken) >= self._capacity.places
            or self._taken.count(taker) >= self._capacity.each
            or (not taker.known and strangers >= self._capacity.strangers)
        ):
            raise TooMany(
                Sentence(
                    "too-many-passwords",
                    "More passwords are being looked at now than can be at once, so yours was not: nothing was counted "
                    "or changed. Wait {seconds} seconds, type it again and send.",
                    seconds=RETRY_AFTER,
                ),
                RETRY_AFTER,
            )


def nobodys(hasher: PasswordHasher) -> str:
    """A hash that no password has, as costly to compare as one that the hasher makes."""
    salt, hashed = "A" * 22, "A" * 43
    return f"$argon2id$v=19$m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}${salt}${hashed}"
