"""The door owns the transaction: one commit for each request that succeeded, none for one that did not."""

from flask import Flask, Response, request

from tracker.db import READS_ONLY, db

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Commit after an answer that is no error; everything else is rolled back when the request ends."""
    app.after_request(_commit_success)


def choose_kind(method: str) -> None:
    """Say before the first statement whether this request may write, so that writers wait at the start."""
    READS_ONLY.set(method in SAFE_METHODS)


def commit_now() -> None:
    """Keep what a refused request must not lose, such as a half-filled form."""
    db.session.commit()


def _commit_success(response: Response) -> Response:
    if request.method not in SAFE_METHODS and response.status_code < 400:
        db.session.commit()
    return response
