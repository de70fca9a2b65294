"""Writing a Whoosh index: a batch is one commit, and what a killed writer left is taken away."""

import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from whoosh import index, query
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from tracker.search import CommonMark, Document, whoosh_manifest
from tracker.search.whoosh_mapped import storage_of
from tracker.search.whoosh_postings import PostingsCodec
from tracker.search.whoosh_schema import ISSUE, row_of, schema

MEMORY_MB = 128
SMALL, MOST_SMALL = 100, 8
"""A segment of so few documents is merged with its like once there are so many of them."""


class SignedWriter(SegmentWriter):
    """Vouches for a new generation before the files of the old one go."""

    def __init__(self, opened: index.FileIndex, folder: Path, mark: CommonMark, key: whoosh_manifest.Key) -> None:
        super().__init__(opened, limitmb=MEMORY_MB, timeout=30.0, delay=0.05, codec=PostingsCodec())
        self._folder, self._mark, self._key = folder, mark, key

    def _commit_toc(self, segments: Sequence[Any]) -> None:
        toc = index.TOC(self.schema, segments, self.generation)
        toc.write(self.storage, self.indexname)
        vouch(self._folder, toc, self._mark, self._key)
        index.clean_files(self.storage, self.indexname, self.generation, segments)


def vouch(folder: Path, toc: index.TOC, mark: CommonMark, key: whoosh_manifest.Key) -> None:
    """Write the manifest of a generation."""
    names = [segment.make_filename(".seg") for segment in toc.segments]
    names.append(index.TOC._filename("MAIN", toc.generation))
    whoosh_manifest.write(folder, toc.generation, names, mark, key)


def create(folder: Path, key: whoosh_manifest.Key) -> None:
    """An empty index in a new folder that nobody else may read; what stood there goes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    index.create_in(str(folder), schema())
    vouch(folder, index.TOC(schema(), [], 0), CommonMark(_drawn(), _drawn(), ()), key)


def put(folder: Path, documents: Iterable[Document], issue_ids: Collection[int], key: whoosh_manifest.Key) -> None:
    """Write or replace the documents of these issues, one for each, in one commit.

    Raises `SearchUnavailable` for a missing or damaged index.
    """
    with _writer(folder, issue_ids, key) as writer:
        _delete(writer, issue_ids)
        for document in documents:
            writer.add_document(**row_of(document))


def drop(folder: Path, issue_ids: Collection[int], key: whoosh_manifest.Key) -> None:
    """Remove the documents of these issues in one commit."""
    with _writer(folder, issue_ids, key) as writer:
        _delete(writer, issue_ids)


@contextmanager
def _writer(folder: Path, issue_ids: Collection[int], key: whoosh_manifest.Key) -> Iterator[SignedWriter]:
    manifest = whoosh_manifest.read(folder, key)
    whoosh_manifest.remove_litter(folder, manifest)
    mark = CommonMark(_drawn(), manifest.mark.drawn, sorted(issue_ids))
    writer = SignedWriter(index.FileIndex(storage_of(folder), schema()), folder, mark, key)
    try:
        yield writer
    except BaseException:
        writer.cancel()
        raise
    writer.commit(mergetype=merge_small)


def merge_small(writer: SignedWriter, segments: Sequence[Any]) -> list[Any]:
    """Merge small segments with each other and leave the rest: what remains.

    Whoosh's own policy merges the largest too, at 270 documents a second, while changes wait
    to be found. An index of too many segments is made anew beside this one instead.
    """
    kept = [segment for segment in segments if segment.doc_count()]
    small = [segment for segment in kept if segment.doc_count_all() <= SMALL]
    if len(small) < MOST_SMALL:
        return kept
    for segment in small:
        with closing(SegmentReader(writer.storage, writer.schema, segment)) as reader:
            writer.add_reader(reader)
    return [segment for segment in kept if segment not in small]


def _drawn() -> str:
    return secrets.token_hex(8)


def _delete(writer: SignedWriter, issue_ids: Iterable[int]) -> None:
    """One query for all: a writer opens every segment again for each that it is asked."""
    writer.delete_by_query(query.Or([query.Term(ISSUE, str(issue_id)) for issue_id in issue_ids]))
