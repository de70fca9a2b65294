"""A test that is left out for a reason of its own fails the run in CI, in one process and in several."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.dumps import ROOT

CONFTEST = """
from tests.skips import watching

def pytest_configure(config):
    config.pluginmanager.register(watching())
"""


@pytest.mark.parametrize("processes", ["0", "2"])
@pytest.mark.parametrize(
    ("reason", "strict", "ended"),
    [
        ("no such program", True, 1),
        ("no such program", False, 0),
        ("macOS binds no address space", True, 0),
    ],
)
def test_only_what_is_listed_may_be_left_out(
    tmp_path: Path, processes: str, reason: str, strict: bool, ended: int
) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text(f"import pytest\ndef test_it(): pytest.skip({reason!r})\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TRACKER_STRICT": "1" if strict else ""}
    words = ["-c", "/dev/null", "-n", processes, "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run([sys.executable, "-m", "pytest", *words], env=environment, capture_output=True, check=False)
    assert done.returncode == ended, done.stdout.decode()
