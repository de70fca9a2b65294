"""The port of the search engines: what is given to one, and what it answers.

An engine narrows, the database decides: its answer becomes a condition of the statement that reads the issues
through the visibility predicate (docs/decisions/0006).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import BindParameter, ColumnElement

from tracker.search.wanted import Wanted
from tracker.search.words import Words

VIEWER = "viewer"
"""The mark of a company that sees the issue; its value is the company's id."""

MADE = "made"
"""The mark of what a document was made from. It is compared with the database, and asked for by no search."""


@dataclass(frozen=True, slots=True)
class Document:
    """What an engine knows of one issue: its words by place, and marks (`viewer=7`, `status=New`, …)."""

    issue_id: int
    head: Words
    comments: Words
    attachments: Words
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What every hit must bear besides the words: a viewer, and for each name one of its values."""

    viewer: int
    marks: Mapping[str, Collection[str]] = field(default_factory=dict)
    sees_all: bool = False
    """No issue is foreign to this viewer."""

    @property
    def alternatives(self) -> list[list[str]]:
        """The marks, as an "and" of "or"s."""
        marks = [[f"{name}={value}" for value in values] for name, values in self.marks.items()]
        return [[f"{VIEWER}={self.viewer}"], *marks]


class SearchUnavailable(Exception):
    """The index is missing, damaged or being made; the sentence is for the reader of the page."""


class Amount(StrEnum):
    """How many issues were found, which decides how a sorted page of them is found soonest."""

    FEW = "few"
    """They are looked up, then sorted."""
    MANY = "many"
    """The sorted issues are walked until enough of them are among those found."""
    UNCOUNTED = "uncounted"
    """So are they, and each is asked whether it fits: the engine gave no list."""
    BEGUN = "begun"
    """So are they, and what is only begun is looked for in the reader's own alone: no index is asked for it."""


class Engine(Protocol):
    """What answers a search. `name` is what configuration and the commands call it."""

    name: str
    joins: bool
    """Does it understand "and", "or" and "not"? Else it is asked phrase by phrase, and the database joins them."""

    on_postgres: bool
    """The database in which its conditions are asked."""

    def find(self, wanted: Wanted, conditions: Conditions, *, ranked: bool) -> tuple[Any, ...]:
        """The issues, in the form that `among` understands; `ranked`, in tiers, each of which contains the one before.

        Raises `SearchUnavailable`.
        """

    def among(self, found: BindParameter[Any], amount: Amount) -> ColumnElement[bool]:
        """The condition on `Issue` that what `find` gave (bound to the parameter) holds it."""

    def amount_of(self, found: Any) -> Amount:
        """How many that are."""


class SearchBackend(Engine, Protocol):
    """An engine with an index, which the worker writes and web processes only read."""

    def put(self, documents: Sequence[Document]) -> None:
        """Write or replace the documents of these issues. The worker alone calls it."""

    def versions(self) -> Mapping[int, str]:
        """The issues that are indexed, each with its marks, sorted and joined. Raises `SearchUnavailable`."""

    def drop(self, issue_ids: Collection[int]) -> None:
        """Forget these issues."""

    def is_whole(self) -> bool:
        """Every issue was indexed once, and nothing is known to be damaged or in doubt."""

    def mark_served(self) -> "CommonMark":
        """What the index that is served bears. Raises `SearchUnavailable`."""

    def mark_built(self) -> "CommonMark":
        """The same of the index being made."""

    def doubt(self) -> None:
        """It is not as the database: it is to be compared, or to be made anew."""

    def is_doubted(self) -> bool:
        """It waits to be compared, and serves nothing until then."""

    def trust(self) -> None:
        """It was compared."""

    def is_scattered(self) -> bool:
        """It would be searched faster if it were made anew. Raises `SearchUnavailable`."""

    def building(self) -> "Building | None":
        """The index that is being made beside the one that is served, if there is one; it survives a restart."""

    def begin_building(self, moment: datetime) -> None:
        """Begin to make the index anew."""

    def build(self, documents: Iterable[Document], issue_ids: Sequence[int], reached: "Building") -> None:
        """Write or replace the documents of these issues in the index being made, and note how far it is then."""

    def serve_built(self, documents: Sequence[Document]) -> None:
        """Replace what changed meanwhile by these documents, and serve the index made."""

    def reading(self) -> AbstractContextManager[None]:
        """How the issues are read for it: in a transaction of their own, where the index is not in the database."""

    def writing(self) -> AbstractContextManager[None]:
        """Alone in writing what is served: held for a batch, and while what was built takes its place."""

    def alone_in_building(self) -> AbstractContextManager[None]:
        """Alone in making the index anew: held for a step."""


@dataclass(frozen=True, slots=True)
class CommonMark:
    """What an index and its database both bear: a word that each writing draws by chance."""

    drawn: str
    before: str
    """That of the writing before; empty where it was never noted."""

    written: Sequence[int]
    """The issues of the last writing."""


@dataclass(frozen=True, slots=True)
class Building:
    """How far an index being made has come: the last issue in it, and since when changes are to be read again."""

    begun_at: datetime
    last_id: int
