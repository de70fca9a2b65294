"""The whole catalogue as JSON can carry it, for other programs."""

from collections.abc import Iterator
from typing import Any

from tracker.domain.catalogue import RETIRED, SUBTYPES
from tracker.domain.catalogue_check import KNOWN_DIFFERENCES, differences
from tracker.domain.fields import Choice, CompanyRef, Field, Text
from tracker.domain.roles import Role
from tracker.domain.states import STATUS_OF
from tracker.domain.subtype import Subtype
from tracker.domain.workflow import Transition, Workflow

__all__ = ["KNOWN_DIFFERENCES", "differences", "export"]


def export() -> dict[str, Any]:
    """Every subtype, retired ones apart, and the workflow that a new issue of each follows."""
    return {
        "subtypes": [_subtype(subtype) for subtype in SUBTYPES],
        "retired": [_subtype(subtype) for subtype in RETIRED],
        "workflows": {subtype.workflow.key: _workflow(subtype.workflow) for subtype in (*SUBTYPES, *RETIRED)},
    }


def _subtype(subtype: Subtype) -> dict[str, Any]:
    return {
        "key": subtype.key,
        "type": subtype.type,
        "name": subtype.name,
        "wire": subtype.wire,
        "fields": [_field(field) for field in subtype.fields],
        "checks": [str(check) for check in subtype.checks],
        "workflow": subtype.workflow.key,
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "required": field.required,
        "label": field.label,
        "help": field.help,
        "max_length": field.max_length if isinstance(field, Text | CompanyRef) else None,
        "values": list(field.values) if isinstance(field, Choice) else None,
    }


def _workflow(workflow: Workflow) -> dict[str, Any]:
    return {
        "version": workflow.version,
        "start": workflow.start,
        "states": {state: _state(state, turn) for state, turn in workflow.turns.items()},
        "transitions": list(_transitions(workflow)),
    }


def _state(state: str, turn: Role | None) -> dict[str, str | None]:
    return {"status": str(STATUS_OF[state]), "turn": turn and str(turn)}


def _transitions(workflow: Workflow) -> Iterator[dict[str, Any]]:
    for state in workflow.turns:
        for transition in workflow.by_state[state]:
            yield _transition(workflow, transition, state)


def _transition(workflow: Workflow, transition: Transition, state: str) -> dict[str, Any]:
    target = transition.target(state)
    turn = workflow.turn(target)
    return {
        "key": transition.key,
        "name": transition.name,
        "from": state,
        "to": target,
        "by": [str(role) for role in transition.pressers],
        "turn": turn and str(turn),
        "needs": [field.name for field in transition.needs],
        "tone": str(transition.tone),
        "system": transition.system,
    }
