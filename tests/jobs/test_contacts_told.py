"""The contacts of a company are told for the company, whoever of its people are."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from tests.cast import Cast
from tests.mailbox import Server, deliver, text_of
from tests.make import know_premise, press, rep_of_record
from tracker.actions.inbox import mute
from tracker.actions.telling import tell_late
from tracker.clock import now
from tracker.db import db
from tracker.domain.mail_rules import Purpose, Side, purpose_of
from tracker.domain.notices import Happening
from tracker.jobs.letters import send_letters
from tracker.jobs.writing import Post
from tracker.models import Contact, Issue, IssueParty, Mail, Person

MOVED = Happening(person_id=1, company_id=10, moved=True, ended=False, turn=20, says=False, assigns=False)
SAID = Happening(person_id=1, company_id=10, moved=False, ended=False, turn=20, says=True, assigns=False)
BEGUN = Happening(person_id=1, company_id=10, moved=False, ended=False, turn=20, says=False, assigns=True)
LATE = Happening(person_id=0, company_id=0, moved=False, ended=False, turn=20, says=False, assigns=False, late=True)


@pytest.mark.parametrize(
    ("event", "side", "purpose"),
    [
        (MOVED, Side(20, has_part=False), Purpose.NEW),
        (MOVED, Side(20, has_part=True), Purpose.ANSWERED),
        (MOVED, Side(30, has_part=True), Purpose.ANSWERED),
        (MOVED, Side(30, has_part=False), None),
        (MOVED, Side(10, has_part=True), None),
        (SAID, Side(20, has_part=False), Purpose.ANSWERED),
        (SAID, Side(30, has_part=False), None),
        (SAID, Side(10, has_part=True), None),
        (BEGUN, Side(20, has_part=True), None),
        (LATE, Side(20, has_part=False), Purpose.ESCALATED),
        (LATE, Side(30, has_part=True), None),
    ],
)
def test_the_table(event: Happening, side: Side, purpose: Purpose | None) -> None:
    assert purpose_of(event, side) is purpose


def keep_contacts(person: Person) -> None:
    """An address of the person's company for each purpose."""
    db.session.add_all(
        Contact(company_id=person.company_id, purpose=purpose, address=f"{purpose}@{person.user_name}.example")
        for purpose in Purpose
    )
    db.session.commit()


def test_contacts_of_the_subtype_or_of_all(cast: Cast, server: Server, post: Post) -> None:
    know_premise(cast)
    bolt = cast.bolt.company_id
    db.session.add_all(
        [
            Contact(company_id=bolt, purpose="new", subtype=None, address="all@bolt.example"),
            Contact(company_id=bolt, purpose="new", subtype="rep-of-record", address="reps@bolt.example"),
            Contact(company_id=bolt, purpose="answered", subtype=None, address="talk@bolt.example"),
        ]
    )
    issue = rep_of_record(cast)
    deliver(post)
    assert len(server.to("reps@bolt.example")) == 1
    assert server.to("all@bolt.example") == []
    press(cast.bolt, issue, "begin-working")
    press(cast.acme, issue, "add-comment", "Well?")
    deliver(post)
    assert "Well?" in text_of(server.to("talk@bolt.example")[0])


def test_a_contact_is_told_where_nobody_of_the_company_is(cast: Cast, server: Server, post: Post) -> None:
    know_premise(cast)
    keep_contacts(cast.bolt)
    cast.bolt_admin.active = False
    issue = rep_of_record(cast)
    deliver(post)
    (letter,) = server.arrived
    assert letter["To"] == "new@bob.example"
    assert text_of(letter).startswith("A new issue came to your company, Bolt Power; nobody there had it yet.")
    press(cast.bolt, issue, "begin-working")
    mute(cast.bolt, issue.number)
    press(cast.acme, issue, "add-comment", "Well?")
    deliver(post)
    assert [one["To"] for one in server.arrived] == ["new@bob.example", "answered@bob.example"]


def test_the_contacts_of_the_operator_are_not_told_of_the_whole_market(
    cast: Cast, issue: Issue, server: Server, post: Post
) -> None:
    keep_contacts(cast.ercot)
    press(cast.bolt, issue, "begin-working")
    press(cast.bolt, issue, "add-comment", "Ours.")
    deliver(post)
    assert server.arrived == []
    press(cast.ercot, issue, "add-comment", "We look at it too.")
    press(cast.bolt, issue, "add-comment", "Good.")
    deliver(post)
    assert "Good." in text_of(server.to("answered@erin.example")[0])


def completed_and_told(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    """The issue waits on Acme, whose contacts have read so."""
    keep_contacts(cast.acme)
    press(cast.bolt, issue, "begin-working")
    press(cast.bolt, issue, "complete", "Ours.")
    deliver(post)
    server.arrived.clear()


def test_what_nobody_owns_is_escalated_all_the_same(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    """By day, and once: a reminder in the night is read by nobody."""
    completed_and_told(cast, issue, server, post)
    db.session.execute(update(IssueParty).values(owner_id=None))
    db.session.commit()
    assert issue.clock_at
    with time_machine.travel(issue.clock_at - timedelta(hours=30), tick=False) as clock:
        assert tell_late(by_mail=True)
        assert not tell_late(by_mail=True)
        db.session.commit()
        clock.shift(timedelta(days=4))
        while send_letters(post):
            pass
    (letter,) = server.to("escalated@ann.example")
    assert text_of(letter).startswith("The issue is about to be late: the clock ends Pending Complete on ")


def test_nobody_is_reminded_of_what_has_moved_on(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    completed_and_told(cast, issue, server, post)
    with time_machine.travel((issue.clock_at or now()) - timedelta(hours=30), tick=False) as clock:
        tell_late(by_mail=True)
        press(cast.acme, issue, "accept")
        clock.shift(timedelta(days=4))
        while send_letters(post):
            pass
    assert server.arrived == []
    assert "has moved on" in str(db.session.scalars(select(Mail.dropped_because).order_by(Mail.id.desc())).first())
