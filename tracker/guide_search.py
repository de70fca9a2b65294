"""Finding sections of the guide by their words, with the sentence that matched."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt

from tracker.domain.workflow import slug
from tracker.guide import SOURCE
from tracker.search.words import Word, places_of, words_of

MOST = 3
_SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n+")


@dataclass(frozen=True, slots=True)
class GuideHit:
    """A section of the guide: its address, its title, and the sentence that matched."""

    address: str
    title: str
    sentence: str


@dataclass(frozen=True)
class Passage:
    """A section as it is searched."""

    address: str
    title: str
    sentences: tuple[str, ...]
    forms: frozenset[str]


def guide_hits(words: list[Word], most: int = MOST) -> list[GuideHit]:
    """The sections that hold all of the words; first those that hold them in the title."""
    if not words:
        return []
    fitting = [passage for passage in passages() if all(_holds(passage.forms, word) for word in words)]
    fitting.sort(key=lambda passage: -len(places_of(passage.title, words)))
    return [GuideHit(passage.address, passage.title, _best(passage, words)) for passage in fitting[:most]]


def _holds(forms: frozenset[str], word: Word) -> bool:
    if word.prefix:
        return any(form.startswith(word.forms[0]) for form in forms)
    return not forms.isdisjoint(word.forms)


def _best(passage: Passage, words: list[Word]) -> str:
    return max(passage.sentences, key=lambda sentence: len(places_of(sentence, words)), default="")


@cache
def passages() -> tuple[Passage, ...]:
    """Every section of the guide, read once."""
    return tuple(_passages(SOURCE.read_text(encoding="utf-8")))


def _passages(source: str) -> Iterator[Passage]:
    for part in source.split("\n## ")[1:]:
        chapter, *sections = part.split("\n### ")
        title, _, text = chapter.partition("\n")
        yield _passage(f"/guide/{slug(title)}", title, text)
        for section in sections:
            heading, _, text = section.partition("\n")
            yield _passage(f"/guide/{slug(title)}#{slug(heading)}", heading, text)


def _passage(address: str, title: str, text: str) -> Passage:
    plain = "\n".join(_plain(text))
    sentences = tuple(sentence.strip() for sentence in _SENTENCE.split(plain) if sentence.strip())
    return Passage(address, title, sentences, frozenset(words_of([title, plain])))


def _plain(text: str) -> Iterator[str]:
    """The text without its markup, paragraph by paragraph."""
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "inline":
            yield "".join(child.content or " " for child in token.children or () if child.type != "image")
        elif token.type == "fence":
            yield token.content
