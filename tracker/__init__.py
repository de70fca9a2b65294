"""Tracker: discrepancy issues between the companies of a retail electricity market."""

from flask import Flask
from flask_migrate import Migrate
from whitenoise import WhiteNoise

from config import Config
from tracker import cli, web
from tracker.actions.hashing import ARGON2ID, Passwords, capacity_for
from tracker.db import db
from tracker.search.choice import backend_of
from tracker.serving.places import Places
from tracker.serving.proxies import TrustedProxies
from tracker.web.headers import protected
from tracker.web.probes import Probes
from tracker.web.unserved import unserved


def create_app(config: Config, *, at_once: int | None = None) -> Flask:
    """The application: database, pages, commands; what is served is decided by `config` alone.

    With `at_once` so many requests work at a time, each in a thread of the application's own.
    """
    app = Flask(__name__, static_folder=None, template_folder="web/templates")
    app.config.from_mapping(config.flask())
    db.init_app(app)
    Migrate(app, db, render_as_batch=True)
    app.extensions["search"] = backend_of(config)
    app.extensions["passwords"] = Passwords(ARGON2ID, capacity_for(config.threads))
    web.init_app(app)
    cli.init_app(app)
    _meet_the_network(app, config, at_once)
    return app


def _meet_the_network(app: Flask, config: Config, at_once: int | None) -> None:
    """From the inside out: only pages need a place, and whose word is taken is decided before anything else."""
    pages = Places(app.wsgi_app, at_once, unserved(app)) if at_once else app.wsgi_app
    files = WhiteNoise(
        Probes(app, pages),
        root=f"{app.root_path}/web/static",
        prefix="static/",
        max_age=3600,
        allow_all_origins=False,
    )
    app.wsgi_app = TrustedProxies(protected(files, config), config)  # type: ignore[method-assign]
