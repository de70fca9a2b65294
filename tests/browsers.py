"""A browser without a screen: Flask's test client, signed in through the product's own sessions."""

from contextvars import Context
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tracker.actions.sessions import begin_session
from tracker.db import db
from tracker.models import Person


class ApartClient(FlaskClient):
    """A client whose requests share nothing with the test: no transaction, no loaded rows."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        db.session.commit()
        answer = Context().run(super().open, *args, **kwargs)
        db.session.expire_all()
        return answer


def signed_in(app: Flask, person: Person | None) -> FlaskClient:
    """A client in which the person is signed in; nobody, for None."""
    client = ApartClient(app)
    if person is not None:
        token, _ = begin_session(person, "link", address="127.0.0.1", browser="A test")
        db.session.commit()
        client.set_cookie("sid", token)
    return client
