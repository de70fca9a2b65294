"""The one place that reads the time. Stored times are UTC; people read the market's zone.

A running process holds the clock on the wall against one that nobody sets: when the wall is set by more than `STEP`,
the process goes on by its own count, until the wall comes back or somebody confirms it (docs/decisions/0024).
"""

import secrets
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

MARKET_ZONE = ZoneInfo("America/Chicago")

STEP = timedelta(minutes=2)
"""What is corrected by less, as by the time service of a machine, is followed."""


class Seen(NamedTuple):
    """A moment at which the wall was believed, and what the steady clock of that machine said."""

    moment: datetime
    steady: float


class HeldClock:
    """A clock on the wall that is believed while it goes as fast as a steady one."""

    def __init__(self, wall: Callable[[], datetime], steady: Callable[[], float]) -> None:
        self.wall, self.steady = wall, steady
        self._anchor = wall(), steady()
        self._has_learned, self._confirmed = False, ""

    def now(self) -> datetime:
        """This moment: that of the wall, or by our own count from before it was set."""
        wall, steady = self.wall(), self.steady()
        counted = self._counted(steady)
        if abs(wall - counted) > STEP:
            return counted
        self._anchor = wall, steady
        return wall

    def step(self) -> timedelta | None:
        """By how much the wall was set, while it is not believed."""
        step = self.wall() - self._counted(self.steady())
        return step if abs(step) > STEP else None

    def trust(self) -> None:
        """Believe the wall as it is."""
        self._anchor = self.wall(), self.steady()

    def learn(self, seen: "Seen | None", confirmed: str) -> None:
        """What other processes know: of this machine, from when on to count; of any, that somebody confirmed the wall.

        They may have begun before the wall was set, and this one after.
        """
        if not self._has_learned and seen is not None:
            self._anchor = seen.moment, seen.steady
            self.now()
        if self._has_learned and confirmed != self._confirmed:
            self.trust()
        self._has_learned, self._confirmed = True, confirmed

    def _counted(self, steady: float) -> datetime:
        moment, then = self._anchor
        return moment + timedelta(seconds=steady - then)


def read_wall() -> datetime:
    """What the clock of this machine says, in UTC, to the microsecond."""
    return datetime.now(UTC)


def read_steady() -> float:
    """Seconds that pass whatever the clock is set to, also while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))  # the second where BSD runs


@cache
def name_of_boot() -> str:
    """Of whatever process the same, if their steady clocks count from the same moment; else a name of its own."""
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text(encoding="ascii").strip() if path.exists() else secrets.token_hex(16)


CLOCK = HeldClock(read_wall, read_steady)


def now() -> datetime:
    """This moment, in UTC."""
    return CLOCK.now()


def market_today() -> date:
    """The calendar day that it is now in the market (US/Central)."""
    return now().astimezone(MARKET_ZONE).date()


def in_market(moment: datetime) -> datetime:
    """The same moment as a clock on a wall of the market shows it."""
    return moment.astimezone(MARKET_ZONE)
