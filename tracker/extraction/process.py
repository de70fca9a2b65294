"""Reading in a process of its own, which is ended when its time is up; this one holds no more than the text."""

import os
import sys
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from signal import SIGKILL, SIGXCPU
from subprocess import DEVNULL, PIPE, Popen
from threading import Timer
from typing import BinaryIO

from tracker.extraction.unreadable import CODES, DAMAGED, TOO_LONG, Unreadable

HOUSE = Path(__file__).parent.parent
KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""A Python may need these to find itself; the settings and secrets of the product stay here."""

BEGIN = """
import sys, types
house = sys.modules["tracker"] = types.ModuleType("tracker")
house.__path__ = [sys.argv[1]]
sys.modules["numpy"] = None
from tracker.extraction.child import main
main(*sys.argv[2:])
"""
"""The package is put in place empty: its own beginning would load the database and the pages, a second's work.

openpyxl takes numpy where it finds it, and numpy more memory than reading may have.
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long reading may take, how many bytes of memory it may use, how many characters it gives."""

    seconds: float
    memory: int
    characters: int


@dataclass(frozen=True, slots=True)
class Inside:
    """The text inside a file; `whole` unless a limit or a damaged place ended the reading."""

    text: str
    whole: bool = True


def read_apart(kind: str, file: BinaryIO, limits: Limits) -> Inside:
    """The text in a file of this kind. Raises `Unreadable` when there came none for a reason."""
    numbers = (str(number) for number in (ceil(limits.seconds), limits.memory, limits.characters))
    content, code = run_apart([BEGIN, str(HOUSE), kind, *numbers], file, limits)
    text = content.decode("utf-8", "ignore")[: limits.characters]
    if code and not text.rstrip():
        raise Unreadable(reason_of(code))
    return Inside(text.rstrip(), whole=not code and len(text) < limits.characters)


def run_apart(program: list[str], file: BinaryIO, limits: Limits) -> tuple[bytes, int]:
    """What a Python program with its arguments writes, reading the file, and how it ended."""
    command = [sys.executable, "-I", "-B", "-c", *program]
    with Popen(  # noqa: S603  # the program is ours; the file is its input
        command, stdin=file, stdout=PIPE, stderr=DEVNULL, cwd="/", env=_environment()
    ) as process:
        timer = Timer(limits.seconds, process.kill)
        timer.start()
        try:
            assert process.stdout
            return process.stdout.read(4 * limits.characters), process.wait()
        finally:
            process.kill()
            timer.cancel()


def reason_of(code: int) -> str:
    """The sentence for how a reading process ended; what ends without a word was broken by the file."""
    if code in (-SIGKILL, -SIGXCPU):
        return TOO_LONG
    return next((sentence for sentence, known in CODES.items() if known == code), DAMAGED)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "OPENPYXL_LXML": "False"}  # one XML parser, the defused one, wherever lxml happens to be
