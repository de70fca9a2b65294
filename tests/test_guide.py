"""The guide: every chapter renders, every link and picture is there, everything of the catalogue has its place."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tracker import guide
from tracker.domain import catalogue, states, transitions
from tracker.domain.workflow import slug
from tracker.web.guide import REFERENCE

TEMPLATES = Path(guide.__file__).parent / "web" / "templates"
LINK = re.compile(r'href="(/guide[^"#]*)?(?:#([^"]*))?"')
ADDRESSES = ["/guide", *(f"/guide/{key}" for key in guide.chapters()), *(f"/guide/{key}" for key in REFERENCE)]


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    """Somebody who is not signed in."""
    return app.test_client()


def anchors_of(html: str) -> set[str]:
    return set(re.findall(r'\bid="([^"]+)"', html))


def links_of(html: str) -> Iterator[tuple[str, str]]:
    yield from LINK.findall(html)


@pytest.mark.parametrize("address", ADDRESSES)
def test_page_renders_for_everybody_and_its_links_lead_somewhere(reader: FlaskClient, address: str) -> None:
    answer = reader.get(address)
    assert answer.status_code == 200
    assert 'style="' not in answer.text
    for page, anchor in links_of(answer.text.split("<main")[1]):
        target = reader.get(page) if page else answer
        assert target.status_code == 200, page
        assert not anchor or anchor in anchors_of(target.text), f"{page}#{anchor}"


def test_absent_chapter_is_not_found(reader: FlaskClient) -> None:
    assert reader.get("/guide/no-such-chapter").status_code == 404
    assert reader.get("/guide/images/nothing.png").status_code == 404


@pytest.mark.parametrize("key", guide.chapters())
def test_headings_do_not_skip_a_level(reader: FlaskClient, key: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])", reader.get(f"/guide/{key}").text.split("guide-text")[1])]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_picture_is_there() -> None:
    named = re.findall(r"!\[([^\]]+)\]\(images/([a-z-]+)\.png\)", guide.SOURCE.read_text(encoding="utf-8"))
    assert named
    for words, name in named:
        assert words
        assert (guide.IMAGES / f"{name}.png").is_file(), name


def test_the_reference_has_every_subtype_state_button_and_field(reader: FlaskClient) -> None:
    shown = {key: anchors_of(reader.get(f"/guide/{key}").text) for key in REFERENCE}
    assert {subtype.key for subtype in (*catalogue.SUBTYPES, *catalogue.RETIRED)} <= shown["subtypes"]
    assert {slug(name) for name in states.STATUS_OF} <= shown["states"]
    assert {slug(name) for name in transitions.MEANING} <= shown["buttons"]
    fields = {name.lower() for subtype in catalogue.SUBTYPES for name in subtype.all_fields}
    assert fields <= shown["fields"]


def test_links_of_the_pages_into_the_guide_are_made_from_what_the_reference_has() -> None:
    """Templates build these links from keys and slugs; the test above proves that all of those stand there."""
    found = {
        match
        for path in TEMPLATES.rglob("*.html")
        for match in re.findall(r"/guide/(\w+)#\{\{ ([^}]+) \}\}", path.read_text(encoding="utf-8"))
    }
    assert {page for page, _ in found} <= set(REFERENCE)
    assert {expression.split("|")[-1] for _, expression in found} <= {"lower", "slug", "subtype.key", "slug "}
