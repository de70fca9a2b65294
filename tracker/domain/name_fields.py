"""Fields for what people call things: shown to others on one line, as plain as names are."""

from dataclasses import dataclass

from tracker.domain.fields import Text, Value
from tracker.domain.names import clean, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Text):
    """Text that is shown on one line, such as a title."""

    def parse(self, raw: object) -> Value:
        return Text.parse(self, one_line(str(Text.parse(self, raw))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Text):
    """What people call somebody or something."""

    def parse(self, raw: object) -> Value:
        return Text.parse(self, clean(str(Text.parse(self, raw))))
