"""README's section for a server, and the guide's backups, run to the letter in a folder that stands for the machine.

What cannot be had in a test is replaced, line by line, in `INSTEAD`; a line that changes in either fails there.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.dumps import psql
from tests.serving.lines import LONGEST
from tests.serving.running import ROOT

SECTION = "## Run it on a server"
PLACES = re.compile(r"/(?=opt/tracker|etc/|var/(?:lib|backups)/tracker|run/tracker|usr/local/bin/)")
"""Folders of the machine; `/usr/sbin` and `/bin` are its own."""

NOTHING = ":"
RUNUSER = '#!/bin/sh\nshift 3\nexec "$@"\n'
"""Stands for runuser: the test is one user, and reaches PostgreSQL as its administrator."""

INSTEAD = {
    # the test is one user, and sets nobody up
    "useradd --system --home-dir /var/lib/tracker --shell /usr/sbin/nologin tracker": NOTHING,
    "usermod --append --groups tracker www-data": NOTHING,
    "install -d -o tracker -g tracker -m 0700 /var/lib/tracker": "install -d -m 0700 /var/lib/tracker",
    "install -d -g tracker -m 0750 /etc/tracker": "install -d -m 0750 /etc/tracker",
    "chgrp tracker /etc/tracker/*": NOTHING,
    # services are begun by the test, as their units say
    "systemctl daemon-reload": NOTHING,
    "systemctl enable --now tracker-web tracker-worker": NOTHING,
    "systemctl reload nginx": NOTHING,
    "systemctl reload tracker-web": NOTHING,
    "systemctl restart tracker-worker": NOTHING,
    "systemctl stop tracker-web tracker-worker": NOTHING,
    # TLS is left out
    "listen [::]:443 ssl http2;": "",
    "ssl_certificate /etc/ssl/tracker/fullchain.pem;": "",
    "ssl_certificate_key /etc/ssl/tracker/key.pem;": "",
    "proxy_set_header X-Forwarded-Proto $scheme;": "proxy_set_header X-Forwarded-Proto https;",
}
INSTALL = {
    "python3 -m venv .venv": f"ln -s {ROOT}/.venv .venv",
    ".venv/bin/pip install --require-hashes -r requirements.txt": NOTHING,
    "/opt/tracker/.venv/bin/pip install --require-hashes -r /opt/tracker/requirements.txt": NOTHING,
}
"""Done to the letter in the drills. Elsewhere `make` has just done the same, and its environment stands in."""


class Machine:
    """A folder that stands for the machine, and the steps of README that are run in it."""

    def __init__(self, root: Path, instead: dict[str, str], postgres: dict[str, str]) -> None:
        self.root, self._instead = root, INSTEAD | instead
        self.environment = postgres | {"PATH": f"{root}/usr/local/bin:{psql().parent}:{os.environ['PATH']}"}
        for folder in ("etc/systemd/system", "etc/nginx/conf.d", "usr/local/bin", "opt", "var/lib", "run/tracker"):
            (root / folder).mkdir(parents=True)
        (root / "usr/local/bin/runuser").write_text(RUNUSER)
        (root / "usr/local/bin/runuser").chmod(0o755)
        ignored = shutil.ignore_patterns(".venv", ".git", "data", "__pycache__", ".*_cache")
        shutil.copytree(ROOT, root / "opt/tracker", ignore=ignored)

    def run(self, step: str) -> str:
        """Run the commands under this step of README. What they print is returned."""
        return self.follow(commands_of(step))

    def follow(self, commands: str) -> str:
        """Run these commands. What they print is returned."""
        lines = (self._instead.get(line.strip(), line) for line in commands.splitlines())
        script = PLACES.sub(f"{self.root}/", "\n".join(lines))
        done = subprocess.run(
            ["bash", "-euc", script],
            cwd=self.root / "opt/tracker",
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=LONGEST * 2,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def unit(self, name: str) -> Path:
        """The file of a unit of systemd."""
        return self.root / f"etc/systemd/system/{name}.service"


def commands_of(step: str) -> str:
    """The shell blocks under a step, which begins with these words in bold."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text[text.index(SECTION) :].split("\n## ")[0]
    _, _, rest = section.partition(f"**{step}")
    assert rest, f"README has no step {step!r}"
    own = rest.partition("\n**")[0]
    commands = "\n".join(_blocks_in(own))
    assert commands, f"README's step {step!r} does nothing"
    return commands


def blocks_of_guide() -> list[str]:
    """The shell blocks of the guide: how PostgreSQL is backed up, what is put aside, how it is restored."""
    return _blocks_in((ROOT / "docs/user_guide.md").read_text(encoding="utf-8"))


def lines_to_follow() -> set[str]:
    """Every line of every block, to see that what is replaced is still there."""
    blocks = _blocks_in((ROOT / "README.md").read_text(encoding="utf-8")) + blocks_of_guide()
    return {line.strip() for block in blocks for line in block.splitlines()}


def _blocks_in(text: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", text, flags=re.S | re.M)
