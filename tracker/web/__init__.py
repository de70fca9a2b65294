"""The pages. A view loads, reads its form, calls one action, and redirects or renders."""

from flask import Flask
from flask_wtf import CSRFProtect

from tracker.web import access, context, failures, once, origin, requests, sessions, transactions
from tracker.web.numbers import BoundedInteger
from tracker.web.pages import PAGES

csrf = CSRFProtect()


def init_app(app: Flask) -> None:
    """Sessions, guards, error pages and every group of pages."""
    app.url_map.converters["int"] = BoundedInteger
    app.request_class = requests.BoundedRequest
    origin.init_app(app)
    sessions.init_app(app)
    app.before_request(requests.refuse_unreadable)
    csrf.init_app(app)
    app.before_request(access.refuse_unstorable)
    app.before_request(access.guard_route)
    app.before_request(once.refuse_twice)
    transactions.init_app(app)
    failures.register(app)
    context.init_app(app)
    for pages in PAGES:
        app.register_blueprint(pages)
