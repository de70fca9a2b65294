"""Rules with data in them: what the values of one issue must be to each other (marketrak.md sections 3 and 4).

A rule takes the stored values and gives a reason for each field it refuses. What is not known yet is not refused.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from tracker.domain.fields import Value
from tracker.domain.subtype import Rule


def broken(rules: Iterable[Rule], values: Mapping[str, Value], refused: Container[str] = ()) -> dict[str, str]:
    """What the rules refuse. A rule that looks at a value which was refused itself says nothing yet."""
    reasons: dict[str, str] = {}
    for rule in rules:
        with suppress(_RefusedAlreadyError):
            reasons |= rule(_Understood(values, refused))
    return reasons


class _RefusedAlreadyError(Exception):
    """A rule asked for a value that was not understood."""


class _Understood(Mapping[str, Value]):
    """The values, without those that were refused."""

    def __init__(self, values: Mapping[str, Value], refused: Container[str]) -> None:
        self.values_known, self.refused = values, refused

    def __getitem__(self, name: str) -> Value:
        if name in self.refused:
            raise _RefusedAlreadyError
        return self.values_known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_known)

    def __len__(self) -> int:
        return len(self.values_known)


def stop_not_before_start(values: Mapping[str, Value]) -> dict[str, str]:
    """A period ends when it begins or later, both as it is recorded and as it should be.

    A new stop without a new start is held against the start on record.
    """
    reasons: dict[str, str] = {}
    if _before(_moment(values, "StopTime"), _moment(values, "StartTime")):
        reasons["StopTime"] = "The stop lies before the start. Check both dates."
    new_start = _moment(values, "NewStartTime") or _moment(values, "StartTime")
    if _before(_moment(values, "NewStopTime"), new_start):
        reasons["NewStopTime"] = "The stop it should have lies before the start. Check both dates."
    return reasons


def regain_after_gain(values: Mapping[str, Value]) -> dict[str, str]:
    """The losing retailer regains the customer one day after the gaining one began, or later.

    Days count and not hours: a gain at noon can be regained at the next midnight.
    """
    proposed = _moment(values, "ProposedRegainDate")
    gained = _moment(values, "GainingCRStartDate")
    if proposed is None or gained is None or proposed.date() - gained.date() >= timedelta(days=1):
        return {}
    return {
        "ProposedRegainDate": (
            f"The gaining CR’s service began on {gained.date().isoformat()}. Propose a day after that one."
        )
    }


def _before(moment: datetime | None, other: datetime | None) -> bool:
    return moment is not None and other is not None and moment < other


def _moment(values: Mapping[str, Value], name: str) -> datetime | None:
    value = values.get(name)
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None
