"""Claims: when two values differ, what is disputed, who writes which column, and that the declarations are sound."""

import pytest

from tracker.domain import catalogue
from tracker.domain.catalogue_check import VOCABULARY
from tracker.domain.claims import (
    AGREED,
    REGISTRY,
    RIGHT_SIDES,
    Claimed,
    Line,
    Saying,
    Side,
    Table,
    completes,
    right_side_named,
    side_of,
)
from tracker.domain.fields import Field, Value
from tracker.domain.roles import Role
from tracker.domain.subtype import Subtype
from tracker.domain.subtypes._fields import KWH_USE, NEW_PREMISE_TYPE, NEW_SERV_ADDRESS, NEW_START_TIME

CLAIMING = [subtype for subtype in (*catalogue.SUBTYPES, *catalogue.RETIRED) if subtype.claimed]
ADDRESS = {"Street": "1200 Main St", "City": "Houston", "State": "TX", "ZipCode": "77002"}


def line(field: Field, **said: Value) -> Line:
    """A row in which each side named says one value."""
    return Line(Claimed(field), "", {Side(side): (Saying(value, side),) for side, value in said.items()})


@pytest.mark.parametrize(
    ("field", "one", "other", "same"),
    [
        (KWH_USE, "1204.5", "1204.50", True),
        (KWH_USE, "1204.5", "1204.6", False),
        (NEW_START_TIME, "2026-03-01T00:00:00", "2026-03-01T10:15:00", True),
        (NEW_START_TIME, "2026-03-01T09:00:00", "2026-03-01T10:15:00", False),
        (NEW_START_TIME, "2026-03-01T00:00:00", "2026-03-02T00:00:00", False),
        (NEW_PREMISE_TYPE, "Residential", "residential", True),
        (NEW_SERV_ADDRESS, ADDRESS, ADDRESS | {"City": "HOUSTON", "Street": "1200  main st"}, True),
        (NEW_SERV_ADDRESS, ADDRESS, ADDRESS | {"ZipCode": "77003"}, False),
    ],
)
def test_two_values_say_the_same_however_they_were_written(field: Field, one: Value, other: Value, same: bool) -> None:
    assert field.same(one, other) is same
    assert field.same(other, one) is same


def test_one_value_alone_is_not_disputed_and_not_settled() -> None:
    row = line(KWH_USE, submitter="10")
    assert (row.disputed, row.settled) == (False, False)


def test_what_contradicts_a_column_before_it_is_marked() -> None:
    row = line(KWH_USE, submitter="10", assignee="10.0", shown="12")
    assert row.disputed
    assert [[cell["differs"] for cell in column] for column in row.cells] == [[False], [False], [True]]


def test_the_registry_and_who_corrects_it_can_contradict_in_one_column() -> None:
    both = (Saying("Residential", REGISTRY), Saying("Small Non-Residential", "ERCOT"))
    row = Line(Claimed(NEW_PREMISE_TYPE), "", {Side.SHOWN: both})
    assert row.disputed
    assert [cell["by"] for cell in row.cells[2]] == [REGISTRY, "ERCOT"]


def test_a_company_that_is_called_registry_is_a_company() -> None:
    said = (Saying("Residential", "registry"), Saying("Residential", "ERCOT"))
    row = Line(Claimed(NEW_PREMISE_TYPE), "", {Side.SHOWN: said})
    assert [cell["by"] for cell in row.cells[2]] == ["registry", "ERCOT"]
    assert Table([row]).stated(Side.SHOWN) == {"NewPremiseType": "Residential"}


def test_the_summary_counts_the_rows_in_which_something_stands() -> None:
    agreed = line(NEW_PREMISE_TYPE, submitter="Residential", shown="Residential")
    empty = line(NEW_SERV_ADDRESS)
    table = Table([line(KWH_USE, submitter="10", assignee="12"), agreed, empty])
    assert table.disputed == [KWH_USE.label]
    assert table.summary == f"1 of 2 still disputed: {KWH_USE.label}."
    assert Table([agreed, empty]).summary == AGREED
    alone = line(KWH_USE, submitter="10")
    assert Table([agreed, alone]).summary == "Nothing is disputed. 1 value was stated by one side only."
    recorded = Line(Claimed(KWH_USE), "12", {})
    told = "Nothing is disputed. 2 values were stated by one side only. 1 value was stated by no side."
    assert Table([alone, alone, recorded]).summary == told
    ended = Table(table.every_line, ended=True)
    assert ended.summary == f"1 of 2 was disputed at the end: {KWH_USE.label}."
    assert Table([empty]).summary == "No side has stated a value yet."


def test_what_the_registry_knows_is_nobodys_statement() -> None:
    both = (Saying("Residential", REGISTRY), Saying("Small Non-Residential", "ERCOT"))
    table = Table([Line(Claimed(NEW_PREMISE_TYPE), "", {Side.SHOWN: both})])
    assert table.stated(Side.SHOWN) == {"NewPremiseType": "Small Non-Residential"}
    assert table.stated(Side.SUBMITTER) == {}


@pytest.mark.parametrize(
    ("roles", "side"),
    [
        ({Role.SUBMITTER}, Side.SUBMITTER),
        ({Role.ASSIGNEE}, Side.ASSIGNEE),
        ({Role.ASSIGNEE, Role.TDSP}, Side.ASSIGNEE),
        ({Role.SUBMITTER, Role.ERCOT}, Side.SUBMITTER),
        ({Role.ERCOT}, Side.SHOWN),
        ({Role.TDSP}, Side.SHOWN),
        ({Role.SECONDARY}, None),
        ({Role.PRIOR_INVOLVED}, None),
        (set(), None),
    ],
)
def test_a_company_writes_one_column_or_none(roles: set[Role], side: Side | None) -> None:
    assert side_of(roles) is side


@pytest.mark.parametrize("subtype", CLAIMING, ids=lambda subtype: subtype.key)
def test_the_claims_of_a_subtype_are_sound(subtype: Subtype) -> None:
    names = [claimed.field.name for claimed in subtype.claimed]
    assert len(names) == len(set(names))
    for claimed in subtype.claimed:
        assert not claimed.field.required, claimed.field.name
        assert claimed.field.repeat == 1
        assert claimed.field.help.endswith(".")
        assert {claimed.field.name, claimed.record or claimed.field.name} <= VOCABULARY.keys()
        assert set(claimed.told_by) <= set(subtype.all_fields)


@pytest.mark.parametrize("subtype", CLAIMING, ids=lambda subtype: subtype.key)
def test_such_an_issue_can_be_completed_with_the_question_who_was_right(subtype: Subtype) -> None:
    names = {transition.name for transition in subtype.workflow.transitions if completes(transition)}
    assert names <= {"Complete", "814_20 Sent/Complete"}
    assert "Complete" in names


def test_every_kind_of_issue_about_a_value_declares_its_claims() -> None:
    about = {"rep-of-record", "premise-type", "service-address"}
    families = ("dev-", "usage-billing-", "ams-lse-")
    wanted = {s.key for s in catalogue.SUBTYPES if s.key in about or s.key.startswith(families)}
    assert {subtype.key for subtype in CLAIMING if not subtype.retired} == wanted


def test_the_answer_who_was_right_is_kept_by_side() -> None:
    assert [right_side_named(text) for text in RIGHT_SIDES.values()] == list(RIGHT_SIDES)
    assert right_side_named(None) is None
