"""The drawing of every workflow in every state: complete, well-formed, and nothing lies over anything."""

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest
from flask import Flask

from tracker.domain import catalogue
from tracker.domain.workflow import Workflow
from tracker.web.drawing import drawing_of, steps_of
from tracker.web.drawing_layout import ASIDE, BOX_HEIGHT, BOX_WIDTH, arrows_of, layout_of

WORKFLOWS = [workflow for versions in catalogue.WORKFLOWS.values() for workflow in versions.values()]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def page(migrated: Flask) -> Flask:
    """Drawings are rendered by the application's templates."""
    return migrated


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.key)
def test_every_state_is_drawn_once_and_the_present_one_is_marked(page: Flask, workflow: Workflow) -> None:
    drawn = set(layout_of(workflow).places)
    assert {state for state, turn in workflow.turns.items() if turn} <= drawn
    with page.app_context():
        for state in drawn:
            svg = re.search(r"<svg.*</svg>", str(drawing_of(workflow, state)), re.DOTALL)
            assert svg is not None
            root = ElementTree.fromstring(svg.group(0))  # our own output
            boxes = [group for group in root.iter("g") if "wf-state" in (group.get("class") or "")]
            assert len(boxes) == len(drawn)
            assert sum("wf-now" in (group.get("class") or "") for group in boxes) == 1
            assert "style=" not in svg.group(0)
            words = " ".join("".join(text.itertext()) for text in root.iter("text"))
            for button in workflow.by_state[state]:
                if button.to and button.target(state) != state and button.key not in ASIDE:
                    assert all(part in words for part in button.name.split()), (state, button.name)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.key)
def test_no_box_lies_over_another_or_outside(workflow: Workflow) -> None:
    layout = layout_of(workflow)
    for (x1, y1), (x2, y2) in combinations(layout.places.values(), 2):
        assert abs(x1 - x2) >= BOX_WIDTH or abs(y1 - y2) >= BOX_HEIGHT
    for x, y in layout.places.values():
        assert 0 <= x <= layout.width - BOX_WIDTH
        assert 0 <= y <= layout.height - BOX_HEIGHT


def test_same_workflow_gives_the_same_drawing() -> None:
    workflow = WORKFLOWS[0]
    assert layout_of(workflow) == layout_of(workflow)
    assert list(arrows_of(workflow)) == list(arrows_of(workflow))


def test_steps_tell_in_words_what_the_arrows_show() -> None:
    workflow = catalogue.by_key("rep-of-record").workflow
    steps = {step.name: step for step in steps_of(workflow, "New")}
    assert steps["Begin Working"].target == "In Progress"
    assert steps["Begin Working"].turn == "Assignee"
    assert steps["Withdraw"].turn == "ended"
