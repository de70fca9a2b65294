"""A real nginx of our own, in a folder of the test."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.serving.lines import LONGEST, Lines

MAIN = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr notice;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {included};
}}
"""


def nginx_path() -> str:
    """The nginx of this machine; without one its tests are left out."""
    path = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if path is None:
        pytest.skip("nginx is not installed")
    return path


class Nginx:
    """A running nginx, which can read its configuration again."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process, self._lines = process, Lines(process.stderr)
        self.wait()

    def wait(self) -> None:
        """Until a process of it has begun with the configuration as it is now."""
        self._lines.wait_for("start worker process ")

    def reload(self) -> None:
        """Read the configuration again, as `systemctl reload nginx` has it do."""
        self.process.send_signal(signal.SIGHUP)
        self.wait()

    def end(self) -> None:
        """End it, and wait until it has."""
        self.process.terminate()
        self.process.wait(LONGEST)
        self._lines.close()


@contextmanager
def proxied(folder: Path, included: Path) -> Iterator[Nginx]:
    """An nginx that reads these files."""
    folder.mkdir()
    main = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    main.write_text(MAIN.format(folder=folder, included=included, user=user))
    command = [nginx_path(), "-p", str(folder), "-c", str(main), "-e", "stderr"]
    nginx = Nginx(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
    try:
        yield nginx
    finally:
        nginx.end()
