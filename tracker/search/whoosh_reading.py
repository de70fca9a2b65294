"""Answering from a Whoosh index, a set at a time.

Whoosh walks the documents of a query one by one through a tree of Python objects: 90 ms for a word that 37 % of
100,000 issues hold, 224 ms for two of them. We need no scores (results rank by place and date), only which
documents match; so the postings of a word become one truth for each document, and "and", "or", "not" are those of
arrays. That takes about a millisecond a common word (docs/decisions/0007), and readers share no position.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from itertools import chain
from pathlib import Path
from time import sleep, thread_time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import index
from whoosh.reading import TermNotFound

from tracker.search import whoosh_manifest
from tracker.search.wanted import Every, Phrase, Some, Wanted, Without
from tracker.search.whoosh_forward import Forward, Numbers, forward_of, words_begun
from tracker.search.whoosh_mapped import storage_of
from tracker.search.whoosh_postings import Block, blocks_in
from tracker.search.whoosh_schema import FIELD_OF, ISSUE_COLUMN, MARKS, schema
from tracker.search.words import Word

MOST_REMEMBERED = 16
HEAVY, GIVES_WAY = 0.08, 0.02
"""A search that has worked for so many seconds pauses for so many after each further segment: others are served."""

FURTHEST = 1 << 16
"""No position is as far: a document times this and a position are one number."""

Docs = NDArray[np.bool_]
"""For each document of a segment: is it meant?"""


@dataclass
class Known:
    """What was read of a segment and stays true, whichever of its documents are deleted later."""

    issue_of: NDArray[np.int64]
    """The issue of each document."""

    bearing: dict[tuple[str, ...], Docs] = field(default_factory=dict)
    """The documents that bear one of these marks, for the marks asked for of late."""


class Opened:
    """One generation of an index, as one thread reads it; what is known of its segments already is taken over."""

    def __init__(self, folder: Path, key: whoosh_manifest.Key, known: Mapping[str, Known]) -> None:
        manifest = whoosh_manifest.read(folder, key)
        storage = storage_of(folder)
        toc = index.TOC.read(storage, "MAIN", gen=manifest.generation, schema=schema())
        reader = index.FileIndex._reader(storage, toc.schema, toc.segments, toc.generation)
        self._reader = reader
        leaves = {leaf.segment().segment_id(): leaf for leaf, _ in reader.leaf_readers()} if toc.segments else {}
        self.segments: list[Segment] = [
            Segment(leaves[one.segment_id()], one, known.get(one.segment_id())) for one in toc.segments
        ]

    def issues(self, tiers: Sequence[Wanted], alternatives: list[list[str]]) -> list[list[int]]:
        """For each tier the ids of the issues that match it and bear one mark of each list."""
        found: list[list[int]] = [[] for _ in tiers]
        begun = thread_time()
        for segment in self.segments:
            for issues, here in zip(found, segment.issues(tiers, alternatives), strict=True):
                issues += here
            if thread_time() - begun > HEAVY:
                sleep(GIVES_WAY)
        return found

    def marks_of_all(self) -> Iterator[tuple[int, str]]:
        """Every mark with the issues that bear it: (issue id, mark)."""
        return chain.from_iterable(segment.marks_of_all() for segment in self.segments)

    def is_whole(self) -> bool:
        """No file has become shorter than what of it is mapped: to read there would end the process."""
        return all(segment.is_whole() for segment in self.segments)

    def close(self) -> None:
        """Let go of the files."""
        self._reader.close()


class Segment:
    """A part of the index that never changes, but for the documents that were deleted from it."""

    def __init__(self, leaf: Any, segment: Any, known: Known | None = None) -> None:
        self.name: str = segment.segment_id()
        self.known = known or Known(np.array(leaf.column_reader(ISSUE_COLUMN, translate=False).load(), np.int64))
        self._leaf = leaf
        self._deleted = sorted(segment.deleted_docs())
        self._sight: Docs = np.zeros(0, np.bool_)
        self._read: dict[tuple[str, Word | tuple[Word, ...]], Docs] = {}
        self._forward: dict[str, Forward] = {}
        self._ranges: dict[tuple[str, Word], range] = {}

    def issues(self, tiers: Sequence[Wanted], alternatives: list[list[str]]) -> Iterator[list[int]]:
        """For each tier the ids of the issues here that match it and bear one mark of each list."""
        self._read.clear()
        self._ranges.clear()
        self._sight = self._bearing_one_of_each(alternatives)
        for wanted in tiers:
            yield self.known.issue_of[self._matching(wanted, self._sight)].tolist() if self._sight.any() else []

    def is_whole(self) -> bool:
        """Asked of the file that is mapped, whatever bears its name by now."""
        source = self._leaf.storage().a._source
        return bool(source.size() >= len(source))

    @cached_property
    def live(self) -> Docs:
        """The documents that were not deleted."""
        live = np.ones(self._leaf.doc_count_all(), np.bool_)
        live[self._deleted] = False
        return live

    def marks_of_all(self) -> Iterator[tuple[int, str]]:
        """Every mark with the issues that bear it: (issue id, mark)."""
        for mark in self._leaf.lexicon(MARKS):
            for issue_id in self.known.issue_of[self._with_form(MARKS, mark) & self.live].tolist():
                yield issue_id, mark.decode()

    def _bearing_one_of_each(self, alternatives: list[list[str]]) -> Docs:
        """The live documents that bear one mark of each list."""
        among = self.live
        for marks in alternatives:
            among = among & self._bearing_one(tuple(marks))
        return among

    def _bearing_one(self, marks: tuple[str, ...]) -> Docs:
        """Those that bear one of the marks; what was asked for of late is remembered."""
        bearing = self.known.bearing
        found = bearing.get(marks)
        if found is None:
            if len(bearing) >= MOST_REMEMBERED:
                bearing.clear()
            bearing[marks] = found = self._any(self._with_form(MARKS, mark.encode()) for mark in marks)
        return found

    def _matching(self, wanted: Wanted, among: Docs) -> Docs:
        match wanted:
            case Phrase():
                return self._with_phrase(wanted, among)
            case Every(parts):
                for part in sorted(parts, key=_cost):
                    among = self._matching(part, among) if among.any() else among
                return among
            case Some(parts):
                return self._any(self._matching(part, among) for part in parts)
            case Without(part):
                return among & ~self._matching(part, among)

    def _with_phrase(self, phrase: Phrase, among: Docs) -> Docs:
        fields = [FIELD_OF[place] for place in sorted(phrase.places)]
        if len(phrase.words) == 1:
            return self._any(self._with_word(field, phrase.words[0], among) for field in fields)
        return self._any(self._side_by_side(field, phrase.words, among) for field in fields)

    def _with_word(self, field: str, word: Word, among: Docs) -> Docs:
        if word.prefix:
            return self._once((field, word), among, lambda: self._begun(field, word, among))
        found = self._read.get((field, word))
        if found is None:
            self._read[field, word] = found = self._any(self._with_form(field, form.encode()) for form in word.forms)
        return found & among

    def _side_by_side(self, field: str, words: tuple[Word, ...], among: Docs) -> Docs:
        """The documents in which the words stand next to each other, in their order."""
        return self._once((field, words), among, lambda: self._looked_through(field, words, among))

    def _once(self, what: tuple[str, Word | tuple[Word, ...]], among: Docs, look: Callable[[], Docs]) -> Docs:
        """What was found among all that the reader sees is not looked for again in the next tier."""
        found = self._read.get(what)
        if found is None:
            found = look()
            if among is self._sight:
                self._read[what] = found
        return found & among

    def _begun(self, field: str, word: Word, among: Docs) -> Docs:
        """Those of these documents that hold a word with this beginning; no other document is looked at."""
        found = np.zeros_like(among)
        documents = np.flatnonzero(among)
        found[documents] = self._forward_of(field).with_any(documents, self._words_begun(field, word))
        return found

    def _forward_of(self, field: str) -> Forward:
        if field not in self._forward:
            self._forward[field] = forward_of(self._leaf, field)
        return self._forward[field]

    def _words_begun(self, field: str, word: Word) -> range:
        if (field, word) not in self._ranges:
            self._ranges[field, word] = words_begun(self._leaf._terms, field, word.forms[0].encode())
        return self._ranges[field, word]

    def _looked_through(self, field: str, words: tuple[Word, ...], among: Docs) -> Docs:
        for word in words:
            among = self._with_word(field, word, among)
        found = np.zeros_like(among)
        if among.any():
            starts = (self._starts(field, word, shift, among) for shift, word in enumerate(words))
            found[reduce(_in_both, starts) // FURTHEST] = True
        return found

    def _starts(self, field: str, word: Word, shift: int, among: Docs) -> NDArray[np.int64]:
        """Where a phrase would begin that has the word so many places further: document and position as one number.

        Ascending; a position at which two forms of the word stand is there twice.
        """
        found = [
            (documents * FURTHEST + positions - shift)[positions >= shift]
            for documents, positions in self._positions(field, word, among)
        ]
        return np.sort(np.concatenate([np.zeros(0, np.int64), *found]), kind="stable")

    def _positions(self, field: str, word: Word, among: Docs) -> Iterator[tuple[Numbers, Numbers]]:
        """Where the word stands in these documents: the document and the position of each."""
        if word.prefix:
            yield self._forward_of(field).positions_in(np.flatnonzero(among), self._words_begun(field, word))
            return
        for block in (block for form in word.forms for block in self._blocks(field, form.encode())):
            meant = np.repeat(among[block.docs], block.counts)
            yield np.repeat(block.docs, block.counts)[meant], block.positions[meant].astype(np.int64)

    def _any(self, found: Iterable[Docs]) -> Docs:
        return reduce(np.logical_or, found, np.zeros(self._leaf.doc_count_all(), np.bool_))

    def _with_form(self, field: str, form: bytes) -> Docs:
        found = np.zeros(self._leaf.doc_count_all(), np.bool_)
        for block in self._blocks(field, form):
            found[block.docs] = True
        return found

    def _blocks(self, field: str, form: bytes) -> Iterator[Block]:
        try:
            term = self._leaf.term_info(field, form)
        except TermNotFound:
            return
        offset, (length,) = term.extent()  # Whoosh unpacks the length without taking it out of its tuple
        yield from blocks_in(self._leaf._terms._postfile.get(offset, length))


def _in_both(some: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of `some` that are among the `others`, which ascend."""
    nearest = np.searchsorted(others, some)
    inside = nearest < len(others)
    common: NDArray[np.int64] = some[inside][others[nearest[inside]] == some[inside]]
    return common


def _cost(wanted: Wanted) -> int:
    """Words first, phrases and beginnings among what they leave, exclusions last."""
    match wanted:
        case Phrase(words):
            return 1 if len(words) > 1 or words[0].prefix else 0
        case Every() | Some():
            return 2
        case Without():
            return 3
