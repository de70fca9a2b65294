"""How postings lie in a Whoosh segment: arrays of documents and of positions, a block after the other.

Whoosh pickles a tuple of numbers and one of byte strings for each 128 postings; to unpickle them was most of what
a common word cost, and nearly all that a phrase did (docs/decisions/0007). Everything else is Whoosh's own codec.
"""

import pickle
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from operator import sub
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3Codec, W3LeafMatcher, W3PostingsWriter

from tracker.search.whoosh_forward import ForwardFieldWriter

POSTINGS_A_BLOCK = 2_048
COMPRESSION = 1
HEADER = 4
"""Bytes before the first block of a list."""


@dataclass(frozen=True, slots=True)
class Block:
    """Postings that lie together."""

    docs: NDArray[np.int64]
    """The numbers of the documents, ascending."""

    counts: NDArray[np.uint32]
    """How many positions each document has, which may be none."""

    positions: NDArray[np.uint16]
    """Those of the first document, then those of the next, and so on."""


def blocks_in(postings: bytes) -> Iterator[Block]:
    """The blocks of one list of postings, as `W3PostingsWriter` frames them."""
    file = BytesIO(postings)
    file.seek(HEADER)
    last = False
    while not last:
        size = int.from_bytes(file.read(4), "big", signed=True)
        end, last = file.tell() + abs(size), size < 0
        compressed = pickle.load(file)[3]  # noqa: S301  # the manifest vouches for the file
        data = file.read(end - file.tell())
        yield _block(pickle.loads(zlib.decompress(data) if compressed else data))  # noqa: S301


def _block(data: tuple[bytes, None, tuple[bytes, bytes]]) -> Block:
    gaps, _, (counts, positions) = data
    docs = np.cumsum(np.frombuffer(gaps, np.uint32), dtype=np.int64)
    return Block(docs, np.frombuffer(counts, np.uint32), np.frombuffer(positions, np.uint16))


class PostingsCodec(W3Codec):
    """Whoosh's codec, with its postings as arrays. Segments name this class: it stays where it is."""

    def __init__(self) -> None:
        super().__init__(blocklimit=POSTINGS_A_BLOCK, compression=COMPRESSION)

    def field_writer(self, storage: Any, segment: Any) -> ForwardFieldWriter:
        """Writes the words of all fields."""
        return ForwardFieldWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> W3PostingsWriter:
        """Writes one field."""
        return _Writer(dbfile, self._blocklimit, byteids, self._compression, inlinelimit=0)

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> W3LeafMatcher:
        """Walks one list, as Whoosh does when it merges segments."""
        return _Matcher(dbfile, *terminfo.extent(), format_, term=term, scorer=scorer)


class _Writer(W3PostingsWriter):
    def add_posting(self, id_: int, weight: float, vbytes: bytes, length: int | None = None) -> None:
        """Whoosh leaves out a value that is empty, and the next document's would be taken for it."""
        super().add_posting(id_, weight, vbytes, length)
        if not vbytes:
            self._values.append(vbytes)

    def _mini_ids(self) -> bytes:
        return array("I", chain(self._ids[:1], map(sub, self._ids[1:], self._ids))).tobytes()

    def _mini_values(self) -> tuple[bytes, bytes]:
        """Positions are two bytes each."""
        return array("I", (len(value) // 2 for value in self._values)).tobytes(), b"".join(self._values)


class _Matcher(W3LeafMatcher):
    def _read_ids(self) -> None:
        self._ids = tuple(self._block().docs.tolist())

    def _read_values(self) -> None:
        block = self._block()
        values, start = [], 0
        for count in block.counts:
            values.append(block.positions[start : start + count].tobytes())
            start += count
        self._values = tuple(values)

    def _block(self) -> Block:
        if self._data is None:
            self._read_data()
        return _block(self._data)
