"""What a letter may say at this moment, and the letters before it in its thread."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from tracker.clock import now
from tracker.db import AnyRow, AnySelect, db
from tracker.domain.mail_rules import OF_THE_CLOCK
from tracker.models import BulkAct, Comment, Company, Contact, Event, Issue, Mail, Notice, Person
from tracker.queries.companies import of_operator
from tracker.queries.visibility import VIEWER, company_reads, company_sees

_of_ring, _turn = aliased(Company), aliased(Company)

TOLD_WITHIN = timedelta(seconds=30)
"""So long after its end the last of an act on many is told."""

LONGEST_ACT = timedelta(days=1)

MOST_LINES = 100
"""A digest says so much; the rest as a number."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An event that the receiver may read now, with its issue as it stands now, and why it is told."""

    why: str
    row: AnyRow
    instead_of: str = ""
    """Somebody who is away, for whom the receiver stands in."""


@dataclass(frozen=True, slots=True)
class Content:
    """What goes to `receiver`, the address of this moment, for somebody of `company`.

    The entries stand the oldest first, but what the clock does soon last; `more`, older ones, are left out.
    """

    receiver: str
    company: Company
    entries: Sequence[Entry]
    more: int = 0

    @property
    def link_only(self) -> bool:
        """The company wants nothing but numbers and links."""
        return self.company.link_only


def due_letters(most: int) -> Sequence[int]:
    """The ids of letters whose time has come."""
    return db.session.scalars(_due(Mail.id).order_by(Mail.due_at, Mail.id).limit(most)).all()


def waiting_since() -> AnyRow:
    """How many letters are overdue, and since when the oldest is: `waiting`, `since`."""
    return db.session.execute(_due(func.count().label("waiting"), func.min(Mail.due_at).label("since"))).one()


def _due(*columns: Any) -> Select[*tuple[Any, ...]]:
    """Of the letters that are due; one about an act on many is when the act has ended and was told, or never will."""
    due = (Mail.sent_at.is_(None), Mail.dropped_because.is_(None), Mail.due_at <= now())
    told = or_(BulkAct.ended_at <= now() - TOLD_WITHIN, BulkAct.begun_at <= now() - LONGEST_ACT)
    of_its_act = select(told).where(BulkAct.id == Mail.act_id).scalar_subquery()  # a join would read every act
    return select(*columns).select_from(Mail).where(*due, or_(Mail.act_id.is_(None), of_its_act))


def content_of(letter: Mail) -> Content | str:
    """What the letter says; or why it says nothing any more."""
    receiver = _receiver(letter)
    if receiver is None:
        return "The receiver is deactivated." if letter.person_id else "The company keeps this contact no more."
    seen = _seen(letter)
    if not seen:
        return "The receiver's company sees nothing of it any more."
    unread = _unread(letter, seen)
    if not unread:
        return "Read on the screen before."
    told = [entry for entry in unread if entry.why not in OF_THE_CLOCK or _ends_soon(entry.row, letter.company_id)]
    if not told:
        return "The issue was about to be late, and has moved on."
    company = db.session.get_one(Company, letter.company_id)
    return Content(receiver, company, told[-MOST_LINES:], max(0, len(told) - MOST_LINES))


def _receiver(letter: Mail) -> str | None:
    """The address of this moment: the person's own, or one that the company still keeps as a contact."""
    if letter.person_id:
        person = db.session.get_one(Person, letter.person_id)
        return person.email if person.active else None
    same = (Contact.company_id == letter.company_id, Contact.address == letter.receiver)
    return letter.receiver if db.session.scalar(select(exists().where(*same))) else None


def _seen(letter: Mail) -> list[Entry]:
    """What the receiver's company still sees and reads, in the order of the letter."""
    given = {"events": [event_id for event_id, _ in letter.about], "viewer": letter.company_id}
    rows = {row.id: row for row in db.session.execute(_entries(), given)}
    seen = [Entry(why, rows[event_id]) for event_id, why in letter.about if event_id in rows]
    return sorted(seen, key=lambda entry: (entry.why in OF_THE_CLOCK, entry.row.id))


def _noticed(letter: Mail) -> dict[tuple[int, str], AnyRow]:
    """What the person was told in the inbox, by event and reason: whether it was `read`, and in whose place it is."""
    stood_in = aliased(Person)
    columns = (Notice.event_id, Notice.reason, Notice.read_at.is_not(None).label("read"), stood_in.full_name)
    told = (
        select(*columns).outerjoin(stood_in, stood_in.id == Notice.for_id).where(Notice.person_id == letter.person_id)
    )
    about = Notice.event_id.in_([event_id for event_id, _ in letter.about])
    return {(row.event_id, row.reason): row for row in db.session.execute(told.where(about))}


def _unread(letter: Mail, seen: Sequence[Entry]) -> list[Entry]:
    """Without what the person has read on the screen; each with the name of whom it is told for."""
    if letter.person_id is None:
        return list(seen)
    noticed = _noticed(letter)
    rows = [(entry, noticed.get((entry.row.id, entry.why))) for entry in seen]
    return [
        replace(entry, instead_of=row.full_name or "" if row else "") for entry, row in rows if not (row and row.read)
    ]


def _ends_soon(row: AnyRow, company_id: int) -> bool:
    """The clock still ends the state to which this event led, and the company still acts next."""
    still = row.state == row.to_state and row.at >= row.state_changed_at
    return bool(row.clock_at and still and row.responsible_id == company_id)


def thread_of(letter: Mail) -> Sequence[str]:
    """The ids of the letters about this issue that the receiver got before, the oldest first.

    A person's thread goes on at a new address.
    """
    if letter.issue_id is None:
        return []
    own = Mail.person_id == letter.person_id
    same = own if letter.person_id else (Mail.person_id.is_(None)) & (Mail.receiver == letter.receiver)
    here = select(Mail.message_id).where(Mail.issue_id == letter.issue_id, Mail.company_id == letter.company_id, same)
    sent = here.where(Mail.sent_at.is_not(None), Mail.id != letter.id).order_by(Mail.sent_at)
    return db.session.scalars(sent).all()


@cache
def _entries() -> AnySelect:
    """Through the visibility of issues and of rings, whoever caused the letter and whenever."""
    return (
        select(
            *(Event.id, Event.at, Event.key, Event.name, Event.from_state, Event.to_state, Event.changes),
            *(Event.ring_company_id, Event.ring_operator_id, _of_ring.name.label("ring_company")),
            *(Event.person_id, Person.full_name.label("person"), Company.name.label("company"), of_operator(Company)),
            *(Comment.text.label("said"), Comment.html.label("html")),
            *(Issue.number, Issue.title, Issue.subtype, Issue.state, Issue.esi_id, Issue.is_open),
            *(Issue.created_at, Issue.state_changed_at, Issue.clock_at),
            *(Issue.responsible_id, _turn.name.label("responsible")),
        )
        .join(Issue, Issue.id == Event.issue_id)
        .join(Person, Person.id == Event.person_id)
        .join(Company, Company.id == Event.company_id)
        .outerjoin(_turn, _turn.id == Issue.responsible_id)
        .outerjoin(_of_ring, _of_ring.id == Event.ring_company_id)
        .outerjoin(Comment, Comment.id == Event.comment_id)
        .where(Event.id.in_(bindparam("events", expanding=True)), Event.about_id.is_(None))
        .where(company_sees(VIEWER), company_reads(Event, VIEWER))
        .order_by(Event.id)
    )
