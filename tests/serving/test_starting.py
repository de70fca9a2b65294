"""How a server begins, is replaced and ends: said plainly, nobody refused meanwhile, nothing under way lost."""

import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.serving.lines import LONGEST
from tests.serving.running import ROOT, Server, asked, begun, free_port, running

CODE = """
import os
from wsgi_of_tracker import app
inner = app.wsgi_app

def marked(environ, start_response):
    def begin(status, headers, error=None):
        return start_response(status, [*headers, ("X-Code", "{version}"), ("X-Process", str(os.getpid()))], error)
    return inner(environ, begin)

app.wsgi_app = marked
"""


def refused(data: Path, **settings: str) -> str:
    """What a server says that does not start; it must be one sentence, and an end that a script notices."""
    process = begun(data, ROOT, settings)
    _, said = process.communicate(timeout=LONGEST)
    assert process.returncode not in (0, None)
    sentence = [line for line in said.splitlines() if not line.startswith("[")]
    assert len(sentence) == 1, said
    assert "ERROR" not in said
    return sentence[0]


def test_a_second_server_on_a_port_that_is_taken_says_so(data: Path, tmp_path: Path) -> None:
    """Also with other data, which `reuse_port` would let share the port with the first."""
    with running(data) as server:
        for other in (data, tmp_path):
            said = refused(other, TRACKER_BIND=server.address)
            assert said.startswith(f"Another server listens on {server.address} already.")
        assert server.get("/healthz").status == 200


def test_a_second_server_on_a_socket_that_is_taken_says_so(data: Path) -> None:
    """Gunicorn would take the place of the first without a word."""
    path = data / "taken.sock"
    with socket.socket(socket.AF_UNIX) as first:
        first.bind(str(path))
        first.listen()
        assert "listens on unix:" in refused(data, TRACKER_BIND=f"unix:{path}", TRACKER_TRUSTED_PROXIES="unix")
    with running(
        data, TRACKER_BIND=f"unix:{path}", TRACKER_TRUSTED_PROXIES="unix"
    ) as server:  # what a server left that is gone is replaced
        assert server.end() == 0


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"TRACKER_BIND": "203.0.113.7:8000"}, "203.0.113.7:8000"),
        (
            {"TRACKER_BIND": "unix:/no/such/folder/web.sock", "TRACKER_TRUSTED_PROXIES": "unix"},
            "unix:/no/such/folder/web.sock",
        ),
        ({"TRACKER_METRICS_TOKEN_FILE": "/no/such/token"}, "TRACKER_METRICS_TOKEN_FILE"),
    ],
)
def test_what_cannot_be_is_one_sentence(data: Path, settings: dict[str, str], word: str) -> None:
    assert word in refused(data, **settings)


@pytest.mark.parametrize(
    ("base_url", "trusted", "warned"),
    [
        ("https://tracker.example", "", True),
        ("https://tracker.example", "127.0.0.1", False),
        ("http://localhost", "", False),
    ],
)
def test_a_server_that_takes_nobodys_word_behind_a_proxy_says_so(
    data: Path, base_url: str, trusted: str, warned: bool
) -> None:
    with running(data, TRACKER_BASE_URL=base_url, TRACKER_TRUSTED_PROXIES=trusted) as server:
        said = [line for line in server.said if "TRACKER_TRUSTED_PROXIES names none" in line]
        assert len(said) == warned


def test_make_run_says_so_before_it_makes_anything(data: Path, tmp_path: Path) -> None:
    with running(data) as server:
        port = server.address.rpartition(":")[2]
        command = ["make", "--silent", "--old-file=.venv/ready", "run", f"PORT={port}", f"TRACKER_DATA={tmp_path}"]
        ended = subprocess.run(
            command, cwd=ROOT, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=LONGEST
        )
    assert ended.returncode != 0
    assert f"Another server listens on 127.0.0.1:{port} already." in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


@contextmanager
def code(folder: Path, version: str) -> Iterator[Path]:
    """The product as some version of it, which says its name in every answer."""
    for name in ("config.py", "environment.py", "gunicorn.conf.py", "tracker", "migrations"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "wsgi_of_tracker.py").symlink_to(ROOT / "wsgi.py")
    (folder / "wsgi.py").write_text(CODE.format(version=version))
    yield folder


def test_code_that_does_not_load_never_listens(data: Path, tmp_path: Path) -> None:
    with code(tmp_path, "1") as folder:
        (folder / "wsgi.py").write_text("raise RuntimeError('broken')")
        port = free_port()
        process = begun(data, folder, {"TRACKER_BIND": f"127.0.0.1:{port}"})
        _, said = process.communicate(timeout=LONGEST)
    assert process.returncode not in (0, None)
    assert "Listening at" not in said


class Asking:
    """A balancer that asks all the time, on a new connection each time, and keeps what is answered."""

    def __init__(self, server: Server) -> None:
        self._server, self._over = server, threading.Event()
        self.answers: set[tuple[int, str | None]] = set()
        self._thread = threading.Thread(target=self._go)

    def _go(self) -> None:
        while not self._over.is_set():
            answer = self._server.get("/readyz")
            self.answers.add((answer.status, answer.headers["X-Code"]))

    def __enter__(self) -> "Asking":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()


def test_an_upgrade_replaces_the_master_and_refuses_nobody(data: Path, tmp_path: Path) -> None:
    """Nor is it ever unready: the address is served all the time."""
    with code(tmp_path, "1") as folder, running(data, cwd=folder, TRACKER_TRUSTED_PROXIES="127.0.0.1") as server:
        assert server.get("/healthz").headers["X-Code"] == "1"
        (folder / "wsgi.py").write_text(CODE.format(version="2"))
        with Asking(server) as asking:
            server.process.send_signal(signal.SIGUSR2)
            assert server.process.wait(LONGEST) == 0, "the old master goes when the new one answers"
            assert server.get("/healthz").headers["X-Code"] == "2"
        assert asking.answers == {(200, "1"), (200, "2")}


SECOND_WAITS = """
begun = []

def wait_if_second():
    if len(begun) == 2:
        open({path!r}).close()

os.register_at_fork(before=lambda: begun.append(1), after_in_child=wait_if_second)
"""
"""Of the processes of this version, the second begins when somebody opens the other end of a pipe."""


def test_the_old_master_goes_with_the_last_new_process_and_not_before(data: Path, tmp_path: Path) -> None:
    """Whoever came after it was gone found nobody to send away, did not begin, and took the new server along."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with code(tmp_path, "1") as folder, running(data, cwd=folder) as server:
        (folder / "wsgi.py").write_text(CODE.format(version="2") + SECOND_WAITS.format(path=str(pipe)))
        server.process.send_signal(signal.SIGUSR2)
        while server.get("/healthz").headers["X-Code"] == "1":
            pass
        server.process.send_signal(signal.SIGWINCH)  # which it says, after whatever it was sent before, and lets be
        server.wait_for("Handling signal: winch")
        assert not [line for line in server.said if "Handling signal: term" in line]
        pipe.open("w").close()
        assert server.process.wait(LONGEST) == 0
        assert server.get("/healthz").headers["X-Code"] == "2"


def test_an_upgrade_whose_old_master_has_gone_by_itself_goes_on(data: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with code(tmp_path, "1") as folder, running(data, cwd=folder) as server:
        (folder / "wsgi.py").write_text(CODE.format(version="2") + SECOND_WAITS.format(path=str(pipe)))
        server.process.send_signal(signal.SIGUSR2)
        while server.get("/healthz").headers["X-Code"] == "1":
            pass
        assert server.end(signal.SIGKILL) == -signal.SIGKILL
        pipe.open("w").close()
        assert len(two_that_answer(server, "2")) == 2


def two_that_answer(server: Server, version: str) -> set[str]:
    """As soon as there are two processes of this version: each connection stays, so that the next is another's."""
    seen = set[str]()
    with ExitStack() as kept:
        while len(seen) < 2:
            connection = kept.enter_context(closing(server.connect()))
            told = asked(connection, "/healthz").headers
            seen |= {told["X-Process"]} if told["X-Code"] == version else set()
    return seen


def test_an_upgrade_to_code_that_does_not_load_changes_nothing(data: Path, tmp_path: Path) -> None:
    with code(tmp_path, "1") as folder, running(data, cwd=folder) as server:
        before = server.workers()
        (folder / "wsgi.py").write_text("raise RuntimeError('broken')")
        server.process.send_signal(signal.SIGUSR2)
        server.wait_for("broken")
        assert server.get("/healthz").headers["X-Code"] == "1"
        assert set(before) <= set(server.workers())
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(LONGEST) == 0


def post_half(server: Server) -> tuple[socket.socket, bytes]:
    """A form under way: what is still to come of it is returned."""
    body = b"user_name=somebody&password=not+a+password"
    head = (
        "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    client = server.raw()
    client.sendall(head.encode() + body[:10])
    return client, body[10:]


def test_what_is_under_way_is_finished_and_balancers_see_it_first(data: Path) -> None:
    """Behind a proxy the server goes on taking connections for a while: a balancer must see that it is not ready."""
    with running(data, TRACKER_TRUSTED_PROXIES="127.0.0.1") as server:
        client, rest = post_half(server)
        probe = server.connect()
        assert asked(probe, "/readyz").status == 200
        server.process.send_signal(signal.SIGTERM)
        ready = until_unready(server)
        assert ready["checks"]["process"] == "is stopping"
        meanwhile = server.get("/sign-in")
        assert (meanwhile.status, meanwhile.headers["Connection"]) == (200, "close"), "nobody is refused, nobody stays"
        with client:
            client.sendall(rest)
            answer = client.makefile("rb").readline()
        assert answer.startswith(b"HTTP/1.1 400"), "the form was looked at: its token is missing"
        assert server.process.wait(LONGEST) == 0
        probe.close()


def until_unready(server: Server) -> dict[str, dict[str, str]]:
    """What /readyz says as soon as it says no; each time is asked of whichever process answers."""
    while True:
        answer = server.get("/readyz")
        if answer.status == 503:
            told: dict[str, dict[str, str]] = json.loads(answer.text)  # type: ignore[attr-defined]
            return told


def test_without_a_proxy_a_server_ends_when_the_last_answer_is_made(data: Path) -> None:
    with running(data) as server:
        client, rest = post_half(server)
        assert server.get("/healthz").status == 200
        server.process.send_signal(signal.SIGTERM)
        server.wait_for("Handling signal: term")
        with client:
            client.sendall(rest)
            assert client.makefile("rb").readline().startswith(b"HTTP/1.1 400")
        assert server.process.wait(LONGEST) == 0


def test_systemd_is_led_to_the_master(data: Path, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(data / "notify"))
        systemd.settimeout(LONGEST)
        with running(data, NOTIFY_SOCKET=str(data / "notify")) as server:
            said = b""
            while b"MAINPID" not in said:
                said = systemd.recv(1024)
            assert said.decode() == f"MAINPID={server.process.pid}"


def test_counts_of_processes_that_ended_are_forgotten_and_others_kept(data: Path) -> None:
    with running(data, TRACKER_METRICS_TOKEN="a token") as server:
        gone = data / "metrics" / "counter_4194303.db"
        gone.touch()
        with running(data) as another:
            another.wait_for("Booting worker")
            assert not gone.exists()
            assert server.get("/metrics", Authorization="Bearer a token").status == 200
