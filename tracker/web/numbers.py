"""Numbers as people and addresses send them: none is greater than what a column holds."""

import re
from typing import Any

from werkzeug.routing import IntegerConverter, Map

from tracker.domain.identifiers import LARGEST_NUMBER


class BoundedInteger(IntegerConverter):
    """A number in an address; a greater one is of nothing, and the address is not found."""

    def __init__(self, map: Map, *given: Any, **more: Any) -> None:
        super().__init__(map, *given, **{"max": LARGEST_NUMBER, **more})


def whole(text: str) -> int | None:
    """The number that a form sent, in digits of our own; None for anything else, and for what is too large."""
    number = int(text) if re.fullmatch(r"[0-9]{1,10}", text) else LARGEST_NUMBER + 1
    return number if number <= LARGEST_NUMBER else None
