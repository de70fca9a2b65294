"""The errors that actions raise, and those of the framework, as pages a person can act on."""

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from tracker.db import db, took_too_long
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
    503: "Nothing was saved. Wait a few seconds and try again.",
}


def register(app: Flask) -> None:
    """Translate every error once, for all pages."""
    app.register_error_handler(TrackerError, _tracker_error)
    app.register_error_handler(Unavailable, _not_here)
    app.register_error_handler(OSError, _disk_full)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(StaleDataError, _stale_row)
    app.register_error_handler(OperationalError, _database_busy)


def error_page(status: int, text: str, title: str = "") -> tuple[str, int]:
    """The page of an error; nothing of this request is kept in the database."""
    db.session.rollback()
    title = title or TITLES.get(status, "That did not work")
    return render_template("error.html", title=title, text=text, status=status), status


def status_of(error: TrackerError) -> int:
    """The HTTP status of one of our errors."""
    return STATUS_OF_ERROR[type(error)]


def _tracker_error(error: TrackerError) -> ResponseReturnValue:
    page = error_page(status_of(error), str(error))
    return (*page, {"Retry-After": str(error.seconds)}) if isinstance(error, TooMany) else page


def _not_here(error: Unavailable) -> tuple[str, int]:
    return error_page(503, str(error), "Not here at this moment")


def _disk_full(error: OSError) -> tuple[str, int]:
    """Also where the server puts a large upload before anybody has looked at it."""
    if error.errno not in FULL:
        raise error
    return error_page(507, NO_ROOM)


def _stale_form(error: CSRFError) -> tuple[str, int]:
    text = (
        "This form is no longer valid: you signed in again, or it is too old. Go back, reload the page, and send again."
    )
    return error_page(400, text)


def _stale_row(error: StaleDataError) -> tuple[str, int]:
    return error_page(409, "Somebody else changed this at the same moment. Go back, reload, and send again.")


def _database_busy(error: OperationalError) -> tuple[str, int]:
    if took_too_long(error):
        return error_page(400, "This takes longer than two seconds to find. Add a word or a condition and try again.")
    return error_page(503, TEXTS[503])


def _http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    return error_page(status, TEXTS.get(status, error.description or ""))
