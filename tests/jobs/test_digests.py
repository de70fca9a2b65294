"""The letter of the morning: who gets it, where the receiver is, on business days."""

from zoneinfo import ZoneInfo

import time_machine
from sqlalchemy import update

from tests.cast import Cast
from tests.mailbox import Server, tell, text_of
from tests.make import know_premise, press, rep_of_record
from tracker.actions.digests import promise_digests
from tracker.clock import MARKET_ZONE
from tracker.db import db
from tracker.domain.time_zones import ZONES
from tracker.jobs.letters import send_letters
from tracker.jobs.writing import Post
from tracker.models import Issue, Mail


def test_one_digest_on_the_morning_of_a_business_day(cast: Cast, server: Server, post: Post) -> None:
    with time_machine.travel("2026-03-19T20:00:00Z", tick=False) as clock:  # a Thursday afternoon
        issue = told_story(cast)
        for number in range(120):
            press(cast.bolt, issue, "add-comment", f"Word {number}.")
        tell()
        clock.move_to("2026-03-20T11:50:00Z")  # ten to seven
        assert not promise_digests()
        clock.move_to("2026-03-20T12:05:00Z")
        assert promise_digests()
        assert not promise_digests()
        db.session.commit()
        while send_letters(post):
            pass
        (digest,) = server.to(cast.acme.email)
        assert digest["Subject"] == "Tracker: 120 notices"
        assert "Word 99." in text_of(digest)
        assert "And 20 more" in text_of(digest)
        clock.move_to("2026-03-21T15:00:00Z")  # a Saturday
        assert not promise_digests()


def told_story(cast: Cast) -> Issue:
    """Acme asks Bolt, and everybody was told of it."""
    know_premise(cast)
    issue = rep_of_record(cast)
    tell()
    db.session.execute(update(Mail).values(dropped_because="The story begins here."))
    return issue


def test_the_morning_is_the_receivers_own(cast: Cast, server: Server, post: Post) -> None:
    with time_machine.travel("2026-03-19T20:00:00Z", tick=False) as clock:  # a Thursday
        issue = told_story(cast)
        cast.acme.time_zone, cast.acme_reader.time_zone = "Asia/Manila", "America/Los_Angeles"
        press(cast.bolt, issue, "add-comment", "Look, @rita.")
        cast.acme_reader.mail_choices = {"mentioned": "digest"}
        tell()
        got: list[tuple[str, str]] = []
        for moment in ("2026-03-19T22:55", "2026-03-19T23:05", "2026-03-20T12:05", "2026-03-20T14:05"):
            clock.move_to(f"{moment}:00Z")
            promise_digests()
            db.session.commit()
            while send_letters(post):
                pass
            got += [(moment[-5:], one["To"].split("@")[0]) for one in server.arrived[len(got) :]]
        assert got == [("23:05", "ann"), ("14:05", "rita")]


def test_a_digest_reaches_back_to_the_last_one(cast: Cast, server: Server, post: Post) -> None:
    with time_machine.travel("2026-03-20T15:00:00Z", tick=False) as clock:  # a Friday morning
        issue = told_story(cast)
        promise_digests()
        clock.move_to("2026-03-21T15:00:00Z")
        press(cast.bolt, issue, "add-comment", "Said on Saturday.")
        tell()
        assert not promise_digests()
        clock.move_to("2026-03-23T15:00:00Z")
        assert promise_digests()
        db.session.commit()
        while send_letters(post):
            pass
        assert ["Said on Saturday." in text_of(one) for one in server.to(cast.acme.email)] == [True]


def test_no_digest_repeats_or_leaves_out_what_comes_around_seven(cast: Cast, server: Server, post: Post) -> None:
    with time_machine.travel("2026-03-19T20:00:00Z", tick=False) as clock:  # a Thursday
        issue = told_story(cast)
        clock.move_to("2026-03-20T11:59:30Z")  # half a minute before seven
        press(cast.bolt, issue, "add-comment", "Said before, told after.")
        clock.move_to("2026-03-20T12:00:05Z")
        assert promise_digests()
        db.session.commit()
        clock.move_to("2026-03-20T12:00:10Z")
        tell()
        clock.move_to("2026-03-20T12:01:00Z")
        press(cast.bolt, issue, "add-comment", "Said at one past seven.")
        tell()
        for moment in ("2026-03-20T12:08:00Z", "2026-03-23T12:05:00Z", "2026-03-24T12:05:00Z"):
            clock.move_to(moment)
            promise_digests()
            db.session.commit()
            while send_letters(post):
                pass
        texts = [text_of(one) for one in server.to(cast.acme.email)]
        assert [sum(said in text for text in texts) for said in ("Said before", "Said at one past")] == [1, 1]


def test_everybody_can_say_where_they_are() -> None:
    assert MARKET_ZONE.key in ZONES
    assert all(ZoneInfo(name) for name in ZONES)
