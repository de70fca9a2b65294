"""Hashers that cost nothing: one that hashes only when it is let, and one that hashes only where nobody waits."""

import threading
from typing import Literal

from argon2 import PasswordHasher

from tracker.actions.hashing import nobodys
from tracker.db import db


def cheap_hasher() -> PasswordHasher:
    """The product's algorithm, as cheaply as it goes."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class HeldHasher(PasswordHasher):
    """Holds whoever compares with nobody's hash until it is opened; says how many it holds, and held at most."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self._changed = threading.Condition()
        self._open = False
        self.holds = 0
        self.most = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        if hash == nobodys(self):
            self._hold()
        return super().verify(hash, password)

    def open(self) -> None:
        """Let everybody go on, from now on."""
        with self._changed:
            self._open = True
            self._changed.notify_all()

    def wait_for(self, held: int) -> None:
        """Return when so many are held."""
        with self._changed:
            self._changed.wait_for(lambda: self.holds == held)

    def _hold(self) -> None:
        with self._changed:
            self.holds += 1
            self.most = max(self.most, self.holds)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._open)
            self.holds -= 1


class LonelyHasher(PasswordHasher):
    """Refuses to hash while a transaction is open, and says how often it hashed."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.asked = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self._require_no_transaction()
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self._require_no_transaction()
        return super().verify(hash, password)

    def _require_no_transaction(self) -> None:
        assert not db.session.registry().in_transaction()
        self.asked += 1
