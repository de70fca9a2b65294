"""The folder in which processes count for the metrics, one file each."""

import re
from pathlib import Path

from tracker.serving.processes import lives

NAME = re.compile(r"[a-z_]+_(\d+)\.db")


def make_room(folder: Path) -> None:
    """Remove the files of processes that live no more; another server may count in the same folder."""
    for path in folder.iterdir():
        named = NAME.fullmatch(path.name)
        if named and not lives(int(named[1])):
            path.unlink(missing_ok=True)
