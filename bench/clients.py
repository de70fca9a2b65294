"""Clients that keep one connection each and ask one request after another."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

LONGEST = 6.0
"""Seconds after which a round ends, however few requests it has sent."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: a page to get, or a form to send."""

    path: str
    form: dict[str, str] | None = None


@dataclass(frozen=True)
class Round:
    """What one round of requests took: seconds for each answer, in all, and how many were refused."""

    answers: Sequence[float]
    seconds: float
    refused: int

    @property
    def per_second(self) -> float:
        """Requests a second."""
        return len(self.answers) / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        ordered = sorted(self.answers)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ask_all(port: int, cookie: str, asks: Sequence[Ask], clients: int) -> Round:
    """Send the requests over so many connections at once, each client its share."""
    answers: list[float] = []
    refused: list[int] = []
    start = time.perf_counter()
    threads = [
        threading.Thread(target=_client, args=(port, cookie, asks[number::clients], start, answers, refused))
        for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Round(answers, time.perf_counter() - start, len(refused))


def page(port: int, cookie: str, path: str) -> str:
    """The text of one page."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    status, body = _send(connection, cookie, Ask(path))
    connection.close()
    if status != 200:
        raise SystemExit(f"{path} answered {status}:\n{body[:600].decode()}")
    return body.decode()


def _client(
    port: int, cookie: str, asks: Sequence[Ask], start: float, answers: list[float], refused: list[int]
) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    for ask in asks:
        begun = time.perf_counter()
        if begun - start > LONGEST:
            break
        status = _status(connection, cookie, ask)
        answers.append(time.perf_counter() - begun)
        if status not in (200, 302):
            refused.append(status)
    connection.close()


def _status(connection: HTTPConnection, cookie: str, ask: Ask) -> int:
    """The status of an answer; 0 when the connection broke, as when a worker is replaced by a fresh one."""
    try:
        return _send(connection, cookie, ask)[0]
    except OSError:
        connection.close()
        return 0


def _send(connection: HTTPConnection, cookie: str, ask: Ask) -> tuple[int, bytes]:
    headers = {"Cookie": f"sid={cookie}"}
    if ask.form is None:
        connection.request("GET", ask.path, headers=headers)
    else:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("POST", ask.path, body=urlencode(ask.form), headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


Workload = Callable[[int], list[Ask]]
"""Makes so many requests."""
