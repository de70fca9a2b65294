"""Tracker: discrepancy issues between the companies of a retail electricity market."""

from flask import Flask
from flask_migrate import Migrate
from whitenoise import WhiteNoise

from config import Config
from tracker import cli, web
from tracker.actions.hashing import ARGON2ID, Passwords, capacity_for
from tracker.db import db
from tracker.search.choice import backend_of
from tracker.web.headers import protected
from tracker.web.probes import Probes


def create_app(config: Config) -> Flask:
    """The application: database, pages, commands; what is served is decided by `config` alone."""
    app = Flask(__name__, static_folder=None, template_folder="web/templates")
    app.config.from_mapping(config.flask())
    db.init_app(app)
    Migrate(app, db, render_as_batch=True)
    app.extensions["search"] = backend_of(config)
    app.extensions["passwords"] = Passwords(ARGON2ID, capacity_for(config.threads))
    web.init_app(app)
    cli.init_app(app)
    _meet_the_network(app, config)
    return app


def _meet_the_network(app: Flask, config: Config) -> None:
    """From the inside out: probes are answered before anything of a page begins."""
    files = WhiteNoise(
        Probes(app, app.wsgi_app),
        root=f"{app.root_path}/web/static",
        prefix="static/",
        max_age=3600,
        allow_all_origins=False,
    )
    app.wsgi_app = protected(files, config)  # type: ignore[method-assign]
