"""Making the index of loaded issues, and what that takes."""

import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from tracker.actions.indexing import begin_building, build_next
from tracker.db import db


def build_index(app: Flask) -> None:
    """Make the index of the loaded issues, as the worker does."""
    engine = app.extensions["search"]
    begin_building(engine)
    while engine.building() is not None:
        build_next(engine)
        db.session.commit()


def timed_building(build: Callable[[], None], issues: int) -> str:
    """How many issues a second were indexed."""
    begun = time.perf_counter()
    build()
    seconds = time.perf_counter() - begun
    return f"{issues:,} issues indexed in {seconds:,.0f} s: {issues / seconds:,.0f} a second."


def size_of(folder: Path) -> float:
    """Megabytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
