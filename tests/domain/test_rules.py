"""Rules with data in them: what is refused, where, and what is not known yet and so let through."""

import pytest

from tracker.domain.fields import Value
from tracker.domain.rules import broken, regain_after_gain, stop_not_before_start


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({}, set()),
        ({"StartTime": "2026-03-01T00:00:00"}, set()),
        ({"StopTime": "2026-03-01T00:00:00"}, set()),
        ({"StartTime": "2026-03-01T00:00:00", "StopTime": None}, set()),
        ({"StartTime": "2026-03-01T00:00:00", "StopTime": "2026-03-01T00:00:00"}, set()),
        ({"StartTime": "2026-03-01T00:00:01", "StopTime": "2026-03-01T00:00:00"}, {"StopTime"}),
        ({"StartTime": "2026-03-02T00:00:00", "StopTime": "2026-03-01T00:00:00"}, {"StopTime"}),
        ({"NewStartTime": "2026-03-02T00:00:00", "NewStopTime": "2026-03-01T00:00:00"}, {"NewStopTime"}),
        ({"NewStartTime": "2026-03-01T00:00:00", "NewStopTime": "2026-03-02T00:00:00"}, set()),
        ({"StartTime": "2026-03-02T00:00:00", "NewStopTime": "2026-03-01T00:00:00"}, {"NewStopTime"}),
        (
            {
                "StartTime": "2026-03-09T00:00:00",
                "NewStartTime": "2026-03-01T00:00:00",
                "NewStopTime": "2026-03-05T00:00:00",
            },
            set(),
        ),
        (
            {
                "StartTime": "2026-03-02T00:00:00",
                "StopTime": "2026-03-01T00:00:00",
                "NewStartTime": "2026-03-02T00:00:00",
                "NewStopTime": "2026-03-01T00:00:00",
            },
            {"StopTime", "NewStopTime"},
        ),
    ],
)
def test_a_stop_is_not_before_its_start(values: dict[str, Value], refused: set[str]) -> None:
    assert set(stop_not_before_start(values)) == refused


@pytest.mark.parametrize(
    ("gained", "proposed", "is_refused"),
    [
        (None, "2026-03-01T00:00:00", False),
        ("2026-03-01T00:00:00", None, False),
        ("2026-03-01T00:00:00", "2026-03-02T00:00:00", False),
        ("2026-03-01T18:00:00", "2026-03-02T00:00:00", False),
        ("2026-03-01T00:00:00", "2026-03-01T23:59:59", True),
        ("2026-03-01T00:00:00", "2026-03-01T00:00:00", True),
        ("2026-03-01T00:00:00", "2026-02-28T00:00:00", True),
        ("9999-12-31T00:00:00", "9999-12-31T00:00:00", True),
    ],
)
def test_a_customer_is_regained_a_day_after_the_gain_or_later(
    gained: str | None, proposed: str | None, is_refused: bool
) -> None:
    reasons = regain_after_gain({"GainingCRStartDate": gained, "ProposedRegainDate": proposed})
    assert set(reasons) == ({"ProposedRegainDate"} if is_refused else set())


def test_the_reason_names_the_day_of_the_gain() -> None:
    reasons = regain_after_gain(
        {"GainingCRStartDate": "2026-03-01T00:00:00", "ProposedRegainDate": "2026-03-01T00:00:00"}
    )
    assert "2026-03-01" in reasons["ProposedRegainDate"]


def test_a_rule_is_silent_about_what_was_refused_itself() -> None:
    filed = {"StartTime": "2026-03-02T00:00:00", "StopTime": "2026-03-01T00:00:00"}
    rules = (stop_not_before_start, regain_after_gain)
    assert set(broken(rules, filed)) == {"StopTime"}
    assert set(broken(rules, filed, refused={"EsiID"})) == {"StopTime"}
    assert broken(rules, filed, refused={"StartTime"}) == {}
