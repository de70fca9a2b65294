"""A new secret key ends nothing that the one before began, while that one is known (security.md S49)."""

from collections.abc import Iterator
from dataclasses import replace
from http.cookies import SimpleCookie

import pytest
from flask import Flask

from config import Config
from tests.cast import Cast
from tests.visitor import Visitor, give_password
from tests.visitor import signed_in as sign_in
from tracker import create_app
from tracker.db import db

NEW = "another-key-for-tests-9876543210-zyxwvutsrq"
REFUSED = "This form is no longer valid"


@pytest.fixture
def rotated(app: Flask, config: Config) -> Iterator[Flask]:
    """The product under the new key, to which the one before is still known."""
    yield from running(replace(config, secret_key=NEW, earlier_keys=(config.secret_key,)))


@pytest.fixture
def forgetful(app: Flask, config: Config) -> Iterator[Flask]:
    """The product under the new key alone."""
    yield from running(replace(config, secret_key=NEW))


def running(config: Config) -> Iterator[Flask]:
    other = create_app(config)
    yield other
    with other.app_context():
        for engine in db.engines.values():
            engine.dispose()


def moved(visitor: Visitor, app: Flask) -> Visitor:
    """The same browser, with the page that it has open, before the product as it is now."""
    after = Visitor(app)
    after.token = visitor.token
    for name in ("pre", "sid", "device"):
        cookie = visitor.client.get_cookie(name)
        if cookie is not None:
            after.client.set_cookie(name, cookie.value)
    return after


def test_a_visitor_signs_in_on_a_page_from_before(app: Flask, rotated: Flask, forgetful: Flask, cast: Cast) -> None:
    give_password(cast.acme)
    for now, status in ((rotated, 302), (forgetful, 400)):
        visitor = Visitor(app)
        visitor.get("/sign-in")
        after = moved(visitor, now)
        answer = after.post("/sign-in", user_name=cast.acme.user_name, password="seven green lanterns")
        assert answer.status_code == status, answer.text


def test_who_is_signed_in_goes_on_with_a_form_that_was_open(
    app: Flask, rotated: Flask, forgetful: Flask, cast: Cast
) -> None:
    give_password(cast.acme)
    for now, status in ((rotated, 302), (forgetful, 400)):
        visitor = sign_in(app, cast.acme)
        visitor.get("/account")
        after = moved(visitor, now)
        answer = after.post("/account/mail", answered="now")
        assert answer.status_code == status
        assert (REFUSED in answer.text) is (status == 400)
        assert after.get("/account").status_code == 200, "the session itself is the database's"


def test_nothing_is_signed_with_the_key_before(app: Flask, rotated: Flask, forgetful: Flask, cast: Cast) -> None:
    """So the key before can be taken away when its last pages are closed."""
    visitor = Visitor(rotated)
    page = visitor.get("/sign-in")
    assert SimpleCookie(page.headers["Set-Cookie"])["pre"].value
    for now, status in ((forgetful, 422), (app, 400)):
        after = moved(visitor, now)
        assert after.post("/sign-in", user_name="nobody.here", password="seven green lanterns").status_code == status
