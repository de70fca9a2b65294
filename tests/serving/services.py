"""Services as systemd would run them: what their units say is done, and what they notify is heard."""

import os
import select
import shlex
import signal
import socket
import subprocess
from pathlib import Path

from tests.serving.lines import LONGEST, Lines


class Service:
    """One service, from begun to ended."""

    def __init__(self, unit: Path, folder: Path, **settings: str) -> None:
        self._unit = dict(line.split("=", 1) for line in unit.read_text().splitlines() if "=" in line)
        self._settings, self._notified = settings, folder / f"{unit.stem}.notify"
        with self._hear() as systemd:
            self.process = self._begin()
            self._lines = Lines(self.process.stdout)
            self.main = self._main_pid(systemd) if self._unit.get("Type") == "notify" else self.process.pid
        self.wait_for = self._lines.wait_for

    def _begin(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            shlex.split(self._unit["ExecStart"]),
            cwd=self._unit["WorkingDirectory"],
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def reload(self) -> None:
        """As `systemctl reload` does; the service goes on as another process."""
        with self._hear() as systemd:
            subprocess.run(shlex.split(self._unit["ExecReload"].replace("$MAINPID", str(self.main))), check=True)
            self.main = self._main_pid(systemd)
        assert self.process.wait(LONGEST) == 0

    def end(self) -> None:
        """As `systemctl stop` does, in a hurry."""
        subprocess.run(["/bin/kill", f"-{signal.SIGKILL}", "--", f"-{self.process.pid}"], check=False)
        self.process.wait(LONGEST)
        self._lines.close()

    def _hear(self) -> socket.socket:
        self._notified.unlink(missing_ok=True)
        systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        systemd.bind(str(self._notified))
        systemd.settimeout(LONGEST)
        return systemd

    def _main_pid(self, systemd: socket.socket) -> int:
        """Which process it is; said after it is ready."""
        while not (told := self._notice(systemd)).startswith(b"MAINPID="):
            pass
        return int(told.removeprefix(b"MAINPID="))

    def _notice(self, systemd: socket.socket) -> bytes:
        """What it notifies next; one that ends instead has said why."""
        ended = os.pidfd_open(self.process.pid)
        try:
            heard, _, _ = select.select([systemd.fileno(), ended], [], [], LONGEST)
        finally:
            os.close(ended)
        if systemd.fileno() not in heard:
            self._lines.wait_for("a notice of systemd")
        return systemd.recv(4096)

    def _environment(self) -> dict[str, str]:
        lines = Path(self._unit["EnvironmentFile"]).read_text().split()
        own = dict(line.split("=", 1) for line in lines) | self._settings
        return own | {"NOTIFY_SOCKET": str(self._notified)}
