"""A process that answers: gunicorn's, but that it takes connections in turn and waits for no slow client."""

import selectors
import time
from functools import partial
from socket import socket
from types import FrameType
from typing import Any, ClassVar

from gunicorn import util
from gunicorn.http.body import LengthReader
from gunicorn.http.message import Request
from gunicorn.workers.gthread import TConn, ThreadWorker

from tracker.serving.leaving import LEAVING
from tracker.serving.pace import BODY, FAREWELL, HEAD, PacedSocket
from tracker.serving.turns import Turns

PAUSE = 0.005
MOST_PAUSES = 40
"""Seconds for which a connection is left to others, and how often: after that, whoever would be next is stuck."""

SETTLES = 0.25
"""Seconds after which it is known whether the others leave too."""

TURNS = Turns()
"""Made when the master loads this module, and shared by all that it begins."""


def is_read(req: Request) -> bool:
    """Whether its body, of a length that was said or in chunks, was read to the end."""
    reader = req.body.reader
    return not (reader.length if isinstance(reader, LengthReader) else reader.parser)


class Connection(TConn):
    """A client's connection. What is still to be said to it is said in the thread that answered."""

    sock: PacedSocket

    def part(self) -> None:
        """Say that nothing more comes, and hear the client out for a moment: it may be reading the answer yet."""
        self.sock.expect(FAREWELL)
        util.close_graceful(self.sock, FAREWELL.seconds)

    def close(self, graceful: bool = False) -> None:
        """Called in the loop of the process, which waits for nobody."""
        util.close(self.sock)


class Worker(ThreadWorker):
    """One process of the server: a loop takes connections and watches the silent ones, threads answer the rest."""

    lingers: ClassVar[float] = 0
    """Seconds for which a server that ends goes on answering, and says to balancers that it is not ready."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.seat = TURNS.take_seat()
        self._pauses, self._pausing, self._paused_at = 0, False, 0.0
        self._told_at: float | None = None

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """The pace of a client cannot be watched through TLS."""
        if cfg.is_ssl:
            raise SystemExit(
                "Tracker speaks plain HTTP. Let the proxy in front of it speak TLS, and take the certificate away."
            )

    def notify(self) -> None:
        """Called in every round of the loop."""
        super().notify()
        self.seat.say(self.nr_conns, leaving=self._told_at is not None or not self.alive)
        if self._told_at is not None:
            self._leave_in_time(self._told_at)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM: end every connection with its next answer, and leave when balancers have had time to look."""
        if self._told_at is None:
            self._told_at = time.monotonic()
            self.max_keepalived = 0
            self.method_queue.defer(lambda: None)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Not while a connection is left to others."""
        super().set_accept_enabled(enabled and not self._pausing)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """A short wait while a connection is left to others; then the loop looks at it again."""
        timeout, self._pausing = PAUSE if self._pausing else timeout, False
        super().wait_for_and_dispatch_events(timeout)

    def accept(self, listener: socket) -> None:
        """Take the connection that waits, or leave it to a process that holds fewer."""
        if self._leaves_it_to_others():
            self._pause()
            return
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return  # another process was quicker, or the client went
        except OSError:  # no descriptor is left: it waits until one is
            self._pause()
            return
        self.nr_conns += 1
        self._await_first_word(Connection(self.cfg, PacedSocket.of(client), address, listener.getsockname()))

    def handle(self, conn: Connection) -> Any:
        """Read a request and answer it; what ends the connection is said here, and not in the loop."""
        conn.sock.expect(HEAD)
        stays = super().handle(conn)
        if not stays:
            conn.part()
        return stays

    def handle_request(self, req: Request, conn: Connection) -> bool:
        """From here on a body comes. Of one that was refused unread the rest is waited for by nobody."""
        conn.sock.expect(BODY)
        answered: bool = super().handle_request(req, conn)
        return answered and is_read(req)

    def _await_first_word(self, conn: Connection) -> None:
        """A client that says nothing costs no thread."""
        conn.timeout = time.monotonic() + HEAD.seconds
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _leaves_it_to_others(self) -> bool:
        now = time.monotonic()
        if now - self._paused_at > 3 * PAUSE:
            self._pauses = 0  # that was about another connection
        if self._pauses == MOST_PAUSES or TURNS.is_next(self.nr_conns):
            self._pauses = 0
            return False
        self._pauses, self._paused_at = self._pauses + 1, now
        return True

    def _pause(self) -> None:
        self._pausing = True
        self.set_accept_enabled(False)

    def _leave_in_time(self, told_at: float) -> None:
        """Those who stay need no look of a balancer; where all leave, the address itself is going."""
        if TURNS.all_leave():
            LEAVING.set()
        lingers = self.lingers if LEAVING.is_set() else min(self.lingers, SETTLES)
        if time.monotonic() >= told_at + lingers:
            self.alive = False
