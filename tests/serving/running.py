"""The product as gunicorn serves it: started, watched by what it says, and ended with everything that it began."""

import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

from tests.conftest import SECRET
from tests.serving.lines import LONGEST, Lines

ROOT = Path(__file__).parents[2]


class Server:
    """A running gunicorn, and what it says."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process, self.address = process, address
        self._lines = Lines(process.stderr)
        self.wait_for, self.said = self._lines.wait_for, self._lines.said

    def workers(self) -> list[int]:
        """The processes that answer."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(child) for child in children.split()]

    def connect(self, within: float = LONGEST) -> HTTPConnection:
        """A connection that stays; each answer on it must come in time."""
        host, _, port = self.address.rpartition(":")
        connection = HTTPConnection(host.strip("[]"), int(port), timeout=within)
        connection.connect()
        return connection

    def get(self, path: str, *, within: float = LONGEST, **headers: str) -> HTTPResponse:
        """The answer to one request on a connection of its own, read."""
        connection = self.connect(within)
        try:
            return asked(connection, path, **headers)
        finally:
            connection.close()

    def raw(self) -> socket.socket:
        """A connection on which anything can be said."""
        host, _, port = self.address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=LONGEST)

    def connections(self) -> dict[int, int]:
        """How many clients each process holds."""
        ours = established(int(self.address.rpartition(":")[2]))
        return {worker: len(_sockets(worker) & ours) for worker in self.workers()}

    def end(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end, and wait until it has."""
        self.process.send_signal(number)
        return self.process.wait(timeout=LONGEST)

    def kill(self) -> None:
        """End the server and all that it began, whatever they are doing."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=LONGEST)
        self._lines.close()


def asked(connection: HTTPConnection, path: str, **headers: str) -> HTTPResponse:
    """The answer on a connection that stays; its body is read, and kept as `text`."""
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    answer.text = answer.read().decode()  # type: ignore[attr-defined]
    return answer


@contextmanager
def running(data: Path, *, cwd: Path = ROOT, **settings: str) -> Iterator[Server]:
    """The product over the data in this folder, on a free port of loopback unless `TRACKER_BIND` is given."""
    bind = settings.setdefault("TRACKER_BIND", f"127.0.0.1:{free_port()}")
    server = Server(begun(data, cwd, settings), bind.removeprefix("unix:"))
    try:
        server.wait_for("Listening at")
        yield server
    finally:
        server.kill()


def begun(data: Path, cwd: Path, settings: dict[str, str]) -> subprocess.Popen[str]:
    """The process of a server that has just been started."""
    return subprocess.Popen(
        [Path(sys.executable).with_name("gunicorn"), "wsgi:app"],
        cwd=cwd,
        env=environment(data, settings),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def environment(data: Path, settings: dict[str, str]) -> dict[str, str]:
    """Nothing of the surroundings but what finds the programs, and the settings."""
    own = {"PATH": os.environ["PATH"], "TRACKER_DATA": str(data), "TRACKER_SECRET_KEY": SECRET}
    return own | settings


def free_port() -> int:
    """A port of loopback that nobody listens on, and that the system gives to no client meanwhile."""
    for port in random.sample(range(20_000, 32_000), 100):
        with suppress(OSError), socket.socket() as listener:
            listener.bind(("127.0.0.1", port))
            return port
    raise AssertionError("of a hundred ports none is free")


def established(port: int) -> set[str]:
    """The sockets of clients on our side of this port."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    found = (line.split() for line in lines)
    return {one[9] for one in found if one[3] == "01" and int(one[1].rpartition(":")[2], 16) == port}


def _sockets(process: int) -> set[str]:
    links = (os.readlink(path) for path in Path(f"/proc/{process}/fd").iterdir())
    return {link[8:-1] for link in links if link.startswith("socket:")}
