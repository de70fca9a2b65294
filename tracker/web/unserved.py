"""What is said to requests that are not begun: made beforehand, since it must cost nothing when it is needed."""

from flask import Flask
from werkzeug.wrappers import Response

from tracker.web.context import STYLESHEETS
from tracker.web.failures import TITLES

TEXTS = {
    400: (
        "What was sent did not arrive whole, or cannot be read, so nothing was done and nothing was saved.",
        "Reload this page: your browser asks whether to send the form again; say yes, and nothing that you typed is "
        "lost. If it happens again, send fewer or smaller files at a time.",
    ),
    413: (
        "This browser is not signed in, and what it sent is more than a sign-in takes, so nothing was done or saved.",
        "Sign in in another tab. Then reload this page: your browser asks whether to send the form again; say yes, and "
        "nothing that you typed is lost.",
    ),
    503: (
        "Too much is being done at this moment, so this was not begun and nothing was saved.",
        "Wait a few seconds and reload this page. If you had sent a form, your browser asks whether to send it again: "
        "say yes, and nothing that you typed is lost.",
    ),
    507: (
        "The disk of the server takes no more, so what you sent was not kept and nothing was saved.",
        "Tell the operator. Then reload this page: your browser asks whether to send the form again; say yes, and "
        "nothing that you typed is lost. Pages can be read meanwhile.",
    ),
}


def unserved(app: Flask) -> dict[int, Response]:
    """A page of the product for each status; nobody is asked who reads it."""
    return {status: _page(app, status) for status in TEXTS}


def _page(app: Flask, status: int) -> Response:
    template = app.jinja_env.get_template("unserved.html")
    said = {"status": status, "title": TITLES[status], "texts": TEXTS[status]}
    page = template.render(stylesheets=STYLESHEETS, **said)
    return Response(page, status, content_type="text/html; charset=utf-8")
