"""The commands: `flask --app wsgi …`, each a door that calls actions and commits."""

from flask import Flask

from tracker.cli import attachments, backup, catalogue, clock, company, demo, registry, search, user, version, worker


def init_app(app: Flask) -> None:
    """Register every command."""
    for command in (
        attachments.group,
        catalogue.group,
        company.group,
        user.group,
        registry.group,
        clock.group,
        search.group,
        demo.command,
        worker.command,
        backup.backup,
        backup.restore,
        backup.digest,
        version.command,
    ):
        app.cli.add_command(command)
