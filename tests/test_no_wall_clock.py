"""No test looks at the clock on the wall: time is injected, waits are for events, and one guard ends what hangs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
CLOCKS = {"time.time", "time.monotonic", "time.perf_counter", "time.process_time", "time.thread_time"}
CLOCKS |= {f"{name}_ns" for name in CLOCKS} | {"datetime.now", "datetime.utcnow", "date.today"}
SLEEPS = {"time.sleep", "asyncio.sleep", "page.wait_for_timeout"}
LIMITS = re.compile("(.*_)?(timeout|deadline)")
"""Names of arguments that end a wait."""

WAITS = {"join", "wait", "result", "set_default_timeout", "set_default_navigation_timeout", "mark.timeout", "alarm"}
"""What takes such a limit without its name."""

ELSEWHERE = re.compile(r"\btime\.(sleep|time|monotonic)\b|\bperformance\.now\b|\bDate\.now\b|\bsetTimeout\b")
"""A clock of another process, or of a page."""

JUSTIFIED = {
    ("test_prose.py", "time.thread_time"): "The processor's time of one act is held against that of another.",
    ("extraction/test_process.py", "Limits(seconds=0.3)"): "What never ends is ended, however far it has come.",
    ("extraction/test_hostile.py", "Limits(seconds=0.5)"): "Being ended is among the answers, however early.",
    (
        "browser/test_pages.py",
        "travel without tick=False",
    ): "Its pages are of one day; no moment of it is asked for.",
}


def dependences(source: str) -> Iterator[str]:
    """What in the source of a test depends on the wall clock."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _in_call(node)
        elif isinstance(node, ast.ImportFrom) and node.module in ("time", "asyncio"):
            yield from (name for one in node.names if (name := f"{node.module}.{one.name}") in CLOCKS | SLEEPS)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (found.group() for found in ELSEWHERE.finditer(node.value))


def _in_call(call: ast.Call) -> Iterator[str]:
    name = ast.unparse(call.func)
    yield from (bad for bad in CLOCKS | SLEEPS if name == bad or name.endswith(f".{bad}"))
    if name.endswith(".wait_for_timeout") and name not in SLEEPS:
        yield "page.wait_for_timeout"
    if name.endswith("travel") and not any(one.arg == "tick" for one in call.keywords):
        yield "travel without tick=False"
    if any(name.endswith(f".{wait}") for wait in WAITS):
        yield from (f"{name}({ast.unparse(one)})" for one in call.args if _is_short(one))
    for one in call.keywords:
        limits = LIMITS.fullmatch(one.arg or "") or (name == "Limits" and one.arg == "seconds")
        if limits and _is_short(one.value):
            yield f"{name}({one.arg}={ast.unparse(one.value)})"


def _is_short(value: ast.expr) -> bool:
    """A number of the test's own; 0 waits for nothing, and `GUARD` is the one for all."""
    return isinstance(value, ast.Constant) and isinstance(value.value, int | float) and value.value != 0


def found_in(path: Path) -> set[tuple[str, str]]:
    here = path.relative_to(TESTS).as_posix()
    return {(here, one) for one in dependences(path.read_text(encoding="utf-8"))}


def all_found() -> set[tuple[str, str]]:
    """Those of every test but this one, which names them all."""
    return {one for path in sorted(TESTS.rglob("*.py")) if path != Path(__file__) for one in found_in(path)}


def test_no_test_depends_on_the_wall_clock() -> None:
    assert all_found() == set(JUSTIFIED)


@pytest.mark.parametrize(
    "line",
    [
        "time.sleep(1)",
        "from time import sleep",
        "await asyncio.sleep(0)",
        "page.wait_for_timeout(500)",
        "bob.page.wait_for_timeout(500)",
        "assert time.perf_counter() - begun < 3",
        "until = time.monotonic() + 5",
        "from time import monotonic_ns",
        "datetime.now(UTC)",
        "datetime.date.today()",
        "page.evaluate('performance.now()')",
        "run([python, '-c', 'import time; time.sleep(600)'])",
        "thread.join(5)",
        "thread.join(timeout=0.5)",
        "future.result(60)",
        "process.wait(timeout=10)",
        "expect(page).to_have_url('/', timeout=5_000)",
        "page.set_default_timeout(10_000)",
        "@settings(deadline=200)\ndef test(): ...",
        "@pytest.mark.timeout(10)\ndef test(): ...",
        "Controller(handler, ready_timeout=5.0)",
        "Limits(seconds=20, memory=1)",
        "with time_machine.travel(now()): ...",
    ],
)
def test_each_kind_is_found(line: str) -> None:
    assert set(dependences(line))


@pytest.mark.parametrize(
    "line",
    [
        "thread.join()",
        "' '.join(words)",
        "connect(path, timeout=0)",
        "page.set_default_timeout(1_000 * GUARD)",
        "timedelta(seconds=20)",
        "with time_machine.travel(now(), tick=False): ...",
    ],
)
def test_what_waits_for_no_clock_is_let_be(line: str) -> None:
    assert not set(dependences(line))


def test_the_guard_is_fifty_minutes(pytestconfig: pytest.Config) -> None:
    assert float(pytestconfig.getini("timeout")) == 50 * 60
