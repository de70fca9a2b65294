"""Fields for what people call things: shown to others on one line, as plain as names are."""

from dataclasses import dataclass

from tracker.domain.fields import Text
from tracker.domain.names import clean


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Text):
    """What people call somebody or something."""

    def _composed(self, seen: str) -> str:
        return clean(seen)
