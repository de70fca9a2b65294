"""The letter of the morning: one to everybody with unread notices of the slower kind."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from tracker.actions.mailing import Addressed, begin_letter
from tracker.clock import now
from tracker.db import AnyRow, db
from tracker.domain.business_time import MORNING
from tracker.domain.mail_rules import Pace, pace_of
from tracker.domain.notices import Reason
from tracker.domain.permissions import Rank
from tracker.market_calendar import market_calendar
from tracker.models import Notice, Person

NOON = time(12)
"""A worker that was away until then leaves it to the next morning, which reaches back to the last digest."""


def promise_digests() -> bool:
    """Promise them once on each business day, from seven on where the receiver is; False at nobody's morning."""
    zones = db.session.scalars(select(Person.time_zone).where(Person.active).distinct()).all()
    return sum(_promise_in(ZoneInfo(zone)) for zone in zones) > 0


def _promise_in(zone: ZoneInfo) -> bool:
    here = now().astimezone(zone)
    if not MORNING <= here.time() < NOON or not market_calendar().is_business_day(here.date()):
        return False
    waking = _waking(zone, here.date())
    slower = _slower(waking, zone)
    for person in waking:
        person.digest_day = here.date()
        if slower[person.id]:
            letter = begin_letter(Addressed(person.email, person.company_id, person.id), now())
            letter.about = [[one.event_id, one.reason] for one in slower[person.id]]
    db.session.flush()
    return bool(waking)


def _waking(zone: ZoneInfo, today: date) -> Sequence[Person]:
    """Who had no digest today. Of several workers one has the row, and the others go past it."""
    without = or_(Person.digest_day.is_(None), Person.digest_day < today)
    there = (Person.active, Person.rank != Rank.SYSTEM, Person.time_zone == zone.key, without)
    people = select(Person).where(*there).order_by(Person.id)
    return db.session.scalars(people.with_for_update(skip_locked=True, of=Person)).all()


def _slower(people: Sequence[Person], zone: ZoneInfo) -> dict[int, list[AnyRow]]:
    """What each has not read since the last digest, of the reasons that they want to hear of in the morning."""
    known = {person.id: (person.mail_choices, _last_morning(person, zone)) for person in people}
    slower: dict[int, list[AnyRow]] = defaultdict(list)
    for row in _unread(zone, min((since for _, since in known.values()), default=now())):
        choices, since = known.get(row.person_id, ({}, now()))
        if row.at >= since and pace_of(choices, Reason(row.reason)) is Pace.DIGEST:
            slower[row.person_id].append(row)
    return slower


def _last_morning(person: Person, zone: ZoneInfo) -> datetime:
    """When the last digest was promised; a day ago for whoever never had one."""
    day = person.digest_day
    return datetime.combine(day, MORNING, zone) if day else now() - timedelta(days=1)


def _unread(zone: ZoneInfo, since: datetime) -> Sequence[AnyRow]:
    columns = select(Notice.person_id, Notice.event_id, Notice.reason, Notice.at)
    there = columns.join(Person, Person.id == Notice.person_id).where(Person.active, Person.time_zone == zone.key)
    return db.session.execute(there.where(Notice.read_at.is_(None), Notice.at >= since).order_by(Notice.id)).all()
