"""A browser in the hands of somebody: it keeps cookies, and sends each form with the token of the page it was on."""

import re
from contextvars import Context
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tracker.actions.hashing import ARGON2ID
from tracker.db import db
from tracker.models import Person

PASSWORD = "seven green lanterns"


class Visitor:
    """One browser at one address."""

    def __init__(self, app: Flask, *, address: str = "127.0.0.1", site: str = "http://localhost") -> None:
        self.client: FlaskClient = app.test_client()
        self.site = site
        self.token = ""
        self._environ = {"REMOTE_ADDR": address, "HTTP_USER_AGENT": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"}

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page and remember its token."""
        db.session.commit()
        answer = self._alone("GET", path, **options)
        found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
        self.token = found.group(1) if found else self.token
        return answer

    def post(self, path: str, headers: dict[str, str] | None = None, **fields: Any) -> TestResponse:
        """Send a form with the token last seen."""
        db.session.commit()
        answer = self._alone("POST", path, data={"csrf_token": self.token, **fields}, headers=headers)
        db.session.expire_all()
        return answer

    def _alone(self, method: str, path: str, **options: Any) -> TestResponse:
        """As a server would: the test's own context must not lend the request its person and its session."""
        options |= {"method": method, "base_url": self.site, "environ_base": self._environ}
        return Context().run(self.client.open, path, **options)

    def sign_in(self, person: Person, password: str = PASSWORD, path: str = "/sign-in") -> TestResponse:
        """Sign in by password."""
        self.get("/sign-in")
        return self.post(path, user_name=person.user_name, password=password)

    def cookie(self, name: str) -> str | None:
        """The value of a cookie that the browser holds."""
        host = self.site.split("://")[1]
        found = self.client.get_cookie(name, domain=host)
        return found.value if found else None


def give_password(person: Person, password: str = PASSWORD) -> None:
    """Let the person sign in by password."""
    person.password_hash = ARGON2ID.hash(password)
    db.session.commit()


def signed_in(app: Flask, person: Person, **options: Any) -> Visitor:
    """A browser in which the person signed in by password."""
    give_password(person)
    visitor = Visitor(app, **options)
    assert visitor.sign_in(person).status_code == 302
    visitor.get("/account")
    return visitor


def without_token(answer: TestResponse) -> str:
    """The page but for its token, which is another on every page."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text)


def reasons(answer: TestResponse) -> list[str]:
    """The reasons beside fields and above the form."""
    return re.findall(r'(?:class="field-error"[^>]*|role="alert" tabindex="-1"><p)>([^<]*)<', answer.text)
