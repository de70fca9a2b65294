"""Every event to every kind of receiver, a canary in every ring and field: none strays (security.md S3, S4, S8).

Issues walk through the workflows until each of the market's buttons was pressed. Beside the presses notes are written
in every ring, files attached, claims stated, links made, replies kept. All of it is told to seven kinds of people and
three kinds of contacts at each of six companies, and sent by a real server; for every second issue, rights change
between the promise and the sending. Who may read what is worked out here by the roles of the companies alone.
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import Cast
from tests.journeys.stories import Canary, Story, World, change_rights, restore_rights, told_through
from tests.mailbox import Server, html_of, send_all, text_of
from tests.walking import (
    BY_WORKFLOW,
    FILED,
    players_of,
)
from tracker.actions.digests import promise_digests
from tracker.actions.telling import tell_late
from tracker.db import db
from tracker.domain.mail_rules import Purpose
from tracker.domain.notices import Reason
from tracker.domain.rings import Ring
from tracker.jobs.writing import Post
from tracker.models import Event, Mail, Notice, Person
from tracker.queries import letters

Clients = Callable[[Person | None], FlaskClient]
MOST_ISSUES = 20
MORNING = "2026-11-24T14:05:00Z"
ACTIVE = ("acme", "bolt", "wires", "ercot")
SPOKEN = {f"{who}: {ring}" for who in ACTIVE for ring in Ring}
BESIDES: dict[str, set[str]] = {
    "ams-lse-dispute": {"Attach", "State Claim", "Link", "Unlink", Reason.ASSIGNED},
    "customer-rescission": {*Reason, *Purpose} - {Reason.ASSIGNED} | SPOKEN,
}
"""What the stories of these workflows tell of besides the buttons; together they tell of everything."""


def parts() -> dict[str, set[str]]:
    """Each of the market's buttons at the first workflow that has it: the workflows are walked one by one."""
    found: dict[str, set[str]] = {}
    for name in sorted(BY_WORKFLOW):
        before = set().union(*found.values())
        found[name] = {one.key for one in BY_WORKFLOW[name].workflow.transitions} - before
    return found


PARTS = parts()


def send_everything(story: Story, post: Post) -> None:
    """What waits five minutes, the letters of the next morning, and what is about to be late."""
    with time_machine.travel(MORNING, tick=False) as clock:
        promise_digests()
        db.session.commit()
        clock.shift(3_600)
        send_all(post)
    ends_at = story.walk.issue.clock_at
    if ends_at and story.walk.issue.is_open:
        with time_machine.travel(ends_at - timedelta(hours=30), tick=False) as clock:
            tell_late(by_mail=True)
            db.session.commit()
            clock.shift(timedelta(hours=29))
            send_all(post)


def strays_by_mail(world: World, story: Story, server: Server, link_only: frozenset[int]) -> list[tuple[str, str]]:
    """The canaries in letters to companies that may not read them, or want no text."""
    strays = []
    for letter in server.arrived:
        company_id = world.company_of(letter["To"])
        whole = f"{letter.as_string()} {text_of(letter)} {html_of(letter)}"
        for canary in story.canaries:
            only_a_link = company_id in link_only and not canary.text.isdecimal()
            if canary.text in whole and (only_a_link or not allowed(story, canary, company_id)):
                strays.append((letter["To"], canary.text))
    return strays


def allowed(story: Story, canary: Canary, company_id: int) -> bool:
    """On this issue by its roles and rings, or on the hidden one."""
    return company_id in canary.elsewhere or story.may_read(canary, company_id)


def strays_on_pages(world: World, story: Story, client_of: Clients) -> list[tuple[str, str]]:
    """The same on the pages that a watcher of each company can open."""
    number, strays = story.walk.issue.number, []
    for person in players_of(world.cast):
        watcher = world.listeners.people[person.company_id]["watcher"]
        if not watcher.active:
            continue
        client = client_of(watcher)
        for page in ("/", "/inbox", f"/issues/{number}?all=1", f"/issues/{number}/print", "/handed-over"):
            text = client.get(page).text
            strays += [
                (f"{watcher.user_name} {page}", canary.text)
                for canary in story.canaries
                if canary.text in text and not may_be_on_a_page(story, canary, watcher.company_id)
            ]
    return strays


def may_be_on_a_page(story: Story, canary: Canary, company_id: int) -> bool:
    """Who was replaced keeps what it could read until then."""
    had = company_id in canary.could_be_read_by and (canary.ring is None or company_id in canary.ring)
    return had or allowed(story, canary, company_id)


def missing(world: World, story: Story, server: Server) -> list[tuple[str, str]]:
    """The comments that did not reach a watcher whose company saw them said and sees them still."""
    gone = []
    for company_id, people in world.listeners.people.items():
        read = " ".join(text_of(letter) for letter in server.to(people["watcher"].email))
        for canary in story.canaries:
            expected = canary.is_said and company_id in canary.saw and story.may_read(canary, company_id)
            if expected and canary.text not in read:
                gone.append((people["watcher"].user_name, canary.text))
    return gone


@pytest.mark.parametrize("key", PARTS)
def test_no_canary_strays(cast: Cast, server: Server, post: Post, client_of: Clients, key: str) -> None:
    with time_machine.travel(FILED, tick=False):
        world = World(cast)
    wanted, place = set(PARTS[key]), list(PARTS).index(key)
    turns = count(7 * place)
    for attempt in range(MOST_ISSUES):
        story = told_through(world, key, wanted, parked=bool(attempt % 2), turns=turns)
        changed = (place + attempt) % 2 == 1
        link_only = change_rights(world, story) if changed else frozenset()
        send_everything(story, post)
        assert strays_by_mail(world, story, server, link_only) == []
        assert strays_on_pages(world, story, client_of) == []
        assert changed or missing(world, story, server) == []
        restore_rights(world)
        server.arrived.clear()
        if not wanted:
            break
    assert wanted == set()
    buttons = {one.name for one in BY_WORKFLOW[key].workflow.transitions if one.key in PARTS[key]}
    assert buttons | BESIDES.get(key, set()) <= told_of(world)


def told_of(world: World) -> set[str]:
    """What happened, why anybody heard of it, what contacts were written for, and who spoke in which ring."""
    names = set(db.session.scalars(select(Event.name).distinct()))
    reasons = set(db.session.scalars(select(Notice.reason).distinct()))
    to_contacts = db.session.scalars(select(Mail.about).where(Mail.person_id.is_(None)))
    purposes = {why for about in to_contacts for _, why in about}
    spoken = {
        f"{who}: {ring}"
        for who in ACTIVE
        for ring in Ring
        if (getattr(world.cast, who).company_id, ring) in world.rings_used
    }
    return names | reasons | purposes | spoken


def test_a_guard_that_is_off_would_be_seen(
    cast: Cast, server: Server, post: Post, client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the ring in the question of the letters, canaries stray."""
    with time_machine.travel(FILED, tick=False):
        world = World(cast)
    letters._entries.cache_clear()
    monkeypatch.setattr(letters, "company_reads", lambda rows, company: rows.id.is_not(None))
    monkeypatch.setattr("tracker.queries.told.reads", lambda event, company_id, viewers: True)
    wanted = {one.key for one in BY_WORKFLOW["standard"].workflow.transitions}
    story = told_through(world, "standard", wanted, parked=False, turns=count(4))
    send_everything(story, post)
    assert strays_by_mail(world, story, server, frozenset())
    monkeypatch.undo()
    letters._entries.cache_clear()
