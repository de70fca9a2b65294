"""What belongs to one person, letter or issue fails alone: the others are told, written to and moved all the same."""

import smtplib
from collections.abc import Callable, Collection
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select, update

from tests.actions.test_telling import told
from tests.cast import ESI_ID, Cast
from tests.jobs.test_worker import drain, lpa_with
from tests.mailbox import Server, deliver, tell
from tests.make import press, rep_of_record
from tracker import worker
from tracker.actions import retention, telling
from tracker.actions.bulk import begin_act, carry_on
from tracker.actions.digests import promise_digests
from tracker.actions.inbox import watch
from tracker.actions.retention import forget_some
from tracker.actions.telling import tell_late
from tracker.clock import now
from tracker.db import db
from tracker.domain.notices import Reason
from tracker.domain.topics import Topic
from tracker.jobs import children
from tracker.jobs.writing import Post
from tracker.models import BulkAct, BulkItem, Event, Issue, Job, Mail, Person
from tracker.queries.bulk import BROKE, preview_of
from tracker.queries.jobs import oldest_due_job
from tracker.queries.told import Telling, Told, told_by
from tracker.search import SearchBackend

BENT: dict[str, dict[str, Any]] = {
    "mail choices": {"mail_choices": ["now"]},
    "time zone": {"time_zone": "Mars/Base"},
    "preferences": {"preferred_subtypes": 7},
}
"""What stands in a person's row and cannot be read."""


def bend(person: Person, how: str) -> None:
    db.session.execute(update(Person).where(Person.id == person.id).values(BENT[how]))
    db.session.commit()


def letters_to(person: Person) -> int:
    waiting = select(func.count()).where(Mail.person_id == person.id, Mail.dropped_because.is_(None))
    return db.session.scalar(waiting) or 0


@pytest.mark.parametrize("how", BENT)
def test_a_person_who_cannot_be_told_keeps_nobody_from_it(cast: Cast, issue: Issue, how: str) -> None:
    bend(cast.acme_reader, how)
    press(cast.bolt, issue, "add-comment", "Look, @rita and @ann.")
    tell()
    assert told(cast.acme)[0] == Reason.MENTIONED
    assert letters_to(cast.acme) == 1
    assert db.session.scalar(select(func.count()).select_from(Job).where(Job.topic == Topic.TELL)) == 0


@pytest.mark.parametrize("how", BENT)
def test_who_covers_a_subtype_is_found_beside_one_who_cannot_be_read(cast: Cast, issue: Issue, how: str) -> None:
    bend(cast.bolt, how)
    press(cast.acme, rep_of_record(cast, StartTime="2026-04-01"), "submit")
    tell()
    assert told(cast.bolt_admin)[0] == Reason.WAITING
    assert letters_to(cast.bolt_admin) == 1


def test_a_notice_that_cannot_be_written_is_left_out(cast: Cast, issue: Issue) -> None:
    press(cast.bolt, issue, "add-comment", "Look, @ann.")
    event_id = _last_event(issue)
    nobody = Told(event_id, issue.id, 999_999, cast.acme.company_id, Reason.WAITING)
    telling.tell(Telling([nobody, *told_by([event_id]).people], []))
    db.session.commit()
    assert told(cast.acme)[0] == Reason.MENTIONED


def _last_event(issue: Issue) -> int:
    return db.session.scalars(select(func.max(Event.id)).where(Event.issue_id == issue.id)).one() or 0


@pytest.mark.parametrize("how", ["mail choices", "time zone"])
def test_a_digest_that_cannot_be_promised_keeps_no_other_from_its_receiver(cast: Cast, issue: Issue, how: str) -> None:
    with time_machine.travel("2026-03-19T20:00:00Z", tick=False) as clock:  # a Thursday afternoon
        for person in (cast.acme_reader, cast.acme_admin):
            watch(person, issue.number)
        press(cast.bolt, issue, "add-comment", "We look into it.")
        tell()
        bend(cast.acme_reader, how)
        clock.move_to("2026-03-20T12:05:00Z")
        assert promise_digests()
        assert not promise_digests(), "nobody has a second one, and the worker ends its round"
        assert [letters_to(person) for person in (cast.acme_admin, cast.acme_reader)] == [1, 0]


def test_who_can_be_warned_is_warned(cast: Cast, issue: Issue, monkeypatch: pytest.MonkeyPatch) -> None:
    """One person who cannot be read, and one issue that cannot be told of."""
    other = press(cast.acme, rep_of_record(cast, StartTime="2026-04-01"), "submit")
    for one in (issue, other):
        press(cast.bolt, one, "begin-working")
        press(cast.bolt, one, "complete", "Ours.")
    tell()
    bend(cast.acme_reader, "time zone")
    watch(cast.acme_reader, other.number)
    asked: Callable[..., Telling] = telling.told_by
    broken = _last_event(issue)

    def told_or_broken(event_ids: Collection[int], **options: Any) -> Telling:
        if broken in event_ids:
            raise ValueError("This cannot be told.")
        return asked(event_ids, **options)

    monkeypatch.setattr(telling, "told_by", told_or_broken)
    with time_machine.travel((issue.clock_at or now()) - timedelta(hours=30), tick=False):
        assert tell_late(by_mail=True)
        db.session.commit()
        assert not tell_late(by_mail=True)
    assert told(cast.acme).count(Reason.LATE) == 1
    assert letters_to(cast.acme) > 0


def test_a_letter_that_breaks_anywhere_holds_up_no_other(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    press(cast.bolt, issue, "add-comment", "Now, @ann and @rita!")
    tell()
    letter = db.session.scalars(select(Mail).where(Mail.person_id == cast.acme.id, Mail.sent_at.is_(None))).all()[-1]
    letter.about = [[2**70, "mentioned"]]  # no column holds such an id: each database says so in its own way
    letter.due_at -= timedelta(hours=1)
    letter_id = letter.id
    deliver(post)
    assert [one["To"] for one in server.arrived] == [cast.acme_reader.email]
    assert "It could not be written" in (db.session.get_one(Mail, letter_id).dropped_because or "")


def test_a_letter_that_cannot_be_handed_over_is_put_off_by_itself(
    cast: Cast, issue: Issue, server: Server, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, refused = smtplib.SMTP.send_message, cast.acme.email

    def breaks(out: smtplib.SMTP, message: EmailMessage, *more: Any) -> object:
        if message["To"] == refused:
            raise RuntimeError("a mistake of the library")
        return send(out, message, *more)

    monkeypatch.setattr(smtplib.SMTP, "send_message", breaks)
    press(cast.bolt, issue, "add-comment", "Now, @ann and @rita!")
    deliver(post)
    assert [one["To"] for one in server.arrived] == [cast.acme_reader.email]
    letter = db.session.scalars(select(Mail).where(Mail.receiver == refused).order_by(Mail.id.desc())).first()
    assert letter
    assert (letter.sent_at, letter.dropped_because) == (None, None)
    assert "a mistake of the library" in (letter.last_error or "")
    monkeypatch.undo()
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        deliver(post)
    assert len(server.to(refused)) == 1


def test_an_issue_that_breaks_is_left_out_of_an_act(cast: Cast, issue: Issue) -> None:
    other = press(cast.acme, rep_of_record(cast, StartTime="2026-04-01"), "submit")
    db.session.execute(update(Issue).where(Issue.id == issue.id).values(workflow="gone"))
    db.session.commit()
    db.session.expire_all()
    preview = preview_of(cast.bolt, [issue, other], "begin-working")
    assert preview.will == [other]
    assert preview.left_out == {BROKE: [issue.number]}


def test_what_an_act_cannot_do_anywhere_ends_it(cast: Cast, issue: Issue) -> None:
    act = begin_act(cast.bolt, [issue.number], "begin-working", {}, "")
    db.session.execute(update(BulkAct).where(BulkAct.id == act.id).values(raw={}))
    db.session.commit()
    db.session.expire_all()
    carry_on(act.id)
    item = db.session.scalars(select(BulkItem).where(BulkItem.act_id == act.id)).one()
    assert (item.done, item.reason, act.ended_at is not None) == (False, BROKE, True)


@pytest.mark.parametrize("bent", [{"workflow": "gone"}, {"state": "New"}])
def test_a_press_of_the_clock_that_breaks_holds_up_no_other(
    cast: Cast, issue: Issue, engine: SearchBackend, tmp_path: Path, bent: dict[str, str]
) -> None:
    other = press(cast.acme, rep_of_record(cast, StartTime="2026-04-01"), "submit")
    for one in (issue, other):
        press(cast.bolt, one, "begin-working")
        press(cast.bolt, one, "complete", "Ours.")
    true = {name: getattr(issue, name) for name in bent}
    db.session.execute(update(Issue).where(Issue.id == issue.id).values(bent))
    db.session.commit()
    with time_machine.travel(now() + timedelta(days=15), tick=False) as clock:
        drain(tmp_path)
        db.session.expire_all()
        assert other.state == "Auto Complete"
        job = db.session.scalars(select(Job).where(Job.topic == Topic.CLOCK)).one()
        assert (job.issue_id, job.tries, job.parked_at is not None) == (issue.id, 1, True)
        assert job.last_error
        assert oldest_due_job() is None
        clock.shift(timedelta(seconds=1))
        assert drain(tmp_path) == 0, "it is not tried at once"
        clock.shift(timedelta(days=1))
        drain(tmp_path)
        assert db.session.scalars(select(Job.tries).where(Job.topic == Topic.CLOCK)).one() == 2
        db.session.execute(update(Issue).where(Issue.id == issue.id).values(true))
        db.session.commit()
        clock.shift(timedelta(days=1))
        drain(tmp_path)
        db.session.expire_all()
        assert issue.state == "Auto Complete"
        assert db.session.scalars(select(Job).where(Job.topic == Topic.CLOCK)).all() == []


def test_a_press_that_somebody_else_made_is_forgotten(cast: Cast, issue: Issue) -> None:
    db.session.add(Job(topic=Topic.CLOCK, issue_id=issue.id, details={}, due_at=now(), parked_at=now()))
    db.session.commit()
    assert forget_some()
    assert db.session.scalars(select(Job).where(Job.topic == Topic.CLOCK)).all() == []


def test_a_step_of_forgetting_that_breaks_holds_up_no_other(
    cast: Cast, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks() -> int:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(retention, "STEPS", (breaks, *retention.STEPS))
    with time_machine.travel(now() + timedelta(days=91), tick=False):
        assert forget_some()
        assert not forget_some()
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 0


def test_a_child_that_cannot_be_filed_holds_up_no_other(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    esi_ids = [f"{ESI_ID[:-3]}{index:03}" for index in range(5)]
    parent = lpa_with(cast, esi_ids)
    file_child = children.file_child

    def breaks(actor: Person, parent: Issue, esi_id: str) -> object:
        if esi_id == esi_ids[1]:
            raise RuntimeError("a mistake of ours")
        return file_child(actor, parent, esi_id)

    monkeypatch.setattr(children, "file_child", breaks)
    moment = now()
    for hours in range(worker.MOST_TRIES + 1):
        with time_machine.travel(moment + timedelta(hours=hours), tick=False):
            drain(tmp_path)
    filed = set(db.session.scalars(select(Issue.esi_id).where(Issue.parent_id == parent.id)))
    assert filed == set(esi_ids) - {esi_ids[1]}
    job = db.session.scalars(select(Job).where(Job.topic == Topic.CHILDREN)).one()
    assert (job.details["esi_ids"], job.parked_at is not None) == ([esi_ids[1]], True)
