"""Claims: what each side of an issue says that a disputed value is, and where the sides differ.

A subtype that is about values declares them (`Subtype.claimed`). There are three columns; each is written by the
companies of certain roles, and the third begins with what the market registry knows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from tracker.domain.fields import Choice, Field, Value
from tracker.domain.roles import Role
from tracker.domain.tables import complete, known
from tracker.domain.workflow import Transition


class Registry(str):
    """Who says what the market registry knows: not a company, whatever companies are called."""


REGISTRY = Registry("registry")


class Side(StrEnum):
    """A column of the table."""

    SUBMITTER = "submitter"
    ASSIGNEE = "assignee"
    SHOWN = "shown"


HEADS: Mapping[Side, str] = complete(
    "heads of columns",
    Side,
    {
        Side.SUBMITTER: "Submitter says",
        Side.ASSIGNEE: "Assignee says",
        Side.SHOWN: "ERCOT or TDSP shows",
    },
)

_WRITERS: Mapping[Role, Side] = {
    Role.SUBMITTER: Side.SUBMITTER,
    Role.ASSIGNEE: Side.ASSIGNEE,
    Role.ERCOT: Side.SHOWN,
    Role.TDSP: Side.SHOWN,
}
"""Who writes which column; a company with several roles writes the first of its columns."""

known("writers of columns", Side, list(_WRITERS.values()))


def side_of(roles: Iterable[Role]) -> Side | None:
    """The column that a company with these roles writes; None for one that only reads."""
    held = set(roles)
    return next((side for role, side in _WRITERS.items() if role in held), None)


class Fact(StrEnum):
    """Something that the market registry may know about the premise of an issue."""

    PREMISE_TYPE = "premise type"
    ADDRESS = "address"
    ZIP = "ZIP"
    PROFILE = "load profile"
    STATUS = "status"
    REP = "REP of record"
    SERVED_FROM = "start of service"
    SERVED_UNTIL = "stop of service"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A value that a subtype is about.

    `record` names the field that quotes what the record showed when the issue was filed. `told_by` are other
    fields that say the same value when a transition asks for them.
    """

    field: Field
    record: str = ""
    told_by: tuple[str, ...] = ()
    fact: Fact | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that state it."""
        return (self.field.name, *self.told_by)


def meant(claims: Iterable[Claimed], values: Mapping[str, Value]) -> dict[str, Value]:
    """The claims that the answers to a transition are, by field; only its own field left empty says nothing more."""
    return {
        claimed.field.name: values[name]
        for claimed in claims
        for name in claimed.names
        if name in values and (name == claimed.field.name or values[name] is not None)
    }


def label_in(side: Side, field: Field) -> str:
    """How the history calls a value of a column."""
    return f"{field.label} ({HEADS[side]})"


@dataclass(frozen=True, slots=True)
class Saying:
    """One value in a column, and who says it: a company, or the registry."""

    value: Value
    by: str
    note: str = ""
    """What the value names, such as the company of a DUNS."""


@dataclass(frozen=True)
class Line:
    """A row of the table: what each side says that one value is."""

    claimed: Claimed
    record: str
    said: Mapping[Side, Sequence[Saying]]

    @property
    def label(self) -> str:
        """What the row is called."""
        return self.claimed.field.label

    @cached_property
    def cells(self) -> list[list[dict[str, Any]]]:
        """The three columns as they are shown; a value `differs` when it contradicts one that stands before it."""
        before: list[Value] = []
        return [[self._shown(saying, before) for saying in self._told(side)] for side in Side]

    def _told(self, side: Side) -> list[Saying]:
        """What stands in a column: who says what the registry shows already is not repeated beside it."""
        said = list(self.said.get(side, ()))
        known = next((saying for saying in said if isinstance(saying.by, Registry)), None)
        return [one for one in said if one is known or not known or not self.claimed.field.same(known.value, one.value)]

    def _shown(self, saying: Saying, before: list[Value]) -> dict[str, Any]:
        differs = any(not self.claimed.field.same(value, saying.value) for value in before)
        before.append(saying.value)
        text = self.claimed.field.show(saying.value)
        return {"text": text, "note": saying.note, "by": saying.by, "differs": differs}

    @property
    def disputed(self) -> bool:
        """Two of those who said something contradict each other."""
        return any(cell["differs"] for column in self.cells for cell in column)

    @property
    def settled(self) -> bool:
        """Two sides at least said it, and nobody contradicts."""
        return not self.disputed and sum(1 for column in self.cells if column) > 1


@dataclass(frozen=True)
class Table:
    """Everything that the sides of one issue say."""

    every_line: Sequence[Line]
    ended: bool = False
    """The issue has ended, so that it stays as it is."""

    @cached_property
    def lines(self) -> list[Line]:
        """The rows in which something stands."""
        return [line for line in self.every_line if line.record or any(line.cells)]

    @cached_property
    def disputed(self) -> list[str]:
        """What is disputed, by label."""
        return [line.label for line in self.lines if line.disputed]

    @cached_property
    def disputing(self) -> set[Side]:
        """The sides that said something about what is disputed: only these can have been right."""
        said = [zip(Side, line.cells, strict=True) for line in self.lines if line.disputed]
        return {side for line in said for side, cells in line if cells}

    @property
    def summary(self) -> str:
        """How it stands, in one line."""
        if not self.lines:
            return "No side has stated a value yet."
        return self._disputed() if self.disputed else self._undisputed()

    def _disputed(self) -> str:
        count = len(self.disputed)
        at_the_end = f"{'was' if count == 1 else 'were'} disputed at the end"
        stands = at_the_end if self.ended else "still disputed"
        return f"{count} of {len(self.lines)} {stands}: {', '.join(self.disputed)}."

    def _undisputed(self) -> str:
        """Where nobody contradicts, it still matters that nobody else has said it."""
        sides = [sum(map(bool, line.cells)) for line in self.lines]
        told = (_counted(sides.count(1), "stated by one side only"), _counted(sides.count(0), "stated by no side"))
        return " ".join(["Nothing is disputed.", *filter(None, told)]) if any(told) else AGREED

    def stated(self, side: Side) -> dict[str, Value]:
        """What the companies of a side said themselves, by field."""
        return {
            line.claimed.field.name: saying.value
            for line in self.every_line
            for saying in line.said.get(side, ())
            if not isinstance(saying.by, Registry)
        }

    def as_kept(self) -> dict[str, Any]:
        """The table as it is shown, for a snapshot."""
        lines = [
            {"label": line.label, "record": line.record, "disputed": line.disputed, "cells": line.cells}
            for line in self.lines
        ]
        return {"summary": self.summary, "lines": lines}


AGREED = "All sides agree."


def _counted(values: int, what: str) -> str:
    """`2 values were …`; nothing for none."""
    return f"{values} value{' was' if values == 1 else 's were'} {what}." if values else ""


NONE = "none"
RIGHT_SIDES: Mapping[str, str] = complete(
    "sides that can be right",
    (*Side, NONE),
    {
        Side.SUBMITTER: "Submitter",
        Side.ASSIGNEE: "Assignee",
        Side.SHOWN: "ERCOT or TDSP",
        NONE: "None: settled otherwise",
    },
)
"""Whose column was right in the end: as `issue.right_side` keeps it, and in words."""

RIGHT_SIDE = Choice(
    name="RightSide",
    label="Which column was right",
    help="Whose values stand now that the work is done; every party of the issue reads it.",
    values=tuple(RIGHT_SIDES.values()),
    stored=False,
)


def completes(transition: Transition) -> bool:
    """The transition says that the work is done, so that it can be said who was right."""
    return transition.to == "Pending Complete" and not transition.system


def questions_of(transition: Transition, claims: Table | None) -> tuple[Field, ...]:
    """What a press asks about the claims: whose column was right, and that for certain where they contradict."""
    if claims is None or not completes(transition):
        return ()
    if not claims.disputed:
        return (RIGHT_SIDE.optional(),)
    return (
        RIGHT_SIDE.only(*(words for side, words in RIGHT_SIDES.items() if side in claims.disputing or side == NONE)),
    )


def right_side_named(words: Value) -> str | None:
    """What `issue.right_side` keeps for an answer to `RIGHT_SIDE`."""
    return next((str(side) for side, text in RIGHT_SIDES.items() if text == words), None)
