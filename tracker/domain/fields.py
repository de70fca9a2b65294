"""The vocabulary of fields: what an issue can hold, and how what was typed becomes a value.

A `Field` is a declaration. `field.clean(raw)` gives the value that is stored, always something
that JSON can carry, or raises `Rejected` with a sentence for the person who typed it. Lengths,
patterns and value lists are facts of the market's interface (marketrak.md section 3.2).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self, TypeAlias

from tracker.domain.days import no_date
from tracker.domain.names import called, lines, one_line, says_nothing, shows_nothing, visible
from tracker.domain.roles import Role
from tracker.domain.sentence import Sentence

Value: TypeAlias = str | int | bool | list[Any] | dict[str, Any] | None


class Rejected(ValueError):
    """What was typed is not a value of this field; the text says why and what would be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that an issue or a transition asks for.

    `name` is the market's exact name (`EsiID`), `label` what people read, `help` one sentence.
    `repeat` above 1 takes a list of at most so many values.
    """

    name: str
    label: str
    help: str
    required: bool = True
    repeat: int = 1
    stored: bool = True
    """It becomes a value of the issue; otherwise it only steers what a transition does."""

    def optional(self) -> Self:
        """The same field where it may be left empty."""
        return replace(self, required=False)

    def said(self, *, label: str = "", help: str = "") -> Self:
        """The same field in the words of one subtype; its name and its limits stay."""
        return replace(self, label=label or self.label, help=help or self.help)

    def clean(self, raw: object) -> Value:
        """The stored value of what was typed; None for an empty optional field. Raises `Rejected`."""
        if self.repeat > 1:
            return self._clean_many(raw)
        return self._clean_one(raw)

    def _clean_one(self, raw: object) -> Value:
        if self._is_empty(raw):
            if self.required:
                raise Rejected(needed(self.label, raw))
            return None
        return self.parse(raw)

    def _clean_many(self, raw: object) -> Value:
        given = [item for item in self._items(raw) if not self._is_empty(item)]
        if self.required and not given:
            raise Rejected(needed(self.label, raw))
        if len(given) > self.repeat:
            raise Rejected(f"{self.label} takes at most {self.repeat:,}; this has {len(given):,}.")
        return [self.parse(item) for item in given] or None

    def _items(self, raw: object) -> Sequence[object]:
        if isinstance(raw, str):
            return raw.splitlines()
        if isinstance(raw, Sequence):
            return list(raw)
        return [raw]

    def _is_empty(self, raw: object) -> bool:
        return raw is None or (isinstance(raw, str) and shows_nothing(raw))

    def parse(self, raw: object) -> Value:
        """The value of something that is not empty. Raises `Rejected`."""
        raise NotImplementedError(type(self).__name__)

    def show(self, value: Value) -> str:
        """A stored value as people read it."""
        if isinstance(value, list):
            return "\n".join(self.show_one(item) for item in value)
        return "" if value is None else self.show_one(value)

    def show_one(self, value: Value) -> str:
        """One stored value as people read it."""
        return str(value)

    def same(self, one: Value, other: Value) -> bool:
        """Whether two stored values say the same thing, however each was written."""
        return " ".join(self.show(one).split()).casefold() == " ".join(self.show(other).split()).casefold()


def needed(label: str, raw: object) -> Sentence:
    """Why an empty field is refused; who typed what nobody sees is told so."""
    if isinstance(raw, str) and raw.strip():
        return Sentence("shows-nothing", "{label} is needed: what was typed shows nothing.", label=label)
    return Sentence("needed", "{label} is needed.", label=label)


def clean_text(raw: object, label: str) -> str:
    """`raw` as text without blanks around it; refuses what no database and no reader can take."""
    if not isinstance(raw, str):
        raise Rejected(f"{label} must be text.")
    text = raw.strip().replace("\r\n", "\n")
    if "\x00" in text:
        raise Rejected(f"{label} holds a NUL character, which cannot be stored. Remove it and send again.")
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise Rejected(f"{label} holds half of a character (a lone surrogate). Type that place again.")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Field):
    """Text of at most `max_length` characters; `pattern` must match the whole of it.

    What does not show, or turns the direction, is not part of it (docs/decisions/0021).
    """

    max_length: int
    min_length: int = 0
    pattern: str | None = None
    pattern_hint: str = ""
    multiline: bool = False

    def parse(self, raw: object) -> Value:
        text = clean_text(raw, self.label)
        text = self._written(lines(text).strip() if self.multiline else visible(text))
        if self.required and says_nothing(text):
            raise Rejected(needed(self.label, text))
        if len(text) < self.min_length:
            raise Rejected(f"{self.label} takes at least {self.min_length} characters; this has {len(text)}.")
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise Rejected(self._strange(text))
        return text or None

    def _written(self, seen: str) -> str:
        """What is stored of what is seen. It is measured first, since lines are kept in memory, and may grow."""
        self._require_short(seen)
        text = seen if self.multiline else self._composed(seen)
        self._require_short(text)
        return text

    def _composed(self, seen: str) -> str:
        return one_line(seen)

    def _require_short(self, text: str) -> None:
        if len(text) > self.max_length:
            raise Rejected(f"{self.label} takes at most {self.max_length:,} characters; this has {len(text):,}.")

    def _strange(self, text: str) -> str:
        """Why the pattern does not fit; a sign that may pass for one that does is called by its name."""
        sign = next((char for char in text if not char.isascii()), None)
        if sign is None:
            return f"{self.label} takes {self.pattern_hint} only."
        words = "{label} takes {hint} only, and this has {sign} in it. Type it anew."
        return Sentence("strange-sign", words, label=self.label, hint=self.pattern_hint, sign=called(sign))


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailAddress(Text):
    """One address that mail servers take without extensions: what browsers accept in a field for one, with a domain."""

    max_length: int = 254
    pattern: str | None = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+"
    pattern_hint: str = "one address such as name@company.example, in plain letters"


@dataclass(frozen=True, slots=True, kw_only=True)
class EsiId(Text):
    """An Electric Service Identifier: 17 or 22 digits in practice, 8 to 36 characters by the schema."""

    max_length: int = 36
    min_length: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionId(Text):
    """The BGN02 reference of an EDI transaction, exactly as it was sent, but for what nobody sees."""

    max_length: int = 30

    def _composed(self, seen: str) -> str:
        return seen


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRef(Field):
    """A company by its DUNS number; taking it gives the company `role` on the issue."""

    role: Role
    min_length: int = 9
    max_length: int = 13

    def parse(self, raw: object) -> Value:
        text = clean_text(raw, self.label)
        if not re.fullmatch(r"[0-9]{9,13}", text):
            raise Rejected(f"{self.label} takes a DUNS number of 9 to 13 digits. Pick a company from the list.")
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPerson(Text):
    """Somebody active in the presser's own company, by user name."""

    max_length: int = 64
    stored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague(OwnPerson):
    """Somebody else of one's own company who may work issues, by user name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnGroup(Text):
    """An open work queue of the presser's own company, by name."""

    max_length: int = 80
    stored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Field):
    """One of a fixed list of values, or several of them.

    `titles` and `families` go by the place of a value: what people read for it, and the heading that it stands
    under in a list.
    """

    values: tuple[str, ...]
    titles: tuple[str, ...] = ()
    families: tuple[str, ...] = ()

    def only(self, *values: str) -> Self:
        """The same field with a part of its list, in the order given; a value it does not have is a mistake."""
        strangers = set(values) - set(self.values)
        if strangers:
            raise ValueError(f"{self.name} has no value {min(strangers)!r}.")
        titles = tuple(map(self.show_one, values)) if self.titles else ()
        return replace(self, values=values, titles=titles, families=())

    def show_one(self, value: Value) -> str:
        return dict(zip(self.values, self.titles, strict=False)).get(str(value), str(value))

    def parse(self, raw: object) -> Value:
        text = clean_text(raw, self.label)
        if text not in self.values:
            raise Rejected(f"“{text[:40]}” is not a value of {self.label}. Pick one from the list.")
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class YesNo(Field):
    """A yes or a no."""

    def parse(self, raw: object) -> Value:
        if isinstance(raw, bool):
            return raw
        answer = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
        try:
            return answer[str(raw).strip().lower()]
        except KeyError:
            raise Rejected(f"{self.label} takes Yes or No.") from None

    def show_one(self, value: Value) -> str:
        return "Yes" if value else "No"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Field):
    """A calendar day of the market, stored as `YYYY-MM-DD`."""

    def parse(self, raw: object) -> Value:
        text = clean_text(raw, self.label)
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise Rejected(no_date(text, "YYYY-MM-DD, such as 2026-03-01")) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment(Field):
    """A date and time as the market's systems quote it, stored as `YYYY-MM-DDTHH:MM:SS`, market time."""

    def parse(self, raw: object) -> Value:
        text = clean_text(raw, self.label)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise Rejected(no_date(text, "YYYY-MM-DD, or YYYY-MM-DD HH:MM for a time of day")) from None
        if moment.tzinfo is not None:
            raise Rejected(f"{self.label} is in market time: leave the time zone out.")
        return moment.isoformat(timespec="seconds")

    def show_one(self, value: Value) -> str:
        return str(value).removesuffix("T00:00:00").replace("T", " ")

    def same(self, one: Value, other: Value) -> bool:
        """Where one of the two names no time of day, it means the day."""
        first, second = str(one), str(other)
        of_day = first.endswith("T00:00:00") or second.endswith("T00:00:00")
        return first[:10] == second[:10] if of_day else first == second


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Field):
    """A decimal number, stored as text so that no digit of it is lost."""

    def parse(self, raw: object) -> Value:
        text = clean_text(str(raw), self.label).replace(",", "")
        # A form of our own and not all that Decimal reads: "1e999999999" is short, and fills the memory.
        if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", text):
            raise Rejected(f"“{text[:40]}” is not a number. Write it with digits, such as 1204.5.")
        if len(text) > 24:
            raise Rejected(f"{self.label} takes a number of at most 24 digits.")
        return f"{Decimal(text):f}"

    def same(self, one: Value, other: Value) -> bool:
        """1204.5 and 1204.50 are one number."""
        return Decimal(str(one)) == Decimal(str(other))


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole(Field):
    """A whole number from `minimum` to `maximum`."""

    minimum: int = -999_999_999
    maximum: int = 999_999_999

    def parse(self, raw: object) -> Value:
        text = clean_text(str(raw), self.label)
        if not re.fullmatch(r"-?[0-9]{1,12}", text):
            raise Rejected(f"“{text[:40]}” is not a whole number.")
        if not self.minimum <= int(text) <= self.maximum:
            raise Rejected(f"{self.label} goes from {self.minimum:,} to {self.maximum:,}.")
        return int(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Field):
    """Several fields that belong together, such as an address; stored as a mapping of their names."""

    fields: tuple[Field, ...]

    def parse(self, raw: object) -> Value:
        if not isinstance(raw, Mapping):
            raise Rejected(f"{self.label} needs {self._parts()}.")
        unknown = set(raw) - {field.name for field in self.fields}
        if unknown:
            raise Rejected(f"{self.label} has no part named {min(unknown)[:40]}.")
        return {field.name: field.clean(raw.get(field.name)) for field in self.fields}

    def show_one(self, value: Value) -> str:
        parts = value if isinstance(value, dict) else {}
        return ", ".join(field.show(parts.get(field.name)) for field in self.fields)

    def _is_empty(self, raw: object) -> bool:
        if isinstance(raw, Mapping):
            return all(shows_nothing(str(part or "")) for part in raw.values())
        return not raw or (isinstance(raw, str) and shows_nothing(raw))

    def _parts(self) -> str:
        return ", ".join(field.label.lower() for field in self.fields)


def clean_all(fields: Sequence[Field], raw: Mapping[str, object]) -> tuple[dict[str, Value], dict[str, str]]:
    """The values of `fields` found in `raw`, and the reasons of those refused, both by field name.

    A name in `raw` that no field has is refused as well: nothing is dropped in silence.
    """
    values: dict[str, Value] = {}
    reasons: dict[str, str] = {}
    for field in fields:
        try:
            values[field.name] = field.clean(raw.get(field.name))
        except Rejected as reason:
            reasons[field.name] = reason.args[0]
    for name in raw.keys() - {field.name for field in fields}:
        reasons[name] = "This form has no such field."
    return values, reasons
