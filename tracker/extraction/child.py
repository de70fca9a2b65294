"""What runs in the process of its own: it binds itself, reads its input, and writes the text."""

import os
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import BinaryIO, Protocol, cast

from tracker.extraction.kinds import MODULES
from tracker.extraction.tidying import tidied
from tracker.extraction.unreadable import CODES, DAMAGED, TOO_BIG, Unreadable


class Reader(Protocol):
    """A module that reads files of some kind."""

    def text_in(self, file: BinaryIO) -> Iterator[str]: ...


def main(kind: str, seconds: str, memory: str, characters: str) -> None:
    """Write the text of the input to the output, and end with the code of what stood in the way."""
    confine(int(seconds), int(memory))
    code = _attempt(kind, int(characters))
    os._exit(code)  # taking apart what a hostile file built up may last as long as reading it


def confine(seconds: int, memory: int) -> None:
    """Bind this process for good: processor time, memory, no file to write, no process to start."""
    bounds = {"CPU": seconds, "AS": memory, "FSIZE": 0, "CORE": 0, "NPROC": 0}
    for name, most in bounds.items():
        what = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(what)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError):  # macOS binds no address space
            resource.setrlimit(what, (bound, bound))


def _attempt(kind: str, most: int) -> int:
    try:
        _write(kind, most)
    except Unreadable as error:
        return CODES[str(error)]
    except MemoryError:
        return CODES[TOO_BIG]
    except Exception:  # a library that meets a broken file raises whatever it was led to
        return CODES[DAMAGED]
    return 0


def _write(kind: str, most: int) -> None:
    """Each piece leaves at once, so that what was read stays read if this process is ended."""
    reader = cast(Reader, import_module(f"tracker.extraction.{MODULES[kind]}"))
    for text in tidied(reader.text_in(sys.stdin.buffer), most):
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
