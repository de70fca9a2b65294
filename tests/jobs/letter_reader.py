"""Reading a letter as its receiver does: what stands in its HTML, and whether the HTML is whole."""

from email.message import EmailMessage
from html.parser import HTMLParser

from tests.mailbox import html_of, text_of

VOID = {"meta", "br", "hr"}
LOADS = {"img", "script", "style", "link", "iframe", "object", "svg", "video", "audio", "form"}


class Reader(HTMLParser):
    """The texts, tags and attributes of a document. Fails where a tag is not closed, or closed twice."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: dict[str, str] = {}
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self._open: list[str] = []
        self._to = ""
        self.feed(html)
        self.close()
        assert self._open == [], "some tags are never closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what it is, and go into it."""
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self._to = dict(attrs).get("href") or "" if tag == "a" else self._to
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Go out of it."""
        assert self._open.pop() == tag
        self._to = "" if tag == "a" else self._to

    def handle_data(self, data: str) -> None:
        """Keep what is seen."""
        if words := " ".join(data.split()):
            self.texts += [words] if "body" in self._open else []
            if self._to:
                self.links[words] = self._to

    @property
    def text(self) -> str:
        """All that is seen."""
        return " ".join(self.texts)


def read(letter: EmailMessage) -> Reader:
    """The HTML form, after a look at what every letter must be."""
    html = html_of(letter)
    reader = Reader(html)
    assert html.startswith("<!DOCTYPE html>")
    for wanted in (("lang", "en"), ("charset", "utf-8"), ("name", "viewport"), ("content", "light dark")):
        assert wanted in reader.attributes
    assert not reader.tags & LOADS
    assert not any(name in ("src", "srcset", "background", "class") for name, _ in reader.attributes)
    assert not any("url(" in value or "@import" in value for name, value in reader.attributes if name == "style")
    assert all(to.startswith("https://tracker.example/") for to in reader.links.values())
    return reader


def words_of(letter: EmailMessage) -> str:
    """The plain form, without its line breaks."""
    return " ".join(text_of(letter).split())
