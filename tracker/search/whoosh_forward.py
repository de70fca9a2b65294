"""What each document of a segment holds: a forward index beside the postings, in which beginnings are looked for.

The lexicon knows the words of everybody. To go through those that begin so would take, and count, what the reader does
not see; so a beginning is looked for in the reader's own documents alone (docs/decisions/0019). A word is the number of
its place in the sorted lexicon, a beginning a range of numbers, and the words of a document lie in their order.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3FieldWriter, W3TermsReader

from tracker.search.whoosh_schema import FIELD_OF
from tracker.search.words import STEM

AFTER_ALL = b"\xff"
"""Stands behind every letter in UTF-8."""

PARTS = {"starts": np.uint32, "words": np.uint32, "places": np.uint32, "positions": np.uint16}
"""The files of a field in a segment."""

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Forward:
    """The words of one field, document by document; stems, of which nobody types a beginning, are left out."""

    starts: NDArray[np.uint32]
    """Where the words of each document begin, and where the last end."""

    words: NDArray[np.uint32]
    """The numbers of the words, ascending in each document."""

    places: NDArray[np.uint32]
    """Where the positions of each word begin, and where the last end."""

    positions: NDArray[np.uint16]

    def with_any(self, documents: Numbers, begun: range) -> NDArray[np.bool_]:
        """Which of the documents hold a word of this range."""
        at = self._first_from(documents, begun.start)
        found = at < self.starts[documents + 1]
        found[found] = self.words[at[found]] < begun.stop
        return found

    def positions_in(self, documents: Numbers, begun: range) -> tuple[Numbers, Numbers]:
        """Where words of this range stand: the document and the position of each."""
        first = self.places[self._first_from(documents, begun.start)].astype(np.int64)
        held = self.places[self._first_from(documents, begun.stop)] - first
        ends = np.cumsum(held)
        at = np.repeat(first - ends + held, held) + np.arange(held.sum())
        return np.repeat(documents, held), self.positions[at].astype(np.int64)

    def _first_from(self, documents: Numbers, word: int) -> Numbers:
        """Where in each document the words from this one on begin: a bisection of all documents at once."""
        low, high = self.starts[documents].astype(np.int64), self.starts[documents + 1].astype(np.int64)
        while (unsure := np.flatnonzero(low < high)).size:
            middle = (low[unsure] + high[unsure]) // 2
            before = self.words[middle] < word
            low[unsure] = np.where(before, middle + 1, low[unsure])
            high[unsure] = np.where(before, high[unsure], middle)
        return low


def words_begun(terms: W3TermsReader, field: str, beginning: bytes) -> range:
    """The numbers of the words that begin so, by two bisections of the lexicon."""
    index = terms._tindex
    numbers = range(index.indexlen)

    def key_of(number: int) -> bytes:
        found: bytes = index.key_at(index._get_pos(index.indexbase + number * index.indexsize))
        return found

    first = bisect_left(numbers, terms._keycoder(field, beginning), key=key_of)
    return range(first, bisect_left(numbers, terms._keycoder(field, beginning + AFTER_ALL), first, key=key_of))


def forward_of(leaf: Any, field: str) -> Forward:
    """The forward index of a field of an opened segment, where it lies in the memory map."""
    files, name = leaf.storage(), leaf.segment().make_filename
    if not files.file_exists(name(f".{field}.starts")):
        none = np.zeros(1, np.uint32)
        return Forward(np.zeros(leaf.doc_count_all() + 1, np.uint32), none[:0], none, none[:0].astype(np.uint16))
    return Forward(**{part: files.open_file(name(f".{field}.{part}")).as_array(kind) for part, kind in PARTS.items()})


class ForwardFieldWriter(W3FieldWriter):
    """Writes the words of a segment, and besides what each document holds; merging goes through here as well."""

    def __init__(self, codec: Any, storage: Any, segment: Any) -> None:
        super().__init__(codec, storage, segment)
        self._number, self._gathered = -1, _Gathered()

    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        """The words of another field follow; marks are looked for whole."""
        super().start_field(fieldname, fieldobj)
        self._gathered = _Gathered()

    def start_term(self, btext: bytes) -> None:
        """The postings of the next word of the lexicon follow."""
        super().start_term(btext)
        self._number += 1
        self._is_kept = STEM.encode() not in btext and self._fieldname in FIELD_OF.values()

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int) -> None:
        """One posting."""
        super().add(docnum, weight, vbytes, length)
        if self._is_kept:
            self._gathered.add(docnum, self._number, vbytes)

    def finish_field(self) -> None:
        """All documents of the segment are known by now."""
        super().finish_field()
        if self._fieldname in FIELD_OF.values():
            for part, values in self._gathered.parts(self._segment.doc_count_all()):
                with self._create_file(f".{self._fieldname}.{part}") as file:
                    file.write(values.astype(PARTS[part]).tobytes())


class _Gathered:
    """The words of a field as they come in the order of the lexicon, to be written in the order of the documents."""

    def __init__(self) -> None:
        self._documents, self._words, self._counts, self._positions = array("I"), array("I"), array("I"), array("H")

    def add(self, document: int, word: int, positions: bytes) -> None:
        self._documents.append(document)
        self._words.append(word)
        self._counts.append(len(positions) // self._positions.itemsize)
        self._positions.frombytes(positions)

    def parts(self, documents: int) -> Iterator[tuple[str, NDArray[Any]]]:
        """The arrays of `Forward`, by their names."""
        document, count = np.asarray(self._documents), np.asarray(self._counts)
        order = np.argsort(document, kind="stable")
        yield "starts", _bounds(np.bincount(document, minlength=documents))
        yield "words", np.asarray(self._words)[order]
        yield "places", _bounds(count[order])
        yield "positions", np.asarray(self._positions)[np.argsort(np.repeat(document, count), kind="stable")]


def _bounds(lengths: NDArray[Any]) -> Numbers:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])
