"""The embedded index as files: killed, damaged, planted, and read by many threads."""

import json
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from tracker.clock import now
from tracker.search import Conditions, Document, SearchUnavailable, whoosh_manifest
from tracker.search.wanted import Phrase
from tracker.search.whoosh_backend import WhooshBackend
from tracker.search.whoosh_pool import MOST_IDLE, Pool
from tracker.search.whoosh_writing import MOST_SMALL, SMALL
from tracker.search.words import wanted_words, words_of

SECRET = "only-for-tests-0123456789-abcdefghijklmnop"
ALL = Conditions(1)


def engine_in(folder: Path) -> WhooshBackend:
    """An engine whose index is empty."""
    engine = WhooshBackend(folder / "search", SECRET, on_postgres=False)
    with engine.writing():
        engine.begin_building(now())
        engine.serve_built([])
    return engine


def document(issue_id: int, text: str) -> Document:
    """A document that company 1 sees."""
    return Document(issue_id, words_of([f"issue {issue_id}"]), words_of([text]), {}, ("viewer=1",))


def ids(engine: WhooshBackend, text: str) -> set[int]:
    """The issues that hold a word."""
    (found,) = engine.find(Phrase(wanted_words(text)), ALL, ranked=False)
    return set(map(int, found.strip("[]").split(","))) if found != "[]" else set()


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.search.test_whoosh_files import SECRET, document
from tracker.search.whoosh_backend import WhooshBackend
engine = WhooshBackend(Path({folder!r}) / "search", SECRET, on_postgres=False)
number = 0
while True:
    number += 1
    with engine.writing():
        engine.put([document(number, "steady word"), document(1000 + number % 7, f"round {{number}}")])
    print(number, flush=True)
"""


@pytest.mark.parametrize("seed", range(6))
def test_a_killed_writer_costs_nothing(tmp_path: Path, seed: int) -> None:
    """Whenever it dies: what it acknowledged is there, nothing half-written is served, and the next one goes on."""
    engine = engine_in(tmp_path)
    rng = random.Random(seed)
    code = WRITER.format(root=os.getcwd(), folder=str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        acknowledged = 0
        for line in writer.stdout:
            acknowledged = int(line)
            if acknowledged >= 3 + rng.randrange(12):
                break
        for _ in range(rng.randrange(20_000)):
            pass  # somewhere inside the next batch
        os.kill(writer.pid, signal.SIGKILL)
    assert ids(engine, "steady") >= set(range(1, acknowledged + 1))
    engine.put([document(5000, "after the kill")])
    assert ids(engine, "kill") == {5000}
    assert len(list(engine.served.glob("*.toc"))) == 1
    manifest = json.loads(json.loads((engine.served / "manifest.json").read_text())["body"])
    assert {path.name for path in engine.served.glob("*.seg")} == {n for n in manifest["files"] if n.endswith(".seg")}


@pytest.mark.parametrize("harm", ["remove", "truncate", "flip", "manifest", "folder"])
def test_a_damaged_index_is_never_read(tmp_path: Path, harm: str) -> None:
    engine = engine_in(tmp_path)
    engine.put([document(number, "plain words") for number in range(50)])
    segment = next(engine.served.glob("*.seg"))
    if harm == "remove":
        segment.unlink()
    elif harm == "truncate":
        segment.write_bytes(segment.read_bytes()[:-100])
    elif harm == "flip":
        content = bytearray(segment.read_bytes())
        content[len(content) // 2] ^= 1
        segment.write_bytes(content)
    elif harm == "manifest":
        (engine.served / "manifest.json").write_text("{}")
    else:
        shutil.rmtree(engine.served)
    other = WhooshBackend(tmp_path / "search", SECRET, on_postgres=False)  # a process that has not read it yet
    with pytest.raises(SearchUnavailable):
        ids(other, "plain")
    assert not other.is_whole()
    with pytest.raises(SearchUnavailable):
        other.put([document(1, "more")])


class Bomb:
    """A pickle that would run a program."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch /tmp/never-made-by-a-search-index",)


def test_a_planted_pickle_is_refused(tmp_path: Path) -> None:
    """A table of contents from elsewhere, with a program in it, is not opened (security.md S45)."""
    engine = engine_in(tmp_path)
    engine.put([document(1, "plain words")])
    (engine.served / "_MAIN_99.toc").write_bytes(pickle.dumps(Bomb()))
    other = WhooshBackend(tmp_path / "search", SECRET, on_postgres=False)
    assert ids(other, "plain") == {1}
    toc = engine.served / "_MAIN_1.toc"
    toc.write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(SearchUnavailable):
        ids(WhooshBackend(tmp_path / "search", SECRET, on_postgres=False), "plain")
    assert not Path("/tmp/never-made-by-a-search-index").exists()


def test_an_index_that_was_signed_elsewhere_is_refused(tmp_path: Path) -> None:
    engine_in(tmp_path).put([document(1, "plain words")])
    other = WhooshBackend(tmp_path / "search", SECRET[::-1], on_postgres=False)
    with pytest.raises(SearchUnavailable, match="not ours"):
        ids(other, "plain")


def test_an_index_of_another_format_is_not_read_but_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an earlier release wrote may lie otherwise in its files."""
    with monkeypatch.context() as earlier:
        earlier.setattr(whoosh_manifest, "FORMAT", whoosh_manifest.FORMAT - 1)
        engine = engine_in(tmp_path)
        engine.put([document(1, "plain words")])
        engine.begin_building(now())
        assert engine.is_whole()
    with pytest.raises(SearchUnavailable, match="another version"):
        ids(engine, "plain")
    assert not engine.is_whole()  # so the worker makes it anew
    assert engine.building() is None  # from the beginning


def test_a_new_key_costs_no_index_while_the_one_before_is_known(tmp_path: Path) -> None:
    """It is read under both keys, and what is written is vouched for with the new one alone."""
    engine_in(tmp_path).put([document(1, "plain words")])
    new, folder = SECRET[::-1], tmp_path / "search"
    both = WhooshBackend(folder, new, on_postgres=False, earlier=[SECRET])
    assert both.is_whole()
    assert ids(both, "plain") == {1}
    both.put([document(2, "plain too")])
    assert ids(WhooshBackend(folder, new, on_postgres=False), "plain") == {1, 2}
    assert not WhooshBackend(folder, SECRET, on_postgres=False).is_whole()


def test_the_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    engine = engine_in(tmp_path)
    assert engine.served.stat().st_mode & 0o777 == 0o700


def test_a_batch_rewrites_no_large_segment(tmp_path: Path) -> None:
    """Small segments are merged with each other; what is large stays as it was, however many batches follow."""
    engine = engine_in(tmp_path)
    engine.put([document(number, "steady words") for number in range(SMALL + 1)])
    (large,) = engine.served.glob("*.seg")
    for number in range(1000, 1000 + 3 * MOST_SMALL):
        engine.put([document(number, "steady words")])
        assert large.exists()
        assert len(list(engine.served.glob("*.seg"))) <= MOST_SMALL + 1
    assert len(ids(engine, "steady")) == SMALL + 1 + 3 * MOST_SMALL
    assert not engine.is_scattered()


def test_a_segment_without_a_document_left_goes(tmp_path: Path) -> None:
    engine = engine_in(tmp_path)
    engine.put([document(1, "first")])
    (first,) = engine.served.glob("*.seg")
    engine.put([document(1, "second")])
    assert not first.exists()
    assert ids(engine, "second") == {1}


def test_threads_get_the_answers_of_one(tmp_path: Path) -> None:
    """Four readers at a hostile switch interval while a writer goes on; stock Whoosh gives wrong answers here."""
    engine = engine_in(tmp_path)
    engine.put([document(number, "even word" if number % 2 else "odd word") for number in range(300)])
    wrong: list[object] = []

    def read() -> None:
        for _ in range(40):
            found = ids(engine, "even")
            if found != set(range(1, 300, 2)):
                wrong.append(found)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(5):
            engine.put([document(2 * number, "odd word again")])
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not wrong


def test_opening_again_and_again_leaks_no_descriptor(tmp_path: Path) -> None:
    engine = engine_in(tmp_path)
    engine.put([document(1, "first")])
    ids(engine, "first")
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
    for number in range(30):
        engine.put([document(number, "again")])
        assert ids(engine, "again")
    after = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
    assert after <= before + 12  # at most the segments of the newest generation


def test_what_was_opened_is_lent_to_one_thread_at_a_time(tmp_path: Path) -> None:
    """Ten at once have ten; afterwards a few are kept, the last first, and none of an older generation."""
    engine = engine_in(tmp_path)
    engine.put([document(1, "first")])
    pool = Pool(tmp_path / "search" / "current", engine._key)
    before = len(os.listdir("/proc/self/fd"))
    with ExitStack() as lent:
        at_once = [lent.enter_context(pool.lent()) for _ in range(10)]
        assert len(set(map(id, at_once))) == 10
    assert len(os.listdir("/proc/self/fd")) == before + MOST_IDLE
    with pool.lent() as again, pool.lent():
        assert again in at_once
    with pool.lent() as last:
        assert last is again
    engine.put([document(2, "second")])
    with pool.lent() as newest:
        assert newest not in at_once
        assert len(newest.segments) == 2
    assert len(os.listdir("/proc/self/fd")) == before + 2


def test_threads_that_come_and_go_open_it_once(tmp_path: Path) -> None:
    engine = engine_in(tmp_path)
    engine.put([document(1, "first")])
    assert ids(engine, "first") == {1}
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(30):
        thread = threading.Thread(target=ids, args=(engine, "first"))
        thread.start()
        thread.join()
    assert len(os.listdir("/proc/self/fd")) == before


SEARCHER = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.search.test_whoosh_files import SECRET, ids
from tracker.search import SearchUnavailable
from tracker.search.whoosh_backend import WhooshBackend
engine = WhooshBackend(Path({folder!r}) / "search", SECRET, on_postgres=False)
for line in sys.stdin:
    try:
        print(len(ids(engine, line.strip())), flush=True)
    except SearchUnavailable as reason:
        print(reason, flush=True)
"""


@pytest.mark.parametrize("left", [0, 0.01, 0.5])
@pytest.mark.parametrize("mapped", [True, False])
def test_a_truncated_segment_ends_no_process(tmp_path: Path, left: float, mapped: bool) -> None:
    """Whoever reads a map beyond the end of its file is killed (SIGBUS); the web process says what is wrong instead."""
    engine = engine_in(tmp_path)
    engine.put([document(number, f"plain words number{number}") for number in range(200)])
    (segment,) = engine.served.glob("*.seg")
    code = SEARCHER.format(root=os.getcwd(), folder=str(tmp_path))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as searcher:
        assert searcher.stdin
        assert searcher.stdout

        def answer(text: str) -> str:
            assert searcher.stdin
            assert searcher.stdout
            print(text, file=searcher.stdin, flush=True)
            return searcher.stdout.readline().strip()

        if mapped:
            assert answer("plain") == "200"
        os.truncate(segment, int(segment.stat().st_size * left))
        assert answer("number17") == "A part of the search index is damaged."
        searcher.stdin.close()
        assert searcher.wait() == 0
