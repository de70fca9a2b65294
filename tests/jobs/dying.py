"""A worker of the product, in a process of its own, that is killed as by `kill -9` at its n-th statement."""

import os
import signal
from itertools import count

import pytest
from sqlalchemy import Engine, event

from config import Config
from tests.patience import give_time
from tracker import create_app, worker
from tracker.jobs.tools import Tools
from tracker.jobs.writing import Post


def work(config: Config, post: Post, dies_at: int) -> None:
    """Do all that is due, or what `dies_at` statements allow; nothing is tidied up by the death."""
    give_time(pytest.MonkeyPatch())
    app = create_app(config)
    statements = count(1)

    @event.listens_for(Engine, "before_cursor_execute")
    def die(*given: object) -> None:
        if next(statements) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():
        tools = Tools(config.attachments, app.extensions["search"], post)
        while worker.work_once(tools) or worker.send_once(post):
            pass
