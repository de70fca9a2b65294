"""Who is told of what: by the table, with the rights of the moment, once, and never of one's own acts."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update

from tests.cast import ESI_ID, Cast
from tests.make import know_premise, press, rep_of_record, usage_dispute
from tracker.actions.history import TELL
from tracker.actions.inbox import leave, mark_read, mark_read_on, mute, watch
from tracker.actions.moving import Press, press_transition
from tracker.actions.parties import replace_party
from tracker.actions.telling import tell_changes, tell_late
from tracker.clock import market_today, now
from tracker.db import db
from tracker.domain.notices import Happening, Reason, Tie, reason_for
from tracker.domain.roles import Role
from tracker.models import Event, Issue, Job, LateWarning, Notice, Person
from tracker.queries import late
from tracker.queries.inbox import inbox_of

OTHER = f"{ESI_ID[:-1]}0"


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asks Bolt; what was told of the filing is told."""
    know_premise(cast)
    issue = rep_of_record(cast)
    tell_all()
    return issue


def tell_all() -> None:
    """Let the worker tell what happened."""
    while tell_changes():
        db.session.commit()
    db.session.commit()


def another(cast: Cast) -> Issue:
    """Acme asks Bolt of another premise."""
    know_premise(cast, OTHER)
    return rep_of_record(cast, EsiID=OTHER)


def told(person: Person) -> list[str]:
    """Why the person was told, the latest first."""
    return [row.reason for row in inbox_of(person).rows]


EVENT = Happening(person_id=1, company_id=10, moved=True, ended=False, turn=20, says=False, assigns=False)
SAID = Happening(person_id=1, company_id=10, moved=False, ended=False, turn=20, says=True, assigns=False)
ENDED = Happening(person_id=1, company_id=10, moved=True, ended=True, turn=None, says=False, assigns=False)
GIVEN = Happening(person_id=1, company_id=10, moved=False, ended=False, turn=20, says=False, assigns=True)


@pytest.mark.parametrize(
    ("event", "tie", "reason"),
    [
        (EVENT, Tie(2, 20, owns=True), Reason.WAITING),
        (EVENT, Tie(2, 20, covers=True), Reason.WAITING),
        (EVENT, Tie(2, 20, wrote=True), Reason.ANSWERED),
        (EVENT, Tie(2, 20), None),
        (EVENT, Tie(2, 30, owns=True), Reason.ANSWERED),
        (EVENT, Tie(2, 10, owns=True), None),
        (EVENT, Tie(1, 10, owns=True, watches=True, mentioned=True), None),
        (SAID, Tie(2, 10, owns=True), Reason.ANSWERED),
        (SAID, Tie(2, 20, watches=True), Reason.ANSWERED),
        (SAID, Tie(2, 20, covers=True), None),
        (SAID, Tie(2, 20, mentioned=True), Reason.MENTIONED),
        (SAID, Tie(2, 20, owns=True, mutes=True), None),
        (SAID, Tie(2, 20, owns=True, mutes=True, mentioned=True), Reason.MENTIONED),
        (ENDED, Tie(2, 20, owns=True), Reason.FINISHED),
        (ENDED, Tie(2, 20, owns=True, mutes=True), None),
        (GIVEN, Tie(2, 10, owns=True), Reason.ASSIGNED),
        (GIVEN, Tie(2, 10, owns=True, mutes=True), Reason.ASSIGNED),
        (GIVEN, Tie(2, 20, owns=True), None),
    ],
)
def test_the_table(event: Happening, tie: Tie, reason: Reason | None) -> None:
    assert reason_for(event, tie) is reason


def test_a_new_issue_waits_on_those_who_cover_its_subtype(cast: Cast, issue: Issue) -> None:
    assert told(cast.bolt_admin) == [Reason.WAITING]  # nobody of Bolt prefers it, so its administrator
    assert told(cast.bolt) == told(cast.acme) == told(cast.corp) == []
    cast.bolt.preferred_subtypes = ["rep-of-record"]
    another(cast)
    tell_all()
    assert told(cast.bolt) == [Reason.WAITING]
    assert told(cast.bolt_admin) == [Reason.WAITING]


def test_the_story_of_an_issue_told(cast: Cast, issue: Issue) -> None:
    press(cast.bolt, issue, "begin-working")
    press(cast.bolt, issue, "add-comment", comment="Look at @ann and @rita, and `@adam`.")
    press(cast.bolt, issue, "complete", comment="It is ours.")
    tell_all()
    assert told(cast.acme) == [Reason.WAITING, Reason.MENTIONED, Reason.ANSWERED]
    assert told(cast.acme_reader) == [Reason.MENTIONED]
    assert told(cast.acme_admin) == told(cast.bolt) == []
    db.session.refresh(cast.acme)
    assert cast.acme.unread == 3
    press(cast.acme, issue, "accept")
    tell_all()
    assert told(cast.bolt) == [Reason.FINISHED]


def test_what_is_told_twice_is_told_once(cast: Cast, issue: Issue) -> None:
    press(cast.bolt, issue, "begin-working")
    event_id = db.session.scalar(select(func.max(Event.id)))
    db.session.add(Job(topic=TELL, issue_id=issue.id, details={"event_id": event_id}, due_at=now()))
    tell_all()
    assert told(cast.acme) == [Reason.ANSWERED]


@pytest.mark.parametrize(("ring", "reads"), [("company", False), ("operator", False), ("parties", True)])
def test_a_note_is_told_to_its_readers_alone(cast: Cast, issue: Issue, ring: str, reads: bool) -> None:
    watch(cast.acme_reader, issue.number)
    watch(cast.ercot, issue.number)
    watch(cast.bolt, issue.number)
    text = "Ask @bob and @rita." if reads else "Ask @rita."
    press_transition(cast.acme, issue.number, Press("add-comment", comment=text, ring=ring))
    tell_all()
    assert told(cast.bolt) == ([Reason.MENTIONED] if reads else [])
    assert told(cast.acme_reader) == [Reason.MENTIONED]
    assert told(cast.ercot) == ([] if ring == "company" else [Reason.ANSWERED])


def test_rights_count_when_it_is_told_not_when_it_happened(cast: Cast, issue: Issue) -> None:
    watch(cast.bolt, issue.number)
    press(cast.acme, issue, "add-comment", comment="We wait, @bob.")
    replace_party(issue, Role.ASSIGNEE, cast.corp.company)
    cast.bolt_admin.active = False
    tell_all()
    assert told(cast.bolt) == []
    assert db.session.scalar(select(func.count()).where(Notice.person_id == cast.bolt.id)) == 0


def test_a_company_that_is_replaced_has_nothing_unread_there(cast: Cast, issue: Issue) -> None:
    assert unread(cast.bolt_admin) == 1
    replace_party(issue, Role.ASSIGNEE, cast.corp.company)
    db.session.commit()
    assert unread(cast.bolt_admin) == 0
    assert told(cast.bolt_admin) == []


def unread(person: Person) -> int:
    """The number beside the inbox."""
    db.session.refresh(person)
    return person.unread


def test_muting_watching_and_leaving(cast: Cast, issue: Issue) -> None:
    watch(cast.acme_reader, issue.number)
    mute(cast.acme, issue.number)
    press(cast.bolt, issue, "begin-working")
    tell_all()
    assert (told(cast.acme), told(cast.acme_reader)) == ([], [Reason.ANSWERED])
    leave(cast.acme_reader, issue.number)
    leave(cast.acme, issue.number)
    press(cast.bolt, issue, "add-comment", comment="Here.")
    tell_all()
    assert (told(cast.acme), told(cast.acme_reader)) == ([Reason.ANSWERED], [Reason.ANSWERED])


def test_reading(cast: Cast, issue: Issue) -> None:
    press(cast.bolt, issue, "begin-working")
    other = another(cast)
    press(cast.bolt, other, "begin-working")
    tell_all()
    assert unread(cast.acme) == 2
    mark_read_on(cast.acme, issue)
    assert unread(cast.acme) == 1
    mark_read(cast.acme)
    assert unread(cast.acme) == 0
    assert [bool(row.read_at) for row in inbox_of(cast.acme).rows] == [True, True]


def test_a_deputy_is_told_of_what_calls_for_an_act(cast: Cast, issue: Issue) -> None:
    cast.acme.away_until, cast.acme.deputy_id = market_today(), cast.acme_admin.id
    press(cast.bolt, issue, "begin-working")
    press(cast.bolt, issue, "complete", comment="Ours.")
    tell_all()
    assert told(cast.acme_admin) == [Reason.WAITING]
    cast.acme.away_until = market_today() - timedelta(days=1)
    press(cast.acme, issue, "add-comment", comment="Hm.")
    press(cast.bolt, issue, "add-comment", comment="@ann?")
    tell_all()
    assert told(cast.acme_admin) == [Reason.WAITING]


def test_a_deputy_who_muted_the_issue_is_told_nothing_of_it(cast: Cast, issue: Issue) -> None:
    cast.acme.away_until, cast.acme.deputy_id = market_today(), cast.acme_admin.id
    mute(cast.acme_admin, issue.number)
    press(cast.bolt, issue, "begin-working")
    press(cast.bolt, issue, "complete", comment="Ours.")
    tell_all()
    assert told(cast.acme_admin) == []


def test_who_assigns_tells_the_new_owner(cast: Cast, issue: Issue) -> None:
    press(cast.acme, issue, "assign-owner", NewOwner="adam")
    tell_all()
    assert told(cast.acme_admin) == [Reason.ASSIGNED]


def test_about_to_be_late_is_told_once_for_a_state(cast: Cast, issue: Issue) -> None:
    press(cast.bolt, issue, "begin-working")
    press(cast.bolt, issue, "complete", comment="Ours.")
    tell_all()
    db.session.refresh(issue)
    assert issue.clock_at
    assert not tell_late()
    with time_machine.travel(issue.clock_at - timedelta(hours=30), tick=False):
        assert tell_late()
        assert not tell_late()
    assert told(cast.acme)[0] == Reason.LATE
    assert Reason.LATE not in told(cast.bolt)


def test_who_is_named_in_anothers_place_is_told_though_the_state_stays(cast: Cast) -> None:
    know_premise(cast)
    issue = usage_dispute(cast)
    tell_all()
    cast.oncor.preferred_subtypes = [issue.subtype]
    press(cast.wires, issue, "re-assign", "Yours, I think.", Assignee=cast.duns("oncor"))
    tell_all()
    assert issue.state == "New"
    assert told(cast.oncor) == [Reason.WAITING]


def test_the_company_that_acts_now_is_warned_of_the_end(cast: Cast, issue: Issue) -> None:
    """Not the one that acted when the issue came into its state."""
    press(cast.bolt, issue, "begin-working")
    press(cast.bolt, issue, "complete", comment="Ours.")
    tell_all()
    db.session.execute(update(Issue).values(responsible_id=cast.bolt.company_id))
    db.session.commit()
    with time_machine.travel((issue.clock_at or now()) - timedelta(hours=30), tick=False):
        assert tell_late()
    assert Reason.LATE in told(cast.bolt)
    assert Reason.LATE not in told(cast.acme)


def test_a_deputy_is_warned_of_the_end_too(cast: Cast, issue: Issue) -> None:
    cast.acme.away_until, cast.acme.deputy_id = market_today() + timedelta(days=60), cast.acme_admin.id
    press(cast.bolt, issue, "begin-working")
    press(cast.bolt, issue, "complete", comment="Ours.")
    tell_all()
    with time_machine.travel((issue.clock_at or now()) - timedelta(hours=30), tick=False):
        tell_late()
    assert told(cast.acme_admin)[0] == Reason.LATE


def test_what_was_warned_of_takes_no_place_of_what_was_not(
    cast: Cast, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many are about to end: some at a time, and all of them in the end."""
    for one in (issue, another(cast), press(cast.acme, rep_of_record(cast), "submit")):
        press(cast.bolt, press(cast.bolt, one, "begin-working"), "complete", "Ours.")
    monkeypatch.setattr(late, "AT_ONCE", 1)
    with time_machine.travel((issue.clock_at or now()) - timedelta(days=1), tick=False):
        assert [tell_late(), tell_late(), tell_late(), tell_late()] == [True, True, True, False]
    assert db.session.scalar(select(func.count()).select_from(LateWarning)) == 3
