"""`flask attachments`: what an operator decides about the folder of the attachments."""

import click
from flask import current_app
from flask.cli import with_appcontext

from tracker.actions import store_identity, sweeping
from tracker.cli.plainly import Group
from tracker.committing import commit
from tracker.db import reads_only
from tracker.queries.store_identity import count_present

group = Group("attachments", help="The folder in which the files of the market lie.")


@group.command("adopt")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def adopt(yes: bool) -> None:
    """Say that the folder is this market's, whatever identity it bears."""
    folder = current_app.config["TRACKER"].attachments
    with reads_only():
        present, named = count_present(folder)
    click.echo(f"{folder}: of {named:,} files that the database names, oldest and newest, {present:,} are here.")
    if not yes:
        click.confirm("Is this the folder of this market?", abort=True)
    with reads_only():
        store_identity.adopt(folder)
    click.echo("The folder bears the identity of the database now.")


@group.command("sweep")
@click.option("--all", "whatever_many", is_flag=True, help="Move orphans to quarantine however many there are.")
@with_appcontext
def sweep(whatever_many: bool) -> None:
    """Clear away now what the worker clears away every ten minutes; the log says what was done."""
    sweeping.sweep(current_app.config["TRACKER"].attachments, whatever_many=whatever_many)
    commit()
