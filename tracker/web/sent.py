"""What a request brought that could not be processed, drawn as a form that can be sent again.

Nothing of it was checked: the form goes where the request went, with the token that came with it, so that it is worth
no more than what was sent. Passwords are typed again, files chosen again.
"""

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import NamedTuple

from flask import request
from werkzeug.exceptions import HTTPException

from tracker.domain import catalogue
from tracker.domain.claims import RIGHT_SIDE

SECRET = frozenset({"password", "present"})
"""Fields whose values are in no page."""

UNSEEN = {"csrf_token", "version", "drawn", "shown", "reply", "notice", "number", "numbers"} | {
    *("do", "key", "at", "all", "back", "next", "column", "columns", "page", "from", "asked"),
    *("kept", "cause", "kind"),
}
"""What a form says of itself: it is sent again, and nobody wrote it."""

LABELS = {"comment": "Comment", "ring": "Who reads it", "q": "Search", "user_name": "User name"}
ROWS = 12


class Words(NamedTuple):
    """One field that somebody filled; `rows` is how much room it needs."""

    name: str
    label: str
    value: str
    rows: int


class Sent(NamedTuple):
    """A request as a form: its words, what goes along unseen, and what has to be given again."""

    action: str
    words: tuple[Words, ...]
    unseen: tuple[tuple[str, str], ...]
    secret: tuple[str, ...]
    files: tuple[tuple[str, str], ...]


def sent_words() -> Sent:
    """What this request brought. What could not even be read, such as a body that is too large, is left out."""
    fields: list[tuple[str, str]] = []
    files: list[tuple[str, str]] = []
    with suppress(HTTPException):
        fields = list(request.form.items(multi=True))
        files = [(name, file.filename) for name, file in request.files.items(multi=True) if file.filename]
    return Sent(
        action=request.full_path.rstrip("?"),
        words=tuple(_words(name, value) for name, value in fields if _is_seen(name)),
        unseen=tuple((name, value) for name, value in fields if name in UNSEEN),
        secret=tuple(name for name, _ in fields if name in SECRET),
        files=tuple(files),
    )


def _is_seen(name: str) -> bool:
    return name not in UNSEEN and name not in SECRET


def _words(name: str, value: str) -> Words:
    return Words(name, _label(name), value, min(ROWS, 1 + value.count("\n") + len(value) // 80))


def _label(name: str) -> str:
    """As the form had it, where its field is one of the catalogue."""
    return LABELS.get(name) or _labels_of_fields().get(name) or name.replace("_", " ").capitalize()


@cache
def _labels_of_fields() -> Mapping[str, str]:
    asked = {RIGHT_SIDE.name: RIGHT_SIDE.label}
    for subtype in (*catalogue.SUBTYPES, *catalogue.RETIRED):
        asked |= {field.name: field.label for field in subtype.all_fields.values()}
        asked |= {field.name: field.label for one in subtype.workflow.transitions for field in one.fields}
    return asked
