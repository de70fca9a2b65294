"""Letters about several issues: an act on many, a morning, and those of a company that wants numbers alone."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine

from tests.cast import Cast
from tests.jobs.letter_reader import read, words_of
from tests.mailbox import Server, deliver, html_of, tell, text_of
from tests.make import press, rep_of_record
from tracker.actions.bulk import begin_act, carry_on
from tracker.actions.digests import promise_digests
from tracker.actions.telling import tell_late
from tracker.clock import now
from tracker.db import db
from tracker.jobs.letters import send_letters
from tracker.jobs.writing import Post
from tracker.market_calendar import market_calendar
from tracker.models import Issue, Person


@pytest.fixture
def issues(cast: Cast, issue: Issue) -> list[Issue]:
    """Three issues of Acme on which Bolt has begun to work."""
    found = [issue, *(press(cast.acme, rep_of_record(cast, StartTime="2026-04-01"), "submit") for _ in range(2))]
    for one in found:
        press(cast.bolt, one, "begin-working")
    tell()
    return found


def act_on(actor: Person, issues: list[Issue], key: str, comment: str) -> None:
    """Do the same to all of them."""
    carry_on(begin_act(actor, [one.number for one in issues], key, {}, comment).id)
    db.session.commit()


def test_an_act_says_its_words_once_and_lists_its_issues(
    cast: Cast, issues: list[Issue], server: Server, post: Post
) -> None:
    act_on(cast.bolt, issues, "complete", "We served **all** of them.")
    press(cast.acme_admin, issues[0], "accept")
    deliver(post)
    letter = next(one for one in server.to(cast.acme.email) if one["Subject"].startswith("Complete on"))
    reader = read(letter)
    assert letter["Subject"] == "Complete on 3 issues by Bolt Power"
    assert reader.texts[:2] == [
        "Bob of Bolt Power pressed Complete on 3 issues.",
        "2 of them wait on your company, Acme Energy. Open them to answer.",
    ]
    assert words_of(letter).startswith(" ".join(reader.texts[:2]))
    assert (html_of(letter).count("<strong>all</strong>"), text_of(letter).count("**all**")) == (1, 1)
    for one in issues:
        assert reader.links[f"{one.number} {one.title}"] == f"https://tracker.example/issues/{one.number}"
        assert f"{one.number} {one.title} {one.state}" in words_of(letter)
    assert reader.texts.count("Pending Complete. It waits on your company, Acme Energy") == 2
    assert reader.texts.count("Complete") == 2, "the button, and the state of the first"


def test_an_act_that_mentions_says_so(cast: Cast, issues: list[Issue], server: Server, post: Post) -> None:
    act_on(cast.bolt, issues, "add-comment", "Late file, @rita.")
    deliver(post)
    (letter,) = server.to(cast.acme_reader.email)
    assert read(letter).texts[:2] == [
        "Bob of Bolt Power commented on 3 issues and mentioned you.",
        "None of them waits on your company, Acme Energy. Open one to read on.",
    ]
    assert html_of(letter).count("Late file") == 1


def test_a_reminder_of_what_an_act_moved_is_no_act(cast: Cast, issues: list[Issue], server: Server, post: Post) -> None:
    act_on(cast.bolt, issues, "complete", "The old words.")
    deliver(post)
    assert issues[0].clock_at
    with time_machine.travel(issues[0].clock_at - timedelta(hours=30), tick=False):
        tell_late(by_mail=True)
        db.session.commit()
        deliver(post, minutes=24 * 60)
    letter = server.to(cast.acme.email)[-1]
    assert letter["Subject"] == "About to be late: 3 issues"
    assert words_of(letter).startswith("3 issues are about to be late. All of them wait on your company, Acme Energy.")
    assert "The old words." not in text_of(letter) + html_of(letter)
    assert text_of(letter).count("Late: The clock ends Pending Complete on ") == 3


def test_a_digest_is_grouped_with_a_word_for_each_reason(
    cast: Cast, issues: list[Issue], server: Server, post: Post
) -> None:
    cast.acme.mail_choices = dict.fromkeys(("mentioned", "waiting"), "digest")
    press(cast.bolt, issues[2], "add-comment", f"Look, @ann. {'And more. ' * 60}")
    press(cast.bolt, issues[0], "complete", "We served **it**.")
    tell()
    morning = morning_letter(cast.acme, server, post)
    reader = read(morning)
    assert morning["Subject"] == "Tracker: 5 notices"
    assert reader.texts[:2] == [
        "Your letter of the morning: 5 notices about 3 issues.",
        "One of them waits on your company, Acme Energy. Open it to answer.",
    ]
    headings = [words for words in reader.links if "Rep of Record" in words]
    assert headings == [f"{one.number} {one.title}" for one in (issues[0], issues[2], issues[1])], "the newest first"
    assert [word for word in reader.texts if word.endswith("ed:") or word == "Waiting:"] == [
        *("Answered:", "Waiting:", "Answered:", "Mentioned:", "Answered:")
    ]
    assert "“We served it.”" in reader.texts
    assert "Waiting: Bob, Bolt Power, " in words_of(morning)
    assert text_of(morning).count("And more.") < 25, "the beginning is enough to choose by"


def morning_letter(person: Person, server: Server, post: Post) -> EmailMessage:
    """The digest of the next business day."""
    moment = now().replace(hour=15) + timedelta(days=1)
    while not market_calendar().is_business_day(moment.date()):
        moment += timedelta(days=1)
    with time_machine.travel(moment, tick=False):
        promise_digests()
        db.session.commit()
        while send_letters(post):
            pass
    return server.to(person.email)[-1]


def test_numbers_and_links_alone_say_why_in_our_words(
    cast: Cast, issues: list[Issue], server: Server, post: Post
) -> None:
    cast.acme.company.link_only = True
    press(cast.bolt, issues[0], "complete", "Ours.")
    act_on(cast.bolt, issues[1:], "add-comment", "Look, @ann.")
    deliver(post)
    letters = {one["Subject"]: one for one in server.to(cast.acme.email)}
    single, act = letters[f"{issues[0].number} News in Tracker"], letters["Tracker: 2 notices"]
    assert words_of(single).startswith("It waits on you. Open the issue to read on. Open the issue: https://tracker")
    assert read(single).texts[:2] == ["It waits on you.", "Open the issue to read on."]
    assert read(act).texts.count("Somebody mentioned you") == 2
    for letter in (single, act):
        assert letter["X-Tracker-Reason"] is None
        whole = letter.as_string() + text_of(letter) + html_of(letter)
        for secret in ("Bolt", "Bob", "Ours", "Look", "Rep of Record", "Pending", str(issues[0].esi_id)):
            assert secret not in whole
