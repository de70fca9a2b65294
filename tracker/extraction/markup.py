"""The words that somebody sees who reads HTML."""

from collections.abc import Iterator
from html.parser import HTMLParser

CHUNK = 64 << 10
HIDDEN = {"script", "style"}
INLINE = {"a", "abbr", "b", "code", "em", "font", "i", "mark", "small", "span", "strong", "sub", "sup", "u", "wbr"}
"""A word goes on across these; at every other tag it ends."""


def text_of_html(html: str) -> Iterator[str]:
    """The text of a page, or of a part of one, as far as somebody goes on asking for it."""
    words = _Words()
    for start in range(0, len(html), CHUNK):
        words.feed(html[start : start + CHUNK])
        yield words.taken()
    words.close()
    yield words.taken()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.hidden = False

    def taken(self) -> str:
        text = "".join(self.pieces)
        self.pieces.clear()
        return text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden = tag in HIDDEN
        self.handle_data("" if tag in INLINE else "\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False
        self.handle_data("" if tag in INLINE else "\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.pieces.append(data)
