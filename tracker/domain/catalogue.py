"""The catalogue: every kind of issue, in the order of the menu, and every workflow that an issue may follow."""

from collections.abc import Mapping
from types import ModuleType

from tracker.domain import states, transitions
from tracker.domain.fields import Choice
from tracker.domain.subtype import Subtype
from tracker.domain.subtypes import (
    ams_lse,
    cancel,
    corrections,
    dev_characteristics,
    dev_existence,
    dev_lse,
    dev_usage,
    enrollment,
    general,
    inadvertent,
    inadvertent_switch,
    market_rule,
    operator,
    redirect_fees,
    switch_hold,
    usage_billing,
)
from tracker.domain.tables import known
from tracker.domain.workflow import Workflow

FAMILIES: tuple[ModuleType, ...] = (
    inadvertent,
    redirect_fees,
    inadvertent_switch,
    switch_hold,
    cancel,
    enrollment,
    usage_billing,
    ams_lse,
    corrections,
    general,
    market_rule,
    dev_lse,
    dev_characteristics,
    dev_existence,
    dev_usage,
    operator,
)

EARLIER: tuple[Workflow, ...] = ()
"""Versions that no new issue follows, kept for the issues that were filed under them."""

_ALL: tuple[Subtype, ...] = tuple(subtype for family in FAMILIES for subtype in family.SUBTYPES)

SUBTYPES: tuple[Subtype, ...] = tuple(subtype for subtype in _ALL if not subtype.retired)
"""What can be filed."""

RETIRED: tuple[Subtype, ...] = tuple(subtype for subtype in _ALL if subtype.retired)
"""What can only be read."""


def _keyed(subtypes: tuple[Subtype, ...]) -> dict[str, Subtype]:
    keyed = {subtype.key: subtype for subtype in subtypes}
    if len(keyed) != len(subtypes):
        raise ValueError("Two subtypes have one key.")
    return keyed


def _versions(workflows: tuple[Workflow, ...]) -> dict[str, dict[int, Workflow]]:
    """Each workflow by key and version; two different ones under one name would move issues wrongly."""
    versions: dict[str, dict[int, Workflow]] = {}
    for workflow in workflows:
        known = versions.setdefault(workflow.key, {}).setdefault(workflow.version, workflow)
        if known is not workflow:
            raise ValueError(f"Two workflows are called {workflow.key}, version {workflow.version}.")
    return versions


NAMES: Mapping[str, str] = {subtype.key: subtype.full_name for subtype in _ALL}
"""What people call each subtype, by its key."""

SUBTYPE = Choice(
    name="subtype",
    label="Subtype",
    help="",
    values=tuple(NAMES),
    titles=tuple(NAMES.values()),
    families=tuple(subtype.family for subtype in _ALL),
    required=False,
)
"""A subtype, where people choose one for rules and addresses of their company: in the order of the menu."""

_BY_KEY: Mapping[str, Subtype] = _keyed(_ALL)

WORKFLOWS: Mapping[str, Mapping[int, Workflow]] = _versions(EARLIER + tuple(s.workflow for s in _ALL))
"""Every workflow by its key and its version."""

_FOLLOWED = [workflow for versions in WORKFLOWS.values() for workflow in versions.values()]
known("states of workflows", (state for workflow in _FOLLOWED for state in workflow.turns), states.STATUS_OF)
known("buttons", (button.name for workflow in _FOLLOWED for button in workflow.transitions), transitions.MEANING)


def _buttons() -> dict[str, str]:
    """One key is one button: it must not be called two things."""
    named: dict[str, str] = {}
    for transition in (one for of in WORKFLOWS.values() for workflow in of.values() for one in workflow.transitions):
        if named.setdefault(transition.key, transition.name) != transition.name:
            raise ValueError(
                f"The button {transition.key} is called both {named[transition.key]} and {transition.name}."
            )
    return named


BUTTONS: Mapping[str, str] = _buttons()
"""What people call each button, by its key, whatever the workflow and its version."""


def by_key(key: str) -> Subtype:
    """The subtype of an issue that exists, a retired one too; a key without a subtype is a `KeyError`."""
    return _BY_KEY[key]


def find(key: str) -> Subtype | None:
    """The subtype that somebody asked for by its key, a retired one too; None when there is none."""
    return _BY_KEY.get(key)


def workflow_of(key: str, version: int) -> Workflow:
    """The workflow `key` as it was in `version`, for an issue that was filed under it."""
    return WORKFLOWS[key][version]
