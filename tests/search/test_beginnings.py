"""A beginning (`connecti*`) is looked for in the reader's own documents, and found as a plain reading finds it."""

import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import event, text

from tests.cast import Cast
from tests.make import index_now
from tests.search.scene import make_scene
from tracker.db import db
from tracker.queries.facets import facets_of
from tracker.queries.issues import list_issues
from tracker.queries.searching import search
from tracker.queries.strays import count_strays
from tracker.search import Conditions, Document, SearchBackend, postgres
from tracker.search.wanted import ANYWHERE, Phrase, Place, with_notes
from tracker.search.words import Word, Words, note_form, notes_of, wanted_word, words_of

ROUNDS, BATCHES = 400, 25
VOCABULARY = ["met", "meter", "meters", "metal", "meta", "swap", "swaps", "swapped", "swat"]
VOCABULARY += ["re", "814_16", "evt-2026-12", "evt-2027", "zebra"]
BEGINNINGS = ["met", "mete", "meters", "swa", "swap", "evt", "evt20", "2026", "202", "814", "zebr", "zebras", "q"]
PLACES = [ANYWHERE, *(frozenset({place}) for place in Place)]


def test_beginnings_are_found_as_a_plain_reading_finds_them(cast: Cast, engine: SearchBackend) -> None:
    """Alone and behind other words, in each place and in notes, in segments that were merged and deleted from."""
    rng = random.Random(20261130)
    issues = [issue.id for issue in make_scene(cast).values()]
    companies = [cast.acme.company_id, cast.corp.company_id]
    newest: dict[int, Document] = {}
    for _ in range(BATCHES):
        batch = [_document(rng, issue_id, companies) for issue_id in rng.sample(issues, rng.randint(1, len(issues)))]
        engine.put(batch)
        newest |= {document.issue_id: document for document in batch}
        for _ in range(ROUNDS // BATCHES):
            company, phrase = rng.choice(companies), _phrase(rng)
            (found,) = engine.find(with_notes(phrase, company), Conditions(company), ranked=False)
            expected = {number for number, document in newest.items() if _holds(document, company, phrase)}
            assert {int(one) for one in found.strip("[]").split(",") if one} == expected, phrase


def _document(rng: random.Random, issue_id: int, companies: list[int]) -> Document:
    seen_by = rng.sample(companies, rng.randint(1, 2))
    comments, attachments = (
        {**_words(rng), **{form: at for company in seen_by for form, at in notes_of(company, [_text(rng)]).items()}}
        for _ in range(2)
    )
    return Document(issue_id, _words(rng), comments, attachments, tuple(f"viewer={company}" for company in seen_by))


def _words(rng: random.Random) -> Words:
    return words_of([_text(rng) for _ in range(rng.randint(0, 2))])


def _text(rng: random.Random) -> str:
    return " ".join(rng.choices(VOCABULARY, k=rng.randint(0, 6)))


def _phrase(rng: random.Random) -> Phrase:
    before = [wanted_word(rng.choice(["meter", "swap", "re", "zebra"])) for _ in range(rng.choice((0, 0, 1, 2)))]
    return Phrase((*before, Word((rng.choice(BEGINNINGS),), prefix=True)), rng.choice(PLACES))


def _holds(document: Document, company: int, phrase: Phrase) -> bool:
    if f"viewer={company}" not in document.marks:
        return False
    held: Mapping[Place, Words] = {
        Place.HEAD: document.head,
        Place.COMMENTS: document.comments,
        Place.ATTACHMENTS: document.attachments,
    }
    return any(
        _side_by_side(held[place], phrase.words, before)
        for place in phrase.places
        for before in ("", note_form(company, ""))
    )


def _side_by_side(held: Words, words: tuple[Word, ...], before: str) -> bool:
    """`before` stands before every form of a reader's notes."""
    places = [set(_places(held, word, before)) for word in words]
    return any(all(first + shift in here for shift, here in enumerate(places)) for first in places[0])


def _places(held: Words, word: Word, before: str) -> Iterator[int]:
    forms = tuple(before + form for form in word.forms)
    for form, places in held.items():
        if form.startswith(forms) if word.prefix else form in forms:
            yield from places


@pytest.mark.parametrize("few", [0, postgres.FEW])
def test_no_index_is_asked_for_a_beginning_but_by_whoever_sees_all(
    cast: Cast, engine: SearchBackend, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """PostgreSQL's index would go through the words of all companies, and the limit on a question's time count them."""
    if engine.name != "postgres":
        pytest.skip("Whoosh's lexicon is asked for no beginning by anybody.")
    monkeypatch.setattr(postgres, "FEW", few)
    monkeypatch.setattr(postgres, "SHARE", 0)
    make_scene(cast)
    index_now(engine)
    for query in ("met*", "comment:met*", "meter -mist*", "meter-swa*", "(met* OR occu*) -mist*", "met* status:new"):
        assert not _asked_of_an_index(cast, "acme", query, engine), query
    assert _asked_of_an_index(cast, "ercot", "met*", engine)


def _asked_of_an_index(cast: Cast, reader: str, query: str, engine: SearchBackend) -> list[str]:
    """The conditions with a beginning by which an index is read when somebody searches."""
    actor = getattr(cast, reader)
    asked: list[tuple[str, Any]] = []
    listener = lambda *given: asked.append((given[2], given[3]))  # noqa: E731  # the statement and its values
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        plan = search(actor, query, engine).plan
        assert list_issues(actor, plan, engine).rows
        facets_of(actor, plan, engine)
        count_strays(actor, plan, engine)
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    connection = db.session.connection()
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    lines = [
        str(line)
        for statement, values in asked
        if statement.startswith(("SELECT", "WITH"))
        for (line,) in connection.exec_driver_sql(f"EXPLAIN {statement}", values)
    ]
    return [line for line in lines if "Index Cond" in line and ":*" in line]
