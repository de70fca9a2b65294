"""The text inside an attached file, so that it can be searched.

Whoever wrote the file is not trusted: it is read in a process of its own that has little time, little
memory and nothing to write to. A file whose text cannot be had is found by its name only.
"""

import os
from pathlib import Path

from tracker.extraction.kinds import HEAD, kind_of
from tracker.extraction.process import Inside, Limits, read_apart
from tracker.extraction.unreadable import Unreadable

__all__ = ["Inside", "Limits", "Unreadable", "text_of"]

LIMITS = Limits(seconds=20, memory=512 << 20, characters=256 << 10)


def text_of(path: Path, file_name: str, limits: Limits | None = None) -> Inside:
    """The text inside a file, on one line; empty when there is none in it. Raises `Unreadable`.

    What was read before a limit or a damaged place is kept: only a file that gave nothing at all is unreadable.
    An `OSError` is this machine's fault (no process to be had, a folder that is away), and says nothing of the file.
    """
    with path.open("rb") as file:
        return read_apart(kind_of(file_name, os.pread(file.fileno(), HEAD, 0)), file, limits or LIMITS)
