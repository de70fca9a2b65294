"""A word that keeps no position in its text spoils no phrase: not of whoever wrote it, and not of strangers."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.make import build_index, press, read_inside
from tests.search.scene import make_scene
from tracker.actions.attachments import StoredFile, attach_files
from tracker.actions.filing import file_issue
from tracker.db import db
from tracker.models import Person
from tracker.search import Conditions, Document, SearchBackend
from tracker.search.wanted import ANYWHERE, Phrase, Wanted, with_notes
from tracker.search.whoosh_writing import MOST_SMALL
from tracker.search.words import (
    A_FORM,
    A_POSITION,
    LAST_POSITION,
    MOST_POSITIONS,
    Words,
    note_form,
    wanted_prefix,
    wanted_words,
    words_of,
)

ROWS = 2_000
READINGS = "2026-03-01 00:15 read 0.5 kWh\n" * ROWS + "1,204.5 kWh at feeder nine"
"""A file of readings: what Acme looks for stands behind them."""

FAR = {
    "beyond the last position": words_of(["pad " * LAST_POSITION + "zebra gate"]),
    "beyond the positions of one word": words_of(["zebra stripes " * (MOST_POSITIONS + 5) + "zebra gate"]),
    "beyond the room": words_of(["zebra gate"], room=len("zebra" + "gate") + 2 * A_FORM + A_POSITION),
}
"""Words of which some occurrence, or all, keep no position."""


def test_a_strangers_file_changes_no_answer(
    cast: Cast, engine: SearchBackend, client_of: Callable[[Person], FlaskClient]
) -> None:
    """Acme's phrases are answered alike with and without a long file of Corp, which Acme never sees."""
    scene = make_scene(cast)
    press(cast.acme, scene["swap"], "add-comment", "The reading was 1,204.5 kWh.")
    attach(cast.acme, scene["papers"].number, "Feeder nine reads 1,204.5 kWh", "c" * 64)
    build_index(engine)
    ann = client_of(cast.acme)
    queries = ("1,204.5", '"1,204.5 kWh"', "attachment:1,204.5", "comment:1,204.5", '"feeder nine"', "reads-1,204*")
    alone = [answer(ann, query) for query in queries]
    issue = file_issue(cast.corp, "other", {"Assignee": cast.duns("wires"), "CommentsText": "Readings of 1,204.5 kWh"})
    db.session.commit()
    attach(cast.corp, issue.number, READINGS, "d" * 64)
    build_index(engine)  # what stands in one segment with the file is read together with it
    assert [answer(ann, query) for query in queries] == alone
    assert str(scene["swap"].number) in alone[0][1]
    assert str(scene["papers"].number) in alone[2][1]


@pytest.mark.parametrize("place", ["head", "comments", "attachments", "notes in comments", "notes in attachments"])
@pytest.mark.parametrize("far", FAR)
def test_phrases_are_found_beside_words_without_positions(
    cast: Cast, engine: SearchBackend, far: str, place: str
) -> None:
    """In every place, in one batch with them, and after their segments were merged."""
    acme, corp = cast.acme.company_id, cast.corp.company_id
    near, nearer, own, *others = (issue.id for issue in make_scene(cast).values())
    told = with_notes(Phrase(wanted_words("zebra gate"), ANYWHERE), acme)
    begun = with_notes(Phrase(wanted_prefix("zebra gat"), ANYWHERE), acme)
    said = [document(issue_id, acme, place, words_of(["A zebra gate."])) for issue_id in (near, nearer)]
    engine.put(said)
    assert found(engine, acme, told) == found(engine, acme, begun) == {near, nearer}
    for number in range(MOST_SMALL + 1):
        engine.put(
            [
                *said,
                document(own, acme, place, FAR[far]),
                document(others[number % len(others)], corp, place, FAR[far]),
            ]
        )
        assert found(engine, acme, told) - {own} == found(engine, acme, begun) - {own} == {near, nearer}


def document(issue_id: int, company: int, place: str, words: Words) -> Document:
    """What this company sees of an issue, in one place of it."""
    held: dict[str, Words] = {"head": {}, "comments": {}, "attachments": {}}
    if place.startswith("notes in "):
        words = {note_form(company, form): positions for form, positions in words.items()}
    held[place.removeprefix("notes in ")] = words
    return Document(issue_id, **held, marks=(f"viewer={company}",))


def found(engine: SearchBackend, company: int, wanted: Wanted) -> set[int]:
    """The issues that a company finds."""
    (ids,) = engine.find(wanted, Conditions(company), ranked=False)
    return set(ids_in(ids))


def ids_in(found: str) -> Iterator[int]:
    """The ids of a list in JSON."""
    return (int(one) for one in found.strip("[]").split(",") if one)


def attach(actor: Person, number: int, text: str, sha256: str) -> None:
    """A file with this text inside, read by the worker."""
    attach_files(actor, number, [StoredFile("Readings", "readings.csv", "text/csv", len(text), sha256)])
    read_inside(sha256, text)


def answer(client: FlaskClient, query: str) -> tuple[int, list[str], str]:
    """What the list and its counts say."""
    page = client.get("/issues", query_string={"q": query})
    counts = client.get("/issues/facets", query_string={"q": query}, headers={"HX-Request": "true"})
    return page.status_code, re.findall(r'href="/issues/(\d+)"', page.text), counts.text
