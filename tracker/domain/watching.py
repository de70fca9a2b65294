"""Why a watched view tells nothing, and what its watcher can do about it."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from tracker.domain.sentence import Sentence
from tracker.domain.tables import complete


class Trouble(StrEnum):
    """What is the matter with a view that is watched."""

    NOT_UNDERSTOOD = "not-understood"
    LOOKS_FOR_WORDS = "looks-for-words"
    BROKE = "broke"


_HAPPENED: Mapping[Trouble, str] = complete(
    "troubles with watched views",
    Trouble,
    {
        Trouble.NOT_UNDERSTOOD: "its query is not understood any more. {why}",
        Trouble.LOOKS_FOR_WORDS: "it looks for words, and only a view of conditions can be watched.",
        Trouble.BROKE: "looking for its issues breaks something on our side. It is tried again every day.",
    },
)
_OWN = "Edit it, or stop watching it."
_OF_ANOTHER = "Ask {owner} to edit it, copy it and edit the copy, or stop watching it."


def sentence_of(trouble: Trouble, since: date, *, why: str = "", owner: str = "") -> Sentence:
    """What is told beside the view: what happened, since when, and what to do.

    `why` says what is not understood in the query; `owner` whom to ask, where the reader may not edit the view.
    """
    todo = _OF_ANOTHER if owner else _OWN
    template = " ".join(f"Watched, but nothing of it is told since {{since}}: {_HAPPENED[trouble]} {todo}".split())
    day = f"{since:%b} {since.day}, {since.year}"
    return Sentence(f"view-{trouble}", template, since=day, why=why, owner=owner)
