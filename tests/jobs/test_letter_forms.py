"""What a letter says and how: why it comes, what to do, whose note it holds; whole and harmless in both its forms."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from sqlalchemy import select

from tests.cast import Cast
from tests.jobs.letter_reader import read, words_of
from tests.mailbox import Server, deliver, html_of, tell, text_of
from tests.make import press
from tracker.actions.inbox import mark_read
from tracker.actions.moving import Press, press_transition
from tracker.actions.telling import tell_late
from tracker.db import db
from tracker.domain.mail_rules import WEIGHTIEST_FIRST, WHY, Purpose
from tracker.domain.notices import Reason
from tracker.jobs.letters import send_letters
from tracker.jobs.writing import Post
from tracker.models import Comment, Contact, Issue
from tracker.queries.inbox import inbox_of, key_of


def test_every_reason_has_its_words_and_its_weight() -> None:
    assert set(WEIGHTIEST_FIRST) == set(WHY) == {*Reason, *Purpose}


def last(server: Server, address: str) -> EmailMessage:
    """The newest letter to this address."""
    return server.to(address)[-1]


def begins_with(letter: EmailMessage, why: str, todo: str) -> bool:
    """Both forms begin with these two sentences, so that a mailbox shows them beside the subject."""
    assert words_of(letter).startswith(f"{why} {todo} Open the issue: https://tracker.example/issues/")
    assert read(letter).texts[:3] == [why, todo, "Open the issue"]
    return True


def test_a_mention_says_who_and_who_acts_next(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    press(cast.bolt, issue, "add-comment", "Look, @ann.")
    deliver(post)
    letter = last(server, cast.acme.email)
    assert begins_with(letter, "Bob of Bolt Power mentioned you.", "Bolt Power acts next. Open the issue to answer.")
    reader = read(letter)
    assert f"ESI ID {issue.esi_id} State New Acts next Bolt Power" in reader.text
    assert reader.links["Open the issue"] == reader.links[str(issue.number)]
    assert reader.links["Choose what you get by e-mail"] == "https://tracker.example/account#mail"


def test_an_answer_says_what_and_a_turn_whose(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    cast.acme.mail_choices = {"answered": "now", "finished": "now"}
    press(cast.bolt, issue, "begin-working")
    deliver(post)
    begun = last(server, cast.acme.email)
    assert begins_with(
        begun, "Bob of Bolt Power moved the issue to In Progress.", "Bolt Power acts next. Open the issue to read on."
    )
    assert "Begin Working: New to In Progress Owner: Bob" in read(begun).text
    assert "- Owner: Bob" in text_of(begun)
    press(cast.bolt, issue, "complete", "Ours.")
    deliver(post)
    done = last(server, cast.acme.email)
    assert begins_with(done, "It waits on your company, Acme Energy.", "Open the issue to answer.")
    assert "Acts next Acme Energy (your company)" in read(done).text


def test_who_is_told_of_the_end_has_nothing_to_answer(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    cast.bolt.mail_choices = {"finished": "now"}
    press(cast.bolt, issue, "begin-working")
    press(cast.bolt, issue, "complete", "Ours.")
    press(cast.acme, issue, "accept")
    deliver(post)
    assert begins_with(last(server, cast.bolt.email), "The issue has ended: Complete.", "Open the issue to read on.")


def test_a_turn_that_passed_meanwhile_is_not_claimed(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    press(cast.bolt, issue, "begin-working")
    press(cast.bolt, issue, "complete", "Ours.")
    tell()
    press(cast.acme_admin, issue, "accept")
    deliver(post)
    letter = last(server, cast.acme.email)
    assert begins_with(
        letter, "The issue waited on your company, and has moved on.", "The issue has ended. Open the issue to read on."
    )


def test_what_is_about_to_be_late_says_until_when_and_no_old_news(
    cast: Cast, issue: Issue, server: Server, post: Post
) -> None:
    with time_machine.travel("2026-03-02T15:00:00Z", tick=False) as clock:
        press(cast.bolt, issue, "begin-working")
        press(cast.bolt, issue, "complete", "The old words.")
        deliver(post)
        assert issue.clock_at
        clock.move_to(issue.clock_at - timedelta(hours=30))
        assert tell_late(by_mail=True)
        db.session.commit()
        deliver(post, minutes=33 * 60)
    letter = last(server, cast.acme.email)
    assert begins_with(
        letter,
        "The issue is about to be late: the clock ends Pending Complete on Mon, Mar 16, 2026, 10:00 US Central.",
        "It waits on your company, Acme Energy. Open the issue to answer before then.",
    )
    assert "The old words." not in text_of(letter) + html_of(letter)
    assert "Bob" not in text_of(letter) + html_of(letter)
    assert letter["X-Tracker-Reason"] == "late"


def test_a_reminder_that_is_no_longer_true_takes_no_news_with_it(
    cast: Cast, issue: Issue, server: Server, post: Post
) -> None:
    """The news and the reminder hang on one event and wait in one letter."""
    cast.acme.time_zone = "Asia/Manila"
    press(cast.bolt, issue, "begin-working")
    press(cast.bolt, issue, "complete", "Ours.")
    tell()
    assert issue.clock_at
    with time_machine.travel(issue.clock_at - timedelta(hours=30), tick=False):
        tell_late(by_mail=True)
        db.session.commit()
        press(cast.acme_admin, issue, "accept")
        while send_letters(post):
            pass
    letter = last(server, cast.acme.email)
    assert "Ours." in text_of(letter)
    assert "about to be late" not in text_of(letter)
    assert "late" not in letter["X-Tracker-Reason"]


@pytest.mark.parametrize(
    ("ring", "reader", "mark"),
    [
        ("company", "acme_admin", "Acme Energy only"),
        ("operator", "acme_admin", "Acme Energy and ERCOT"),
        ("operator", "ercot", "Acme Energy and ERCOT"),
    ],
)
def test_a_note_says_whose_it_is(
    cast: Cast, issue: Issue, server: Server, post: Post, ring: str, reader: str, mark: str
) -> None:
    said = "Ours, @adam." if ring == "company" else "Ours, @adam @erin."
    press_transition(cast.acme, issue.number, Press("add-comment", comment=said, ring=ring))
    press(cast.bolt, issue, "add-comment", "For all, @adam @erin.")
    deliver(post)
    letter = last(server, getattr(cast, reader).email)
    warning = f"Holds a note for {mark}. Do not forward it to others."
    assert f"*** {warning} ***" in words_of(letter)
    assert f"[{mark}] {said} Bob, Bolt Power, " in words_of(letter)
    assert [warning, mark] == [text for text in read(letter).texts if mark in text]


def test_what_all_read_is_no_note(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    press(cast.bolt, issue, "add-comment", "For all, @ann.")
    deliver(post)
    assert "note" not in read(last(server, cast.acme.email)).text
    assert "***" not in text_of(last(server, cast.acme.email))


def test_a_contact_learns_who_keeps_its_address(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    db.session.add(Contact(company_id=cast.bolt.company_id, purpose="answered", address="talk@bolt.example"))
    press(cast.acme, issue, "add-comment", "Well?")
    deliver(post)
    letter = last(server, "talk@bolt.example")
    kept = "It goes to this address because the administrators of Bolt Power keep it under Contacts."
    assert kept in words_of(letter)
    assert kept in read(letter).text
    assert read(letter).links["Contacts"] == "https://tracker.example/contacts"
    assert "/account" not in text_of(letter) + html_of(letter)
    assert "/inbox" not in text_of(letter) + html_of(letter)


def test_a_comment_goes_in_as_the_page_shows_it(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    press(cast.bolt, issue, "add-comment", "**Bold**, @ann:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- <b>raw</b>")
    deliver(post)
    comment = db.session.scalars(select(Comment)).one()
    assert f">{comment.html}</blockquote>" in html_of(last(server, cast.acme.email)).replace("\r\n", "\n")
    assert "\n    **Bold**, @ann:\n\n    | a | b |\n" in text_of(last(server, cast.acme.email)).replace("\r\n", "\n")


def test_a_long_comment_is_cut_in_both_forms(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    said = f"@ann {'The **meter** was [read](https://tracker.example/guide) twice. ' * 150}"
    press(cast.bolt, issue, "add-comment", said)
    deliver(post)
    letter = last(server, cast.acme.email)
    rest = "… read on in the issue"
    assert words_of(letter).count("twice.") == read(letter).text.count("twice.") < 2_000 / 40
    assert f"    {rest}: https://tracker.example/issues/{issue.number}#e" in text_of(letter)
    assert read(letter).links[rest].startswith(f"https://tracker.example/issues/{issue.number}#e")
    assert len(text_of(letter)) < 4_000
    assert len(html_of(letter)) < 20_000


def test_lines_are_short_and_identifiers_whole(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    press(cast.bolt, issue, "add-comment", f"@ann {'words and ' * 40}{issue.esi_id}-{issue.esi_id}-{issue.esi_id}-end")
    deliver(post)
    lines = text_of(last(server, cast.acme.email)).splitlines()
    long = [line for line in lines if len(line) > 72]
    assert long == [f"    {issue.esi_id}-{issue.esi_id}-{issue.esi_id}-end"]


EVIL = "<script>alert(1)</script>\r\n\r\n-- \r\nBcc: x@y.example\u202e"


def test_no_name_adds_a_tag_a_line_or_a_header(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    cast.bolt.full_name = cast.bolt.company.name = issue.title = f"Canary {EVIL}"
    press(cast.bolt, issue, "begin-working")
    press(cast.bolt, issue, "add-comment", f"{EVIL} @ann")
    issue.esi_id = f"1{EVIL}"
    cast.acme.mail_choices = {"answered": "now"}
    deliver(post)
    letter = last(server, cast.acme.email)
    assert letter["Bcc"] is None
    assert read(letter).text.count("Canary <script>alert(1)</script>") >= 3
    assert "<script" not in html_of(letter)
    assert text_of(letter).splitlines().count("-- ") == 1, "the comment is indented, the names stand on one line"
    assert "\u202e" not in text_of(letter).replace(EVIL[-1:] + " @ann", "")
    assert not any(line.startswith("Bcc") for line in text_of(letter).splitlines())


def test_what_changed_cannot_add_a_tag(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    cast.bolt.full_name = f"Canary {EVIL}"
    cast.acme.mail_choices = {"answered": "now"}
    press(cast.bolt, issue, "begin-working")
    deliver(post)
    letter = last(server, cast.acme.email)
    assert "- Owner: Canary <script>alert(1)</script>" in text_of(letter)
    assert "Owner: Canary <script>alert(1)</script>" in read(letter).text
    assert "<script" not in html_of(letter)


def test_the_reason_is_of_what_is_shown(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    cast.acme.mail_choices = {"answered": "now"}
    press_transition(cast.acme_admin, issue.number, Press("add-comment", comment="Ours, @ann.", ring="company"))
    press(cast.bolt, issue, "add-comment", "For all.")
    tell()
    (mention,) = inbox_of(cast.acme, reason="mentioned").rows
    mark_read(cast.acme, [key_of(mention)])
    db.session.commit()
    deliver(post)
    letter = last(server, cast.acme.email)
    assert letter["X-Tracker-Reason"] == "answered"
    assert "Ours" not in text_of(letter) + html_of(letter)
