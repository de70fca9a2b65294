"""Clients that are slow, by their number and by what becomes of them (the drills do the same with a real proxy)."""

import errno
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from config import LARGEST_REQUEST
from tests.serving.lines import LONGEST
from tests.serving.running import Server, running
from tracker.serving import pace
from tracker.serving.bodies import OF_A_STRANGER
from tracker.serving.pace import ANSWER, BODY, Allowance, Pace, PacedSocket, TooSlow

HALVES = [
    b"GET /sign-in HT",
    b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nX-Half: a head",
    b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 1000\r\n\r\nuser_name=half+a+body",
]
EACH, SILENT = 20, 200
MANY_THREADS = 64
LONGEST_WAIT = 5 if os.environ.get("TRACKER_DRILLS") == "1" else LONGEST
"""Seconds for which anybody is held up; only the drills hold it against the clock."""


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Server]:
    with running(data) as started:
        yield started


@pytest.mark.drill
def test_halves_and_silence_hold_up_nobody_and_are_given_up(server: Server) -> None:
    """Those that say nothing are more than there are threads: none waits for a first word."""
    with ExitStack() as held:
        slow = [held.enter_context(server.raw()) for _ in range(EACH * len(HALVES) + SILENT)]
        for number, client in enumerate(slow[SILENT:]):
            client.sendall(HALVES[number % len(HALVES)])
        for path in ("/healthz", "/readyz", "/sign-in", "/static/css/base.css") * 3:
            assert server.get(path, within=LONGEST_WAIT).status == 200
        assert all(threads_of(worker) < MANY_THREADS for worker in server.workers())
        for client in slow:
            with suppress(ConnectionResetError):
                while client.recv(1024):  # whatever is said to it, in the end it is closed
                    pass


def threads_of(process: int) -> int:
    """How many threads a process has."""
    return len(list(Path(f"/proc/{process}/task").iterdir()))


def test_whoever_does_not_close_holds_up_nobody(server: Server) -> None:
    """Gunicorn hears out each of them for two seconds in the loop that takes connections."""
    asks = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with ExitStack() as held:
        open_still = [held.enter_context(server.raw()) for _ in range(60)]
        for client in open_still:
            client.sendall(asks)
        for client in open_still:
            assert client.recv(15) == b"HTTP/1.1 200 OK"
        assert server.get("/healthz").status == 200


TRICKLES = [
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 20000000\r\n\r\n",
    b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 20000000\r\n\r\n",
    b"Cookie: sid=any\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 20000000\r\n\r\n",
]
A_FILE = b"Cookie: sid=any\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 20000000\r\n\r\n"
BEGINS = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize("head", TRICKLES, ids=["plain form", "files", "plain form of somebody known"])
def test_what_is_refused_by_its_head_holds_no_thread(server: Server, head: bytes) -> None:
    """The answer comes before anything of the body, and with it the end."""
    with server.raw() as client:
        client.sendall(BEGINS + head)
        said = b"".join(iter(lambda: client.recv(64 * 1024), b""))
    assert said.startswith(b"HTTP/1.1 413 ")


MORE = OF_A_STRANGER + 500
"""Bytes of a body that is seen to be too large only near its end."""


def test_of_a_body_that_was_refused_unread_the_rest_is_not_waited_for(server: Server) -> None:
    """Otherwise it would be taken in after all, by the thread that refused it, up to what follows."""
    refused = BEGINS + b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n" % MORE + b"x" * MORE + b"\r\n0\r\n\r\n"
    with server.raw() as client:
        client.sendall(refused + b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        said = b"".join(iter(lambda: client.recv(64 * 1024), b""))
    assert said.startswith(b"HTTP/1.1 413 ")
    assert b"HTTP/1.1 200" not in said


@pytest.mark.drill
def test_bodies_that_trickle_hold_up_no_other(server: Server) -> None:
    """More than there are threads: those that find no room are told so at once, and let go."""
    with ExitStack() as held:
        slow = [held.enter_context(server.raw()) for _ in range(300)]
        for client in slow:
            client.sendall(BEGINS + A_FILE + b"x" * 1200)
        for path in ("/healthz", "/readyz", "/sign-in", "/static/css/base.css") * 3:
            assert server.get(path, within=LONGEST_WAIT).status == 200
        for client in slow:
            with suppress(ConnectionResetError):
                while client.recv(1024):  # a page that says 503, or nothing: in the end it is closed
                    pass


@pytest.fixture
def pair() -> Iterator[tuple[PacedSocket, socket.socket]]:
    ours, theirs = socket.socketpair()
    paced = PacedSocket.of(ours)
    theirs.settimeout(LONGEST)
    with paced, theirs:
        yield paced, theirs


def test_a_client_that_says_nothing_has_its_time(pair: tuple[PacedSocket, socket.socket]) -> None:
    ours, _ = pair
    ours.expect(Pace(0.05, float("inf")))
    with pytest.raises(TooSlow) as refusal:
        ours.recv(10)
    assert refusal.value.errno == errno.ECONNRESET, "gunicorn passes over this one without a traceback"


class Clock:
    """Says what the test says."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What a pace is measured by."""
    given = Clock()
    monkeypatch.setattr(pace, "monotonic", given)
    return given


def test_one_byte_after_the_other_wins_no_time(pair: tuple[PacedSocket, socket.socket], clock: Clock) -> None:
    ours, theirs = pair
    ours.expect(Pace(LONGEST, float("inf")))
    theirs.sendall(b"x" * 10)
    for _ in range(4):
        assert ours.recv(1) == b"x"
        clock.now += LONGEST / 4
    with pytest.raises(TooSlow):
        ours.recv(1)


def test_what_moves_wins_the_time_that_it_takes(clock: Clock) -> None:
    allowance = Allowance(Pace(10, 1024))
    assert allowance.left() == 10
    allowance.moved = 1024 * 60
    assert allowance.left() == 70
    clock.now += 71
    with pytest.raises(TooSlow):
        allowance.left()
    assert allowance.left(1024 * 10) == 9, "an answer has the time of what is about to move"


def test_a_body_has_so_much_time_and_no_more(clock: Clock) -> None:
    """A slow line is heard to the end; 1,200 bytes a second are not, nor is anybody for ever."""
    of_a_slow_line, of_a_trickle, endless = Allowance(BODY), Allowance(BODY), Allowance(BODY)
    endless.moved = 10**12
    for second in range(1, 291):
        clock.now += 1
        of_a_slow_line.moved = 96 * 1024 * second
        of_a_slow_line.left()
        if second == 11:
            of_a_trickle.moved = 1200 * second
            with pytest.raises(TooSlow):
                of_a_trickle.left()
    assert of_a_slow_line.moved > LARGEST_REQUEST, "the largest of all came in that time"
    assert endless.left() == 10
    clock.now += 10
    with pytest.raises(TooSlow):
        endless.left()


@pytest.mark.parametrize("way", ["sendall", "sendfile"])
def test_an_answer_that_nobody_reads_is_given_up(
    pair: tuple[PacedSocket, socket.socket], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    ours, _ = pair
    ours.expect(Pace(LONGEST, 1))
    monkeypatch.setattr(pace, "ANSWER", Pace(0.05, float("inf")))
    large = tmp_path / "large"
    large.write_bytes(b"x" * 50_000_000)
    with large.open("rb") as file, pytest.raises(TooSlow):
        ours.sendall(file.read()) if way == "sendall" else ours.sendfile(file)


def test_a_file_that_is_read_by_the_drop_is_given_up(
    pair: tuple[PacedSocket, socket.socket], tmp_path: Path, clock: Clock
) -> None:
    """However often something of it is taken: what counts is how long all of it may take."""
    ours, theirs = pair
    ours.expect(Pace(LONGEST, 1))
    large = tmp_path / "large"
    large.write_bytes(b"x" * 5_000_000)

    def read_by_the_drop() -> None:
        while theirs.recv(4 * 1024):
            clock.now += ANSWER.seconds - 1

    reader = threading.Thread(target=read_by_the_drop)
    reader.start()
    try:
        with large.open("rb") as file, pytest.raises(TooSlow):
            ours.sendfile(file)
    finally:
        ours.close()
        reader.join()


def test_a_file_is_sent_whole_from_where_it_is_asked_for(
    pair: tuple[PacedSocket, socket.socket], tmp_path: Path
) -> None:
    ours, theirs = pair
    ours.expect(Pace(LONGEST, 1))
    small = tmp_path / "small"
    small.write_bytes(b"0123456789")
    with small.open("rb") as file:
        assert (ours.sendfile(file, 2), ours.sendfile(file, 4, 3)) == (8, 3)
    ours.close()
    assert theirs.makefile("rb").read() == b"23456789" + b"456"
