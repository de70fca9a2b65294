"""Fields for what people call things: shown to others on one line, as plain as names are."""

from dataclasses import dataclass

from tracker.domain.fields import Text, Value
from tracker.domain.names import clean


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Text):
    """What people call somebody or something."""

    def parse(self, raw: object) -> Value:
        return Text.parse(self, clean(str(Text.parse(self, raw) or "")))
