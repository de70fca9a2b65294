"""Sessions: on the server for people who are signed in, in a signed cookie for visitors.

A signed-in browser holds a random token and nothing else; the row behind it is loaded together with
the person and the company, in one statement, before anything else of a request happens. A visitor's
cookie holds the CSRF token and notices, so that reading a page never writes to the database.
"""

from datetime import timedelta
from typing import Any

import structlog
from flask import Flask, Request, Response, current_app, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_login import AnonymousUserMixin, LoginManager, login_user
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from config import Config
from tracker.actions import sessions as actions
from tracker.clock import now
from tracker.db import PATIENCE, READS_ONLY, WRITING, Patience, db, is_passing
from tracker.models import Company, Person, SignInSession
from tracker.queries.clock import learn_time
from tracker.queries.market import DEMO, forget_remembered
from tracker.queries.sessions import DEVICE_KEPT, SignedInBrowser, session_of
from tracker.web.browsers import browser_name
from tracker.web.transactions import SAFE_METHODS, choose_kind

TOUCHED_EVERY = timedelta(minutes=1)
TOUCHING = Patience(lock=250, statement=2_000)
"""That somebody was here is written by the next request, if not by this one."""

log = structlog.get_logger()


class BrowserSession(SecureCookieSession):
    """What is kept for one browser. `person` is who is signed in there, and `reader` a copy that needs no database."""

    def __init__(self, initial: Any = None) -> None:
        super().__init__(initial)
        self.person: Person | None = None
        self.reader: Person | None = None
        self.row: SignInSession | None = None
        self.row_id: int | None = None
        self.seen_late = False
        self.new_token: str | None = None
        self.new_device: str | None = None
        self.trouble: Exception | None = None
        self.may_change = True

    @classmethod
    def of(cls, found: SignedInBrowser) -> "BrowserSession":
        """The session of a browser that is signed in."""
        kept = cls({"_user_id": found.person.get_id(), "_fresh": True} | found.row.data)
        kept.row, kept.person, kept.row_id = found.row, found.person, found.row.id
        kept.reader = _copy_of(found.person)
        kept.seen_late = now() - found.row.seen_at > TOUCHED_EVERY
        kept.modified = kept.accessed = False
        return kept


class Sessions(SecureCookieSessionInterface):
    """Opens and keeps the sessions of both kinds."""

    session_class = BrowserSession

    def open_session(self, app: Flask, request: Request) -> BrowserSession | None:
        """The session of this request. What fails here is reported by the first guard, and signs nobody out."""
        choose_kind(request.method)
        forget_remembered()
        token = request.cookies.get(cookie("sid"))
        try:
            full = _take_in_body(request)
            found = session_of(token) if token else None
            if found is None and request.method not in SAFE_METHODS:
                learn_time()  # a session tells it; who signs in is measured and kept by the time that others know
        except Exception as error:  # whatever it is, nobody has decided that the session ends
            unknown = BrowserSession()
            unknown.trouble, unknown.may_change = error, False
            return unknown
        opened = BrowserSession.of(found) if found else self._visitor(app, request)
        if opened is not None:
            opened.trouble = full
        return opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookies that changed, and keep what a signed-in session holds."""
        assert isinstance(session, BrowserSession)
        if not session.may_change:
            return
        if session.row_id is None:
            super().save_session(app, session, response)
            if cookie("sid") in request.cookies:
                _drop(response, "sid")
            return
        response.vary.add("Cookie")
        if session.new_token:
            _send(response, "sid", session.new_token)
            _drop(response, "pre")
        if session.new_device:
            _send(response, "device", session.new_device, lasts=DEVICE_KEPT)
        _keep(session)

    def _visitor(self, app: Flask, request: Request) -> BrowserSession | None:
        opened = super().open_session(app, request)
        assert opened is None or isinstance(opened, BrowserSession)
        return opened


def init_app(app: Flask) -> None:
    """Put the sessions and Flask-Login in place."""
    config: Config = app.config["TRACKER"]
    app.session_interface = Sessions()
    app.config.update(
        SESSION_COOKIE_NAME="pre" if config.on_loopback else "__Host-pre",
        SESSION_COOKIE_SECURE=not config.on_loopback,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )
    manager = LoginManager(app)
    manager.session_protection = None  # it would tie a session to an address; ours end on the server
    manager.user_loader(_who_is_signed_in)
    app.before_request(_report_trouble)


def cookie(name: str) -> str:
    """The name of one of our cookies; `__Host-` has browsers refuse it from anybody else."""
    return name if current_app.config["TRACKER"].on_loopback else f"__Host-{name}"


def sign_in_here(person: Person, method: str) -> None:
    """From here on this browser is the person's: a new session under a new token, nothing of the old one kept."""
    token, row = actions.begin_session(
        person, method, address=request.remote_addr or "", browser=browser_name(request.user_agent.string)
    )
    present = browser_session()
    present.clear()
    present.person, present.row, present.row_id, present.new_token = person, row, row.id, token
    login_user(person)
    present["csrf_token"] = actions.new_token()
    row.data = dict(present)
    present.modified = False


def remember_device(person: Person) -> None:
    """Let this browser go on trying for the person while strangers are held back."""
    browser_session().new_device = actions.know_device(person, device_token())


def device_token() -> str:
    """What the browser brings along from an earlier sign-in."""
    return request.cookies.get(cookie("device"), "")


def forget() -> None:
    """Make the browser a visitor's again, with nothing of the session kept."""
    present = browser_session()
    present.clear()
    present.person = present.row = present.row_id = present.new_token = None


def _take_in_body(request: Request) -> OSError | None:
    """Parse the form before anything is locked: a large one takes its time, and must hold up nobody.

    Its bytes are here already (`serving.bodies`). What is wrong with them is said later, where it can be answered with
    a page (`requests.py`); so is a disk that has no room for a large file.
    """
    try:
        len(request.form)
    except OSError as error:
        return error
    return None


def change_no_cookie() -> None:
    """This request has failed: the browser keeps what it has, and nothing is written down."""
    browser_session().may_change = False


def known_reader() -> Person | AnonymousUserMixin:
    """Who reads, as they were when the request began: asked of nobody. Of an unknown reader, a visitor."""
    return browser_session().reader or AnonymousUserMixin()


def known_demo() -> bool:
    """Whether this is a demo market, if it is known already."""
    return bool(db.session.info.get(DEMO))


def browser_session() -> BrowserSession:
    """The session of this request."""
    present = session._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(present, BrowserSession)
    return present


def present_session() -> SignInSession:
    """The row of the signed-in session of this request."""
    row = browser_session().row
    assert row is not None  # guard_route let no visitor through
    return row


def _copy_of(person: Person) -> Person:
    """The person and the company as they were loaded, belonging to no transaction."""
    company = Company(**_loaded(person.company))
    return Person(**_loaded(person), company=company)


def _loaded(row: Person | Company) -> dict[str, Any]:
    return {column.key: row.__dict__[column.key] for column in type(row).__table__.columns}


def _who_is_signed_in(person_id: str) -> Person | None:
    return browser_session().person  # the session that names the person was loaded with it


def _report_trouble() -> None:
    trouble = browser_session().trouble
    if trouble is not None:
        raise trouble


def _keep(present: BrowserSession) -> None:
    """Write what changed on a connection of its own: the request may only have read, and its work is done."""
    changes: dict[str, object] = {"seen_at": now()} if present.seen_late else {}
    if present.modified:
        changes["data"] = dict(present)
    if not changes:
        return
    db.session.rollback()
    READS_ONLY.set(False)
    PATIENCE.set(WRITING if present.modified else TOUCHING)
    try:
        with db.engine.begin() as connection:
            connection.execute(update(SignInSession).where(SignInSession.id == present.row_id).values(**changes))
    except SQLAlchemyError as error:
        if not is_passing(error):
            raise
        log.warning("a session could not be kept", reason=type(error).__name__)


def _send(response: Response, name: str, value: str, *, lasts: timedelta | None = None) -> None:
    response.set_cookie(
        cookie(name),
        value,
        max_age=lasts,
        secure=not current_app.config["TRACKER"].on_loopback,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def _drop(response: Response, name: str) -> None:
    secure = not current_app.config["TRACKER"].on_loopback
    response.delete_cookie(cookie(name), secure=secure, httponly=True, samesite="Lax", path="/")
