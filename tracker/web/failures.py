"""The errors that actions raise, and those of the framework and the database, as pages a person can act on.

Such a page asks nothing of the database: whatever failed may be what it would ask. It shows the reader as they were
known when the request began, and what a failed request had brought, ready to be sent again.
"""

import secrets

import structlog
from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from tracker.committing import OutcomeUnknown
from tracker.db import is_passing, state_of, took_too_long, undo
from tracker.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NoRoom,
    NotFound,
    TooLarge,
    TooMany,
    TrackerError,
    Unavailable,
)
from tracker.storage import FULL, NO_ROOM
from tracker.web.sent import sent_words
from tracker.web.sessions import change_no_cookie, known_demo, known_reader
from tracker.web.transactions import SAFE_METHODS

STATUS_OF_ERROR: dict[type[TrackerError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    TooLarge: 413,
    Invalid: 422,
    TooMany: 429,
    Unavailable: 503,
    NoRoom: 507,
}

TITLES = {
    400: "The request could not be understood",
    403: "That is not for you to do",
    404: "Not found",
    405: "That cannot be done here",
    409: "Something changed meanwhile",
    413: "Too large",
    422: "That cannot be taken as it is",
    429: "Too many tries",
    500: "Something broke on our side",
    503: "The product is busy",
    507: "There is no room left",
}

TEXTS = {
    404: "There is no such page, or it belongs to an issue that your company takes no part in.",
    405: "Go back and use the buttons of the page.",
    413: "Files take at most 20 MB each, and 25 MB in one sending. Send them one by one, or make them smaller.",
    500: "What you did was not saved. Try again; if it breaks again, tell the operator the time and what you did.",
}

NOT_READ = "The database is busy or cannot be reached. You are not signed out. Wait a few seconds and try again."
NOT_SAVED = "The database is busy or cannot be reached, so nothing was saved. Wait a few seconds and send it again."
IN_DOUBT = "We cannot say whether this was saved"
UNKNOWN = (
    "The connection to the database broke at the last step, so we cannot say whether this was saved. "
    "Look before you send it again."
)

log = structlog.get_logger()


def register(app: Flask) -> None:
    """Translate every error once, for all pages."""
    app.register_error_handler(TrackerError, _tracker_error)
    app.register_error_handler(Unavailable, _not_here)
    app.register_error_handler(OSError, _disk_full)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(StaleDataError, _stale_row)
    app.register_error_handler(SQLAlchemyError, _database_error)
    app.register_error_handler(OutcomeUnknown, _outcome_unknown)


def error_page(status: int, text: str, **more: str) -> Response:
    """The page of an error. Nothing of this request is kept, here or in the browser, and nothing is asked."""
    undo()
    change_no_cookie()
    known = {"current_user": known_reader(), "demo_market": known_demo, "get_flashed_messages": _no_notices}
    told = {"title": TITLES.get(status, "That did not work"), "text": text, "status": status, **more}
    return make_response(render_template("error.html", **told, **known, **_once_more(status)), status)


def _no_notices(**asked: object) -> tuple[str, ...]:
    """They wait in the session for the next page that can be shown."""
    return ()


def _once_more(status: int) -> dict[str, object]:
    """What was asked for or sent, where it failed through no fault of who sent it."""
    if status < 500:
        return {}
    if request.method in SAFE_METHODS:
        return {"again": request.full_path.rstrip("?")}
    return {"sent": sent_words()}


def status_of(error: TrackerError) -> int:
    """The HTTP status of one of our errors."""
    return STATUS_OF_ERROR[type(error)]


def _tracker_error(error: TrackerError) -> Response:
    answer = error_page(status_of(error), str(error))
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


def _not_here(error: Unavailable) -> Response:
    return error_page(503, str(error), title="Not here at this moment")


def _disk_full(error: OSError) -> Response:
    """Also where the server puts a large upload before anybody has looked at it."""
    if error.errno not in FULL:
        raise error
    return error_page(507, NO_ROOM)


def _stale_form(error: CSRFError) -> Response:
    text = (
        "This form is no longer valid: you signed in again, or it is too old. Go back, reload the page, and send again."
    )
    return error_page(400, text)


def _stale_row(error: StaleDataError) -> Response:
    return error_page(409, "Somebody else changed this at the same moment. Go back, reload, and send again.")


def _database_error(error: SQLAlchemyError) -> Response:
    if not is_passing(error) and not took_too_long(error):
        raise error
    failure = _log("the database is busy or away", error)
    return error_page(503, NOT_READ if request.method in SAFE_METHODS else NOT_SAVED, failure=failure)


def _outcome_unknown(error: OutcomeUnknown) -> Response:
    failure = _log("nobody can say whether a request was written", error.__cause__ or error)
    number = (request.view_args or {}).get("number")
    look_at = f"/issues/{number}" if number else "/"
    return error_page(503, UNKNOWN, title=IN_DOUBT, look_at=look_at, failure=failure)


def _log(event: str, error: BaseException) -> str:
    """By a number that the page shows too. The address as a rule: what stands in its places can be a token."""
    failure = secrets.token_hex(4)
    reason = type(getattr(error, "orig", error)).__name__
    rule = request.url_rule.rule if request.url_rule else None
    log.warning(event, failure=failure, method=request.method, rule=rule, reason=reason, sqlstate=state_of(error))
    return failure


def _http_error(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    return error_page(status, TEXTS.get(status, error.description or ""))
