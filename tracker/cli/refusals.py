"""What an action refuses, told on the command line in one line, with exit status 1."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from tracker.db import db
from tracker.errors import TrackerError


@contextmanager
def refusals_told() -> Iterator[None]:
    """Undo what was begun, and end the command with the reason."""
    try:
        yield
    except TrackerError as refusal:
        db.session.rollback()
        raise click.ClickException(str(refusal)) from None
