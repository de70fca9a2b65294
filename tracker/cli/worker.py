"""`flask worker`: does what was promised, and presses what the clock presses."""

import shutil
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from tracker import worker
from tracker.cli.plainly import AWAY, Command
from tracker.db import reads_only
from tracker.jobs.tools import Tools
from tracker.jobs.writing import Post
from tracker.queries.store_identity import trouble_with

PAUSE = 0.3
"""Seconds that an idle worker waits before it looks again."""


@click.command("worker", cls=Command, help="Do the promised work until stopped (Ctrl-C or SIGTERM).")
@click.option("--until-idle", is_flag=True, help="End when nothing is left to do.")
@with_appcontext
def command(until_idle: bool) -> None:
    """Work until told to stop; a job in hand is finished first."""
    stop = threading.Event()
    _stop_on_signals(stop)
    tools = _tools()
    worker.begin()
    _say_what_is_wrong(tools)
    click.echo("The worker is ready.")
    if until_idle:
        steps = (lambda: worker.work_once(tools), *_beside(tools))
        _work(lambda: any(step() for step in steps), stop, until_idle=True)
        if reason := worker.outage():
            raise click.ClickException(AWAY.format(reason=reason))
    else:
        for step in _beside(tools):
            _begin_beside(step, stop)
        _work(lambda: worker.work_once(tools), stop)
    click.echo("The worker has stopped.")


def _work(step: Callable[[], bool], stop: threading.Event, *, until_idle: bool = False) -> None:
    while not stop.is_set():
        if not step():
            if until_idle:
                break
            stop.wait(PAUSE)


def _tools() -> Tools:
    config = current_app.config["TRACKER"]
    post = Post(config.smtp, config.sender, config.base_url, config.secret_key, config.earlier_keys)
    return Tools(config.attachments, current_app.extensions["search"], post if config.smtp else None, config.scanner)


def _say_what_is_wrong(tools: Tools) -> None:
    """What only stops a part of the work is said, and said again in the log whenever it is met."""
    if tools.scanner and shutil.which(tools.scanner[0]) is None:
        raise click.ClickException(f"TRACKER_SCAN_COMMAND names {tools.scanner[0]!r}: there is no such program here.")
    with suppress(SQLAlchemyError), reads_only():  # a database that is away is met, and said, by every step
        trouble = trouble_with(tools.attachments)
        if trouble:
            click.echo(trouble, err=True)


def _beside(tools: Tools) -> tuple[Callable[[], bool], ...]:
    """What may take long, or waits for others."""
    return (lambda: worker.build_once(tools), lambda: worker.scan_once(tools), lambda: _send(tools))


def _send(tools: Tools) -> bool:
    return tools.post is not None and worker.send_once(tools.post)


def _begin_beside(step: Callable[[], bool], stop: threading.Event) -> None:
    """In a thread that holds up nothing, not even the end: what it had not committed is made again."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # what the proxy stands for

    def go_on() -> None:
        with app.app_context():
            _work(step, stop)

    threading.Thread(target=go_on, daemon=True).start()


def _stop_on_signals(stop: threading.Event) -> None:
    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
