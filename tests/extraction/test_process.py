"""The process of its own: what ends it, and what it may not."""

import json
import sys
from pathlib import Path

import pytest

from tests.patience import GUARD
from tracker.extraction.process import BEGIN, HOUSE, Limits, reason_of, run_apart
from tracker.extraction.unreadable import CODES, DAMAGED, TOO_BIG, TOO_LONG

LIMITS = Limits(seconds=GUARD, memory=256 << 20, characters=1000)
SHORT = Limits(seconds=0.3, memory=256 << 20, characters=1000)

FORGED = """
import itertools, signal, sys, types
forged = sys.modules["tracker.extraction.plain"] = types.ModuleType("plain")
forged.text_in = lambda file: {pieces}
"""
"""An extractor in the place of the one for plain text."""

BOUND = BEGIN.partition("from tracker")[0] + "from tracker.extraction.child import confine; confine(1, 1 << 28)\n"
"""A program that binds itself as a reading process does."""


def run(code: str, limits: Limits, *arguments: str) -> tuple[bytes, int]:
    """What a program writes, and how it ended; its input is a small file."""
    with Path(__file__).open("rb") as file:
        return run_apart([code, *arguments], file, limits)


def read(pieces: str, limits: Limits) -> tuple[bytes, int]:
    """What an extractor gives that yields these pieces."""
    numbers = (str(number) for number in (GUARD, limits.memory, limits.characters))
    return run(FORGED.format(pieces=pieces) + BEGIN, limits, str(HOUSE), "txt", *numbers)


def test_endless_text_is_cut() -> None:
    content, code = read('itertools.repeat("word ")', LIMITS)
    assert (len(content), code) == (1000, 0)


def test_endless_silence_is_ended() -> None:
    content, code = read('filter(None, itertools.repeat(""))', SHORT)
    assert (content, reason_of(code)) == (b"", TOO_LONG)


def test_what_was_read_in_time_is_kept() -> None:
    """Whenever the processor's time is up, as the kernel says it."""
    started = 'itertools.chain(["word"], iter(lambda: signal.raise_signal(signal.SIGXCPU), ""))'
    content, code = read(started, LIMITS)
    assert (content, reason_of(code)) == (b"word", TOO_LONG)


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS binds no address space")
def test_memory_is_bounded() -> None:
    assert reason_of(read("iter([bytearray(1 << 30).decode()])", LIMITS)[1]) == TOO_BIG


def test_whatever_is_raised_is_damage() -> None:
    assert reason_of(read("1 / 0", LIMITS)[1]) == DAMAGED
    assert reason_of(read("(0 for _ in 0)", LIMITS)[1]) == DAMAGED


def test_processor_time_is_bounded_without_anybody_watching() -> None:
    content, code = run(f"{BOUND}while True: pass", LIMITS, str(HOUSE))
    assert (content, reason_of(code)) == (b"", TOO_LONG)


def test_nothing_can_be_written_to(tmp_path: Path) -> None:
    writing = f"{BOUND}open(sys.argv[2], 'wb', 0).write(b'x'); print('written')"
    content, code = run(writing, LIMITS, str(HOUSE), str(tmp_path / "file"))
    assert content == b""
    assert code
    assert (tmp_path / "file").read_bytes() == b""


def test_it_is_bound_for_good() -> None:
    asking = "import resource as r; print([r.getrlimit(w) for w in (r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_NPROC)])"
    assert run(BOUND + asking, LIMITS, str(HOUSE))[0].split() == b"[(1, 1), (0, 0), (0, 0)]".split()


def test_too_much_output_does_not_reach_us() -> None:
    assert run("print('x' * 9999)", LIMITS) == (b"x" * 4000, 0)


def test_nothing_of_the_environment_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_SECRET_KEY", "secret")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/usr/lib")
    content, _ = run("import json, os; print(json.dumps(dict(os.environ)))", LIMITS)
    assert set(json.loads(content)) - {"LC_CTYPE"} == {"LD_LIBRARY_PATH", "OPENPYXL_LXML"}


def test_the_product_is_not_loaded() -> None:
    loaded = f"{BOUND}print(sorted({{name.partition('.')[0] for name in sys.modules}} & {{'flask', 'sqlalchemy'}}))"
    assert run(loaded, LIMITS, str(HOUSE))[0] == b"[]\n"


def test_a_crash_is_damage() -> None:
    assert reason_of(run("import os; os.abort()", LIMITS)[1]) == DAMAGED


@pytest.mark.parametrize("reason", CODES)
def test_every_reason_comes_across(reason: str) -> None:
    assert reason_of(CODES[reason]) == reason
