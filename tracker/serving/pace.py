"""A client's connection, given up when the client is too slow, however it divides its bytes."""

import errno
import os
import socket
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Pace(NamedTuple):
    """So many seconds, and one more for every `rate` bytes that have moved, but never more than `most`."""

    seconds: float
    rate: float
    most: float = float("inf")


HEAD = Pace(10, float("inf"))
"""The line and the headers of a request, all of them."""

BODY = Pace(10, 32 * 1024, 300)
ANSWER = Pace(30, 1024)
FAREWELL = Pace(2, float("inf"))
"""What still comes of a connection that is being closed."""

PART = 64 * 1024
"""Bytes of a file that are sent at a time."""


@dataclass(slots=True)
class Allowance:
    """How long a client may still take."""

    pace: Pace
    moved: int = 0
    begun: float = field(default_factory=lambda: monotonic())

    def left(self, more: int = 0) -> float:
        """Seconds until the client is too slow, when `more` bytes are about to move. Raises `TooSlow`."""
        allowed = min(self.pace.seconds + (self.moved + more) / self.pace.rate, self.pace.most)
        left = self.begun + allowed - monotonic()
        if left <= 0:
            raise TooSlow
        return left


class TooSlow(ConnectionResetError):
    """The client had its time. Gunicorn passes over it in silence, as over every connection that breaks."""

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "The client was too slow.")


class PacedSocket(socket.socket):
    """What is received keeps to the pace that is expected, what is sent to that of an answer."""

    _coming: Allowance
    _going: Allowance | None

    @classmethod
    def of(cls, accepted: socket.socket) -> "PacedSocket":
        """The same connection, under our eyes."""
        return cls(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())

    def expect(self, pace: Pace) -> None:
        """From now on the client sends at this pace; its answer is still to come."""
        self._coming, self._going = Allowance(pace), None

    def recv(self, size: int, flags: int = 0) -> bytes:
        """What has come. Raises `TooSlow`."""
        self.settimeout(self._coming.left())
        try:
            data = super().recv(size, flags)
        except TimeoutError as error:
            raise TooSlow from error
        self._coming.moved += len(data)
        return data

    def sendall(self, data: "ReadableBuffer", flags: int = 0) -> None:
        """Everything, in the time that so much may take. Raises `TooSlow`."""
        size = memoryview(data).nbytes
        going = self._going = self._going or Allowance(ANSWER)
        self.settimeout(going.left(size))
        try:
            super().sendall(data, flags)
        except TimeoutError as error:
            raise TooSlow from error
        going.moved += size

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """A file, at the pace of the whole answer: the system's own way has the time begin anew with each part."""
        file.seek(offset)
        left = os.fstat(file.fileno()).st_size - offset if count is None else count
        sent = 0
        while sent < left and (part := file.read(min(PART, left - sent))):
            self.sendall(part)
            sent += len(part)
        return sent
