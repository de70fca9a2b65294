"""A real browser on a real server: Chromium over the product on loopback, with a database of its own."""

import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue

import pytest
from flask import Flask, Response, request, request_finished
from flask_migrate import upgrade
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
from werkzeug.serving import make_server

from config import Config
from tests.cast import Cast, make_cast
from tests.conftest import SECRET
from tests.emptying import empty_everything
from tests.patience import IN_BROWSER
from tracker import create_app
from tracker.actions.sessions import begin_session
from tracker.db import READS_ONLY, db
from tracker.models import Person

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STANDING_STILL = """
window.moment = 500;
Object.defineProperty(Event.prototype, "timeStamp", { get: () => window.moment });
"""
"""Every key is pressed half a second after its page has come, until a test moves the moment on."""

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium; without one the browser tests are left out, and one line says so."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("No browser was found, so the browser tests are left out. Run: apt-get install chromium")
    with sync_playwright() as playwright:
        expect.set_options(timeout=IN_BROWSER)
        yield _started(playwright, path)


def _started(playwright: Playwright, path: str) -> Browser:
    return playwright.chromium.launch(executable_path=path, args=QUIET, timeout=IN_BROWSER)


class Served:
    """The product as it is served, and who plays in it."""

    def __init__(self, app: Flask, address: str) -> None:
        self.app, self.address = app, address
        self.kept: SimpleQueue[str] = SimpleQueue()

    def note(self, app: Flask, response: Response) -> None:
        """After each answer: which words of a comment were kept by it."""
        if "/replies/" in request.path:
            self.kept.put(request.form.get("comment", ""))

    def cookie_of(self, user_name: str) -> dict[str, str]:
        """The cookie of a browser in which this person is signed in."""
        with self.app.app_context():
            person = db.session.query(Person).filter_by(user_name=user_name).one()
            token, _ = begin_session(person, "link", address="127.0.0.1", browser="Chromium")
            db.session.commit()
        return {"name": "sid", "value": token, "url": self.address}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The product on a free port of this machine, over an empty migrated SQLite database."""
    data = tmp_path_factory.mktemp("served")
    server = make_server("localhost", 0, Flask("none"), threaded=True)
    address = f"http://localhost:{server.port}"
    app = create_app(Config(data, f"sqlite:///{data / 'tracker.sqlite'}", SECRET, address, 4))
    with app.app_context():
        upgrade(directory="migrations")
    server.app = app
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    served = Served(app, address)
    with request_finished.connected_to(served.note, app):
        yield served
    server.shutdown()
    thread.join()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def cast(served: Served) -> Iterator[Cast]:
    """The cast of every story, in the database that is served; what the story leaves is removed."""
    with served.app.app_context():
        stories = make_cast()
        READS_ONLY.set(True)  # what the story looks up here must not hold up the writers that are served
        yield stories
        db.session.rollback()
        READS_ONLY.set(False)
        empty_everything()


@pytest.fixture
def as_person(chromium: Browser, served: Served) -> Iterator[Callable[..., Page]]:
    """Opens a window in which this person is signed in: `as_person("ann", width=375, dark=True)`."""
    opened: list[BrowserContext] = []

    def window(user_name: str | None, *, width: int = 1440, dark: bool = False, script: bool = True) -> Page:
        context = chromium.new_context(
            base_url=served.address,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        opened.append(context)
        if user_name:
            context.add_cookies([served.cookie_of(user_name)])  # type: ignore[list-item]
        context.set_default_timeout(IN_BROWSER)
        context.add_init_script(STANDING_STILL)
        return context.new_page()

    yield window
    for context in opened:
        context.close()
