"""How far the states of a workflow are from where a story is to end, as people of good or less good will count."""

import heapq

from tracker.demo.likelihoods import DETOUR, DETOURS
from tracker.domain.states import STATUS_OF
from tracker.domain.workflow import Tone, Transition, Workflow

_known: dict[tuple[str, int, str, bool], dict[str, int]] = {}


def distances(workflow: Workflow, target: str, *, rough: bool) -> dict[str, int]:
    """How many presses each state is away from `target`; a state without a way there is left out."""
    key = (workflow.key, workflow.version, target, rough)
    if key not in _known:
        _known[key] = _counted(workflow, target, rough)
    return _known[key]


def ends_and_open(workflow: Workflow) -> tuple[list[str], list[str]]:
    """The states in which stories end, and those in which they can be left open."""
    ends = [state for state in workflow.turns if not STATUS_OF[state].is_open]
    return ends, [state for state in workflow.turns if STATUS_OF[state].is_open]


def _counted(workflow: Workflow, target: str, rough: bool) -> dict[str, int]:
    away: dict[str, int] = {}
    edge = [(0, target)]
    while edge:
        steps, state = heapq.heappop(edge)
        if state in away:
            continue
        away[state] = steps
        for source, transition, to in workflow.edges():
            if to == state and source not in away:
                heapq.heappush(edge, (steps + _cost(transition, rough), source))
    return away


def _cost(transition: Transition, rough: bool) -> int:
    unwilling = transition.tone is not Tone.POSITIVE or transition.name in DETOURS
    return DETOUR if unwilling and not rough else 1
