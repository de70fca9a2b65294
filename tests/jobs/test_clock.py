"""The clock steps, the worker stops, time runs backwards: nothing ends, is deleted or signed out by that (C4)."""

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import Context
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask, current_app
from sqlalchemy import Connection, Engine, delete, event, func, insert, select, text, update
from structlog.testing import capture_logs

from tests.actions.test_two_at_once import person, race
from tests.cast import ESI_ID, Cast
from tests.clocks import Clocks
from tests.make import know_premise, press, rep_of_record
from tests.visitor import Visitor, signed_in
from tracker import worker
from tracker.actions.sessions import begin_session
from tracker.actions.timekeeping import Timekeeper, confirm
from tracker.clock import CLOCK, STEP, HeldClock, now
from tracker.db import db
from tracker.errors import Conflict, Forbidden
from tracker.jobs.tools import Tools
from tracker.models import Issue, Job, Mail, MarketFact, Person, SignInSession
from tracker.queries.clock import ASKED, CONFIRMED, Asked, Why, known_time, presses_held

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def clocks() -> Iterator[Clocks]:
    """The clocks of this machine, until the test ends."""
    before = dict(vars(CLOCK))
    yield Clocks()
    vars(CLOCK).update(before)
    CLOCK.trust()


@pytest.fixture
def clocked(clocks: Clocks, cast: Cast) -> Callable[[int, timedelta], None]:
    """Makes so many issues that the clock ends after a while."""

    def make(count: int, after: timedelta) -> None:
        for number in range(count):
            esi_id = f"{ESI_ID[:-3]}{number:03}"
            know_premise(cast, esi_id)
            issue = rep_of_record(cast, EsiID=esi_id)
            press(cast.bolt, issue, "begin-working")
            press(cast.bolt, issue, "complete")
        db.session.execute(update(Issue).values(clock_at=now() + after))
        db.session.execute(delete(Job))
        db.session.commit()

    return make


class Worker:
    """A worker process, from its start."""

    def __init__(self, clocks: Clocks, folder: Path, *, begins: bool = True) -> None:
        if begins:
            clocks.begin_again()
        self.tools = Tools(folder, current_app.extensions["search"])

    def works(self) -> int:
        """Work until nothing is left; how many issues the clock has ended so far."""
        while worker.work_once(self.tools):
            pass
        return ended()


def ended() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Issue.state == "Auto Complete")) or 0


def asked() -> bool:
    db.session.rollback()
    return known_time().asked is not None


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/account").status_code == 200


def test_fifteen_days_for_a_minute_end_no_issue_and_no_session(
    app: Flask, cast: Cast, clocks: Clocks, clocked: Callable[[int, timedelta], None], tmp_path: Path
) -> None:
    clocked(81, 14 * DAY)
    people = [signed_in(app, person) for person in (cast.acme, cast.bolt, cast.ercot_admin)]
    one = Worker(clocks, tmp_path)
    assert one.works() == 0
    clocks.let_pass(MINUTE)
    clocks.set(15 * DAY)
    with capture_logs() as logged:
        assert one.works() == 0
        assert Worker(clocks, tmp_path).works() == 0, "also where the worker was restarted by it"
    assert [line["event"] for line in logged] == ["the clock is not believed"]
    assert asked()
    assert all(is_in(visitor) for visitor in people)
    clocks.begin_again()
    assert all(is_in(visitor) for visitor in people), "also where the web was"
    clocks.let_pass(MINUTE)
    clocks.set(-15 * DAY)
    assert one.works() == 0
    assert not asked(), "it came back by itself"
    assert all(is_in(visitor) for visitor in people)
    clocks.let_pass(14 * DAY - 20 * MINUTE)
    assert ended() == 0
    for _ in range(20):  # in ordinary running, however many there are
        clocks.let_pass(MINUTE)
        one.works()
    assert ended() == 81


@pytest.mark.parametrize("step", [HOUR, -HOUR, STEP + SECOND, -STEP - SECOND])
def test_a_clock_that_is_set_presses_nothing_and_measures_sessions_as_before(
    app: Flask, cast: Cast, clocks: Clocks, clocked: Callable[[int, timedelta], None], tmp_path: Path, step: timedelta
) -> None:
    clocked(1, HOUR)
    used, left = signed_in(app, cast.acme), signed_in(app, cast.bolt)
    one = Worker(clocks, tmp_path)
    one.works()
    clocks.set(step)
    assert one.works() == 0
    assert asked()
    assert is_in(used)
    clocks.let_pass(29 * MINUTE)
    assert is_in(used)
    clocks.let_pass(2 * MINUTE)
    assert is_in(used)
    assert not is_in(left), "a step makes no session longer"
    clocks.let_pass(HOUR)
    assert one.works() == 0, "in doubt nothing is pressed"
    clocks.set(-step)
    clocks.let_pass(MINUTE)
    assert one.works() == 1
    for back in (-DAY, DAY):
        clocks.set(back)
        clocks.let_pass(MINUTE)
        assert one.works() == 1, "and nothing twice"


def test_what_a_time_service_corrects_is_followed(clocks: Clocks) -> None:
    clock = HeldClock(clocks.wall, clocks.steady)
    for step in (STEP, -STEP, STEP, MINUTE):
        clocks.set(step)
        assert clock.now() == clocks.wall()
        assert clock.step() is None


@pytest.mark.parametrize("begin", ["2026-03-08T01:30", "2026-11-01T00:30"])
def test_summer_time_is_no_step(begin: str) -> None:
    moment = datetime.fromisoformat(begin).replace(tzinfo=ZoneInfo("America/Chicago"))
    with time_machine.travel(moment, tick=False) as travel:
        passed = 0.0
        clock = HeldClock(CLOCK.wall, lambda: passed)
        for _ in range(8):
            travel.shift(15 * MINUTE)
            passed += 900
            assert clock.step() is None
            assert clock.now() == CLOCK.wall()


@pytest.mark.parametrize(("due", "stop", "pressed"), [(25, 3 * DAY, 0), (21, DAY + HOUR, 0), (20, 3 * DAY, 20)])
def test_after_a_stop_of_more_than_a_day_few_are_pressed_and_many_wait(
    cast: Cast,
    clocks: Clocks,
    clocked: Callable[[int, timedelta], None],
    tmp_path: Path,
    due: int,
    stop: timedelta,
    pressed: int,
) -> None:
    clocked(due, HOUR)
    assert Worker(clocks, tmp_path).works() == 0
    clocks.let_pass(stop)
    one = Worker(clocks, tmp_path)
    assert one.works() == pressed
    assert asked() == (pressed == 0)
    if not pressed:
        clocks.let_pass(MINUTE)
        assert Worker(clocks, tmp_path).works() == 0, "to begin again is no answer"
        confirm(cast.ercot_admin, known_time().facts[ASKED])
        db.session.commit()
        clocks.let_pass(MINUTE)
        assert one.works() == due
        assert not asked()


def test_after_a_short_stop_all_are_pressed(
    cast: Cast, clocks: Clocks, clocked: Callable[[int, timedelta], None], tmp_path: Path
) -> None:
    clocked(30, HOUR)
    Worker(clocks, tmp_path).works()
    clocks.let_pass(23 * HOUR)
    assert Worker(clocks, tmp_path).works() == 30


def test_a_stop_of_one_worker_beside_another_is_none(
    cast: Cast, clocks: Clocks, clocked: Callable[[int, timedelta], None], tmp_path: Path
) -> None:
    clocked(25, 3 * DAY)
    one = Worker(clocks, tmp_path)
    for _ in range(3 * 24):
        assert one.works() == 0
        clocks.let_pass(HOUR)
    assert Worker(clocks, tmp_path, begins=False).works() == 25


def test_hundreds_that_fall_due_at_once_in_ordinary_running_are_no_reason_to_ask(
    cast: Cast, clocks: Clocks, clocked: Callable[[int, timedelta], None], tmp_path: Path
) -> None:
    clocked(1, HOUR)
    issue = db.session.scalars(select(Issue)).one()
    known = {column.key: getattr(issue, column.key) for column in Issue.__table__.columns}
    rows = [known | {"id": known["id"] + turn, "number": known["number"] + turn} for turn in range(1, 500)]
    db.session.execute(insert(Issue), rows)
    keeper = Timekeeper()
    for _ in range(70):
        assert keeper.may_press()
        db.session.commit()
        clocks.let_pass(MINUTE)


def test_a_worker_asks_while_another_machine_asks(
    cast: Cast, clocks: Clocks, clocked: Callable[[int, timedelta], None], tmp_path: Path
) -> None:
    clocked(1, HOUR)
    one = Worker(clocks, tmp_path)
    one.works()
    value = f"step another-boot {now().isoformat()} {(now() + DAY).isoformat()}"
    db.session.add(MarketFact(name=ASKED, value=value))
    db.session.commit()
    clocks.let_pass(2 * HOUR)
    assert one.works() == 0
    assert known_time().facts[ASKED] == value, "whose clock stepped takes it back, or somebody confirms it"


def test_in_doubt_nothing_is_deleted(app: Flask, cast: Cast, clocks: Clocks, tmp_path: Path) -> None:
    signed_in(app, cast.acme)
    old = now() - 100 * DAY
    letter = Mail(receiver="a@b.example", company_id=cast.acme.company_id, message_id="m", about=[], promised_at=old)
    letter.sent_at = letter.due_at = old
    db.session.add(letter)
    db.session.commit()
    one = Worker(clocks, tmp_path)
    clocks.set(HOUR)
    rows = counts()
    worker._last_look = 0.0
    one.works()
    assert counts() == rows
    clocks.set(-HOUR)
    clocks.let_pass(13 * HOUR)
    worker._last_look = 0.0
    one.works()
    assert counts() == (0, 0)


def counts() -> tuple[int, int]:
    db.session.rollback()
    return tuple(db.session.scalar(select(func.count()).select_from(table)) for table in (SignInSession, Mail))  # type: ignore[return-value]


@pytest.mark.parametrize("step", [15 * DAY, HOUR, -HOUR, -15 * DAY])
def test_a_step_that_is_confirmed_is_gone_on_with(
    app: Flask, cast: Cast, clocks: Clocks, clocked: Callable[[int, timedelta], None], tmp_path: Path, step: timedelta
) -> None:
    clocked(3, 2 * HOUR)
    admin, analyst, idle = (signed_in(app, one) for one in (cast.ercot_admin, cast.acme, cast.bolt))
    one = Worker(clocks, tmp_path)
    one.works()
    clocks.set(step)
    one.works()
    assert "The clock waits for you" in admin.get("/").text
    assert "The clock waits for you" not in analyst.get("/").text
    assert analyst.get("/clock").status_code == 403
    clocks.let_pass(20 * MINUTE)
    assert is_in(analyst)
    assert "waits to be confirmed" in str(admin.get("/readyz").json)
    page = admin.get("/clock").text
    assert ("3 issues would be ended" in page) == (step > 2 * HOUR)
    clocks.let_pass(2 * MINUTE)
    assert admin.post("/clock/confirm", asked=shown(page)).location == "/clock"
    assert "nothing to confirm" in admin.get("/clock").text
    assert "The clock waits for you" not in admin.get("/").text
    assert is_in(analyst)
    clocks.let_pass(18 * MINUTE)
    assert is_in(admin)
    assert is_in(analyst)
    assert not is_in(idle), "forty minutes are forty minutes"
    assert one.works() == (3 if step > 2 * HOUR else 0)
    assert CLOCK.now() == clocks.wall()


def test_only_ercot_confirms_and_only_what_is_asked(cast: Cast, clocks: Clocks) -> None:
    with pytest.raises(Forbidden):
        confirm(cast.ercot, "")
    with pytest.raises(Forbidden):
        confirm(cast.acme_admin, "")
    with pytest.raises(Conflict):
        confirm(cast.ercot_admin, "")


def test_what_was_not_shown_is_not_confirmed(
    app: Flask, cast: Cast, clocks: Clocks, clocked: Callable[[int, timedelta], None], tmp_path: Path
) -> None:
    clocked(3, DAY)
    admin = signed_in(app, cast.ercot_admin)
    one = Worker(clocks, tmp_path)
    one.works()
    clocks.set(HOUR)
    one.works()
    page = admin.get("/clock").text
    assert "No issue would be ended" in page
    clocks.set(15 * DAY)
    assert admin.post("/clock/confirm", asked=shown(page)).status_code == 409, "before a worker has seen it"
    clocks.let_pass(MINUTE)
    assert one.works() == 0
    assert admin.post("/clock/confirm", asked=shown(page)).status_code == 409, "and after"
    clocks.set(-15 * DAY - HOUR)
    page = admin.get("/clock").text
    assert admin.post("/clock/confirm", asked=shown(page)).status_code == 409, "it came back a moment ago"
    clocks.let_pass(MINUTE)
    assert one.works() == 0


def shown(page: str) -> str:
    """What the form of the page would confirm."""
    found = re.search(r'name="asked" value="([^"]+)"', page)
    assert found
    return unescape(found.group(1))


def test_the_command_says_what_would_happen_and_confirms(
    app: Flask, cast: Cast, clocks: Clocks, clocked: Callable[[int, timedelta], None], tmp_path: Path
) -> None:
    clocked(25, HOUR)
    one = Worker(clocks, tmp_path)
    one.works()
    assert "believed" in said(app, "status")
    clocks.let_pass(3 * DAY)
    one.works()
    assert presses_held() == 25
    assert "25 issues would end by the clock (25 by Complete)" in said(app, "status")
    assert "25 issues will end by the clock" in said(app, "confirm")
    clocks.let_pass(MINUTE)
    assert one.works() == 25


def said(app: Flask, command: str) -> str:
    result = app.test_cli_runner().invoke(args=["clock", command])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_demo_market_confirms_itself(
    app: Flask, cast: Cast, clocks: Clocks, clocked: Callable[[int, timedelta], None], tmp_path: Path
) -> None:
    db.session.add(MarketFact(name="demo", value="yes"))
    clocked(25, HOUR)
    visitor = signed_in(app, cast.acme)
    one = Worker(clocks, tmp_path)
    assert one.works() == 0
    clocks.set(DAY)
    assert one.works() == 25
    assert is_in(visitor)
    assert not asked()


def test_what_was_put_off_by_a_clock_ahead_does_not_wait_for_it(
    cast: Cast, clocks: Clocks, clocked: Callable[[int, timedelta], None], tmp_path: Path
) -> None:
    one = Worker(clocks, tmp_path)
    one.works()
    db.session.add(Job(topic="tell", details={}, due_at=now() + MINUTE))
    db.session.commit()
    clocks.set(-DAY)
    one.works()
    confirm(cast.ercot_admin, known_time().facts[ASKED])
    db.session.commit()
    assert db.session.scalars(select(Job.due_at)).one() == clocks.wall() + MINUTE


@pytest.mark.parametrize("step", [15 * DAY, HOUR, -HOUR, -15 * DAY])
@pytest.mark.parametrize("has_served", [False, True], ids=["visitors alone", "somebody before"])
@pytest.mark.parametrize("has_worked", [False, True], ids=["at once", "when a worker has looked"])
def test_whoever_signs_in_after_the_confirmation_stays_in(
    app: Flask, cast: Cast, clocks: Clocks, tmp_path: Path, step: timedelta, *, has_served: bool, has_worked: bool
) -> None:
    one = Worker(clocks, tmp_path)
    one.works()
    with other_process(clocks):
        if has_served:
            signed_in(app, cast.bolt)
        served = dict(vars(CLOCK))
    clocks.set(step)
    one.works()
    confirm(cast.ercot_admin, known_time().facts[ASKED])
    db.session.commit()
    if has_worked:
        clocks.let_pass(MINUTE)
        one.works()
    vars(CLOCK).update(served)
    visitor = signed_in(app, cast.acme)
    assert is_in(visitor)
    assert CLOCK.now() == clocks.wall()


@contextmanager
def other_process(clocks: Clocks) -> Iterator[None]:
    """Of the same machine, which knows nothing yet."""
    here = dict(vars(CLOCK))
    clocks.begin_again()
    yield
    vars(CLOCK).update(here)


@pytest.fixture
def set_an_hour_ahead(cast: Cast, clocks: Clocks, tmp_path: Path) -> str:
    """What the worker asks; a job and a session count from before."""
    one = Worker(clocks, tmp_path)
    one.works()
    db.session.add(Job(topic="tell", details={}, due_at=now() + MINUTE))
    begin_session(cast.acme, "password", address="", browser="")
    db.session.commit()
    clocks.set(HOUR)
    one.works()
    db.session.rollback()
    return known_time().facts[ASKED]


def moments() -> list[datetime]:
    """When the job is due, and when the session was seen."""
    db.session.rollback()
    return [*db.session.scalars(select(Job.due_at)), *db.session.scalars(select(SignInSession.seen_at))]


@contextmanager
def all_have_read(count: int) -> Iterator[None]:
    """So many transactions know the same of the time before one goes on, where more than one may write."""
    barrier, passed = threading.Barrier(count), threading.local()

    def note(connection: Connection, cursor: object, statement: str, *rest: object) -> None:
        is_first = "clock-" in str(rest[0]) and statement.startswith("SELECT market_fact.name")
        if connection.dialect.name == "postgresql" and is_first and not hasattr(passed, "by"):
            passed.by = True
            barrier.wait()

    event.listen(Engine, "after_cursor_execute", note)
    yield
    event.remove(Engine, "after_cursor_execute", note)


def test_of_two_who_confirm_at_once_one_does(app: Flask, cast: Cast, clocks: Clocks, set_an_hour_ahead: str) -> None:
    before, admin = moments(), cast.ercot_admin.id
    with all_have_read(2):
        outcomes = race(app, [lambda: confirm(person(admin), set_an_hour_ahead)] * 2)
    assert outcomes == ["lost", "won"]
    assert moments() == [moment + HOUR for moment in before]


def test_two_workers_of_a_demo_market_confirm_once(
    app: Flask, cast: Cast, clocks: Clocks, set_an_hour_ahead: str
) -> None:
    before = moments()
    db.session.add(MarketFact(name="demo", value="yes"))
    keepers = Timekeeper(), Timekeeper()
    with all_have_read(2):
        race(app, [keeper.may_press for keeper in keepers])
    assert moments() == [moment + HOUR for moment in before]
    assert not asked()


def test_a_question_that_is_asked_meanwhile_is_not_confirmed_unseen(
    app: Flask, cast: Cast, clocks: Clocks, set_an_hour_ahead: str
) -> None:
    other = Asked(Why.STEP, "another-boot", now(), now() + DAY).written()
    elsewhere = update(MarketFact).where(MarketFact.name == ASKED).values(value=other)
    with pytest.raises(Conflict), confirming_after(app, cast.ercot_admin, set_an_hour_ahead) as meanwhile:
        meanwhile.execute(elsewhere)
    db.session.rollback()
    facts = known_time().facts
    assert (facts[ASKED], CONFIRMED in facts) == (other, False)


def test_a_job_that_ends_and_a_session_that_is_seen_meanwhile_disturb_nobody_who_confirms(
    app: Flask, cast: Cast, clocks: Clocks, set_an_hour_ahead: str
) -> None:
    seen = now() + SECOND
    with confirming_after(app, cast.ercot_admin, set_an_hour_ahead) as meanwhile:
        meanwhile.execute(delete(Job))
        meanwhile.execute(update(SignInSession).values(seen_at=seen))
    assert moments() == [seen + HOUR]


def test_a_job_that_a_worker_does_now_holds_up_nobody_who_confirms(
    cast: Cast, clocks: Clocks, set_an_hour_ahead: str
) -> None:
    with db.engine.connect() as meanwhile:
        if db.engine.dialect.name == "postgresql":
            meanwhile.execute(select(Job.id).with_for_update())
            db.session.execute(text("SET LOCAL lock_timeout = 100"))
        confirm(cast.ercot_admin, set_an_hour_ahead)
        db.session.commit()
    assert not asked()


@contextmanager
def confirming_after(app: Flask, actor: Person, shown: str) -> Iterator[Connection]:
    """What another transaction has done and not committed; meanwhile somebody confirms, and waits for it."""
    actor_id = actor.id
    db.session.rollback()

    def confirming() -> None:
        with app.app_context():
            confirm(person(actor_id), shown)
            db.session.commit()

    with ThreadPoolExecutor(1) as pool, db.engine.connect() as meanwhile:
        yield meanwhile
        ending = pool.submit(Context().run, confirming)
        wait_until_it_waits(ending)
        meanwhile.commit()
        ending.result()


def wait_until_it_waits(ending: "Future[None]") -> None:
    """For what another transaction holds; on SQLite it waits before it reads anything."""
    waits = text("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    while db.engine.dialect.name == "postgresql" and not ending.done():
        with db.engine.connect() as looking:
            if looking.scalar(waits):
                return
