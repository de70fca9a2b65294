"""What is left out fails the run, unless the repository allows it or the machine is somebody's own."""

import os
from pathlib import Path

import pytest

ALLOWED = Path(__file__).parent / "allowed_skips.txt"
STRICT = "TRACKER_STRICT"
"""Set by `.ci/run`: there, what a test needs is installed, so nothing else may be missing."""


def allowed() -> set[str]:
    """The reasons that the repository allows."""
    lines = ALLOWED.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


class Skips:
    """Watches the whole run, also over several processes."""

    def __init__(self, strict: bool) -> None:
        self._strict = strict
        self.strange: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note each reason that is not allowed, with a test that gave it."""
        if report.skipped and isinstance(report.longrepr, tuple):
            reason = str(report.longrepr[2]).removeprefix("Skipped: ")
            if reason not in allowed():
                self.strange.setdefault(reason, report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run that would else be green."""
        if self._strict and self.strange and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was left out."""
        for reason, nodeid in self.strange.items():
            terminalreporter.write_line(f"left out, and not on the list of {ALLOWED.name}: {reason} ({nodeid})")


def watching() -> Skips:
    """As the environment wants it."""
    return Skips(strict=bool(os.environ.get(STRICT)))
