"""Pressing transitions: turns, versions, owners, dates, refusals."""

import pytest
from sqlalchemy import select

from tests.cast import Cast
from tests.make import know_premise, press, rep_of_record
from tracker.actions.moving import Press, press_transition
from tracker.db import db
from tracker.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.models import Event, HandOff, Issue, IssueParty, IssueViewer
from tracker.queries.parties import parties_of


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asked Bolt who serves a premise."""
    know_premise(cast)
    return rep_of_record(cast)


def owner_of(issue: Issue, company_id: int) -> str | None:
    return next(party.owner for party in parties_of(issue.id) if party.company_id == company_id)


def test_walks_to_its_end(cast: Cast, issue: Issue) -> None:
    press(cast.bolt, issue, "begin-working")
    assert (issue.state, issue.status) == ("In Progress", "Working")
    press(cast.bolt, issue, "complete", "It is ours since March.")
    assert issue.responsible_id == cast.acme.company_id
    assert issue.clock_at is not None
    press(cast.acme, issue, "accept")
    assert (issue.state, issue.is_open) == ("Complete", False)
    assert issue.responsible_id is None
    assert issue.closed_at is not None
    assert issue.clock_at is None


def test_begin_working_takes_ownership_once(cast: Cast, issue: Issue) -> None:
    press(cast.bolt, issue, "assign-owner", NewOwner="bea")
    press(cast.bolt, issue, "begin-working")
    assert owner_of(issue, cast.bolt.company_id) == "Bea"


def test_begin_working_makes_the_presser_owner(cast: Cast, issue: Issue) -> None:
    press(cast.bolt, issue, "begin-working")
    assert owner_of(issue, cast.bolt.company_id) == "Bob"


def test_first_touched_is_set_once(cast: Cast, issue: Issue) -> None:
    press(cast.bolt, issue, "add-comment", "We look at it.")
    assert issue.first_touched_at is None
    press(cast.bolt, issue, "begin-working")
    first = issue.first_touched_at
    assert first is not None
    press(cast.bolt, issue, "complete")
    assert issue.first_touched_at == first
    assert issue.first_touched_by_tdsp_at is None


def test_stranger_is_told_that_there_is_no_such_issue(cast: Cast, issue: Issue) -> None:
    with pytest.raises(NotFound) as foreign:
        press_transition(cast.corp, issue.number, Press("begin-working"))
    with pytest.raises(NotFound) as absent:
        press_transition(cast.corp, 1, Press("begin-working"))
    assert str(foreign.value) == str(absent.value)


def test_the_other_party_may_not_press(cast: Cast, issue: Issue) -> None:
    with pytest.raises(Forbidden, match="Bolt Power acts next"):
        press_transition(cast.acme, issue.number, Press("begin-working", version=issue.version))


def test_reader_may_not_press(cast: Cast, issue: Issue) -> None:
    with pytest.raises(Forbidden):
        press_transition(cast.acme_reader, issue.number, Press("close", version=issue.version))


def test_pressing_twice_conflicts(cast: Cast, issue: Issue) -> None:
    seen = issue.version
    press(cast.bolt, issue, "begin-working")
    with pytest.raises(Conflict):
        press_transition(cast.bolt, issue.number, Press("begin-working", version=seen))


def test_stale_version_conflicts_but_a_comment_does_not(cast: Cast, issue: Issue) -> None:
    seen = issue.version
    press(cast.bolt, issue, "begin-working")
    with pytest.raises(Conflict):
        press_transition(cast.acme, issue.number, Press("close", version=seen))
    press_transition(cast.acme, issue.number, Press("add-comment", version=seen, comment="Thanks."))
    assert issue.state == "In Progress"


def test_needed_comment_is_asked_for(cast: Cast, issue: Issue) -> None:
    press(cast.bolt, issue, "begin-working")
    with pytest.raises(Invalid) as refused:
        press(cast.bolt, issue, "unexecutable")
    assert set(refused.value.errors) == {"comment"}


def test_reassigned_company_keeps_what_it_saw_and_nothing_after(cast: Cast, issue: Issue) -> None:
    press(cast.bolt, issue, "re-assign", "Not ours.", Assignee=cast.duns("corp"))
    viewers = set(db.session.scalars(select(IssueViewer.company_id).where(IssueViewer.issue_id == issue.id)))
    assert cast.bolt.company_id not in viewers
    assert cast.corp.company_id in viewers
    assert issue.responsible_id == cast.corp.company_id
    hand_off = db.session.scalars(select(HandOff)).one()
    assert hand_off.company_id == cast.bolt.company_id
    last = db.session.scalars(select(Event).where(Event.id == hand_off.last_event_id)).one()
    assert last.name == "Re-Assign"
    roles = set(db.session.scalars(select(IssueParty.role).where(IssueParty.company_id == cast.bolt.company_id)))
    assert roles == {"PriorInvolved"}
    with pytest.raises(NotFound):
        press_transition(cast.bolt, issue.number, Press("add-comment", comment="Still here?"))


def test_unexecutable_issue_cannot_be_reassigned(cast: Cast, issue: Issue) -> None:
    press(cast.bolt, issue, "begin-working")
    press(cast.bolt, issue, "unexecutable", "We never served it.")
    press(cast.acme, issue, "return-to-assignee", "Look again.")
    with pytest.raises(Forbidden):
        press(cast.bolt, issue, "re-assign", "Not ours.", Assignee=cast.duns("corp"))


def test_group_is_assigned_on_the_own_side(cast: Cast, issue: Issue) -> None:
    press(cast.acme, issue, "assign-to-group", GroupName="Switching desk")
    assert {party.group for party in parties_of(issue.id)} == {"Switching desk", None}
    with pytest.raises(Invalid) as refused:
        press(cast.bolt, issue, "assign-to-group", GroupName="Switching desk")
    assert "GroupName" in refused.value.errors


def test_history_tells_who_what_when(cast: Cast, issue: Issue) -> None:
    press(cast.bolt, issue, "begin-working")
    event = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.name, event.from_state, event.to_state) == ("Begin Working", "New", "In Progress")
    assert event.changes == [{"field": "Owner", "label": "Owner", "old": "", "new": "Bob"}]
    assert event.version == issue.version


def test_pending_issue_is_edited_and_submitted(cast: Cast) -> None:
    issue = rep_of_record(cast)
    assert issue.state == "Pending Issue"
    press(cast.acme, issue, "edit", Assignee=cast.duns("bolt"), EsiID=issue.esi_id, StartTime="2026-04-01", StopTime="")
    assert issue.service_start == "2026-04-01T00:00:00"
    press(cast.acme, issue, "submit")
    assert (issue.state, issue.responsible_id) == ("New", cast.bolt.company_id)
    assert issue.available_at is not None


def test_pending_issue_is_withdrawn(cast: Cast) -> None:
    issue = rep_of_record(cast)
    press(cast.acme, issue, "withdraw")
    assert (issue.state, issue.status, issue.is_open) == ("Withdrawn", "Withdrawn", False)
