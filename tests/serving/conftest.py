"""The data that a server of these tests stands on."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving.running import ROOT, environment


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a migrated SQLite database in which nothing is."""
    folder = tmp_path_factory.mktemp("served")
    command = [
        str(Path(sys.executable).with_name("flask")),
        "--app",
        "wsgi",
        "db",
        "upgrade",
        "--directory",
        "migrations",
    ]
    subprocess.run(command, cwd=ROOT, env=environment(folder, {}), check=True, capture_output=True)
    return folder
