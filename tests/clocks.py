"""A clock on the wall that a test sets, beside one that nobody sets."""

from datetime import UTC, datetime, timedelta

from tracker.clock import CLOCK, HeldClock

BEGUN = datetime(2026, 9, 18, 15, 0, tzinfo=UTC)


class Clocks:
    """Those of one machine; the product of the test reads them."""

    def __init__(self) -> None:
        self._wall, self._steady = BEGUN, 5_000.0
        self.begin_again()

    def wall(self) -> datetime:
        """What everybody can set."""
        return self._wall

    def steady(self) -> float:
        """What nobody can."""
        return self._steady

    def begin_again(self) -> None:
        """As in a new process of the same machine, which knows nothing yet."""
        vars(CLOCK).update(vars(HeldClock(self.wall, self.steady)))

    def let_pass(self, time: timedelta) -> None:
        """Time passes, on both."""
        self._wall += time
        self._steady += time.total_seconds()

    def set(self, step: timedelta) -> None:
        """Somebody sets the one on the wall."""
        self._wall += step
