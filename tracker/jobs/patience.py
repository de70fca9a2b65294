"""When something is tried again that failed, or is undone as soon as it is done: later and later, up to a ceiling."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

FIRST = 1.0
"""Seconds after the first try."""

CEILING = 600.0


@dataclass
class Patience:
    """Waits twice as long after each try. As long a quiet time again, or a success, and the next wait is the first."""

    ceiling: float = CEILING
    clock: Callable[[], float] = time.monotonic
    _wait: float = field(default=0.0, init=False)
    _until: float = field(default=0.0, init=False)

    def is_over(self) -> bool:
        """It may be tried."""
        return self.clock() >= self._until

    def tried(self) -> float:
        """It was tried: how many seconds it now waits."""
        quiet = self.clock() - self._until
        self._wait = min(2 * self._wait, self.ceiling) if self._wait and quiet <= self._wait else FIRST
        self._until = self.clock() + self._wait
        return self._wait

    def worked(self) -> None:
        """It came to a good end."""
        self._wait = self._until = 0.0
