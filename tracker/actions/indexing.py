"""Keeping the search index: batches of what changed, and making it anew beside the one that is served."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete

from tracker.actions.common_mark import is_built_from_this, note_built, note_served, unsure_issues
from tracker.actions.history import INDEX
from tracker.clock import now
from tracker.db import db
from tracker.models import Job
from tracker.queries import indexing
from tracker.queries.documents import documents_of
from tracker.search import Building, Document, SearchBackend

BATCH = 200
FEW = 500
"""So many issues are indexed while every batch waits."""

SETTLED = timedelta(seconds=10)
"""A change is dated before it is committed: after so long what is dated earlier can be read."""

READ_AT_ONCE = 500
STEPS, SHORTEST_STEP, LONGEST_STEP = 12, 500, 8_000
"""Steps of making the index anew: few commits leave few segments."""


def index_changes(engine: SearchBackend, only: int | None = None) -> bool:
    """Index the issues that changed, at most `BATCH`, or the one of a single job; False when none did.

    An index and a database that did not see the same, because one of them was restored, end in doubt of the index.
    Raises `SearchUnavailable`.
    """
    with engine.writing():
        with engine.reading():
            unsure = unsure_issues(engine)
            jobs = indexing.due_jobs(INDEX, BATCH, only)
            ids = sorted({job.issue_id for job in jobs}.union(unsure or ()))
            documents = documents_of(ids)
        if unsure is None:
            engine.doubt()
        elif not ids:
            return False
        _put(engine, ids, documents)
        db.session.execute(delete(Job).where(Job.id.in_([job.id for job in jobs])))
    return True


def _put(engine: SearchBackend, issue_ids: Sequence[int], documents: Sequence[Document]) -> None:
    """Write what these issues are, and take away those that are not there."""
    engine.put(documents)
    gone = set(issue_ids) - {document.issue_id for document in documents}
    if gone:
        engine.drop(gone)
    note_served(engine)


def begin_building(engine: SearchBackend) -> None:
    """Begin to make the index anew, unless that has begun already."""
    with engine.alone_in_building():
        if engine.building() is None:
            engine.begin_building(now() - SETTLED)
            note_built(engine)


def build_next(engine: SearchBackend, step: int | None = None) -> None:
    """One step of making the index anew, of so many issues; the last one serves it.

    Two that build at once take turns. What was begun from another database, or another state of it, is begun again.
    """
    with engine.alone_in_building():
        if engine.building() is None:
            return
        with engine.reading():
            if not is_built_from_this(engine):
                engine.begin_building(now() - SETTLED)
            building = engine.building()
            ids = indexing.next_issues(building.last_id, step or _step()) if building else []
            if building and ids:
                engine.build(_one_by_one(ids), ids, Building(building.begun_at, ids[-1]))
        if ids:
            note_built(engine)
        elif building:
            _catch_up(engine, building)


def _catch_up(engine: SearchBackend, building: Building) -> None:
    """What changed meanwhile: much of it in a further step, the last of it while nobody else writes."""
    moment = now() - SETTLED
    with engine.reading():
        changed = indexing.issues_changed_since(building.begun_at)
        if len(changed) > FEW:
            engine.build(_one_by_one(changed), changed, Building(moment, building.last_id))
    if len(changed) > FEW:
        note_built(engine)
    else:
        _serve_built(engine, building.begun_at)


def _serve_built(engine: SearchBackend, begun_at: datetime) -> None:
    with engine.writing():
        with engine.reading():
            changed = list(_one_by_one(indexing.issues_changed_since(begun_at)))
        engine.serve_built(changed)
        note_served(engine)


def _step() -> int:
    return min(max(SHORTEST_STEP, indexing.count_issues() // STEPS + 1), LONGEST_STEP)


def _one_by_one(issue_ids: Sequence[int]) -> Iterator[Document]:
    """The documents of many issues, read a few hundred at a time."""
    for start in range(0, len(issue_ids), READ_AT_ONCE):
        yield from documents_of(issue_ids[start : start + READ_AT_ONCE])


def mend(engine: SearchBackend) -> Iterator[int]:
    """Compare the index with the database, and put right each issue that differs: their ids, in order.

    Raises `SearchUnavailable`.
    """
    present = dict(engine.versions())
    after = 0
    while True:
        with engine.reading():
            ids = indexing.next_issues(after, READ_AT_ONCE)
            wanted = indexing.marks_wanted(ids)
        if not ids:
            break
        different = [issue_id for issue_id in ids if present.pop(issue_id, None) != wanted.get(issue_id)]
        if different:
            with engine.writing():
                with engine.reading():
                    documents = documents_of(different)
                _put(engine, different, documents)
        yield from different
        after = ids[-1]
    if present:
        with engine.writing():
            engine.drop(present)
            note_served(engine)
        yield from sorted(present)
    engine.trust()
