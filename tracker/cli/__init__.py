"""The commands: `flask --app wsgi …`, each a door that calls actions and commits."""

from flask import Flask

from tracker.cli import catalogue, company, demo, registry, user, worker


def init_app(app: Flask) -> None:
    """Register every command."""
    for command in (catalogue.group, company.group, user.group, registry.group, demo.command, worker.command):
        app.cli.add_command(command)
