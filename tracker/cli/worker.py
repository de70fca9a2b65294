"""`flask worker`: does what was promised, and presses what the clock presses."""

import signal
import threading
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from tracker import worker
from tracker.jobs.tools import Tools

PAUSE = 1.0
"""Seconds that an idle worker waits before it looks again."""


@click.command("worker", help="Do the promised work until stopped (Ctrl-C or SIGTERM).")
@click.option("--until-idle", is_flag=True, help="End when nothing is left to do.")
@with_appcontext
def command(until_idle: bool) -> None:
    """Work until told to stop; a job in hand is finished first."""
    stop = threading.Event()
    _stop_on_signals(stop)
    tools = Tools(current_app.config["TRACKER"].attachments, current_app.extensions["search"])
    click.echo("The worker is ready.")
    while not stop.is_set():
        if worker.work_once(tools):
            continue
        if until_idle:
            break
        stop.wait(PAUSE)
    click.echo("The worker has stopped.")


def _stop_on_signals(stop: threading.Event) -> None:
    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
