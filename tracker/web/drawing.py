"""A workflow as a drawing (SVG, without script): its states, the present one, and where its buttons lead."""

import textwrap
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from flask import render_template
from markupsafe import Markup

from tracker.domain import catalogue
from tracker.domain.workflow import Tone, Transition, Workflow
from tracker.web.drawing_layout import ASIDE, BOX_HEIGHT, BOX_WIDTH, Layout, arrows_of, layout_of

LINE = 14
LONGEST_LINE = 24
SHORTEST_BEND = 30


class Box(NamedTuple):
    """One state: where it stands and what is written in it."""

    state: str
    x: int
    y: int
    lines: Sequence[str]
    turn: str
    kind: str


class Arrow(NamedTuple):
    """One arrow: its path, its class, and the label that stands at its head."""

    path: str
    kind: str
    label: Sequence[str]
    x: int
    y: int


class Step(NamedTuple):
    """The same in words: a button of the present state, who presses it, and what follows."""

    name: str
    pressers: str
    target: str
    turn: str


def drawing_of(workflow: Workflow, state: str | None) -> Markup:
    """The drawing of a workflow with `state` marked as the present one; drawn once for each."""
    return _drawing(workflow.key, workflow.version, state)


@lru_cache(maxsize=1024)
def _drawing(key: str, version: int, state: str | None) -> Markup:
    workflow = catalogue.workflow_of(key, version)
    layout = layout_of(workflow)
    return Markup(  # noqa: S704  # a template of ours, which escapes what it is given
        render_template(
            "_drawing.html",
            name=f"{key}-{version}",
            state=state,
            layout=layout,
            boxes=[_box(workflow, layout, each, state) for each in layout.places],
            arrows=_arrows(workflow, layout, state),
            steps=steps_of(workflow, state) if state else [],
            box_width=BOX_WIDTH,
            box_height=BOX_HEIGHT,
            line=LINE,
        )
    )


def steps_of(workflow: Workflow, state: str) -> list[Step]:
    """What each button of a state leads to, in words; those that change no state are left out."""
    return [
        Step(t.name, _pressers(t), t.target(state), _turn(workflow, t.target(state)))
        for t in workflow.by_state.get(state, ())
        if t.to and t.target(state) != state
    ]


def _pressers(transition: Transition) -> str:
    return "the system" if transition.system else " or ".join(transition.pressers)


def _turn(workflow: Workflow, state: str) -> str:
    return workflow.turns[state] or "ended"


def _box(workflow: Workflow, layout: Layout, name: str, present: str | None) -> Box:
    x, y = layout.places[name]
    kind = "wf-now" if name == present else "wf-end" if workflow.turns[name] is None else ""
    return Box(name, x, y, textwrap.wrap(name, LONGEST_LINE), _turn(workflow, name), kind)


def _arrows(workflow: Workflow, layout: Layout, present: str | None) -> list[Arrow]:
    """All arrows; those that leave the present state last, so that they lie above the others."""
    drawn = [_arrow(workflow, layout, *ends, keys, present) for ends, keys in arrows_of(workflow).items()]
    return sorted((arrow for arrow in drawn if arrow), key=lambda arrow: "wf-open" in arrow.kind)


def _arrow(
    workflow: Workflow, layout: Layout, source: str, target: str, keys: Sequence[str], present: str | None
) -> Arrow | None:
    leaves = source == present
    goes_back = layout.places[target][1] <= layout.places[source][1]
    if goes_back and not leaves:
        return None if present else Arrow(_path(layout, source, target), "wf-edge wf-back", (), 0, 0)
    if not leaves:
        return Arrow(_path(layout, source, target), "wf-edge", (), 0, 0)
    buttons = [button for key in keys if key not in ASIDE and (button := workflow.find(source, key))]
    tone = next((tone for tone in Tone if any(button.tone is tone for button in buttons)), Tone.SYSTEM)
    x, y = layout.places[target]
    label = textwrap.wrap(" / ".join(dict.fromkeys(button.name for button in buttons)), LONGEST_LINE + 4)
    return Arrow(
        _path(layout, source, target),
        f"wf-edge wf-open wf-{tone}",
        label,
        x + BOX_WIDTH // 2,
        y - 8 - LINE * (len(label) - 1),
    )


def _path(layout: Layout, source: str, target: str) -> str:
    (x1, y1), (x2, y2) = layout.places[source], layout.places[target]
    start, end = x1 + BOX_WIDTH // 2, x2 + BOX_WIDTH // 2
    if y2 > y1:
        top, bottom = y1 + BOX_HEIGHT, y2 - 1
        bend = max((bottom - top) // 2, SHORTEST_BEND)
        return f"M{start} {top}C{start} {top + bend} {end} {bottom - bend} {end} {bottom}"
    if y1 == y2:
        side, to = (x1 + BOX_WIDTH, x2 - 1) if x2 > x1 else (x1, x2 + BOX_WIDTH + 1)
        middle = y1 + BOX_HEIGHT // 2
        return f"M{side} {middle}C{side} {middle - SHORTEST_BEND} {to} {middle - SHORTEST_BEND} {to} {middle}"
    out = SHORTEST_BEND if start <= end else -SHORTEST_BEND
    side = BOX_WIDTH if out > 0 else 0
    leaves, enters = (x1 + side, y1 + BOX_HEIGHT // 2), (x2 + side, y2 + BOX_HEIGHT // 2)
    far = out + (max if out > 0 else min)(leaves[0], enters[0])
    return f"M{leaves[0]} {leaves[1]}C{far} {y1} {far} {y2 + BOX_HEIGHT} {enters[0]} {enters[1]}"
