"""PostgreSQL's own full-text search: a vector of our words and marks for each issue, in a GIN index.

The vector holds a word plainly when it stands in the head or the comments, once more as `h:word` when in the head, and
as `f:word` when in attachments; so the index alone answers for each place, and the marks of who sees the issue are
intersected in it with the words, however common (docs/decisions/0008). Queries are casts of lexemes that we
quote, so no text of a person is parsed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    BindParameter,
    ColumnElement,
    Float,
    Integer,
    Select,
    String,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY, insert

from tracker.db import db
from tracker.models import Issue, MarketFact, SearchDocument
from tracker.search import MADE, Amount, Building, CommonMark, Conditions, Document
from tracker.search.wanted import ANYWHERE, Every, Phrase, Place, Some, Wanted, Without, tiers_of, without_beginnings
from tracker.search.words import GAP, Word, Words

HEAD, ATTACHED, MARK = "h:", "f:", "="
LOCK = 0x7EAC4
"""The number of our advisory lock."""

BUILDING, BUILT = "search being built", "search built"
APART = "\n"
"""Between the query that the index is asked and the one that no index is."""

FURTHEST = 16_383
"""No position of a `tsvector` is greater."""

PREFIXES: Mapping[frozenset[Place], tuple[tuple[str, str], ...]] = {
    frozenset({Place.HEAD}): ((HEAD, ""),),
    frozenset({Place.HEAD, Place.COMMENTS}): (("", ""),),
    frozenset({Place.COMMENTS}): (("", "C"),),
    frozenset({Place.ATTACHMENTS}): ((ATTACHED, ""),),
    ANYWHERE: (("", ""), (ATTACHED, "")),
}
"""Under which prefix, and with which weight, a word of these places is looked for."""

NOTES = {"": Place.COMMENTS, ATTACHED: Place.ATTACHMENTS}
"""The place of a note's word, by its prefix."""


CUSTOM_PLANS = text("SET LOCAL plan_cache_mode = force_custom_plan")
"""How many issues hold a word decides the plan; one plan for all words would walk a million rows for a rare one."""

BY_WORDS_ALONE = text("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
AS_IT_SEES_FIT = text("SET LOCAL enable_seqscan = on; SET LOCAL enable_indexscan = on")

FEW = 2_000
SHARE = 1 / 40
"""Up to so many issues, or this share of all, are listed. The few are looked up; of more, the newest are walked."""


class PostgresBackend:
    """The index is a table of the database, written by the worker and replicated with the rest."""

    name = "postgres"
    joins = True
    on_postgres = True

    def find(self, wanted: Wanted, conditions: Conditions, *, ranked: bool) -> tuple[str, ...]:
        """For each tier the ids of its issues as a JSON list, or of many the text of a `tsquery` of words and marks.

        The planner takes every word that it does not know for one in two hundred, and walks a million rows for a
        rare one; so the index is asked first. From the first tier on that holds many, hits rank by their date alone:
        of many, none is the best, and to tell the places apart would read each vector.
        """
        db.session.execute(CUSTOM_PLANS)
        marks = [f"({' | '.join(_quoted(MARK + mark) for mark in some)})" for some in conditions.alternatives]
        by_index = conditions.sees_all or without_beginnings(wanted) == wanted
        ask = _Asked if by_index else _AskedOfOwn
        return tuple(_found([ask(tier, marks) for tier in tiers_of(wanted, ranked=ranked)]))

    def amount_of(self, found: str) -> Amount:
        """A list is of few or many; of more there is only the query."""
        if not found.startswith("["):
            return Amount.BEGUN if APART in found else Amount.UNCOUNTED
        return Amount.FEW if found.count(",") < FEW else Amount.MANY

    def among(self, found: BindParameter[Any], amount: Amount) -> ColumnElement[bool]:
        """The issue is in the list, or its vector fits the query."""
        if amount in (Amount.FEW, Amount.MANY):
            elements = func.json_array_elements_text(cast(found, JSON)).column_valued("found")
            listed = Issue.id.in_(select(cast(elements, Integer)))
            return listed if amount is Amount.FEW else listed.is_(True)  # a test of each row, not a join
        asked = (found,) if amount is Amount.UNCOUNTED else (func.split_part(found, APART, part) for part in (1, 2))
        return exists().where(SearchDocument.issue_id == Issue.id, *_fits(*asked))

    def put(self, documents: Sequence[Document]) -> None:
        """Write the rows into the current transaction."""
        rows = [
            {"issue_id": document.issue_id, "words": vector_of(document), "marks": " ".join(sorted(document.marks))}
            for _, document in sorted({document.issue_id: document for document in documents}.items())
        ]
        if rows:
            statement = insert(SearchDocument)
            new = {"words": statement.excluded.words, "marks": statement.excluded.marks}
            db.session.execute(statement.on_conflict_do_update(index_elements=["issue_id"], set_=new), rows)

    def drop(self, issue_ids: Collection[int]) -> None:
        """Remove the rows of these issues."""
        db.session.execute(delete(SearchDocument).where(SearchDocument.issue_id.in_(issue_ids)))

    def is_whole(self) -> bool:
        """The rows were all written once; the database looks after them since."""
        return db.session.get(MarketFact, BUILT) is not None

    def mark_served(self) -> CommonMark:
        """Always the same: a restore brings the rows with the issues. It differs after another engine had its turn."""
        return CommonMark(self.name, "", ())

    def mark_built(self) -> CommonMark:
        """The same."""
        return self.mark_served()

    def doubt(self) -> None:
        """The rows are written anew where they are."""
        db.session.execute(delete(MarketFact).where(MarketFact.name.in_((BUILDING, BUILT))))

    def is_doubted(self) -> bool:
        """Never: nothing waits for a comparison."""
        return False

    def trust(self) -> None:
        """Nothing waits for it."""

    def is_scattered(self) -> bool:
        """The database tidies its index itself."""
        return False

    def building(self) -> Building | None:
        """Kept as a fact of the database: the rows themselves are replaced where they are."""
        fact = db.session.get(MarketFact, BUILDING)
        if fact is None:
            return None
        moment, _, last_id = fact.value.partition(" ")
        return Building(datetime.fromisoformat(moment), int(last_id))

    def begin_building(self, moment: datetime) -> None:
        """Remember that every row is to be written anew."""
        db.session.merge(MarketFact(name=BUILDING, value=f"{moment.isoformat()} 0"))

    def build(self, documents: Iterable[Document], issue_ids: Sequence[int], reached: Building) -> None:
        """Write the rows anew, and how far that is."""
        self.put(list(documents))
        db.session.merge(MarketFact(name=BUILDING, value=f"{reached.begun_at.isoformat()} {reached.last_id}"))

    def serve_built(self, documents: Sequence[Document]) -> None:
        """All rows are new: nothing is left to do."""
        self.put(documents)
        db.session.execute(delete(MarketFact).where(MarketFact.name == BUILDING))
        db.session.merge(MarketFact(name=BUILT, value="yes"))

    def reading(self) -> AbstractContextManager[None]:
        """In the transaction that writes the index as well."""
        return nullcontext()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A lock that goes with the transaction: what another worker read earlier is not written later."""
        db.session.execute(select(func.pg_advisory_xact_lock(LOCK)))
        yield

    def alone_in_building(self) -> AbstractContextManager[None]:
        """Two that build write the same rows: the later waits for the earlier."""
        return nullcontext()

    def versions(self) -> Mapping[int, str]:
        """Each issue with its marks, sorted and joined."""
        rows = db.session.execute(select(SearchDocument.issue_id, SearchDocument.marks))
        return {row.issue_id: row.marks for row in rows}


def vector_of(document: Document) -> str:
    """The text of the `tsvector` of a document."""
    after_head = max((place for places in document.head.values() for place in places[-1:]), default=0) + GAP
    shown: dict[str, list[str]] = {}
    for form, places in document.head.items():
        shown.setdefault(form, []).extend(f"{place}A" for place in places)
    for form, places in document.comments.items():
        kept = (place + after_head for place in places)
        shown.setdefault(form, []).extend(f"{place}C" for place in kept if place <= FURTHEST)
    lexemes = [*_lexemes(shown), *_plain(HEAD, document.head), *_plain(ATTACHED, document.attachments)]
    asked_for = (mark for mark in document.marks if not mark.startswith(MADE))
    return " ".join([*lexemes, *(_quoted(MARK + mark) for mark in asked_for)])


def _plain(prefix: str, words: Words) -> Iterator[str]:
    return _lexemes({prefix + form: [str(place) for place in places] for form, places in words.items()})


def _lexemes(words: Mapping[str, list[str]]) -> Iterator[str]:
    for form, places in words.items():
        yield f"{_quoted(form)}:{','.join(places)}" if places else _quoted(form)


def _query(wanted: Wanted) -> str:
    match wanted:
        case Phrase(words):
            ways = [" <-> ".join(_word(word, *way) for word in words) for way in _ways(wanted)]
            return f"({' | '.join(f'({way})' for way in ways)})" if ways else _NOTHING
        case Every(parts):
            return f"({' & '.join(map(_query, parts))})"
        case Some(parts):
            return f"({' | '.join(map(_query, parts))})"
        case Without(part):
            return f"!{_query(part)}"


def _word(word: Word, prefix: str, weight: str) -> str:
    flags = ("*" if word.prefix else "") + weight
    forms = [_quoted(prefix + form) + (f":{flags}" if flags else "") for form in word.forms]
    return f"({' | '.join(forms)})"


def _ways(phrase: Phrase) -> tuple[tuple[str, str], ...]:
    """A word of notes is of comments unless it is marked as attached: no weight needs to tell it from the head's."""
    if phrase.is_of_notes:
        return tuple((prefix, "") for prefix, place in NOTES.items() if place in phrase.places)
    return PREFIXES[phrase.places] if phrase.places else ()


class _Asked:
    """One tier of a search as the index is asked for it."""

    def __init__(self, tier: Wanted, marks: Sequence[str]) -> None:
        self.query = " & ".join([*marks, _query(tier)])
        self._by_words = " & ".join([*marks, _query(_apart(tier))])

    def ids(self, share: float) -> str | None:
        """The ids as a JSON list, if they are no more than `FEW` or this share of all issues; else none.

        The index knows no positions. How many hold the words is counted before their vectors are read.
        """
        given = {"few": FEW, "share": share}
        if self._by_words != self.query and db.session.scalar(_ids(), {**given, "indexed": self._by_words}) is None:
            return None
        return db.session.scalar(_ids(), {**given, "indexed": self.query})


class _AskedOfOwn:
    """One tier of a search for beginnings, by somebody who does not see every issue.

    The index would go through the words of everybody that begin so, and the time that a question may take would count
    them. So the index gives the reader's own issues with the whole words, and each of these is looked at (decision 19).
    """

    def __init__(self, tier: Wanted, marks: Sequence[str]) -> None:
        whole = without_beginnings(tier)
        self._indexed = " & ".join([*marks, *([_query(_apart(whole))] if whole else [])])
        self._looked_at = _query(tier)
        self.query = f"{self._indexed}{APART}{self._looked_at}"

    def ids(self, share: float) -> str | None:
        """The same."""
        given = {"few": FEW, "share": share, "indexed": self._indexed, "looked_at": self._looked_at}
        return db.session.scalar(_ids(begun=True), given)


def _found(asked: Sequence[_Asked | _AskedOfOwn]) -> Iterator[str]:
    """What each tier holds, up to the first that holds many; in its place comes the last, which holds them all."""
    db.session.execute(BY_WORDS_ALONE)
    for tier in asked[:-1]:
        ids = tier.ids(0)
        if ids is None:
            break
        yield ids
    yield asked[-1].ids(SHARE) or asked[-1].query
    db.session.execute(AS_IT_SEES_FIT)


def _apart(wanted: Wanted) -> Wanted:
    """What the index answers by itself and all that is wanted fits: the words of phrases, wherever they stand."""
    match wanted:
        case Phrase(words, places):
            anywhere_near = places | {Place.HEAD} if places == {Place.COMMENTS} else places
            apart = tuple(Phrase((word,), anywhere_near) for word in words)
            return Every(apart) if len(apart) > 1 else apart[0]
        case Every(parts):
            return Every(tuple(_apart(part) for part in parts))
        case Some(parts):
            return Some(tuple(_apart(part) for part in parts))
        case Without():
            return wanted


@cache
def _ids(*, begun: bool = False) -> Select[str | None]:
    """The ids that fit a query as a JSON list, or null when they are too many."""
    asked: tuple[BindParameter[str], ...] = (bindparam("indexed"), *([bindparam("looked_at")] if begun else []))
    found = select(SearchDocument.issue_id).where(*_fits(*asked)).limit(_most() + 1).subquery()
    ids = func.coalesce(cast(func.json_agg(found.c.issue_id), String), "[]")
    return select(case((func.count() <= _most(), ids))).select_from(found)


def _fits(indexed: ColumnElement[str], looked_at: ColumnElement[str] | None = None) -> Iterator[ColumnElement[bool]]:
    """The vector fits a query that the index is asked, and one that no index is: called by its name, not as `@@`."""
    yield SearchDocument.words.op("@@")(cast(indexed, TSQUERY))
    if looked_at is not None:
        yield func.ts_match_vq(SearchDocument.words, cast(looked_at, TSQUERY))


def _most() -> ColumnElement[int]:
    """As the statistics of the database know how many there are."""
    known = text("SELECT reltuples FROM pg_class WHERE oid = 'search_document'::regclass").columns(reltuples=Float)
    share = known.scalar_subquery() * bindparam("share", type_=Float)
    return cast(func.greatest(bindparam("few", type_=Integer), share), Integer)


def _quoted(lexeme: str) -> str:
    doubled = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


_NOTHING = _quoted("no such mark=")
"""A lexeme that no vector holds."""
