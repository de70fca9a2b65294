"""A browser without a screen: Flask's test client, signed in through the product's own sessions."""

from flask import Flask
from flask.testing import FlaskClient

from tracker.actions.sessions import begin_session
from tracker.db import db
from tracker.models import Person


def signed_in(app: Flask, person: Person | None) -> FlaskClient:
    """A client in which the person is signed in; nobody, for None."""
    client = app.test_client()
    if person is not None:
        token, _ = begin_session(person, "link", address="127.0.0.1", browser="A test")
        db.session.commit()
        client.set_cookie("sid", token)
    return client
