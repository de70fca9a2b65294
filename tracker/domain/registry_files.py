"""The files that fill the market registry: their columns, and how a line becomes a row.

A column is a `Field`, so a cell is refused for the same reasons, in the same words, as what is typed.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TypeAlias

from tracker.domain.fields import Choice, Day, EsiId, Field, Rejected, Text, TransactionId, Value, clean_text
from tracker.domain.subtypes._codes import PREMISE_TYPES

Row: TypeAlias = dict[str, object]
"""A line's values by column, as the tables take them."""

MOST_SPANS = 200


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when one retailer served a premise; `stop` is None for the present one."""

    start: date
    stop: date | None
    rep_duns: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepHistory(Field):
    """Who served the premise: `DUNS:START:STOP` for each retailer, parted by semicolons, the last STOP left empty."""

    def parse(self, raw: object) -> Value:
        spans = spans_of(clean_text(raw, self.label))
        for before, after in pairwise(spans):
            if before.stop is None or before.stop > after.start:
                raise Rejected(f"{self.label}: the retailer from {after.start} begins before the one before it ends.")
        return [f"{span.rep_duns}:{span.start}:{span.stop or ''}" for span in spans]


@dataclass(frozen=True, slots=True, kw_only=True)
class YOrN(Choice):
    """A yes or a no in one letter, as the registration system writes it."""

    values: tuple[str, ...] = ("Y", "N")

    def parse(self, raw: object) -> Value:
        return Choice.parse(self, raw) == "Y"


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file; the first column names its rows."""

    name: str
    columns: tuple[Field, ...]

    @property
    def key(self) -> str:
        """The column that says which premise or order a line is about."""
        return self.columns[0].name

    def named(self, header: Sequence[str]) -> tuple[Field, ...]:
        """The columns in the order of a header, whose names are all known."""
        by_name = {column.name: column for column in self.columns}
        return tuple(by_name[name] for name in header)


def row_of(columns: Sequence[Field], cells: Sequence[str]) -> tuple[Row, dict[str, str]]:
    """The row that the cells of a line make, and the reasons of those refused, both by column."""
    row: Row = {}
    reasons: dict[str, str] = {}
    for field, cell in zip(columns, cells, strict=True):
        try:
            row[field.name] = _CONVERTED.get(type(field), _as_it_is)(field.clean(_visible(field, cell)))
        except Rejected as reason:
            reasons[field.name] = _explained(field, str(reason))
    return row, reasons


def spans_of(text: str) -> list[Span]:
    """The spans of a written history, oldest first. Raises `Rejected`."""
    written = [part for part in text.split(";") if part.strip()]
    if len(written) > MOST_SPANS:
        raise Rejected(f"REP history takes at most {MOST_SPANS} retailers; this has {len(written)}.")
    return sorted((_span(part.strip()) for part in written), key=lambda span: span.start)


def _span(written: str) -> Span:
    parts = [part.strip() for part in written.split(":")]
    if len(parts) != 3 or not re.fullmatch(r"[0-9]{9,13}", parts[0]):
        raise Rejected(f"“{written[:60]}” is no part of a REP history. Write DUNS:START:STOP, parted by semicolons.")
    try:
        start, stop = date.fromisoformat(parts[1]), date.fromisoformat(parts[2]) if parts[2] else None
    except ValueError:
        raise Rejected(f"“{written[:60]}” holds a day that does not exist. Write days as YYYY-MM-DD.") from None
    if stop is not None and stop < start:
        raise Rejected(f"“{written[:60]}” ends before it begins.")
    return Span(start, stop, parts[0])


def _visible(field: Field, cell: str) -> str:
    if not cell.isprintable():
        raise Rejected(f"{field.label} holds a character that nobody can see, such as NUL or a tab. Remove it.")
    return cell


def _explained(field: Field, reason: str) -> str:
    if isinstance(field, Choice):
        return reason.replace("Pick one from the list.", f"It takes: {', '.join(field.values)}.")
    return reason


def _as_it_is(value: Value) -> object:
    return value


def _as_day(value: Value) -> object:
    return date.fromisoformat(value) if isinstance(value, str) else None


def _as_spans(value: Value) -> object:
    return [_span(str(written)) for written in value] if isinstance(value, list) else []


_CONVERTED: dict[type[Field], Callable[[Value], object]] = {Day: _as_day, RepHistory: _as_spans}


def _text(name: str, label: str, max_length: int, *, required: bool = False) -> Text:
    return Text(name=name, label=label, help="", required=required, max_length=max_length)


def _duns(name: str, label: str, *, required: bool = False) -> Text:
    return Text(
        name=name,
        label=label,
        help="",
        required=required,
        max_length=13,
        pattern=r"[0-9]{9,13}",
        pattern_hint="9 to 13 digits",
    )


def _day(name: str, label: str) -> Day:
    return Day(name=name, label=label, help="", required=False)


def _one_of(name: str, label: str, values: Sequence[str], *, required: bool = False) -> Choice:
    return Choice(name=name, label=label, help="", required=required, values=tuple(values))


ESI_ID = EsiId(name="esi_id", label="ESI ID", help="", pattern=r"[0-9A-Za-z]+", pattern_hint="digits and letters")

PREMISES = FileKind(
    "premises",
    (
        ESI_ID,
        _duns("tdsp_duns", "DUNS of the TDSP", required=True),
        _duns("rep_duns", "DUNS of the REP"),
        _one_of("premise_type", "Premise type", PREMISE_TYPES),
        _text("status", "Status", 40, required=True),
        _text("street", "Street", 120),
        _text("city", "City", 60),
        _text("state", "State", 2),
        Text(
            name="zip_code",
            label="ZIP code",
            help="",
            required=False,
            max_length=10,
            pattern=r"[0-9]{5}(-[0-9]{4})?",
            pattern_hint="five digits, or five and four with a hyphen,",
        ),
        _text("load_profile", "Load profile", 60),
        _text("weather_zone", "Weather zone", 20),
        RepHistory(name="rep_history", label="REP history", help="", required=False),
    ),
)

ORDERS = FileKind(
    "orders",
    (
        TransactionId(name="orig_tran_id", label="Original tran id", help=""),
        _text("global_id", "Global id", 60),
        ESI_ID,
        _one_of("kind", "Kind", ("Switch", "Move-In", "Move-Out"), required=True),
        _day("requested_for", "Requested for"),
        _day("scheduled_for", "Scheduled for"),
        _duns("gaining_duns", "DUNS of the gaining CR"),
        _duns("losing_duns", "DUNS of the losing CR"),
        YOrN(name="priority", label="Priority", help=""),
        _text("status", "Status", 40, required=True),
    ),
)

FILE_KINDS = {kind.name: kind for kind in (PREMISES, ORDERS)}
