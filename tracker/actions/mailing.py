"""Promising letters when people are told: gathered for some minutes, composed only when they are sent."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, select

from tracker.clock import in_market, now
from tracker.db import db
from tracker.domain.mail_rules import AT_ONCE, Pace, pace_of, purpose_of
from tracker.domain.notices import Reason
from tracker.market_calendar import market_calendar
from tracker.models import BulkAct, BulkItem, Contact, Issue, Mail, MarketFact, Notice, Person
from tracker.queries.told import Told

GATHERED = timedelta(minutes=5)
MORNING = time(7)
DIGESTED = "digest sent"
"""The fact that says for which day the digest went out."""


@dataclass(frozen=True, slots=True)
class _Receiver:
    address: str
    company_id: int
    person_id: int | None = None


def promise_letters(told: Sequence[Told]) -> None:
    """Promise a letter for each of those told who want one at once, and for the contacts of their companies.

    What is promised to one receiver about one issue, or of one act on many, becomes one letter.
    """
    acts = _acts({one.event_id for one in told})
    for receiver, one in (*_to_people(told), *_to_contacts(told)):
        _promise(receiver, one, acts.get(one.event_id))


def _to_people(told: Sequence[Told]) -> Iterable[tuple[_Receiver, Told]]:
    people = {row.id: row for row in db.session.scalars(select(Person).where(Person.id.in_(_ids(told))))}
    for one in told:
        person = people[one.person_id]
        if pace_of(person.mail_choices, one.reason) is Pace.NOW:
            yield _Receiver(person.email, person.company_id, person.id), one


def _ids(told: Sequence[Told]) -> set[int]:
    return {one.person_id for one in told}


def _to_contacts(told: Sequence[Told]) -> Iterable[tuple[_Receiver, Told]]:
    """The addresses for the subtype, else those for all; each once for an event."""
    kept = _contacts({one.company_id for one in told})
    subtypes = select(Issue.id, Issue.subtype).where(Issue.id.in_({one.issue_id for one in told}))
    subtype_of = {row.id: row.subtype for row in db.session.execute(subtypes)}
    sent: set[tuple[str, int]] = set()
    for one in told:
        purpose = purpose_of(one.reason, fresh=one.fresh)
        if purpose is None:
            continue
        own = kept.get((one.company_id, purpose, subtype_of[one.issue_id]))
        for address in own or kept.get((one.company_id, purpose, None)) or []:
            if (address, one.event_id) not in sent:
                sent.add((address, one.event_id))
                yield _Receiver(address, one.company_id), one


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


def _promise(receiver: _Receiver, one: Told, act_id: int | None) -> None:
    """Add to the letter that is waiting for this receiver, or begin one."""
    letter = db.session.scalar(_waiting(receiver, one, act_id)) or _begun(receiver, one, act_id)
    about = [one.event_id, one.reason]
    if about not in letter.about:
        letter.about = [*letter.about, about]
    if one.reason in AT_ONCE:
        letter.due_at = min(letter.due_at, now())
    db.session.flush()


def _waiting(receiver: _Receiver, one: Told, act_id: int | None) -> Select[Mail]:
    waiting = select(Mail).where(Mail.sent_at.is_(None), Mail.dropped_because.is_(None), Mail.tries == 0)
    mine = waiting.where(Mail.receiver == receiver.address, Mail.person_id.is_not_distinct_from(receiver.person_id))
    mine = mine.where(Mail.company_id == receiver.company_id).limit(1).with_for_update(skip_locked=True)
    return mine.where(Mail.act_id == act_id) if act_id else mine.where(Mail.issue_id == one.issue_id)


def _begun(receiver: _Receiver, one: Told, act_id: int | None) -> Mail:
    letter = Mail(
        message_id=secrets.token_urlsafe(18),
        receiver=receiver.address,
        person_id=receiver.person_id,
        company_id=receiver.company_id,
        issue_id=None if act_id else one.issue_id,
        act_id=act_id,
        about=[],
        due_at=now() + GATHERED,
    )
    db.session.add(letter)
    return letter


def promise_digests() -> bool:
    """Once on each business day, at seven in the market: a letter to everybody with unread notices of the slower kind.

    False when it is not time, or was done.
    """
    today, moment = in_market(now()).date(), in_market(now())
    fact = db.session.get(MarketFact, DIGESTED, with_for_update=True)
    last = date.fromisoformat(fact.value) if fact else date.min
    if last >= today or moment.time() < MORNING or not market_calendar().is_business_day(today):
        return False
    for person, about in _slower(fact):
        receiver = _Receiver(person.email, person.company_id, person.id)
        letter = _begun(receiver, Told(0, 0, person.id, person.company_id, Reason.ANSWERED), None)
        letter.issue_id, letter.about, letter.due_at = None, about, now()
    db.session.merge(MarketFact(name=DIGESTED, value=today.isoformat()))
    db.session.flush()
    return True


def _slower(fact: MarketFact | None) -> Iterable[tuple[Person, list[list[object]]]]:
    since = _morning(date.fromisoformat(fact.value)) if fact else now() - timedelta(days=1)
    unread = select(Notice).where(Notice.read_at.is_(None), Notice.at >= since).order_by(Notice.id)
    by_person: dict[int, list[Notice]] = defaultdict(list)
    for notice in db.session.scalars(unread):
        by_person[notice.person_id].append(notice)
    for person in db.session.scalars(select(Person).where(Person.id.in_(by_person), Person.active).order_by(Person.id)):
        slower = [one for one in by_person[person.id] if _is_slow(person, one)]
        if slower:
            yield person, [[one.event_id, one.reason] for one in slower]


def _is_slow(person: Person, notice: Notice) -> bool:
    return pace_of(person.mail_choices, Reason(notice.reason)) is Pace.DIGEST


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, in_market(now()).tzinfo)
