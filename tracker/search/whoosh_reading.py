"""Answering from a Whoosh index, a set at a time.

Whoosh walks the documents of a query one by one through a tree of Python objects: 90 ms for a word that 37 % of
100,000 issues hold, 224 ms for two of them. We need no scores (results rank by place and date), only which
documents match; so the postings of a word become one truth for each document, and "and", "or", "not" are those of
arrays. That takes about a millisecond a common word (docs/decisions/0007), and readers share no position.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from itertools import islice
from pathlib import Path
from time import sleep, thread_time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import index
from whoosh.reading import TermNotFound

from tracker.search import TooManyWords, whoosh_manifest
from tracker.search.wanted import Every, Phrase, Some, Wanted, Without
from tracker.search.whoosh_mapped import storage_of
from tracker.search.whoosh_postings import Block, blocks_in
from tracker.search.whoosh_schema import FIELD_OF, ISSUE_COLUMN, MARKS, schema
from tracker.search.words import Word

MOST_BEGUN = 2_000
"""So many words may begin as those of a query do, in each segment; above that it says nothing, and costs a lot."""

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
    """One generation of an index, as one thread reads it; it remembers what the one before knew."""

    def __init__(self, folder: Path, key: bytes, before: "Opened | None" = None) -> None:
        manifest = whoosh_manifest.read(folder, key)
        storage = storage_of(folder)
        toc = index.TOC.read(storage, "MAIN", gen=manifest.generation, schema=schema())
        reader = index.FileIndex._reader(storage, toc.schema, toc.segments, toc.generation)
        self._reader = reader
        leaves = {leaf.segment().segment_id(): leaf for leaf, _ in reader.leaf_readers()} if toc.segments else {}
        known = {segment.name: segment.known for segment in before.segments} if before else {}
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
        self._begun = 0
        self._sight: Docs = np.zeros(0, np.bool_)
        self._read: dict[tuple[str, Word | tuple[Word, ...]], Docs] = {}

    def issues(self, tiers: Sequence[Wanted], alternatives: list[list[str]]) -> Iterator[list[int]]:
        """For each tier the ids of the issues here that match it and bear one mark of each list."""
        self._read.clear()
        self._begun = 0
        self._sight = self._bearing_one_of_each(alternatives)
        for wanted in tiers:
            yield self.known.issue_of[self._matching(wanted, self._sight)].tolist() if self._sight.any() else []

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
            return self._any(self._with_word(field, phrase.words[0]) for field in fields) & among
        return self._any(self._side_by_side(field, phrase.words, among) for field in fields)

    def _with_word(self, field: str, word: Word) -> Docs:
        found = self._read.get((field, word))
        if found is None:
            found = self._any(self._with_form(field, form) for form in self._forms(field, word))
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
        found = self._read.get((field, words))
        if found is None:
            found = self._looked_through(field, words, among)
            if among is self._sight:
                self._read[field, words] = found
        return found & among

    def _looked_through(self, field: str, words: tuple[Word, ...], among: Docs) -> Docs:
        for word in words:
            among = among & self._with_word(field, word)
        found = np.zeros_like(among)
        if among.any():
            starts = (self._starts(field, word, shift, among) for shift, word in enumerate(words))
            found[reduce(_in_both, starts) // FURTHEST] = True
        return found

    def _starts(self, field: str, word: Word, shift: int, among: Docs) -> NDArray[np.int64]:
        """Where a phrase would begin that has the word so many places further: document and position as one number.

        Ascending; a position at which two forms of the word stand is there twice.
        """
        found = [np.zeros(0, np.int64)]
        for block in (block for form in self._forms(field, word) for block in self._blocks(field, form)):
            positions = block.positions - np.int64(shift)
            meant = np.repeat(among[block.docs], block.counts) & (positions >= 0)
            found.append((np.repeat(block.docs * FURTHEST, block.counts) + positions)[meant])
        return np.sort(np.concatenate(found), kind="stable")

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
