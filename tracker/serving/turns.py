"""Whose turn it is to take the next connection: of the processes of one server, the one that holds the fewest.

The operating system wakes them all and lets the quickest win, which is as a rule the same one. So each says, in memory
that they share, how many connections it holds, and leaves the next to others while it holds clearly more.
"""

import ctypes
import mmap
import os
import time
from collections.abc import Iterator

from tracker.serving.processes import lives

MOST = 128
"""Processes of one server that count each other, those that are leaving included."""

SLACK = 1
"""So many connections more than the least busy process may hold before it waits."""

SILENCE = 10.0
"""Seconds after which a process that says nothing is waited for by nobody."""


class Seat(ctypes.Structure):
    """What a process says of itself; `at` is when it did, by the clock that only goes forward."""

    _fields_ = (
        ("connections", ctypes.c_long),
        ("at", ctypes.c_double),
        ("leaving", ctypes.c_bool),
        ("answers", ctypes.c_bool),
    )

    connections: int
    at: float
    leaving: bool
    answers: bool

    def say(self, connections: int, *, leaving: bool = False) -> None:
        """How it stands with the process now."""
        self.connections, self.leaving, self.at = connections, leaving, time.monotonic()


class Turns:
    """The seats of the processes of one server; made by their master before they begin, and given out by it."""

    def __init__(self) -> None:
        self._seats = (Seat * MOST).from_buffer(mmap.mmap(-1, ctypes.sizeof(Seat) * MOST))
        self._successor = ctypes.c_int.from_buffer(mmap.mmap(-1, ctypes.sizeof(ctypes.c_int)))
        self._free = list(self._seats)
        self._expected = list[Seat]()

    def expect(self, processes: int) -> None:
        """So many are about to begin: the first of them leaves to the others what is theirs."""
        self._expected = self._free[-processes:]
        for seat in self._expected:
            seat.say(0)

    def all_answer(self) -> bool:
        """Whether the last of those that were expected has begun to answer; who sits where one ended counts for it."""
        return all(seat.answers for seat in self._expected)

    def take_seat(self) -> Seat:
        """A seat for a process that is about to begin. Beyond `MOST` it is one that nobody else looks at."""
        seat = self._free.pop() if self._free else Seat()
        seat.say(0)
        return seat

    def leave_seat(self, seat: Seat) -> None:
        """Its process has ended. As a rule another begins at once, and those who stay leave connections to it."""
        seat.say(0)
        seat.answers = False
        self._free.append(seat)

    def is_next(self, connections: int) -> bool:
        """Whether a process that holds so many may take one more."""
        return connections <= min((seat.connections for seat in self._staying()), default=connections) + SLACK

    def all_leave(self) -> bool:
        """Whether the server ends: nobody stays, and no other master has taken over the address."""
        return not any(self._staying()) and not (self._successor.value and lives(self._successor.value))

    def hand_over(self) -> None:
        """This process becomes the master of the server that follows (an upgrade)."""
        self._successor.value = os.getpid()

    def _staying(self) -> Iterator[Seat]:
        oldest = time.monotonic() - SILENCE
        return (seat for seat in self._seats if seat.at > oldest and not seat.leaving)
