"""Where each hit of a page matched: a field, somebody's comment, a file. Read from the database, not from an index."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute

from tracker.db import AnyRow, AnySelect, db
from tracker.domain import catalogue
from tracker.domain.names import marked
from tracker.models import Attachment, AttachmentText, Comment, Company, Issue, Person
from tracker.queries.companies import of_operator
from tracker.queries.documents import fields_of, has_inside
from tracker.queries.meaning import All, AnyOf, Part
from tracker.queries.visibility import VIEWER, company_reads
from tracker.search.wanted import Phrase, Place
from tracker.search.words import Word, places_of

BEFORE, LENGTH = 60, 200


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text; `marked` where it is what was looked for."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Match:
    """Where a hit matched, and the text there."""

    where: str
    pieces: tuple[Piece, ...]


def words_to_mark(part: Part) -> list[Phrase]:
    """The words and phrases that a hit of this query bears."""
    match part:
        case Phrase():
            return [part]
        case All(parts) | AnyOf(parts):
            return [phrase for one in parts for phrase in words_to_mark(one)]
        case _:
            return []


def matches_of(actor: Person, issue_ids: Sequence[int], phrases: Sequence[Phrase]) -> dict[int, Match]:
    """For each issue the first place that the actor reads and that holds one of the phrases.

    The head comes before comments (the newest first), and these before attachments.
    """
    found: dict[int, Match] = {}
    for place, texts in ((Place.HEAD, _head), (Place.COMMENTS, _comments), (Place.ATTACHMENTS, _attachments)):
        words = [word for phrase in phrases if place in phrase.places for word in phrase.words]
        missing = [issue_id for issue_id in issue_ids if issue_id not in found]
        if words and missing:
            _look(found, texts(actor, missing), words)
    return found


def _look(found: dict[int, Match], texts: Iterable[tuple[int, str, str]], words: list[Word]) -> None:
    best: dict[int, int] = defaultdict(int)
    for issue_id, where, text in texts:
        if best[issue_id] >= len(words):
            continue
        places = places_of(text, words)
        if len(places) > best[issue_id]:
            best[issue_id] = len(places)
            found[issue_id] = Match(where, tuple(_pieces(text, places)))


def _pieces(text: str, places: list[tuple[int, int]]) -> Iterable[Piece]:
    """The text around the first place, everything marked that was looked for."""
    start = places[0][0] - BEFORE
    blank = text.find(" ", start, places[0][0]) if start > 0 else -1
    start = blank + 1 if blank >= 0 else max(start, 0)
    end = min(start + LENGTH, len(text))
    at = start
    if start:
        yield Piece("… ", marked=False)
    for first, last in places:
        if at <= first and last <= end:
            yield Piece(text[at:first], marked=False)
            yield Piece(text[first:last], marked=True)
            at = last
    yield Piece(text[at:end] + (" …" if end < len(text) else ""), marked=False)


def _head(actor: Person, issue_ids: list[int]) -> Iterable[tuple[int, str, str]]:
    for row in db.session.execute(_issues(), {"issues": issue_ids}):
        subtype = catalogue.by_key(row.subtype)
        yield row.id, "Title", f"{subtype.type} {row.title}"
        for label, text in fields_of(subtype, row.values):
            yield row.id, label, text


def _comments(actor: Person, issue_ids: list[int]) -> Iterable[tuple[int, str, str]]:
    for row in db.session.execute(_comment_rows(), {"issues": issue_ids, "viewer": actor.company_id}):
        by = marked(f"{row.person}, {row.company}", of_operator=row.of_operator)
        yield row.issue_id, f"Comment by {by}", row.text


def _attachments(actor: Person, issue_ids: list[int]) -> Iterable[tuple[int, str, str]]:
    for row in db.session.execute(_attachment_rows(), {"issues": issue_ids, "viewer": actor.company_id}):
        name = row.file_name or row.url or row.title
        yield row.issue_id, "Attachment", _named(row)
        if row.text:
            yield row.issue_id, f"Inside {name}", row.text


def _named(row: AnyRow) -> str:
    return " · ".join(dict.fromkeys(part for part in (row.title, row.file_name, row.url) if part))


@cache
def _issues() -> AnySelect:
    return select(Issue.id, Issue.title, Issue.subtype, Issue.values).where(_among(Issue.id))


@cache
def _comment_rows() -> AnySelect:
    return (
        select(Comment.issue_id, Comment.text, Person.full_name.label("person"))
        .add_columns(Company.name.label("company"), of_operator(Company))
        .join(Person, Person.id == Comment.person_id)
        .join(Company, Company.id == Person.company_id)
        .where(_among(Comment.issue_id), company_reads(Comment, VIEWER))
        .order_by(Comment.id.desc())
    )


@cache
def _attachment_rows() -> AnySelect:
    return (
        select(Attachment.issue_id, Attachment.title, Attachment.file_name, Attachment.url, AttachmentText.text)
        .outerjoin(AttachmentText, has_inside())
        .where(_among(Attachment.issue_id), company_reads(Attachment, VIEWER))
        .order_by(Attachment.id)
    )


def _among(column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return column.in_(bindparam("issues", expanding=True))
