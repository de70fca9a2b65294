"""The product under gunicorn on a free port of loopback, and what its processes use."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from bench.databases import DATA, SECRET

WORKERS = 2
TICKS = os.sysconf("SC_CLK_TCK")
STARTS_WITHIN = 30


@dataclass(frozen=True)
class Server:
    """A running product. `database` is the process id of PostgreSQL, None for SQLite."""

    process: subprocess.Popen[bytes]
    port: int
    database: int | None

    def cpu_seconds(self) -> float:
        """CPU used so far by the workers, and by PostgreSQL and its backends."""
        return sum(_cpu(process) for process in self._processes())

    def workers_rss(self) -> int:
        """Bytes of memory that the workers hold, together."""
        return sum(_rss(process) for process in _descendants(self.process.pid))

    def workers_own(self) -> int:
        """Bytes of memory that the workers hold and share with no file: the index is read where it lies."""
        return sum(_rss(process, "RssAnon:") for process in _descendants(self.process.pid))

    def _processes(self) -> list[int]:
        own = _descendants(self.process.pid)
        return own + ([self.database, *_descendants(self.database)] if self.database else [])


@contextmanager
def served(url: str, data: Path) -> Iterator[Server]:
    """The product over the database of this address, from ready to stopped."""
    port = free_port()
    data.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "--log-level", "warning", "wsgi:app"]
    root = Path(__file__).parent.parent
    process = subprocess.Popen(command, env=environment(url, data, port), cwd=root, start_new_session=True)
    try:
        _wait_until_ready(process, port)
        yield Server(process, port, _postgres(url))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=40)


def environment(url: str, data: Path, port: int) -> dict[str, str]:
    """The settings of the product that is measured."""
    return os.environ | {
        "TRACKER_DATABASE_URL": url,
        "TRACKER_SECRET_KEY": SECRET,
        "TRACKER_DATA": str(data),
        "TRACKER_BASE_URL": f"http://127.0.0.1:{port}",
        "TRACKER_BIND": f"127.0.0.1:{port}",
        "TRACKER_WORKERS": str(WORKERS),
    }


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit("gunicorn stopped at once; its message stands above.")
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/static/css/base.css")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"gunicorn did not answer within {STARTS_WITHIN} seconds.")


def _postgres(url: str) -> int | None:
    """The process id of the server, from the file that PostgreSQL keeps in its data folder."""
    if not url.startswith("postgresql"):
        return None
    return int((DATA / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def _descendants(parent: int) -> list[int]:
    """The child processes of a process, and theirs."""
    found: list[int] = []
    for children in Path(f"/proc/{parent}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            found += [child, *_descendants(child)]
    return found


def _cpu(process: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    # utime, stime, and those of children that have ended: a backend that left still did its work.
    return sum(map(int, fields[11:15])) / TICKS


def _rss(process: int, of: str = "VmRSS:") -> int:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(of):
            return int(line.split()[1]) * 1024
    return 0
