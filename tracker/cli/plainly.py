"""What keeps a command from its end, told in one plain line, with exit status 1."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from tracker.committing import OutcomeUnknown
from tracker.db import first_line, is_passing, took_too_long, undo
from tracker.errors import TrackerError

AWAY = "The database is busy or cannot be reached ({reason}). Run this again when it answers."
UNKNOWN = "The connection to the database broke at the last step. Look whether this was done before you run it again."


class Command(click.Command):
    """One command of ours: it never ends in a traceback because of what it was given, a lock, or a database away."""

    def invoke(self, ctx: click.Context) -> Any:
        """Do it."""
        with told_plainly():
            return super().invoke(ctx)


class Group(AppGroup):
    """Commands of one subject."""

    command_class = Command


@contextmanager
def told_plainly() -> Iterator[None]:
    """End with the reason what cannot go on. What was not committed goes with the connection."""
    try:
        yield
    except TrackerError as refusal:
        raise click.ClickException(str(refusal)) from None
    except OutcomeUnknown:
        raise click.ClickException(UNKNOWN) from None
    except SQLAlchemyError as error:
        if not is_passing(error) and not took_too_long(error):
            raise
        raise click.ClickException(AWAY.format(reason=first_line(error))) from None
    finally:
        undo()
