"""The user guide: one Markdown file, cut into chapters that are rendered once."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tracker.domain.workflow import slug

SOURCE = Path(__file__).parent.parent / "docs" / "user_guide.md"
IMAGES = SOURCE.parent / "images"
START = "start-here"


@dataclass(frozen=True)
class Section:
    """A part of a chapter that has an address of its own."""

    anchor: str
    title: str


@dataclass(frozen=True)
class Chapter:
    """One page of the guide."""

    key: str
    title: str
    html: str
    sections: tuple[Section, ...]


@cache
def chapters() -> dict[str, Chapter]:
    """Every chapter by its key, in the order of the guide."""
    text = SOURCE.read_text(encoding="utf-8")
    parts = text.split("\n## ")[1:]
    made = [_chapter(*part.split("\n", 1)) for part in parts]
    return {chapter.key: chapter for chapter in made}


def _chapter(title: str, body: str) -> Chapter:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(body)
    sections = tuple(_anchored(tokens))
    _place_images(tokens)
    return Chapter(slug(title), title, markdown.renderer.render(tokens, markdown.options, {}), sections)


def _anchored(tokens: list[Token]) -> list[Section]:
    """Give each heading its anchor, one level up: a chapter's own title is the page's first heading."""
    found = []
    for opening, inline, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type == "heading_open":
            section = Section(slug(inline.content), inline.content)
            opening.tag = closing.tag = "h2"
            opening.attrSet("id", section.anchor)
            found.append(section)
    return found


def _place_images(tokens: list[Token]) -> None:
    """Pictures come from the guide's own folder, and are loaded when they are scrolled to."""
    for token in tokens:
        for child in token.children or ():
            if child.type == "image":
                name = str(child.attrGet("src")).removeprefix("images/")
                child.attrSet("src", f"/guide/images/{name}")
                child.attrSet("loading", "lazy")
                child.attrSet("width", "1200")
                child.attrSet("height", "800")
