"""Mail, read back from a real SMTP server: who gets which letter, in which thread, with the rights of the moment."""

import base64
import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from sqlalchemy import select
from time_machine import Traveller

from tests.cast import Cast
from tests.mailbox import Server, deliver, html_of, tell, text_of
from tests.make import press, rep_of_record
from tracker.actions.bulk import begin_act, carry_on
from tracker.actions.inbox import mark_read, watch
from tracker.actions.moving import Press, press_transition
from tracker.actions.parties import replace_party
from tracker.clock import now
from tracker.db import db
from tracker.domain.roles import Role
from tracker.jobs.writing import Post
from tracker.models import Contact, Issue, Mail

CANARY = "zqxyloss"


def test_a_dispute_arrives_in_one_thread_for_each(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    cast.acme.mail_choices = {"answered": "now", "finished": "now"}
    for text in ("First.", "Second.", "Third <b>bold</b>."):
        press(cast.bolt, issue, "add-comment", text)
        deliver(post)
    press(cast.acme, issue, "add-comment", "Yes, @bob.")
    deliver(post)
    sent = server.to(cast.acme.email)
    assert [CANARY in text_of(one) for one in sent] == [False] * 3
    assert ["First." in text_of(sent[0]), "Third <b>bold</b>." in text_of(sent[2])] == [True, True]
    assert "<b>bold</b>" not in html_of(sent[2])
    assert sent[0]["Subject"] == f"[New] {issue.number} Rep of Record, ESI ID {issue.esi_id}"
    assert len({one["Message-ID"] for one in sent}) == 3
    root = sent[0]["References"]
    assert root not in {one["Message-ID"] for one in sent}
    for before, after in pairwise(sent):
        assert after["In-Reply-To"] == before["Message-ID"]
        assert after["References"].split() == [*before["References"].split(), before["Message-ID"]]
    (to_bob,) = server.to(cast.bolt.email)
    assert to_bob["References"] != root
    assert to_bob["X-Tracker-Reason"] == "mentioned"
    for one in server.arrived:
        assert (one["Auto-Submitted"], one["Precedence"]) == ("auto-generated", "bulk")
        assert one["X-Tracker-Issue"] == str(issue.number)
        assert f"https://tracker.example/issues/{issue.number}" in text_of(one)
        assert f'href="https://tracker.example/issues/{issue.number}"' in html_of(one)


def base_subject(subject: str) -> str:
    """What RFC 5256 (2.1) compares when it threads by subject: without words in brackets at the beginning."""
    return re.sub(r"^(\[[^\]]*\]\s*)+", "", subject)


def test_letters_stay_together_when_the_state_changes(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    cast.acme.mail_choices = {"answered": "now"}
    for key in ("begin-working", "complete"):
        press(cast.bolt, issue, key, "We served it." if key == "complete" else "")
        deliver(post)
    before, after = server.to(cast.acme.email)
    assert (before["Subject"][:13], after["Subject"][:18]) == ("[In Progress]", "[Pending Complete]")
    assert base_subject(before["Subject"]) == base_subject(after["Subject"]) == after["Thread-Topic"]
    assert after["Thread-Topic"] == f"{issue.number} Rep of Record, ESI ID {issue.esi_id}"
    first, second = (base64.b64decode(one["Thread-Index"], validate=True) for one in (before, after))
    assert (len(first), len(second)) == (27, 27)
    assert first[:22] == second[:22], "Outlook keeps together what shares these"
    assert first[22:] < second[22:], "and orders it by the rest"


def test_a_new_key_tears_no_thread_while_the_one_before_is_known(
    cast: Cast, issue: Issue, server: Server, post: Post
) -> None:
    cast.acme.mail_choices = {"answered": "now"}
    rotated = replace(post, secret="another-key-for-tests", earlier_secrets=(post.secret,))
    for text, used in (("First.", post), ("Second.", rotated)):
        press(cast.bolt, issue, "add-comment", text)
        deliver(used)
    before, after = server.to(cast.acme.email)
    assert after["References"].split()[0] == before["References"]
    first, second = (base64.b64decode(one["Thread-Index"]) for one in (before, after))
    assert first[:22] == second[:22]


def test_an_act_on_many_is_one_letter_with_its_name(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    cast.acme.mail_choices = {"answered": "now"}
    other = rep_of_record(cast, StartTime="2026-04-01")
    press(cast.acme, other, "submit")
    act = begin_act(cast.bolt, [issue.number, other.number], "begin-working", {}, "")
    carry_on(act.id)
    db.session.commit()
    deliver(post)
    (letter,) = server.to(cast.acme.email)
    assert letter["Subject"] == "Begin Working on 2 issues by Bolt Power"
    assert all(str(one.number) in text_of(letter) for one in (issue, other))
    assert "In-Reply-To" not in letter


def test_an_act_that_takes_long_is_one_letter_when_it_has_ended(
    cast: Cast, issue: Issue, server: Server, post: Post
) -> None:
    """Also where each issue alone would be told at once."""
    issues = [issue, *(press(cast.acme, rep_of_record(cast, StartTime="2026-04-01"), "submit") for _ in range(29))]
    act = begin_act(cast.acme, [one.number for one in issues], "assign-owner", {"NewOwner": "adam"}, "")
    db.session.commit()
    with time_machine.travel(now(), tick=False) as clock:
        carry_on(act.id)
        deliver(post)
        assert server.to(cast.acme_admin.email) == []
        clock.shift(timedelta(minutes=6))
        carry_on(act.id)
        deliver(post)
    subjects = [one["Subject"] for one in server.to(cast.acme_admin.email)]
    assert subjects == ["Assign Owner on 30 issues by Acme Energy"]


def test_what_happens_in_five_minutes_is_one_letter(
    cast: Cast, issue: Issue, server: Server, post: Post, stopped: Traveller
) -> None:
    cast.acme.mail_choices = {"answered": "now"}
    for number in range(20):
        press(cast.bolt, issue, "add-comment", f"Word {number}.")
        tell()
        stopped.shift(timedelta(seconds=10))
    deliver(post, minutes=1.6)
    assert server.arrived == []
    deliver(post, minutes=1.7)
    (letter,) = server.to(cast.acme.email)
    assert all(f"Word {number}." in text_of(letter) for number in range(20))


def test_a_mention_does_not_wait(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    press(cast.bolt, issue, "add-comment", "Now, @ann!")
    deliver(post, minutes=0)
    assert len(server.to(cast.acme.email)) == 1


def test_who_wants_none_gets_none(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    cast.acme.mail_choices = {"mentioned": "never"}
    press(cast.bolt, issue, "add-comment", "Now, @ann!")
    deliver(post)
    assert server.arrived == []


def test_a_company_that_chose_so_gets_numbers_and_links(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    cast.acme.company.link_only = True
    press(cast.bolt, issue, "add-comment", f"Our {CANARY}, @ann.")
    deliver(post)
    (letter,) = server.to(cast.acme.email)
    whole = letter.as_string()
    assert str(issue.number) in letter["Subject"]
    for secret in (CANARY, issue.esi_id or "", "Rep of Record", "Bolt", "Bob", "rep-of-record"):
        assert secret not in whole


@pytest.mark.parametrize(("ring", "readers"), [("company", {"adam"}), ("operator", {"adam", "erin"})])
def test_a_note_goes_to_its_readers_alone(
    cast: Cast, issue: Issue, server: Server, post: Post, ring: str, readers: set[str]
) -> None:
    db.session.add_all(
        Contact(company_id=company, purpose=purpose, address=f"{purpose}@{company}.example")
        for company in (cast.bolt.company_id, cast.wires.company_id)
        for purpose in ("new", "answered", "escalated")
    )
    watch(cast.bolt, issue.number)
    cast.bolt.mail_choices = {"answered": "now"}
    text = f"Our {CANARY}: {' '.join(f'@{name}' for name in readers)}"
    press_transition(cast.acme, issue.number, Press("add-comment", comment=text, ring=ring))
    deliver(post)
    assert {one["To"].split("@")[0] for one in server.arrived if CANARY in text_of(one)} == readers
    assert {one["To"].split("@")[0] for one in server.arrived} == readers


def test_rights_count_when_the_letter_is_sent(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    press(cast.acme, issue, "add-comment", f"Our {CANARY}, @bob @bea.")
    tell()
    cast.bolt_admin.active = False
    replace_party(issue, Role.ASSIGNEE, cast.corp.company)
    db.session.commit()
    deliver(post)
    assert server.arrived == []
    reasons = db.session.scalars(select(Mail.dropped_because).where(Mail.sent_at.is_(None))).all()
    assert "The receiver's company sees nothing of it any more." in reasons


def test_what_was_read_on_the_screen_is_not_sent(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    press(cast.bolt, issue, "add-comment", "Now, @ann!")
    tell()
    mark_read(cast.acme)
    deliver(post)
    assert server.arrived == []


def test_nobody_adds_a_header(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    cast.bolt.full_name = "Bob\r\nBcc: all@market.example"
    issue.title = "Title\r\nX-Evil: yes"
    issue.esi_id = "1\r\nBcc: more@market.example"
    press(cast.bolt, issue, "add-comment", "{{7*7}} {% raw %} @ann\r\n.\r\nMAIL FROM:<x>")
    deliver(post)
    (letter,) = server.arrived
    assert letter["Bcc"] is None
    assert letter["X-Evil"] is None
    assert "{{7*7}} {% raw %}" in text_of(letter)
