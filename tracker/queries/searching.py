"""A search from its text to what a page shows; every door asks here."""

from dataclasses import dataclass

from tracker.domain.sentence import Sentence
from tracker.models import Person
from tracker.queries.matches import words_to_mark
from tracker.queries.meaning import Meaning, meaning_of
from tracker.queries.plans import Plan, plan_of
from tracker.search import Engine, SearchUnavailable
from tracker.search.titles import Titles
from tracker.search.wanted import Phrase

TITLES_ONLY = "{reason} The worker sees to it; until then words are looked for in titles only."


@dataclass(frozen=True, slots=True)
class Search:
    """A query that can be listed and counted by `engine`; `notice` says when that is not the index."""

    text: str
    meaning: Meaning
    plan: Plan
    engine: Engine
    notice: str = ""

    @property
    def phrases(self) -> list[Phrase]:
        """What is marked in the hits."""
        return words_to_mark(self.meaning.tree)


def search(actor: Person, text: str, engine: Engine) -> Search:
    """Understand the text and ask the engine. Without an index, titles are searched and the notice says so.

    Raises `QueryError`.
    """
    meaning = meaning_of(actor, text)
    try:
        return Search(text, meaning, plan_of(actor, meaning, engine), engine)
    except SearchUnavailable as reason:
        titles = Titles(on_postgres=engine.on_postgres)
        notice = Sentence("titles-only", TITLES_ONLY, reason=reason.args[0])
        return Search(text, meaning, plan_of(actor, meaning, titles), titles, notice)
