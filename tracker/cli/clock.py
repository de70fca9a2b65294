"""`flask clock`: whether the clock is believed, and the word that it is right."""

import click

from tracker.actions.automation import the_clock
from tracker.actions.timekeeping import confirm
from tracker.cli.plainly import Group
from tracker.committing import commit
from tracker.db import reads_only
from tracker.queries.clock import Asked, Due, Why, due_when_confirmed, known_time

group = Group("clock", help="Whether the clock is believed, and the word that it is right.")


@group.command("status")
@reads_only()
def status() -> None:
    """Say what the worker waits for, and what would happen if it were confirmed."""
    known = known_time()
    if known.asked is not None:
        click.echo(f"{_happened(known.asked)} {_follows(due_when_confirmed(known.asked), 'would end')}")
        click.echo("To go on: flask --app wsgi clock confirm")
    elif known.last_seen is not None:
        click.echo(f"The clock is believed. A worker last looked at it at {known.last_seen:%Y-%m-%d %H:%M} UTC.")
    else:
        click.echo("No worker has looked at the clock yet.")


@group.command("confirm")
def confirm_clock() -> None:
    """Believe the clock of this machine: what is due is ended by the worker, and what is old deleted."""
    asked = known_time().asked
    due = due_when_confirmed(asked) if asked else None
    confirm(the_clock(), asked.written() if asked else "")
    commit()
    click.echo(f"The clock is confirmed. {_follows(due, 'will end') if due else ''}")


def _happened(asked: Asked) -> str:
    was, now_is = f"{asked.was:%Y-%m-%d %H:%M} UTC", f"{asked.now_is:%Y-%m-%d %H:%M} UTC"
    if asked.why is Why.STOP:
        return f"No worker ran from {was} to {now_is}."
    return f"The clock of the worker's machine was set from {was} to {now_is}."


def _follows(due: Due, verb: str) -> str:
    if not due.count:
        return "No issue waits to be ended by the clock."
    buttons = ", ".join(f"{count} by {name}" for name, count in sorted(due.buttons.items()))
    return f"{due.count} issues {verb} by the clock ({buttons}), the first due {due.since:%Y-%m-%d %H:%M} UTC."
