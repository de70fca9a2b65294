"""Tracker: discrepancy issues between the companies of a retail electricity market."""

from flask import Flask
from flask_migrate import Migrate
from whitenoise import WhiteNoise

from config import Config
from tracker import cli, web
from tracker.db import db
from tracker.search.choice import backend_of


def create_app(config: Config) -> Flask:
    """The application: database, pages, commands; what is served is decided by `config` alone."""
    app = Flask(__name__, static_folder=None, template_folder="web/templates")
    app.config.from_mapping(config.flask())
    db.init_app(app)
    Migrate(app, db, render_as_batch=True)
    app.extensions["search"] = backend_of(config)
    web.init_app(app)
    cli.init_app(app)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=f"{app.root_path}/web/static", prefix="static/", max_age=3600
    )
    return app
