"""What stands in while the index is being made: the words are looked for in titles alone, by the database."""

import json
from typing import Any

from sqlalchemy import JSON, BindParameter, ColumnElement, cast, exists, func, not_

from tracker.models import Issue
from tracker.search import Amount, Conditions
from tracker.search.wanted import Wanted, phrases_of
from tracker.search.words import STEM


class Titles:
    """Finds less than an index does, and says so on the page; conditions and identifiers are as they always are."""

    name = "titles"
    joins = False

    def __init__(self, *, on_postgres: bool) -> None:
        self.on_postgres = on_postgres

    def find(self, wanted: Wanted, conditions: Conditions, *, ranked: bool) -> tuple[str, ...]:
        """The beginnings of the words that a title must hold, as a JSON list."""
        words = [word.forms[0].removeprefix(STEM) for phrase in phrases_of(wanted) for word in phrase.words]
        return (json.dumps(words),)

    def amount_of(self, found: str) -> Amount:
        """The title is looked at in any case."""
        return Amount.FEW

    def among(self, found: BindParameter[Any], amount: Amount) -> ColumnElement[bool]:
        """No word is missing in the title."""
        if self.on_postgres:
            word: Any = func.json_array_elements_text(cast(found, JSON)).column_valued("word")
        else:
            word = func.json_each(found).table_valued("value", name="word").c.value
        return not_(exists().where(not_(func.lower(Issue.title).contains(word))))
