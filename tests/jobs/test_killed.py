"""kill -9 of real worker processes in the middle of 3,000 events: none is lost, and nobody is told twice (R8)."""

import multiprocessing
import random
import signal
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import func, insert, select, update

from config import Config
from tests.cast import Cast
from tests.jobs import dying
from tests.mailbox import Server, text_of
from tracker.actions.history import TELL
from tracker.clock import now
from tracker.db import db
from tracker.jobs.writing import Post
from tracker.models import Contact, Event, Issue, Job, Mail, Notice

AMOUNT = 3_000
RECEIVERS = 20
MOST_DEATHS = 200
FEW = 300
NEVER = 0


@pytest.fixture
def events(cast: Cast, issue: Issue, request: pytest.FixtureRequest) -> list[int]:
    """3,000 files that Bolt attached, each promised to be told; Ann and twenty mailboxes of Acme are to hear of all."""
    amount = getattr(request, "param", AMOUNT)
    cast.acme.mail_choices = {"answered": "now"}
    addresses = [f"desk{number}@acme.example" for number in range(RECEIVERS)]
    db.session.add_all(Contact(company_id=cast.acme.company_id, purpose="answered", address=one) for one in addresses)
    row = {"issue_id": issue.id, "at": now(), "person_id": cast.bolt.id, "company_id": cast.bolt.company_id}
    row |= {"key": "attach", "name": "Attach", "from_state": issue.state, "to_state": issue.state, "changes": []}
    row |= {"responsible_id": issue.responsible_id, "version": issue.version}
    first = (db.session.scalar(select(func.max(Event.id))) or 0) + 1
    db.session.execute(insert(Event), [row] * amount)
    ids = list(db.session.scalars(select(Event.id).where(Event.id >= first)))
    job = {"topic": TELL, "issue_id": issue.id, "due_at": now(), "tries": 0}
    db.session.execute(insert(Job), [job | {"details": {"event_id": one}} for one in ids])
    db.session.commit()
    return ids


@pytest.fixture(scope="module")
def processes() -> multiprocessing.context.ForkServerContext:
    """New processes with the product imported, quickly."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.jobs.dying"])
    return context


def deaths_of_workers(
    processes: multiprocessing.context.ForkServerContext, config: Config, post: Post, fewest: int, most: int
) -> Iterator[bool]:
    """Workers one after the other, each killed after so many statements: whether each was."""
    chance = random.Random(config.database_url.split(":")[0])
    for _ in range(MOST_DEATHS):
        db.session.commit()  # nothing of the test is in a worker's way
        one = processes.Process(target=dying.work, args=(config, post, chance.randint(fewest, most)))
        one.start()
        one.join()
        assert one.exitcode in (0, -signal.SIGKILL)
        yield one.exitcode != 0
    raise AssertionError("the workers never came to an end")


def waiting() -> int:
    """The events that still wait to be told."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Job.topic == TELL)) or 0


def test_none_is_lost_and_nobody_is_told_twice(
    cast: Cast,
    events: list[int],
    config: Config,
    server: Server,
    post: Post,
    processes: multiprocessing.context.ForkServerContext,
) -> None:
    deaths = 0
    for died in deaths_of_workers(processes, config, post, 5, 80):
        deaths += died
        if not waiting():
            break
    assert deaths >= 5
    told = db.session.scalars(select(Notice.event_id).where(Notice.person_id == cast.acme.id)).all()
    assert sorted(told) == sorted(events)
    db.session.refresh(cast.acme)
    assert cast.acme.unread == AMOUNT
    letters = db.session.scalars(select(Mail).where(Mail.company_id == cast.acme.company_id)).all()
    assert Counter(letter.receiver for letter in letters) == Counter(
        [cast.acme.email, *(f"desk{number}@acme.example" for number in range(RECEIVERS))]
    )
    assert all([event_id for event_id, _ in letter.about] == sorted(events) for letter in letters)


@pytest.mark.parametrize("events", [FEW], indirect=True)
def test_each_letter_arrives_and_again_only_as_the_same(
    cast: Cast,
    events: list[int],
    config: Config,
    server: Server,
    post: Post,
    processes: multiprocessing.context.ForkServerContext,
) -> None:
    told = processes.Process(target=dying.work, args=(config, post, NEVER))
    told.start()
    told.join()
    deaths = 0
    for died in deaths_of_workers(processes, config, post, 30, 90):
        deaths += died
        unsent = (Mail.sent_at.is_(None), Mail.dropped_because.is_(None))
        if not db.session.scalar(select(func.count()).where(*unsent)):
            break
        db.session.execute(update(Mail).where(*unsent).values(due_at=now()))  # five minutes, or a lease, have passed
    assert deaths >= 5
    arrived = Counter(letter["To"] for letter in server.arrived)
    assert set(arrived) == {cast.acme.email, *(f"desk{number}@acme.example" for number in range(RECEIVERS))}
    for address in arrived:
        assert len({letter["Message-ID"] for letter in server.to(address)}) == 1
    assert len(server.arrived) <= len(arrived) + deaths
    assert "200 more" in text_of(server.arrived[0])
