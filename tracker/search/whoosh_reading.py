"""Answering from a Whoosh index, a set at a time.

Whoosh walks the documents of a query one by one through a tree of Python objects: 90 ms for a word that 37 % of
100,000 issues hold, 224 ms for two of them. We need no scores (results rank by place and date), only which
documents match; so the postings of a word are read block by block into a set, and "and", "or", "not" are the
sets' own. That takes about 8 ms a common word (docs/decisions/0007), and a reader shares no position with another.
"""

import pickle
import zlib
from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from io import BytesIO
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from whoosh import index
from whoosh.reading import TermNotFound

from tracker.search import TooManyWords, whoosh_manifest
from tracker.search.wanted import Every, Phrase, Some, Wanted, Without
from tracker.search.whoosh_mapped import storage_of
from tracker.search.whoosh_schema import FIELD_OF, ISSUE_COLUMN, MARKS, schema
from tracker.search.words import Word

MOST_BEGUN = 2_000
"""So many words may begin as those of a query do, in each segment; above that it says nothing, and costs a lot."""

MOST_MARKS = 64
Docs = set[int]


class Opened:
    """One generation of an index, as one thread reads it."""

    def __init__(self, folder: Path, key: bytes) -> None:
        manifest = whoosh_manifest.read(folder, key)
        storage = storage_of(folder)
        toc = index.TOC.read(storage, "MAIN", gen=manifest.generation, schema=schema())
        reader = index.FileIndex._reader(storage, toc.schema, toc.segments, toc.generation)
        self._reader = reader
        leaves = {leaf.segment().segment_id(): leaf for leaf, _ in reader.leaf_readers()} if toc.segments else {}
        self.segments = [Segment(leaves[segment.segment_id()], segment) for segment in toc.segments]

    def issues(self, tiers: Sequence[Wanted], alternatives: list[list[str]]) -> list[list[int]]:
        """For each tier the ids of the issues that match it and bear one mark of each list."""
        found: list[list[int]] = [[] for _ in tiers]
        for segment in self.segments:
            for issues, here in zip(found, segment.issues(tiers, alternatives), strict=True):
                issues += here
        return found

    def close(self) -> None:
        """Let go of the files."""
        self._reader.close()


class Segment:
    """A part of the index that never changes, but for the documents that were deleted from it."""

    def __init__(self, leaf: Any, segment: Any) -> None:
        self._leaf = leaf
        self._deleted: frozenset[int] = frozenset(segment.deleted_docs())
        self._bearing: dict[str, Docs] = {}
        self._begun = 0
        self._read: dict[tuple[str, Word], Docs] = {}

    def issues(self, tiers: Sequence[Wanted], alternatives: list[list[str]]) -> Iterator[Iterator[int]]:
        """For each tier the ids of the issues here that match it and bear one mark of each list."""
        among = self.live
        for marks in alternatives:
            among = among & set().union(*map(self._with_mark, marks))
        self._read.clear()
        self._begun = 0
        for wanted in tiers:
            yield map(self.issue_of.__getitem__, self._matching(wanted, among) if among else ())

    @cached_property
    def live(self) -> Docs:
        """The documents that were not deleted."""
        return set(range(self._leaf.doc_count_all())) - self._deleted

    @cached_property
    def issue_of(self) -> "array[int]":
        """The issue of each document by its number."""
        column = self._leaf.column_reader(ISSUE_COLUMN, translate=False)
        return array("q", column.load())

    def marks_of_all(self) -> Iterator[tuple[int, str]]:
        """Every mark with the issues that bear it: (issue id, mark)."""
        for mark in self._leaf.lexicon(MARKS):
            for doc in self._docs_of(MARKS, mark) - self._deleted:
                yield self.issue_of[doc], mark.decode()

    def _with_mark(self, mark: str) -> Docs:
        found = self._bearing.get(mark)
        if found is None:
            if len(self._bearing) >= MOST_MARKS:
                self._bearing.clear()
            found = self._bearing[mark] = self._docs_of(MARKS, mark.encode())
        return found

    def _matching(self, wanted: Wanted, among: Docs) -> Docs:
        match wanted:
            case Phrase():
                return self._with_phrase(wanted, among)
            case Every(parts):
                for part in sorted(parts, key=_cost):
                    among = self._matching(part, among) if among else among
                return among
            case Some(parts):
                return set().union(*(self._matching(part, among) for part in parts))
            case Without(part):
                return among - self._matching(part, among)

    def _with_phrase(self, phrase: Phrase, among: Docs) -> Docs:
        fields = [FIELD_OF[place] for place in sorted(phrase.places)]
        if len(phrase.words) == 1:
            return set().union(*(self._with_word(field, phrase.words[0]) for field in fields)) & among
        return set().union(*(self._side_by_side(field, phrase.words, among) for field in fields))

    def _with_word(self, field: str, word: Word) -> Docs:
        found = self._read.get((field, word))
        if found is None:
            found = set().union(*(self._docs_of(field, form) for form in self._forms(field, word)))
            self._read[field, word] = found
        return found

    def _forms(self, field: str, word: Word) -> list[bytes]:
        if not word.prefix:
            return [form.encode() for form in word.forms]
        begun = list(islice(self._leaf.expand_prefix(field, word.forms[0].encode()), MOST_BEGUN + 1))
        self._begun += len(begun)
        if self._begun > MOST_BEGUN:
            raise TooManyWords(word.forms[0])
        return begun

    def _side_by_side(self, field: str, words: tuple[Word, ...], among: Docs) -> Docs:
        """The documents in which the words stand next to each other, in their order."""
        for word in words:
            among = among & self._with_word(field, word)
        starts: dict[int, set[int]] = {}
        for shift, word in enumerate(words):
            here: dict[int, set[int]] = {}
            for doc, positions in self._positions(field, word, among):
                here.setdefault(doc, set()).update(position - shift for position in positions)
            starts = (
                here if not shift else {doc: kept for doc in starts if (kept := starts[doc] & here.get(doc, set()))}
            )
            among = set(starts)
        return among

    def _positions(self, field: str, word: Word, among: Docs) -> Iterator[tuple[int, "array[int]"]]:
        for form in self._forms(field, word):
            for docs, values in self._blocks(field, form):
                for doc, value in zip(docs, values or (), strict=True):
                    if doc in among:
                        yield doc, array("H", value)

    def _docs_of(self, field: str, form: bytes) -> Docs:
        return set().union(*(docs for docs, _ in self._blocks(field, form)))

    def _blocks(self, field: str, form: bytes) -> Iterator[tuple[tuple[int, ...], tuple[bytes, ...] | None]]:
        """The postings of one form, a block at a time: documents, and their positions where the field has them.

        The layout is that of `whoosh.codec.whoosh3.W3PostingsWriter`.
        """
        try:
            term = self._leaf.term_info(field, form)
        except TermNotFound:
            return
        if term.is_inlined():
            docs, _, values = term.inlined_postings()
            yield docs, values
            return
        offset, (length,) = term.extent()  # Whoosh unpacks the length without taking it out of its tuple
        file = BytesIO(self._leaf._terms._postfile.get(offset, length))
        file.seek(4)
        last = False
        while not last:
            size = int.from_bytes(file.read(4), "big", signed=True)
            end, last = file.tell() + abs(size), size < 0
            compressed = pickle.load(file)[3]  # noqa: S301  # the manifest vouches for the file
            data = file.read(end - file.tell())
            ids, _, values = pickle.loads(zlib.decompress(data) if compressed else data)  # noqa: S301
            yield tuple(accumulate(ids)), values


def _cost(wanted: Wanted) -> int:
    """Words first, phrases and beginnings among what they leave, exclusions last."""
    match wanted:
        case Phrase(words):
            return 1 if len(words) > 1 or words[0].prefix else 0
        case Every() | Some():
            return 2
        case Without():
            return 3
