"""So many requests work at once: what takes a place, what waits for one, and what needs none."""

import errno
import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from gunicorn.http.errors import ChunkMissingTerminator, InvalidChunkSize, InvalidHeader, NoMoreData
from werkzeug.test import Client, EnvironBuilder, TestResponse
from werkzeug.wrappers import Response

from config import LARGEST_REQUEST, PLAIN_FORM, URL_ENCODED, Config
from tests.conftest import SECRET
from tests.serving.running import ROOT
from tracker import create_app
from tracker.db import db
from tracker.serving import bodies
from tracker.serving.bodies import OF_A_STRANGER, DiskFull
from tracker.serving.places import MOST_COMING, MOST_WAITING, Places, is_begun
from tracker.web.access import Access, access
from tracker.web.sessions import cookie

LONGEST = 60
BUSY = {400: Response("unread", 400), 503: Response("busy", 503)}


def cookie_named(base_url: str) -> str:
    """The cookie of a session, as a product of this address names it."""
    app = Flask(__name__)
    app.config["TRACKER"] = Config(Path(), "sqlite://", SECRET, base_url, 4)
    with app.app_context():
        return cookie("sid")


class Work:
    """An application whose requests last until they are let go; it keeps what bodies it was given."""

    def __init__(self) -> None:
        self.begun, self.let_go = threading.Semaphore(0), threading.Event()
        self.at_once, self.most_at_once = 0, 0
        self.bodies: list[bytes] = []
        self.lengths: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.bodies.append(environ["wsgi.input"].read())
        self.lengths.append(environ.get("CONTENT_LENGTH", ""))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.begun.release()
        assert self.let_go.wait(LONGEST)
        self.at_once -= 1
        return Response("done")(environ, start_response)


@pytest.fixture
def work() -> Iterator[Work]:
    application = Work()
    yield application
    application.let_go.set()


@pytest.fixture
def beside() -> Iterator[Callable[..., "Future[TestResponse]"]]:
    """Sends a request from a thread of its own: `beside(places, "/")`."""
    with ThreadPoolExecutor(MOST_WAITING + MOST_COMING) as pool:
        yield lambda app, path="/", **options: pool.submit(Client(app, use_cookies=False).open, path, **options)


def test_no_more_work_at_once_than_there_are_places(work: Work, beside: Callable[..., "Future[TestResponse]"]) -> None:
    places = Places(work, 2, BUSY)
    sent = [beside(places) for _ in range(5)]
    for _ in range(2):
        assert work.begun.acquire(timeout=LONGEST)
    work.let_go.set()
    assert [one.result(LONGEST).text for one in sent] == ["done"] * 5
    assert work.most_at_once == 2


def test_whoever_finds_no_place_in_time_is_sent_away(work: Work, beside: Callable[..., "Future[TestResponse]"]) -> None:
    places = Places(work, 1, BUSY, patience=LONGEST)
    first = beside(places)
    assert work.begun.acquire(timeout=LONGEST)
    places.patience = 0
    assert beside(places).result(LONGEST).status_code == 503
    work.let_go.set()
    assert first.result(LONGEST).text == "done"
    assert len(work.bodies) == 1, "what was sent away must not be done later"


def test_what_has_begun_is_never_given_up() -> None:
    """Nobody is patient, and what is done is answered; what waits is taken back, and not done later."""
    begun, waits = Future[str](), Future[str]()
    assert begun.set_running_or_notify_cancel()
    assert is_begun(begun, 0)
    assert not is_begun(waits, 0)
    assert waits.cancelled()


def test_a_crowd_is_sent_away_at_once(work: Work, beside: Callable[..., "Future[TestResponse]"]) -> None:
    """Nobody waits here for long, and yet one is told at once: the others hold all the room there is for waiting."""
    places = Places(work, 1, BUSY, patience=LONGEST)
    sent = [beside(places) for _ in range(1 + MOST_WAITING + 1)]
    assert first_of(sent).status_code == 503
    work.let_go.set()
    assert sorted(one.result(LONGEST).status_code for one in sent) == [200] * (1 + MOST_WAITING) + [503]


def first_of(sent: "list[Future[TestResponse]]") -> TestResponse:
    """Whatever is answered first."""
    answered, _ = wait(sent, LONGEST, FIRST_COMPLETED)
    return answered.pop().result()


ALLOWED = range(1, 65)
"""What `TRACKER_THREADS` may be."""

THREADS = (
    "import os, runpy\n"
    f"for at_once in {ALLOWED!r}:\n"
    "    os.environ['TRACKER_THREADS'] = str(at_once)\n"
    "    print(runpy.run_path('gunicorn.conf.py')['threads'])\n"
)


def test_however_many_work_threads_are_left_for_what_needs_no_place(work: Work, tmp_path: Path) -> None:
    """With every place taken and everybody waiting who may."""
    environ = {"PATH": os.environ["PATH"], "TRACKER_DATA": str(tmp_path)}
    command = [sys.executable, "-c", THREADS]
    told = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True).stdout
    admitted = [Places(work, at_once, BUSY)._inside._value for at_once in ALLOWED]
    left = [int(threads) - inside for threads, inside in zip(told.split(), admitted, strict=True)]
    assert min(left) >= MOST_COMING + 28, "with every body that may trickle besides"
    assert all(int(threads) / 2 >= MOST_COMING for threads in told.split())


def test_an_answer_that_is_read_slowly_holds_no_place() -> None:
    def product(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])
        return iter([b"a", b"b"])

    places = Places(product, 1, BUSY, patience=LONGEST)
    environ = EnvironBuilder().get_environ
    unread = [places(environ(), lambda status, headers, error=None: None) for _ in range(3)]  # type: ignore[arg-type]
    assert [b"".join(answer) for answer in unread] == [b"ab"] * 3


def body(stream: object, length: int | None = None, *, cookie: str = "sid=any", **head: str) -> dict[str, Any]:
    """A request with this body, of a length that is said or not, from a browser that has a session."""
    said = {"HTTP_TRANSFER_ENCODING": "chunked"} if length is None else {"CONTENT_LENGTH": str(length)}
    given = {"wsgi.input": stream, "wsgi.input_terminated": True, "HTTP_COOKIE": cookie, **said, **head}
    return {"method": "POST", "environ_overrides": given}


class Trickle(io.RawIOBase):
    """A body whose second half comes when it is let go."""

    def __init__(self, first: bytes, then: bytes) -> None:
        self.waits, self.let_go, self._parts = threading.Event(), threading.Event(), [first, then]

    def read(self, size: int = -1) -> bytes:
        if len(self._parts) == 1:
            self.waits.set()
            assert self.let_go.wait(LONGEST)
        return self._parts.pop(0) if self._parts else b""


def test_a_body_that_trickles_holds_no_place(work: Work, beside: Callable[..., "Future[TestResponse]"]) -> None:
    places, slow = Places(work, 1, BUSY, patience=LONGEST), Trickle(b"half", b"half")
    work.let_go.set()
    sent = beside(places, **body(slow, 8))
    assert slow.waits.wait(LONGEST)
    assert beside(places).result(LONGEST).text == "done"
    slow.let_go.set()
    assert sent.result(LONGEST).text == "done"
    assert work.bodies == [b"", b"halfhalf"]


def test_bodies_that_trickle_leave_threads_to_others(work: Work, beside: Callable[..., "Future[TestResponse]"]) -> None:
    """As many as may come; one more is told at once, what has no body goes on, and room that is left is found again."""
    places = Places(work, 1, BUSY, patience=LONGEST)
    work.let_go.set()
    slow = [Trickle(b"half", b"half") for _ in range(MOST_COMING)]
    sent = [beside(places, **body(one, 8)) for one in slow]
    assert all(one.waits.wait(LONGEST) for one in slow)
    assert beside(places, **body(io.BytesIO(b"whole"), 5)).result(LONGEST).status_code == 503
    assert beside(places).result(LONGEST).text == "done"
    for one in slow:
        one.let_go.set()
    assert [one.result(LONGEST).text for one in sent] == ["done"] * MOST_COMING
    assert beside(places, **body(io.BytesIO(b"whole"), 5)).result(LONGEST).text == "done"


class Broken(io.RawIOBase):
    """The client goes, or is given up."""

    def read(self, size: int = -1) -> bytes:
        raise ConnectionResetError


@pytest.mark.parametrize("stream", [io.BytesIO(b"half"), io.BytesIO(b""), Broken()], ids=["half", "none", "broken"])
def test_half_a_body_is_never_acted_on(work: Work, stream: io.IOBase) -> None:
    work.let_go.set()
    sent = Client(Places(work, 1, BUSY), use_cookies=False).open("/", **body(stream, 8))
    assert sent.status_code == 400
    assert work.bodies == []


def test_a_body_of_unsaid_length_is_taken_in_whole(work: Work) -> None:
    work.let_go.set()
    words = b"word" * bodies.IN_MEMORY
    for given in (b"", words):
        Client(Places(work, 1, BUSY), use_cookies=False).open("/", **body(io.BytesIO(given)))
    assert work.bodies == [b"", words]
    assert work.lengths == ["0", str(len(words))]


def test_a_disk_that_takes_no_more_says_so() -> None:
    with open("/dev/full", "wb", buffering=0) as full, pytest.raises(DiskFull):
        bodies._write(full, b"x")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole product with one place."""
    data = tmp_path_factory.mktemp("places")
    app = create_app(Config(data, f"sqlite:///{data / 'tracker.sqlite'}", SECRET, "http://localhost", 4), at_once=1)
    with app.app_context():
        upgrade(directory="migrations")
    app.add_url_rule("/occupy", view_func=occupied, methods=["GET"])
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


BEGUN, END = threading.Event(), threading.Event()


@access(Access.PUBLIC)
def occupied() -> str:
    """Takes a place until it is let go."""
    BEGUN.set()
    assert END.wait(LONGEST)
    return "done"


@pytest.fixture(autouse=True)
def nothing_occupied() -> None:
    BEGUN.clear()
    END.clear()


def test_probes_and_files_need_no_place(served: Flask, beside: Callable[..., "Future[TestResponse]"]) -> None:
    holding = beside(served, "/occupy")
    assert BEGUN.wait(LONGEST)
    for path in ("/healthz", "/readyz", "/static/css/base.css"):
        with beside(served, path).result(LONGEST) as answer:
            assert answer.status_code == 200
    END.set()
    assert holding.result(LONGEST).status_code == 200


def test_the_page_of_a_busy_product_is_one_of_ours(
    served: Flask, beside: Callable[..., "Future[TestResponse]"]
) -> None:
    """And asks nothing: it comes while every place is taken."""
    occupied_by = [beside(served, "/occupy") for _ in range(1 + MOST_WAITING + 1)]
    answer = first_of(occupied_by)
    END.set()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "reload this page" in answer.text
    assert answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("length", [LARGEST_REQUEST + 1, 10**15])
def test_what_is_too_large_is_refused_unread_on_a_page(served: Flask, length: int) -> None:
    sent = Client(served, use_cookies=False).open("/sign-in", **body(Broken(), length))
    assert sent.status_code == 413
    assert "Files take at most" in sent.text


STRANGERS = ["", "pre=any; device=any", "side=any"]


@pytest.mark.parametrize("cookie", STRANGERS)
def test_what_a_stranger_sends_is_refused_by_its_head(served: Flask, cookie: str) -> None:
    """Whatever its type, and though its length is not said."""
    for kind in (URL_ENCODED, "multipart/form-data; boundary=x", "image/png"):
        sent = Client(served, use_cookies=False).open(
            "/sign-in", **body(Broken(), OF_A_STRANGER + 1, cookie=cookie, CONTENT_TYPE=kind)
        )
        assert (sent.status_code, sent.headers["Cache-Control"]) == (413, "no-store")
        assert "not signed in" in sent.text
    endless = Counted()
    assert Client(served, use_cookies=False).open("/sign-in", **body(endless, cookie=cookie)).status_code == 413
    assert endless.given == OF_A_STRANGER + 1


@pytest.mark.parametrize("name", [cookie_named("http://localhost"), cookie_named("https://tracker.example")])
def test_whoever_brings_a_session_may_send_files(work: Work, name: str) -> None:
    work.let_go.set()
    sent = b"x" * (OF_A_STRANGER + 1)
    Client(Places(work, 1, BUSY), use_cookies=False).open(
        "/", **body(io.BytesIO(sent), len(sent), cookie=f"{name}=any")
    )
    assert work.bodies == [sent]


def test_a_plain_form_beyond_its_limit_is_refused_unread(served: Flask) -> None:
    for kind in (URL_ENCODED, "Application/X-WWW-Form-Urlencoded; charset=utf-8"):
        sent = Client(served, use_cookies=False).open("/sign-in", **body(Broken(), PLAIN_FORM + 1, CONTENT_TYPE=kind))
        assert sent.status_code == 413
        assert "longer than 1,048,576 bytes" in sent.text
    endless = Counted()
    assert (
        Client(served, use_cookies=False).open("/sign-in", **body(endless, CONTENT_TYPE=URL_ENCODED)).status_code == 413
    )
    assert endless.given == PLAIN_FORM + 1


class OnFullDisk(io.RawIOBase):
    """As if what is read could not be written."""

    def read(self, size: int = -1) -> bytes:
        raise DiskFull


def test_a_body_for_which_there_is_no_room_is_refused_on_a_page(served: Flask) -> None:
    sent = Client(served, use_cookies=False).open("/sign-in", **body(OnFullDisk(), 8))
    assert (sent.status_code, sent.headers["Cache-Control"]) == (507, "no-store")
    assert "The disk of the server takes no more" in sent.text


FAULTS = [
    ConnectionResetError(),
    NoMoreData(),
    InvalidChunkSize(b"zz"),
    ChunkMissingTerminator(b"x"),
    InvalidHeader("x"),
]


class Faulty(io.RawIOBase):
    """A body that begins well."""

    def __init__(self, fault: Exception) -> None:
        self._begins, self._fault = io.BytesIO(b"user_name="), fault

    def read(self, size: int = -1) -> bytes:
        if found := self._begins.read(size):
            return found
        raise self._fault


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_body_that_cannot_be_read_is_refused_on_a_page(served: Flask, fault: Exception) -> None:
    """As gunicorn says it, whose own answer would be no page; nor would Werkzeug's."""
    sent = Client(served, use_cookies=False).open("/sign-in", **body(Faulty(fault)))
    assert (sent.status_code, sent.headers["Cache-Control"]) == (400, "no-store")
    assert "did not arrive whole" in sent.text


BROKEN_DISKS = {errno.ENOSPC: 507, errno.EDQUOT: 507, errno.EFBIG: 507, errno.EMFILE: 503, errno.EIO: 503}


@pytest.mark.parametrize("step", ["write", "seek"])
@pytest.mark.parametrize("number", BROKEN_DISKS, ids=errno.errorcode.get)
def test_a_disk_that_takes_no_body_is_answered_on_a_page(
    served: Flask, monkeypatch: pytest.MonkeyPatch, number: int, step: str
) -> None:
    def fail(*given: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(bodies.SpooledTemporaryFile, step, fail)
    sent = Client(served, use_cookies=False).open("/sign-in", **body(io.BytesIO(b"user_name=ann")))
    assert (sent.status_code, sent.headers["Cache-Control"]) == (BROKEN_DISKS[number], "no-store")
    assert "<h1>" in sent.text


class Endless(io.RawIOBase):
    """A body that does not end by itself."""

    def read(self, size: int = -1) -> bytes:
        return b"x" * size


class Counted(Endless):
    """It knows how much was read."""

    given = 0

    def read(self, size: int = -1) -> bytes:
        self.given += size
        return super().read(size)


def test_what_turns_out_too_large_is_refused_on_a_page(served: Flask) -> None:
    assert Client(served, use_cookies=False).open("/sign-in", **body(Endless())).status_code == 413


def test_places_begin_with_the_process_that_answers(tmp_path: Path) -> None:
    """The application is loaded before its processes begin: what is open or running then would be shared by them."""
    told = (
        "import os, threading, wsgi\n"
        "print(threading.active_count())\n"
        "print(*(os.readlink(f'/proc/self/fd/{fd}') for fd in os.listdir('/proc/self/fd')"
        " if os.path.exists(f'/proc/self/fd/{fd}')), sep='\\n')"
    )
    environ = {"PATH": os.environ["PATH"], "TRACKER_DATA": str(tmp_path)}
    said = subprocess.run([sys.executable, "-c", told], env=environ, capture_output=True, text=True, check=True).stdout
    threads, *opened = said.splitlines()
    assert threads == "1"
    assert not [path for path in opened if path.startswith((str(tmp_path), "socket:"))]
