"""`flask version`: which release of Tracker this is."""

import click

from tracker.version import VERSION


@click.command("version", help="Say which release of Tracker this is.")
def command() -> None:
    """No database is asked."""
    click.echo(f"Tracker {VERSION}")
