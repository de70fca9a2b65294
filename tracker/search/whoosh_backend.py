"""The embedded engine: Whoosh, on one machine, written by the worker alone."""

import fcntl
import hashlib
import json
import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, BindParameter, ColumnElement, Integer, cast, func, select

from tracker.db import reads_only
from tracker.domain.sentence import Sentence
from tracker.models import Issue
from tracker.search import (
    Amount,
    Building,
    CommonMark,
    Conditions,
    Document,
    SearchUnavailable,
    whoosh_manifest,
    whoosh_writing,
)
from tracker.search.wanted import Wanted, tiers_of
from tracker.search.whoosh_pool import Pool, steadily

MANY = 2_000
MOST_SEGMENTS = 60
"""With more, a search spends its time on opening them."""

CURRENT, BUILT = "current", "building"
PROGRESS = "building.json"
DOUBT = "doubt"
"""A file that holds a word. An index whose making began under this doubt has a copy of it, and settles it."""


class WhooshBackend:
    """An index in a folder. `current` is a link to the generation of folders that is served."""

    name = "whoosh"
    joins = True

    def __init__(self, folder: Path, secret: str, *, on_postgres: bool, earlier: Sequence[str] = ()) -> None:
        self._folder, self.on_postgres = folder, on_postgres
        self._key = whoosh_manifest.Key(_key_of(secret), tuple(map(_key_of, earlier)))
        self._link = folder / CURRENT
        self._pool = Pool(self._link, self._key)

    def find(self, wanted: Wanted, conditions: Conditions, *, ranked: bool) -> tuple[str, ...]:
        """The ids of the issues as JSON lists. What two tiers ask for is read once."""
        if self.is_doubted():
            raise SearchUnavailable(Sentence("index-doubted", "The search index is being compared with the database."))
        with self._pool.lent() as opened:
            found = opened.issues(tiers_of(wanted, ranked=ranked), conditions.alternatives)
        return tuple(map(str, found))  # a list of numbers reads the same in JSON

    def amount_of(self, found: str) -> Amount:
        """Counted by commas: the list is text."""
        return Amount.MANY if found.count(",") >= MANY else Amount.FEW

    def among(self, found: BindParameter[Any], amount: Amount) -> ColumnElement[bool]:
        """The issue is in the list. Of many the database may not begin with the list, but tests against it."""
        subject: ColumnElement[int] = Issue.id + 0 if amount is Amount.MANY else Issue.id.expression
        if self.on_postgres:
            elements = func.json_array_elements_text(cast(found, JSON)).column_valued("found")
            return subject.in_(select(cast(elements, Integer)))
        return subject.in_(select(func.json_each(found).table_valued("value").c.value))

    def put(self, documents: Sequence[Document]) -> None:
        """One commit. Raises `SearchUnavailable` when there is no index to write to."""
        newest = {document.issue_id: document for document in documents}
        whoosh_writing.put(self.served, newest.values(), newest, self._key)

    def drop(self, issue_ids: Collection[int]) -> None:
        """One commit."""
        whoosh_writing.drop(self.served, issue_ids, self._key)

    def is_whole(self) -> bool:
        """Every file is there as it was written."""
        try:
            steadily(self._link, self._manifest)
        except SearchUnavailable:
            return False
        return not self.is_doubted()

    def mark_served(self) -> CommonMark:
        """As its manifest says."""
        return steadily(self._link, self._manifest).mark

    def mark_built(self) -> CommonMark:
        """As its manifest says."""
        return steadily(self._built, self._manifest).mark

    def doubt(self) -> None:
        """A file says so, as long as it is there."""
        (self._folder / DOUBT).write_text(secrets.token_hex(8))

    def is_doubted(self) -> bool:
        """The file is there."""
        return (self._folder / DOUBT).exists()

    def trust(self) -> None:
        """The file goes."""
        (self._folder / DOUBT).unlink(missing_ok=True)

    def is_scattered(self) -> bool:
        """Many batches have left more segments than a search should open."""
        return len(steadily(self._link, self._manifest).files) > MOST_SEGMENTS

    def building(self) -> Building | None:
        """What the folder of the index being made says of itself."""
        try:
            found = json.loads((self._folder / PROGRESS).read_text())
            steadily(self._built, self._manifest)
            return Building(datetime.fromisoformat(found["begun_at"]), int(found["last_id"]))
        except (OSError, ValueError, KeyError, SearchUnavailable):
            return None

    def begin_building(self, moment: datetime) -> None:
        """An empty index in a folder that nobody reads yet."""
        whoosh_writing.create(self._built, self._key)
        if self.is_doubted():
            shutil.copyfile(self._folder / DOUBT, self._built / DOUBT)
        self._note_progress(Building(moment, 0))

    def build(self, documents: Iterable[Document], issue_ids: Sequence[int], reached: Building) -> None:
        """One commit. A step that was interrupted before is done again: its documents are replaced."""
        whoosh_writing.put(self._built, documents, issue_ids, self._key)
        self._note_progress(reached)

    def serve_built(self, documents: Sequence[Document]) -> None:
        """The link is turned in one step; those who read the old index keep it until they look again."""
        if documents:
            whoosh_writing.put(self._built, documents, [document.issue_id for document in documents], self._key)
        old, new = self.served, self._folder / f"index-{secrets.token_hex(8)}"
        self._built.rename(new)
        turned = self._folder / f"{CURRENT}.new"
        turned.unlink(missing_ok=True)
        turned.symlink_to(new.name)
        turned.replace(self._link)
        (self._folder / PROGRESS).unlink(missing_ok=True)
        if self.is_doubted() and _read(new / DOUBT) == _read(self._folder / DOUBT):
            self.trust()
        if old.name.startswith("index-"):
            shutil.rmtree(old, ignore_errors=True)

    def reading(self) -> AbstractContextManager[None]:
        """Writing the index takes long, and must hold up nobody who writes to the database."""
        return reads_only()

    def writing(self) -> AbstractContextManager[None]:
        """A lock of the operating system: it goes with the process that holds it."""
        return self._locked("writing.lock")

    def alone_in_building(self) -> AbstractContextManager[None]:
        """Another such lock, so that whoever builds holds up no batch."""
        return self._locked("building.lock")

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / name).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def versions(self) -> Mapping[int, str]:
        """Each issue with its marks, sorted and joined."""
        marks: dict[int, list[str]] = {}
        with self._pool.lent() as opened:
            for issue_id, mark in opened.marks_of_all():
                marks.setdefault(issue_id, []).append(mark)
        return {issue_id: " ".join(sorted(found)) for issue_id, found in marks.items()}

    @property
    def _built(self) -> Path:
        return self._folder / BUILT

    def _note_progress(self, building: Building) -> None:
        noted = json.dumps({"begun_at": building.begun_at.isoformat(), "last_id": building.last_id})
        temporary = self._folder / f"{PROGRESS}.new"
        temporary.write_text(noted)
        temporary.replace(self._folder / PROGRESS)

    @property
    def served(self) -> Path:
        """The folder that is searched and written to now."""
        return self._link.resolve()

    def _manifest(self, folder: Path) -> whoosh_manifest.Manifest:
        return whoosh_manifest.read(folder, self._key)


def _key_of(secret: str) -> bytes:
    return hashlib.sha256(f"search index:{secret}".encode()).digest()


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""
