"""Promising letters when people are told: gathered for some minutes, composed only when they are sent."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from tracker.alone import each_alone
from tracker.clock import MARKET_ZONE, now
from tracker.db import batched, db
from tracker.domain.mail_rules import AT_ONCE, Pace, Purpose, pace_of
from tracker.domain.notices import Reason
from tracker.market_calendar import market_calendar
from tracker.models import BulkAct, BulkItem, Contact, Mail, Person
from tracker.queries.told import CompanyTold, Telling, Told

GATHERED = timedelta(minutes=5)


class Addressed(NamedTuple):
    """Whom a letter is for, and what about: the same becomes one letter while it waits."""

    receiver: str
    company_id: int
    person_id: int | None = None
    issue_id: int | None = None
    act_id: int | None = None


class _Entry(NamedTuple):
    """One event that a letter tells of, why, and until when it may wait for others."""

    event_id: int
    why: str
    due_at: datetime


def promise_letters(telling: Telling) -> None:
    """Promise a letter to each of those told who want one at once, and to the contacts of the companies that are told.

    What is promised to one receiver about one issue, or of one act on many, becomes one letter.
    """
    told: list[Told | CompanyTold] = [*telling.people, *telling.companies]
    each_alone("promising a letter", told, _promise)


def _promise(told: Sequence[Told | CompanyTold]) -> None:
    people = [one for one in told if isinstance(one, Told)]
    companies = [one for one in told if isinstance(one, CompanyTold)]
    acts = _acts({one.event_id for one in told})
    gathered: dict[Addressed, list[_Entry]] = defaultdict(list)
    for addressed, entry in (*_to_people(people, acts), *_to_contacts(companies, acts)):
        gathered[addressed].append(entry)
    waiting = _waiting({addressed.receiver for addressed in gathered})
    for addressed, entries in gathered.items():
        due_at = min(entry.due_at for entry in entries)
        _add(waiting.get(addressed) or begin_letter(addressed, due_at), entries, due_at)
    db.session.flush()


def begin_letter(addressed: Addressed, due_at: datetime) -> Mail:
    """Begin a letter that tells of nothing yet."""
    letter = Mail(
        **addressed._asdict(), message_id=secrets.token_urlsafe(18), about=[], promised_at=now(), due_at=due_at
    )
    db.session.add(letter)
    return letter


def _to_people(told: Collection[Told], acts: Mapping[int, int]) -> Iterator[tuple[Addressed, _Entry]]:
    ids = {one.person_id for one in told}
    people = {row.id: row for row in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    for one in told:
        person = people[one.person_id]
        if pace_of(person.mail_choices, one.reason) is Pace.NOW:
            due_at = _due(one.reason, ZoneInfo(person.time_zone), one.event_id in acts)
            addressed = Addressed(person.email, person.company_id, person.id, *_about(one, acts))
            yield addressed, _Entry(one.event_id, one.reason, due_at)


def _to_contacts(told: Collection[CompanyTold], acts: Mapping[int, int]) -> Iterator[tuple[Addressed, _Entry]]:
    """The addresses for the subtype, else those for all."""
    kept = _contacts({one.company_id for one in told})
    for one in told:
        own = kept.get((one.company_id, one.purpose, one.subtype))
        for address in own or kept.get((one.company_id, one.purpose, None)) or []:
            addressed = Addressed(address, one.company_id, None, *_about(one, acts))
            due_at = _due(one.purpose, MARKET_ZONE, one.event_id in acts)
            yield addressed, _Entry(one.event_id, one.purpose, due_at)


def _about(one: Told | CompanyTold, acts: Mapping[int, int]) -> tuple[int | None, int | None]:
    """The issue, or the act on many that the event is a part of."""
    act_id = acts.get(one.event_id)
    return (None, act_id) if act_id else (one.issue_id, None)


def _due(why: Reason | Purpose, zone: ZoneInfo, of_act: bool) -> datetime:
    """What is about to be late waits for the receiver's day, what concerns somebody alone for nothing but an act."""
    if why in (Reason.LATE, Purpose.ESCALATED):
        return market_calendar().first_waking(now().astimezone(zone))
    return now() if why in AT_ONCE and not of_act else now() + GATHERED


def _contacts(company_ids: set[int]) -> dict[tuple[int, str, str | None], list[str]]:
    contacts: dict[tuple[int, str, str | None], list[str]] = defaultdict(list)
    for row in db.session.scalars(select(Contact).where(Contact.company_id.in_(company_ids)).order_by(Contact.id)):
        contacts[row.company_id, row.purpose, row.subtype].append(row.address)
    return contacts


def _acts(event_ids: set[int]) -> dict[int, int]:
    """The act on many issues that an event belongs to."""
    rows = select(BulkItem.event_id, BulkAct.id).join(BulkAct, BulkAct.id == BulkItem.act_id)
    found = db.session.execute(rows.where(BulkItem.event_id.in_(event_ids)))
    return {event_id: act_id for event_id, act_id in found if event_id}


def _waiting(receivers: Collection[str]) -> dict[Addressed, Mail]:
    """The letters to these addresses that nobody tried to send yet; another worker's are left to it."""
    found: dict[Addressed, Mail] = {}
    for addresses in batched(sorted(receivers)):
        waiting = select(Mail).where(Mail.sent_at.is_(None), Mail.dropped_because.is_(None), Mail.tries == 0)
        some = waiting.where(Mail.receiver.in_(addresses))
        for letter in db.session.scalars(some.order_by(Mail.id).with_for_update(skip_locked=True)):
            found[Addressed(letter.receiver, letter.company_id, letter.person_id, letter.issue_id, letter.act_id)] = (
                letter
            )
    return found


def _add(letter: Mail, entries: Collection[_Entry], due_at: datetime) -> None:
    """Let the letter tell of these too, and go out as soon as one of them must."""
    known = {(event_id, why) for event_id, why in letter.about}
    new = [[entry.event_id, entry.why] for entry in entries if (entry.event_id, entry.why) not in known]
    letter.about = [*letter.about, *new]
    letter.due_at = min(letter.due_at, due_at)
