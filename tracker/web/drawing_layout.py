"""Where the states of a workflow stand in its drawing: rows from the start down, ends in the last row.

A layered layout: a state's row is its distance from the start, and within a row states stand near those
they come from (barycentre sweeps).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.domain.states import STATUS_OF
from tracker.domain.workflow import Status, Workflow

BOX_WIDTH, BOX_HEIGHT = 168, 46
GAP_X, GAP_Y = 28, 62
MARGIN = 12
TOP = 40
"""Room above the first row for the label of an arrow that comes back to it."""
SWEEPS = 6
ASIDE = frozenset({"close", "close-by-ercot"})
"""Buttons that stand in every open state and lead to an end; drawing their arrows would hide all others."""


@dataclass(frozen=True)
class Layout:
    """The upper left corner of each state's box, and the size of the whole, in pixels."""

    places: Mapping[str, tuple[int, int]]
    width: int
    height: int


def arrows_of(workflow: Workflow) -> dict[tuple[str, str], list[str]]:
    """The arrows to draw: the keys of the buttons that lead from one state to another."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for state, transition, target in workflow.edges():
        if target != state and transition.key not in ASIDE:
            arrows.setdefault((state, target), []).append(transition.key)
    return arrows


def layout_of(workflow: Workflow) -> Layout:
    """Where every state stands that an arrow reaches or leaves."""
    arrows = arrows_of(workflow)
    rows = _ordered(_rows(workflow, arrows), arrows)
    widest = max(len(row) for row in rows)
    width = widest * (BOX_WIDTH + GAP_X) - GAP_X + 2 * MARGIN
    places = {state: place for number, row in enumerate(rows) for state, place in _placed(row, number, width)}
    return Layout(places, width, len(rows) * (BOX_HEIGHT + GAP_Y) - GAP_Y + TOP + MARGIN)


def _placed(row: list[str], number: int, width: int) -> list[tuple[str, tuple[int, int]]]:
    taken = len(row) * (BOX_WIDTH + GAP_X) - GAP_X
    left, top = (width - taken) // 2, TOP + number * (BOX_HEIGHT + GAP_Y)
    return [(state, (left + index * (BOX_WIDTH + GAP_X), top)) for index, state in enumerate(row)]


def _rows(workflow: Workflow, arrows: Mapping[tuple[str, str], list[str]]) -> list[list[str]]:
    distance = _distances(workflow.start, arrows)
    drawn = {state for arrow in arrows for state in arrow} | {workflow.start}
    open_states = [state for state in workflow.turns if state in drawn and workflow.turns[state]]
    answered = [state for state in open_states if STATUS_OF[state] is Status.PENDING_COMPLETE]
    working = [state for state in open_states if state not in answered]
    ends = [state for state in workflow.turns if state in drawn and workflow.turns[state] is None]
    rows: dict[int, list[str]] = {}
    for state in working:
        rows.setdefault(distance.get(state, 0), []).append(state)
    return [row for _, row in sorted(rows.items())] + [row for row in (answered, ends) if row]


def _distances(start: str, arrows: Mapping[tuple[str, str], list[str]]) -> dict[str, int]:
    distance, edge = {start: 1, "Pending Issue": 0}, [start]
    while edge:
        edge = [
            target
            for source in edge
            for source_, target in arrows
            if source_ == source and _is_new(target, source, distance)
        ]
    return distance


def _is_new(target: str, source: str, distance: dict[str, int]) -> bool:
    if target in distance:
        return False
    distance[target] = distance[source] + 1
    return True


def _ordered(rows: list[list[str]], arrows: Mapping[tuple[str, str], list[str]]) -> list[list[str]]:
    near: dict[str, set[str]] = {}
    for source, target in arrows:
        near.setdefault(source, set()).add(target)
        near.setdefault(target, set()).add(source)
    for _ in range(SWEEPS):
        where = {state: index - (len(row) - 1) / 2 for row in rows for index, state in enumerate(row)}
        rows = [sorted(row, key=lambda state: (_middle(near.get(state, set()), where), state)) for row in rows]
    return rows


def _middle(states: set[str], where: Mapping[str, float]) -> float:
    return sum(where[state] for state in states) / len(states) if states else 0.0
