"""Every subtype is sound: nothing in the catalogue can strand an issue, and all of it is said in words."""

import copy
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tracker.domain import catalogue, states, transitions
from tracker.domain.catalogue_check import KNOWN_DIFFERENCES, OWN_SIDE, VOCABULARY, differences
from tracker.domain.catalogue_export import export
from tracker.domain.fields import CompanyRef, Field, Record
from tracker.domain.roles import ACTIVE_ROLES, Role
from tracker.domain.subtype import Subtype
from tracker.domain.workflow import Situation, Transition, Workflow, may_press, open_to

FACTS = Path(__file__).parents[3] / "shared" / "domain" / "catalogue-facts.json"

ALL = (*catalogue.SUBTYPES, *catalogue.RETIRED)
EVERY_WORKFLOW = tuple(workflow for versions in catalogue.WORKFLOWS.values() for workflow in versions.values())

each_subtype = pytest.mark.parametrize("subtype", ALL, ids=lambda subtype: subtype.key)
each_workflow = pytest.mark.parametrize("workflow", EVERY_WORKFLOW, ids=lambda workflow: workflow.key)


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    if not FACTS.exists():
        pytest.skip("The market's facts are not beside this checkout.")
    loaded: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    return loaded


def test_there_are_51_subtypes_and_two_retired_ones() -> None:
    assert len(catalogue.SUBTYPES) == 51
    assert {subtype.name for subtype in catalogue.RETIRED} == {"Inadvertent Switch", "Usage/Billing Issues"}


def test_there_are_53_states_and_70_transitions_each_with_a_meaning() -> None:
    assert len(states.STATUS_OF) == len(states.MEANING) == 53
    assert len(transitions.MEANING) == 70
    assert all(text.endswith(".") for text in (*states.MEANING.values(), *transitions.MEANING.values()))


def test_a_subtype_is_found_by_its_key() -> None:
    assert catalogue.find("rep-of-record") is catalogue.by_key("rep-of-record")
    assert catalogue.find("no-such-thing") is None
    with pytest.raises(KeyError):
        catalogue.by_key("no-such-thing")


@each_subtype
def test_the_workflow_of_a_subtype_is_found_by_key_and_version(subtype: Subtype) -> None:
    assert catalogue.workflow_of(subtype.workflow.key, subtype.workflow.version) is subtype.workflow


@each_workflow
def test_every_state_is_reached(workflow: Workflow) -> None:
    assert set(workflow.turns) == _reached(workflow, {workflow.start, "Pending Issue"} & set(workflow.turns))


@each_workflow
def test_every_state_leads_to_an_end(workflow: Workflow) -> None:
    ends = {state for state, turn in workflow.turns.items() if turn is None}
    back: dict[str, set[str]] = {}
    for state, _, target in workflow.edges():
        back.setdefault(target, set()).add(state)
    assert set(workflow.turns) == _closure(ends, back)


@each_workflow
def test_somebody_can_act_in_every_open_state_by_its_own_turn(workflow: Workflow) -> None:
    """Closing does not count: the company whose turn it is must be able to answer."""
    for state, turn in workflow.turns.items():
        answers = [t for t in workflow.by_state[state] if turn in t.pressers and t.to and t.name != "Close"]
        assert (turn is None) or answers or _is_held_open(workflow, state), state


@each_workflow
def test_open_states_have_a_turn_and_ended_ones_have_none(workflow: Workflow) -> None:
    assert set(workflow.turns) <= set(states.STATUS_OF)
    for state, turn in workflow.turns.items():
        assert states.STATUS_OF[state].is_open is (turn is not None), state


@each_workflow
def test_nothing_leaves_an_end(workflow: Workflow) -> None:
    assert [state for state, _, _ in workflow.edges() if workflow.turns[state] is None] == []


@each_workflow
def test_every_arrow_ends_in_a_state_of_the_workflow(workflow: Workflow) -> None:
    assert {target for _, _, target in workflow.edges()} <= set(workflow.turns)


@each_workflow
def test_a_button_stands_once_in_a_state(workflow: Workflow) -> None:
    keys = [(state, transition.key) for state, transition, _ in workflow.edges()]
    assert len(keys) == len(set(keys))


@each_workflow
def test_every_transition_is_named_explained_and_pressed_by_somebody(workflow: Workflow) -> None:
    for transition in workflow.transitions:
        assert transition.name in transitions.MEANING
        assert transition.help.endswith("."), transition.name
        assert transition.system is (not transition.pressers), transition.name
        assert Role.PRIOR_INVOLVED not in transition.pressers


@each_workflow
def test_only_one_clock_runs_in_a_state_and_it_is_the_systems(workflow: Workflow) -> None:
    for state in workflow.turns:
        clocked = [t for t in workflow.by_state[state] if t.after_days is not None]
        assert len(clocked) <= 1
        assert all(t.system for t in clocked)


@each_workflow
def test_a_reassignment_names_the_next_company_and_says_why(workflow: Workflow) -> None:
    for transition in workflow.transitions:
        if transition.name == "Re-Assign":
            assert any(isinstance(field, CompanyRef) for field in transition.needs), transition.name
            assert transition.needs_comment, transition.name


@each_workflow
def test_every_party_may_comment_and_name_an_owner_while_the_issue_is_open(workflow: Workflow) -> None:
    for state, turn in workflow.turns.items():
        names = {t.name for t in workflow.by_state[state] if set(t.pressers) >= set(ACTIVE_ROLES)}
        assert turn is None or {"Add Comment", "Assign Owner", "Assign To Group"} <= names, state


@each_workflow
def test_submitter_and_operator_may_end_every_open_issue(workflow: Workflow) -> None:
    for state, turn in workflow.turns.items():
        ends = {workflow.turns[t.target(state)] for t in workflow.by_state[state] if t.key == "close-by-ercot"}
        assert turn is None or ends == {None}, state
        assert turn is None or workflow.find(state, "close") is not None, state


@each_subtype
def test_a_subtype_says_when_it_is_meant_and_which_one_otherwise(subtype: Subtype) -> None:
    for text in (subtype.when, subtype.instead):
        assert text.strip().endswith("."), subtype.key
    assert subtype.family
    assert subtype.words
    assert subtype.filed_by


@each_subtype
def test_every_field_is_labelled_and_explained(subtype: Subtype) -> None:
    for field in _with_parts(subtype.all_fields.values()):
        assert field.label.strip(), field.name
        assert field.help.strip().endswith("."), field.name


@each_subtype
def test_every_field_is_one_of_the_market(subtype: Subtype) -> None:
    retired = {"DisputeMissing", "GainingLosing", "MPVote"} if subtype.retired else set()
    assert set(subtype.all_fields) <= VOCABULARY.keys() | OWN_SIDE | retired


@each_subtype
def test_no_field_stands_twice_on_a_form(subtype: Subtype) -> None:
    names = [field.name for field in subtype.fields]
    later = [field.name for field in subtype.later_fields]
    assert len(names + later) == len(set(names + later))


@each_subtype
def test_a_turn_always_finds_a_company(subtype: Subtype) -> None:
    """Wherever an issue can be, the company whose turn it is was named on the way there."""
    start = frozenset(_roles_of(subtype.fields)) | {Role.SUBMITTER, Role.ERCOT}
    if subtype.retired:
        pytest.skip("A retired issue is only read.")
    for state, roles in _standing(subtype.workflow, start):
        turn = subtype.workflow.turns[state]
        assert turn is None or turn in roles, f"{state} is the turn of {turn}, who may be unknown"


def test_the_export_has_every_subtype_and_every_workflow_that_they_name() -> None:
    whole = json.loads(json.dumps(export()))
    assert [subtype["key"] for subtype in whole["subtypes"]] == [s.key for s in catalogue.SUBTYPES]
    assert {subtype["workflow"] for subtype in whole["subtypes"]} <= whole["workflows"].keys()
    assert set(whole["subtypes"][0]) == {"key", "type", "name", "wire", "fields", "checks", "workflow"}
    assert set(whole["subtypes"][0]["fields"][0]) == {"name", "required", "label", "help", "max_length", "values"}


def test_an_exported_transition_stands_in_one_state_and_says_whose_turn_follows() -> None:
    workflow = export()["workflows"]["standard"]
    accepted = [t for t in workflow["transitions"] if t["key"] == "accept"]
    assert [t["from"] for t in accepted] == ["Pending Complete", "Unexecutable (PC)"]
    assert {t["to"] for t in accepted} == {"Complete"}
    assert {t["turn"] for t in accepted} == {None}
    begun = next(t for t in workflow["transitions"] if t["key"] == "begin-working")
    assert (begun["from"], begun["to"], begun["by"], begun["turn"]) == ("New", "In Progress", ["Assignee"], "Assignee")


def test_the_catalogue_agrees_with_the_facts(facts: dict[str, Any]) -> None:
    assert differences(facts) == []


def test_the_one_known_difference_is_the_length_of_a_comment(facts: dict[str, Any]) -> None:
    assert len(KNOWN_DIFFERENCES) == 1
    shorter = copy.deepcopy(facts)
    shorter["fields"]["CommentsText"]["maxLength"] = 5000
    assert differences(shorter) == ["CommentsText: maxLength is 10000 here and 5000 in the facts"]


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (("fields", "ISANum", "maxLength"), 8, "ISANum: maxLength is 9 here and 8 in the facts"),
        (("fields", "Total", "base"), "string", "Total: base is decimal here and string in the facts"),
        (("fields", "Channel", "maxInclusive"), 9, "Channel: maxInclusive is 99999 here and 9 in the facts"),
        (("fields", "Priority", "values"), ["No"], "Priority: values is ['No', 'Yes'] here and ['No'] in the facts"),
        (("fields", "Assignee", "pattern"), "x", "Assignee: pattern is ([0-9])* here and x in the facts"),
        (("roles", 0), "Filer", "role Filer: is in the facts and not here"),
        (("states", 0), "Asleep", "state Asleep: is in the facts and not here"),
        (("transitions", 1), "Nod", "transition Nod: is in the facts and not here"),
        (("subtypes", 2, "wire"), "X", "D2D Missing Enrollment TXNS: wire is MissEnrollTrxn here and X in the facts"),
        (
            ("subtypes", 2, "fields", 0, "required"),
            False,
            "D2D Missing Enrollment TXNS, field Assignee: required is True here and False in the facts",
        ),
        (
            ("subtypes", 2, "checks", 0),
            "Guess",
            "D2D Missing Enrollment TXNS, check Guess: is in the facts and not here",
        ),
        (
            ("subtypes", 2, "later_fields", 0),
            "SMRD",
            "D2D Missing Enrollment TXNS, later field SMRD: is in the facts and not here",
        ),
        (("subtypes", 2, "name"), "Lost", "subtype D2D Lost: is in the facts and not here"),
    ],
)
def test_a_difference_is_named(facts: dict[str, Any], path: tuple[str | int, ...], value: object, line: str) -> None:
    changed: Any = copy.deepcopy(facts)
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert line in differences(changed)


def test_an_issue_waits_at_its_filer_until_submitted_and_can_be_withdrawn_until_touched() -> None:
    standard = catalogue.by_key("rep-of-record").workflow
    filer = frozenset({Role.SUBMITTER})
    parked = Situation(state="Pending Issue", roles=filer, available=False)
    returned = Situation(state="Pending Issue", roles=filer, touched=True)
    assert _keys(standard, parked)[:3] == ["submit", "edit", "withdraw"]
    assert _keys(standard, returned)[:2] == ["return-to-assignee", "edit"]
    assert "withdraw" in _keys(standard, Situation(state="New", roles=filer))
    assert "withdraw" not in _keys(standard, Situation(state="New", roles=filer, touched=True))


def test_an_unexecutable_issue_is_not_passed_on() -> None:
    standard = catalogue.by_key("rep-of-record").workflow
    assignee = frozenset({Role.ASSIGNEE})
    assert "re-assign" in _keys(standard, Situation(state="New", roles=assignee))
    assert "re-assign" not in _keys(standard, Situation(state="New", roles=assignee, was_unexecutable=True))


def test_an_order_is_looked_up_only_where_one_is_quoted() -> None:
    workflow = catalogue.by_key("other").workflow
    nothing = Situation(state="New", roles=frozenset({Role.SUBMITTER}))
    quoted = Situation(state="New", roles=frozenset({Role.SUBMITTER}), values={"OrigTrxnID": "BGN1"})
    assert "update-siebel-status-substatus" not in _keys(workflow, nothing)
    assert "update-siebel-status-substatus" in _keys(workflow, quoted)


def test_the_reason_other_wants_a_comment() -> None:
    workflow = catalogue.by_key("usage-billing-missing").workflow
    button = workflow.find("In Progress", "unexecutable")
    assert button is not None
    assert button.wants_comment({"UnexecutableReason": "Other"})
    assert not button.wants_comment({"UnexecutableReason": "Duplicate Issue"})


@each_workflow
def test_nobody_presses_what_only_the_clock_presses(workflow: Workflow) -> None:
    for state, transition, _ in workflow.edges():
        everybody = Situation(state=state, roles=frozenset(Role))
        assert not (transition.system and may_press(transition, everybody))


def _keys(workflow: Workflow, situation: Situation) -> list[str]:
    return [transition.key for transition in open_to(workflow, situation)]


def _reached(workflow: Workflow, start: set[str]) -> set[str]:
    onward: dict[str, set[str]] = {}
    for state, _, target in workflow.edges():
        onward.setdefault(state, set()).add(target)
    return _closure(start, onward)


def _closure(start: set[str], onward: dict[str, set[str]]) -> set[str]:
    found, left = set(start), list(start)
    while left:
        new = onward.get(left.pop(), set()) - found
        found |= new
        left += new
    return found


def _is_held_open(workflow: Workflow, state: str) -> bool:
    """The work happens in child issues, and the last of them moves the parent on."""
    return any(t.system and t.to and t.after_days is None for t in workflow.by_state[state])


def _with_parts(fields: Iterable[Field]) -> Iterable[Field]:
    for field in fields:
        yield field
        if isinstance(field, Record):
            yield from field.fields


def _roles_of(fields: Iterable[Field]) -> set[Role]:
    return {field.role for field in fields if isinstance(field, CompanyRef) and field.required}


def _standing(workflow: Workflow, start: frozenset[Role]) -> set[tuple[str, frozenset[Role]]]:
    """Every state an issue can be in, with the roles that surely have a company there."""
    left = [(workflow.start, start), ("Pending Issue", start)]
    found = {place for place in left if place[0] in workflow.turns}
    left = list(found)
    while left:
        state, roles = left.pop()
        new = {(t.target(state), roles | _brought_by(t)) for t in _pressed_by(workflow, state, roles)} - found
        found |= new
        left += new
    return found


def _brought_by(transition: Transition) -> frozenset[Role]:
    """The roles that surely have a company once it is pressed; the registry names all three of a regain."""
    by_registry = (
        {Role.GAINING, Role.LOSING, Role.TDSP} if transition.key == "select-iag-parties-by-registry" else set()
    )
    return frozenset(_roles_of(transition.needs)) | by_registry


def _pressed_by(workflow: Workflow, state: str, roles: frozenset[Role]) -> list[Transition]:
    return [t for t in workflow.by_state[state] if t.system or not roles.isdisjoint(t.pressers)]
