"""Every transition of every workflow is pressed by the right company, and refused to all others.

Everything goes through the real actions. A walk goes through a workflow depth first, each step in a
savepoint that is rolled back, until every button of every state was pressed at least once.
"""

from collections.abc import Iterator

import pytest
import time_machine
from sqlalchemy import select

from tests.cast import Cast
from tests.make import TRAN_ID, know_order, know_premise
from tests.walking import (
    BY_WORKFLOW,
    DAYS_LATER,
    FILED,
    Walk,
    answer_for,
    begin,
    filer_of,
    players_of,
    press_once,
    presser_of,
    roles_now,
    sees,
)
from tracker.actions.moving import Press, press_transition
from tracker.db import db
from tracker.domain import catalogue
from tracker.domain.roles import Role
from tracker.domain.subtype import Subtype
from tracker.domain.workflow import Transition
from tracker.errors import Conflict, Forbidden, NotFound
from tracker.models import Event, IssueParty, Person, WorkGroup


def check_refusals(walk: Walk, transition: Transition) -> None:
    """Whoever has none of its roles may not press it, and strangers do not even learn that the issue exists."""
    for person in players_of(walk.cast):
        if not transition.system and roles_now(walk, person) & set(transition.pressers):
            continue
        expected: tuple[type[Exception], ...] = (Forbidden, Conflict) if sees(walk, person) else (NotFound,)
        with pytest.raises(expected):
            press_transition(person, walk.issue.number, answer_for(walk, person, transition))
        walk.refusals += 1


def explore(walk: Walk) -> None:
    """Press every button of the state that the issue is in, and go on from each new place."""
    place = walk.place()
    walk.reached.add(place)
    state = str(place[0])
    for transition in walk.workflow.by_state[state]:
        if (state, transition.key) not in walk.pressed:
            check_refusals(walk, transition)
        person = presser_of(walk, transition)
        if person is None or (transition.system and (state, transition.key) in walk.pressed):
            continue
        step = db.session.begin_nested()
        try:
            press_once(walk, person, transition)
        except Forbidden:
            assert transition.guard is not None, f"{state}: {transition.name} was refused without a guard"
        else:
            walk.pressed.add((state, transition.key))
            assert walk.issue.state == transition.target(state)
            check_history(walk, transition)
            check_turn(walk)
            if walk.issue.is_open and walk.place() not in walk.reached:
                explore(walk)
        finally:
            step.rollback()
            db.session.refresh(walk.issue)


def check_history(walk: Walk, transition: Transition) -> None:
    """The history says by its key which button it was: several are called the same."""
    done = select(Event.name).where(Event.issue_id == walk.issue.id, Event.key == transition.key)
    assert set(db.session.scalars(done)) == {transition.name}


def check_turn(walk: Walk) -> None:
    """The responsible company is the one that has the role whose turn the state is; nobody's at an end."""
    turn = walk.workflow.turn(walk.issue.state)
    if turn is None:
        assert walk.issue.responsible_id is None
        assert not walk.issue.is_open
        return
    companies = {walk.cast.ercot.company_id} if turn is Role.ERCOT else set(_companies_in(walk, turn))
    assert walk.issue.responsible_id in companies, f"{walk.issue.state}: the turn of {turn}"


def _companies_in(walk: Walk, role: Role) -> Iterator[int]:
    yield from db.session.scalars(
        select(IssueParty.company_id).where(IssueParty.issue_id == walk.issue.id, IssueParty.role == role)
    )


@pytest.mark.parametrize("key", sorted(BY_WORKFLOW))
def test_every_transition_is_pressed_by_the_right_company_and_refused_to_the_others(cast: Cast, key: str) -> None:
    subtype = BY_WORKFLOW[key]
    know_premise(cast)
    for person in players_of(cast):
        _give_group(person)
    pressed: set[tuple[str, str]] = set()
    for parked in (False, True):
        with time_machine.travel(FILED, tick=False):
            walk = begin(cast, subtype, parked=parked)
        walk.pressed = pressed
        with time_machine.travel(DAYS_LATER, tick=False):
            explore(walk)
        db.session.rollback()
    wanted = {(state, t.key) for state in subtype.workflow.turns for t in subtype.workflow.by_state[state]}
    assert wanted - pressed == set()


def _give_group(person: Person) -> None:
    db.session.add(WorkGroup(company_id=person.company_id, name="Desk"))
    db.session.commit()


@pytest.mark.parametrize("subtype", catalogue.SUBTYPES, ids=lambda subtype: subtype.key)
def test_every_subtype_is_filed_and_begun(cast: Cast, subtype: Subtype) -> None:
    know_premise(cast)
    with time_machine.travel(FILED, tick=False):
        walk = begin(cast, subtype, parked=False)
        if walk.issue.state == "Pending Issue":
            press_transition(filer_of(cast, subtype), walk.issue.number, Press("submit"))
    assert walk.issue.state == subtype.workflow.start
    assert walk.issue.responsible_id is not None
    assert subtype.name in walk.issue.title


@pytest.mark.parametrize("key", ["inadvertent-losing", "inadvertent-gaining", "customer-rescission", "redirect-fees"])
def test_parties_are_selected_at_once_where_the_registry_is_certain(cast: Cast, key: str) -> None:
    subtype = catalogue.by_key(key)
    know_premise(cast)
    gaining = subtype.submitter_role is Role.GAINING
    know_order(cast, gaining="acme" if gaining else "bolt", losing="bolt" if gaining else "acme")
    issue = begin(cast, subtype, parked=False).issue
    assert issue.state == ("New (Losing CR)" if gaining else "New (Gaining CR)")
    assert issue.responsible_id == cast.bolt.company_id
    assert issue.orig_tran_id == TRAN_ID
    assert roles_now(Walk(cast, subtype, issue), cast.wires) == {Role.TDSP}
    assert issue.values["GainingCRStartDate"] == "2026-03-12T00:00:00"


@pytest.mark.parametrize(
    ("gaining", "reason"), [("acme", "another company than the submitter"), ("bolt", "that names the submitter")]
)
def test_parties_wait_for_ercot_with_the_reason_where_it_is_not(cast: Cast, gaining: str, reason: str) -> None:
    """Of an order that is not the filer's own not even this is said: that there is one."""
    know_premise(cast)
    know_order(cast, gaining=gaining, losing="corp")
    issue = begin(cast, catalogue.by_key("inadvertent-losing"), parked=False).issue
    assert issue.state == "New (ERCOT)"
    assert reason in (issue.waits_because or "")
