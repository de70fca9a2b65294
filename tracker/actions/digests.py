"""The letter of the morning: one to everybody with unread notices of the slower kind."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from tracker.actions.mailing import Addressed, begin_letter
from tracker.alone import alone, each_alone
from tracker.clock import now
from tracker.db import db
from tracker.domain.business_time import MORNING
from tracker.domain.mail_rules import Pace, pace_of
from tracker.domain.notices import Reason
from tracker.domain.permissions import Rank
from tracker.market_calendar import market_calendar
from tracker.models import Notice, Person

NOON = time(12)
"""A worker that was away until then leaves it to the next morning."""

LONGEST_AGO = timedelta(days=14)
"""What is older was overlooked on the screen as well."""

PEOPLE_AT_ONCE = 500


def promise_digests() -> bool:
    """Promise them once on each business day, from seven on where the receiver is, to some hundreds at a time.

    False when it is nobody's morning, or everybody has theirs.
    """
    zones = db.session.scalars(select(Person.time_zone).where(Person.active).distinct()).all()
    promised = []
    for zone in zones:
        with alone("the digests of a time zone", zone=zone):
            promised.append(_promise_in(ZoneInfo(zone)))
    return any(promised)


def _promise_in(zone: ZoneInfo) -> bool:
    """Whoever's digest cannot be promised has none today, and keeps nobody else from theirs."""
    here = now().astimezone(zone)
    if not MORNING <= here.time() < NOON or not market_calendar().is_business_day(here.date()):
        return False
    waking = _waking(zone, here.date())
    for person in waking:
        person.digest_day = here.date()
    db.session.flush()
    each_alone("a digest", waking, _promise)
    return bool(waking)


def _promise(waking: Sequence[Person]) -> None:
    people = {person.id: person for person in waking}
    for person_id, notices in _slower(people).items():
        letter = begin_letter(Addressed(people[person_id].email, people[person_id].company_id, person_id), now())
        letter.about = [[notice.event_id, notice.reason] for notice in notices]
    db.session.flush()


def _waking(zone: ZoneInfo, today: date) -> Sequence[Person]:
    """Who had no digest today. Of several workers one has the row, and the others go past it."""
    without = Person.digest_day.is_distinct_from(today)  # one of a day to come was marked by a clock that was set since
    there = (Person.active, Person.rank != Rank.SYSTEM, Person.time_zone == zone.key, without)
    people = select(Person).where(*there).order_by(Person.id).limit(PEOPLE_AT_ONCE)
    return db.session.scalars(people.with_for_update(skip_locked=True, key_share=True, of=Person)).all()


def _slower(people: Mapping[int, Person]) -> dict[int, list[Notice]]:
    """What each has not read, and no digest held yet, of the reasons that they want to hear of in the morning."""
    new = (Notice.read_at.is_(None), Notice.digested_at.is_(None), Notice.at >= now() - LONGEST_AGO)
    slower: dict[int, list[Notice]] = defaultdict(list)
    for notice in db.session.scalars(select(Notice).where(Notice.person_id.in_(people), *new).order_by(Notice.id)):
        if pace_of(people[notice.person_id].mail_choices, Reason(notice.reason)) is Pace.DIGEST:
            notice.digested_at = now()
            slower[notice.person_id].append(notice)
    return slower
