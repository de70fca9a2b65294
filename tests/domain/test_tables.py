"""Tables that are joined by names say what they lack."""

import pytest

from tracker.domain.tables import complete, known

NAMES = ("one", "two")


def test_what_a_table_lacks_and_what_nothing_asks_for_is_named() -> None:
    table = {"one": 1, "two": 2}
    assert complete("numbers", NAMES, table) is table
    with pytest.raises(LookupError, match="numbers: there is nothing for three"):
        complete("numbers", (*NAMES, "three"), table)
    with pytest.raises(LookupError, match="numbers: nothing asks for two"):
        complete("numbers", ("one",), table)


def test_names_are_known_where_a_table_holds_more() -> None:
    assert list(known("numbers", ("one", "one"), {"one": 1, "two": 2})) == ["one"]
    with pytest.raises(LookupError, match="numbers: there is nothing for four, three"):
        known("numbers", ("one", "three", "four"), NAMES)
