"""A table over an enumeration holds all its members: who adds one is told at once which tables lack it."""

import pkgutil
from collections.abc import Iterator, Mapping
from enum import Enum
from importlib import import_module
from types import ModuleType

import pytest

import tracker
from tracker.actions.jobs import promise

PARTIAL = {
    "FOR_ANOTHER": "a deputy is told what calls for an act alone",
    "TELLS": "what comes into a view is found by other means",
    "OPERATOR_RIGHTS": "ERCOT has no readers",
    "WHAT_RANKS_DO": "nobody is given the rank of the clock",
    "RIGHT_OF": "most policies ask for no right",
    "HANDLERS": "some jobs are done many at a time",
    "_WRITERS": "some roles only read the columns",
    "MIGRATIONS": "tables of this version or a newer one are no trouble",
    "OF_THE_OPERATOR_ALONE": "most rights are had in every company",
    "KIND_OF_ROLE": "most roles are open to every kind of company",
}
"""Tables that hold some of the members, and why."""


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(tracker.__path__, "tracker."):
        if not found.name.startswith("tracker.extraction.child"):
            yield import_module(found.name)


def tables() -> Iterator[tuple[str, Mapping[Enum, object]]]:
    for module in modules():
        for name, value in vars(module).items():
            if isinstance(value, Mapping) and value and all(isinstance(key, Enum) for key in value):
                yield name, value


def test_every_table_over_an_enumeration_holds_all_its_members() -> None:
    lacking = {name: lacks for name, table in tables() if (lacks := missing_in(table))}
    assert lacking.keys() == PARTIAL.keys(), lacking


def test_nothing_is_promised_that_nobody_does() -> None:
    with pytest.raises(ValueError, match="no-such-topic"):
        promise("no-such-topic", None, {})


def missing_in(table: Mapping[Enum, object]) -> list[str]:
    return [str(member) for kind in {type(key) for key in table} for member in kind if member not in table]
