"""Whom events tell, with the rights of this moment: people and companies, read for many events at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache

from sqlalchemy import BindParameter, ScalarSelect, bindparam, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from tracker.alone import all_but_broken
from tracker.db import AnyRow, AnySelect, db
from tracker.domain.deeds import ASSIGN_OWNER, ATTACH, STATE_CLAIM
from tracker.domain.mail_rules import Purpose, Side, purpose_of
from tracker.domain.mentions import names_in
from tracker.domain.notices import CALLING, PAST_MUTING, Happening, Reason, Tie, reason_for
from tracker.domain.permissions import RIGHTS, Rank, Right, ranks_at
from tracker.models import Comment, Event, Issue, IssueParty, IssueViewer, Person, Watch
from tracker.queries.people import is_away

MOST_COVERING = 20
"""So many people at most are told of an issue in which nobody of their company has a part yet."""

WORKING = tuple(rank for rank in ranks_at(operator=False) if Right.WORK_ISSUES in RIGHTS[rank])
SAYING = (ATTACH.key, STATE_CLAIM.key)


@dataclass(frozen=True, slots=True)
class Told:
    """One person is told of one event."""

    event_id: int
    issue_id: int
    person_id: int
    company_id: int
    reason: Reason
    for_id: int | None = None
    """In whose place, where the person stands in for somebody."""


@dataclass(frozen=True, slots=True)
class CompanyTold:
    """A company is told of one event, by its contacts for this purpose."""

    event_id: int
    issue_id: int
    subtype: str
    company_id: int
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom some events tell."""

    people: Sequence[Told]
    companies: Sequence[CompanyTold]


@dataclass(frozen=True, slots=True)
class _Knows:
    """What is read of the issues of some events."""

    people: dict[int, AnyRow]
    viewers: dict[int, set[int]]
    ties: dict[int, dict[int, Tie]]
    covering: dict[tuple[int, str], list[AnyRow]]


def told_by(event_ids: Sequence[int], *, late: bool = False) -> Telling:
    """Whom these events tell: nobody whose company does not, at this moment, see the issue and read the entry.

    With `late`: whom it concerns that the clock soon ends the states that these events led to.
    """
    events = events_of(event_ids)
    knows = _known_of(events)
    happenings = [(event, _end_of(event) if late else _happening(event)) for event in events]
    people = [one for event, happening in happenings for one in _people_told(event, happening, knows)]
    companies = [one for event, happening in happenings for one in _companies_told(event, happening, knows)]
    authors = {(event.id, happening.person_id) for event, happening in happenings}
    once = {(one.event_id, one.person_id): one for one in (*_deputies(people, knows), *people)}
    return Telling([one for key, one in once.items() if key not in authors], companies)


def _people_told(event: AnyRow, happening: Happening, knows: _Knows) -> Iterator[Told]:
    mentioned = set() if happening.late else set(names_in(event.text or ""))

    def told(tie: Tie) -> Iterator[Told]:
        person = knows.people[tie.person_id]
        reason = reason_for(happening, replace(tie, mentioned=person.user_name in mentioned))
        if reason and reads(event, tie.company_id, knows.viewers):
            yield Told(event.id, event.issue_id, tie.person_id, tie.company_id, reason)

    ties = (*knows.ties[event.issue_id].values(), *_without_a_part(event, happening, knows, mentioned))
    yield from all_but_broken("telling a person", ties, told)


def _companies_told(event: AnyRow, happening: Happening, knows: _Knows) -> Iterator[CompanyTold]:
    having_a_part = _having_a_part(event, knows)
    for company_id in sorted(knows.viewers[event.issue_id]):
        purpose = purpose_of(happening, Side(company_id, company_id in having_a_part))
        if purpose and reads(event, company_id, knows.viewers):
            yield CompanyTold(event.id, event.issue_id, event.subtype, company_id, purpose)


def _having_a_part(event: AnyRow, knows: _Knows) -> set[int]:
    """The companies of which somebody owns the issue or wrote in it."""
    return {tie.company_id for tie in knows.ties[event.issue_id].values() if tie.owns or tie.wrote}


def _without_a_part(event: AnyRow, happening: Happening, knows: _Knows, mentioned: set[str]) -> Iterator[Tie]:
    """People who had no part so far: who is mentioned, and where a company has nobody, who covers the subtype."""
    ties = knows.ties[event.issue_id]
    for person in knows.people.values():
        if person.user_name in mentioned and person.id not in ties:
            yield Tie(person.id, person.company_id)
    if happening.turn and happening.turn not in _having_a_part(event, knows):
        for person in knows.covering[happening.turn, event.subtype]:
            if person.id not in ties:
                yield Tie(person.id, person.company_id, covers=True)


def events_of(event_ids: Sequence[int]) -> Sequence[AnyRow]:
    """What happened, in order, as far as anybody may be told of it."""
    return db.session.execute(_events(), {"events": list(event_ids)}).all()


def reads(event: AnyRow, company_id: int, viewers: Mapping[int, Set[int]]) -> bool:
    """The company sees the issue at this moment, and reads this entry of it."""
    in_ring = event.ring_company_id is None or company_id in (event.ring_company_id, event.ring_operator_id)
    return in_ring and event.about_id is None and company_id in viewers[event.issue_id]


def _happening(event: AnyRow) -> Happening:
    return Happening(
        person_id=event.person_id,
        company_id=event.company_id,
        moved=event.from_state != event.to_state or event.responsible_id != event.turn_before,
        ended=event.responsible_id is None,
        turn=event.responsible_id,
        says=event.text is not None or event.key in SAYING,
        assigns=event.key == ASSIGN_OWNER.key,
    )


def _end_of(event: AnyRow) -> Happening:
    """The clock ends the state soon, whoever acts next now: nobody did it, nothing moved, nothing was said."""
    nothing = Happening(person_id=0, company_id=0, moved=False, ended=False, turn=0, says=False, assigns=False)
    return replace(nothing, turn=event.turn_now, late=True)


def _deputies(told: Iterable[Told], knows: _Knows) -> Iterator[Told]:
    """Who stands in for somebody away is told what calls for an act."""

    def in_place_of(one: Told) -> Iterator[Told]:
        person = knows.people[one.person_id]
        deputy = knows.people.get(person.deputy_id) if is_away(person.away_until) else None
        own = knows.ties[one.issue_id].get(deputy.id) if deputy else None
        hears = one.reason in CALLING and (not (own and own.mutes) or one.reason in PAST_MUTING)
        if deputy and deputy.rank in WORKING and hears:
            yield replace(one, person_id=deputy.id, for_id=person.id)

    return all_but_broken("telling a deputy", told, in_place_of)


def _known_of(events: Sequence[AnyRow]) -> _Knows:
    issue_ids = list({event.issue_id for event in events})
    ties = _ties(issue_ids)
    covering = _covering(events)
    names = {name for event in events if event.text for name in names_in(event.text)}
    ids = {person_id for of_issue in ties.values() for person_id in of_issue} | {
        person.id for people in covering.values() for person in people
    }
    people = _people(ids, names)
    known = {
        issue_id: {person_id: tie for person_id, tie in of_issue.items() if person_id in people}
        for issue_id, of_issue in ties.items()
    }
    return _Knows(people, viewers_of(issue_ids), defaultdict(dict, known), covering)


def _ties(issue_ids: list[int]) -> dict[int, dict[int, Tie]]:
    ties: dict[int, dict[int, Tie]] = defaultdict(dict)
    for row in db.session.execute(_tied(), {"issues": issue_ids}):
        tie = ties[row.issue_id].get(row.person_id) or Tie(row.person_id, row.company_id)
        ties[row.issue_id][row.person_id] = replace(tie, **{row.how: True})
    return ties


def viewers_of(issue_ids: Collection[int]) -> dict[int, set[int]]:
    """The companies that see each of these issues at this moment."""
    viewers: dict[int, set[int]] = defaultdict(set)
    rows = select(IssueViewer.issue_id, IssueViewer.company_id).where(IssueViewer.issue_id.in_(issue_ids))
    for issue_id, company_id in db.session.execute(rows):
        viewers[issue_id].add(company_id)
    return viewers


def _people(ids: set[int], names: set[str]) -> dict[int, AnyRow]:
    """The active people of these ids or names, and their deputies."""
    of_ids = or_(Person.id.in_(ids), Person.user_name.in_(names))
    deputies = select(Person.deputy_id).where(of_ids, Person.away_until.is_not(None))
    columns = (Person.id, Person.user_name, Person.company_id, Person.rank, Person.away_until, Person.deputy_id)
    statement = select(*columns).where(Person.active, Person.rank != Rank.SYSTEM)
    statement = statement.where(or_(of_ids, Person.id.in_(deputies)))
    return {row.id: row for row in db.session.execute(statement)}


def _covering(events: Sequence[AnyRow]) -> dict[tuple[int, str], list[AnyRow]]:
    """For each company whose turn it is: who prefers the subtype, else its administrators."""
    turns = {(turn, event.subtype) for event in events for turn in (event.responsible_id, event.turn_now)}
    wanted = {(turn, subtype) for turn, subtype in turns if turn}
    columns = (Person.id, Person.company_id, Person.rank, Person.preferred_subtypes)
    companies = {company_id for company_id, _ in wanted}
    statement = select(*columns).where(Person.active, Person.company_id.in_(companies), Person.rank.in_(WORKING))
    people = db.session.execute(statement.order_by(Person.id)).all()
    return defaultdict(list, {key: _who_covers(people, *key) for key in wanted})


def _who_covers(people: Sequence[AnyRow], company_id: int, subtype: str) -> list[AnyRow]:
    own = [person for person in people if person.company_id == company_id]

    def prefers(person: AnyRow) -> list[AnyRow]:
        return [person] if subtype in person.preferred_subtypes else []

    preferring = list(all_but_broken("what a person prefers", own, prefers))
    return (preferring or [person for person in own if person.rank == Rank.ADMINISTRATOR])[:MOST_COVERING]


@cache
def _events() -> AnySelect:
    columns = (Event.id, Event.issue_id, Event.person_id, Event.company_id, Event.key, Event.from_state)
    more = (Event.to_state, Event.responsible_id, Event.ring_company_id, Event.ring_operator_id, Event.about_id)
    of_issue = (Comment.text, Issue.subtype, Issue.responsible_id.label("turn_now"))
    return (
        select(*columns, *more, *of_issue, _turn_before().label("turn_before"))
        .join(Issue, Issue.id == Event.issue_id)
        .outerjoin(Comment, Comment.id == Event.comment_id)
        .where(Event.id.in_(bindparam("events", expanding=True)))
        .order_by(Event.id)
    )


def _turn_before() -> ScalarSelect[int | None]:
    """Who acted next before an event: what the event before it says."""
    before = aliased(Event)
    earlier = select(before.responsible_id).where(before.issue_id == Event.issue_id, before.id < Event.id)
    return earlier.order_by(before.id.desc()).limit(1).scalar_subquery()


@cache
def _tied() -> AnySelect:
    """Everybody who has to do with the issues: (issue, person, company, how)."""
    issues: BindParameter[int] = bindparam("issues", expanding=True)
    owners = select(IssueParty.issue_id, IssueParty.owner_id.label("person_id"), literal("owns").label("how"))
    writers = select(Comment.issue_id, Comment.person_id, literal("wrote"))
    watching = select(Watch.issue_id, Watch.person_id, literal("watches")).where(~Watch.muted)
    muting = select(Watch.issue_id, Watch.person_id, literal("mutes")).where(Watch.muted)
    every = union_all(
        owners.where(IssueParty.issue_id.in_(issues), IssueParty.owner_id.is_not(None)),
        writers.where(Comment.issue_id.in_(issues)),
        watching.where(Watch.issue_id.in_(issues)),
        muting.where(Watch.issue_id.in_(issues)),
    ).subquery()
    columns = (every.c.issue_id, every.c.person_id, every.c.how, Person.company_id)
    return select(*columns).distinct().join(Person, Person.id == every.c.person_id)
