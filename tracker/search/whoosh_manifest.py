"""Which files an index consists of, with their digests, signed: what is not vouched for is never opened.

Whoosh keeps pickles in its files, so a file from elsewhere is a program from elsewhere (security.md S45). The manifest
is written after the table of contents and before the files of the generation before are removed: a writer killed
at any moment leaves the old generation whole, or the new one.
"""

import hashlib
import hmac
import json
import os
import re
from collections.abc import Container, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tracker.domain.sentence import Sentence
from tracker.search import CommonMark, SearchUnavailable

NAME = "manifest.json"
FORMAT = 2
"""Of what lies in the files. An index of another format is not read: it is made anew."""

NONE_YET = Sentence("no-index", "There is no search index yet.")

_OURS = re.compile(r"_?MAIN_[0-9a-z]+\.[A-Za-z0-9_.]+")
_computed: dict[str, tuple[int, int, str]] = {}
"""Files whose digest this process has computed: size, time of change, digest."""


@dataclass(frozen=True, slots=True)
class Key:
    """What vouches for an index. What an earlier key vouched for is taken as well, so that a new key costs no index."""

    own: bytes
    earlier: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation of an index: its number, the digest of each file, and the mark that the database notes."""

    generation: int
    files: dict[str, str]
    mark: CommonMark


def write(folder: Path, generation: int, names: Iterable[str], mark: CommonMark, key: Key) -> None:
    """Vouch for these files; what an earlier manifest said of a file that is unchanged is kept."""
    files = {name: _digest(folder / name) for name in sorted(names)}
    said = {"format": FORMAT, "generation": generation, "files": files, "mark": asdict(mark)}
    body = json.dumps(said, sort_keys=True)
    temporary = folder / f"{NAME}.new"
    with temporary.open("w") as file:
        json.dump({"body": body, "mac": _mac(body, key.own)}, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / NAME)
    _forget_others(folder, files)


def read(folder: Path, key: Key) -> Manifest:
    """The manifest of an index whose files are all as they were written. Raises `SearchUnavailable`."""
    try:
        signed = json.loads((folder / NAME).read_text())
        body, mac = str(signed["body"]), str(signed["mac"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SearchUnavailable(NONE_YET) from error
    if not any(hmac.compare_digest(_mac(body, one), mac) for one in (key.own, *key.earlier)):
        raise SearchUnavailable(Sentence("index-not-ours", "The search index is not ours."))
    manifest = _vouched_for(json.loads(body))
    for name, digest in manifest.files.items():
        _require_unchanged(folder / name, digest)
    _forget_others(folder, manifest.files)
    return manifest


def remove_litter(folder: Path, manifest: Manifest) -> None:
    """Remove the files of the index that the manifest does not know: what a killed writer left."""
    for path in folder.iterdir():
        if _OURS.match(path.name) and path.name not in manifest.files and "LOCK" not in path.name:
            path.unlink()


def _vouched_for(body: dict[str, Any]) -> Manifest:
    if body.get("format") != FORMAT:
        raise SearchUnavailable(Sentence("index-of-another-version", "The search index is of another version."))
    return Manifest(body["generation"], body["files"], CommonMark(**body["mark"]))


def _require_unchanged(path: Path, digest: str) -> None:
    """A file of another size than when its digest was computed is read again: none is mapped that was cut off."""
    try:
        same = _digest(path) == digest
    except OSError as error:
        raise SearchUnavailable(Sentence("index-part-missing", "A part of the search index is missing.")) from error
    if not same:
        raise SearchUnavailable(Sentence("index-part-damaged", "A part of the search index is damaged."))


def _digest(path: Path) -> str:
    state = path.stat()
    known = _computed.get(str(path))
    if known and known[:2] == (state.st_size, state.st_mtime_ns):
        return known[2]
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "blake2b").hexdigest()
    _computed[str(path)] = (state.st_size, state.st_mtime_ns, digest)
    return digest


def _forget_others(folder: Path, names: Container[str]) -> None:
    for path in list(_computed):
        if path.startswith(f"{folder}{os.sep}") and Path(path).name not in names:
            _computed.pop(path, None)


def _mac(body: str, key: bytes) -> str:
    return hmac.new(key, body.encode(), hashlib.sha256).hexdigest()
