"""Each guard of what is told, written and shown, by itself: the other one is passed by, or stands and is not asked.

What an event may tell is asked twice: when it is told, and when the inbox or the letter shows it. A guard that is taken
away must be missed at its own layer.
"""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, func, select

from tests.cast import Cast
from tests.make import STATEMENT, know_premise, press, rep_of_record
from tracker.actions.attachments import attach_files
from tracker.actions.inbox import watch
from tracker.actions.linking import link_many
from tracker.actions.mailing import Addressed, begin_letter
from tracker.actions.moving import Press, press_transition
from tracker.actions.unread import count_unread
from tracker.clock import now
from tracker.db import db
from tracker.domain.notices import Reason
from tracker.models import Contact, Event, Issue, IssueViewer, Notice, Person
from tracker.queries.inbox import inbox_of
from tracker.queries.issues import list_issues
from tracker.queries.letters import Content, content_of
from tracker.queries.presence import happened_since
from tracker.queries.searching import search
from tracker.queries.told import events_of, reads, told_by, viewers_of
from tracker.queries.visibility import issue_seen
from tracker.search import SearchBackend


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asks Bolt, which has begun; Bob watches, and Bolt keeps a contact for whatever happens."""
    know_premise(cast)
    issue = press(cast.bolt, rep_of_record(cast), "begin-working")
    watch(cast.bolt, issue.number)
    for purpose in ("new", "answered", "escalated"):
        db.session.add(Contact(company_id=cast.bolt.company_id, purpose=purpose, address="desk@bolt.example"))
    db.session.commit()
    return issue


def open_word(cast: Cast, issue: Issue) -> int:
    """What all parties read: the control, without which a guard that lets nothing through would pass."""
    press(cast.acme, issue, "add-comment", "For all.")
    return last_event(issue)


def note(cast: Cast, issue: Issue) -> int:
    press_transition(cast.acme, issue.number, Press("add-comment", comment="For us alone.", ring="company"))
    return last_event(issue)


def file_of_a_note(cast: Cast, issue: Issue) -> int:
    """A note without words."""
    attach_files(cast.acme, issue.number, [STATEMENT], "operator")
    return last_event(issue)


def about_another(cast: Cast, issue: Issue) -> int:
    """An entry about an issue that Bolt takes no part in."""
    other = press(cast.acme, rep_of_record(cast, StartTime="2026-04-01", Assignee=cast.duns("corp")), "submit")
    link_many(cast.acme, issue.number, [other.number], "related")
    event_id = last_event(issue)
    assert db.session.get_one(Event, event_id).about_id == other.id
    return event_id


def word_of_a_lost_issue(cast: Cast, issue: Issue) -> int:
    """What all parties read, of whom Bolt is none any more."""
    event_id = open_word(cast, issue)
    here = (IssueViewer.issue_id == issue.id, IssueViewer.company_id == cast.bolt.company_id)
    db.session.execute(delete(IssueViewer).where(*here))
    return event_id


def last_event(issue: Issue) -> int:
    db.session.commit()
    return db.session.scalars(select(func.max(Event.id)).where(Event.issue_id == issue.id)).one() or 0


Hidden = Callable[[Cast, Issue], int]
HIDDEN = [note, file_of_a_note, about_another, word_of_a_lost_issue]


def is_told(person: Person, event_id: int) -> bool:
    telling = told_by([event_id])
    people = {one.person_id for one in telling.people}
    assert (person.company_id in {one.company_id for one in telling.companies}) == (person.id in people)
    return person.id in people


def test_telling_asks_for_ring_and_sight_itself(cast: Cast, issue: Issue) -> None:
    assert is_told(cast.bolt, open_word(cast, issue))
    for hidden in (note, file_of_a_note, word_of_a_lost_issue):
        assert not is_told(cast.bolt, hidden(cast, issue)), hidden.__name__


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_a_company_reads_is_asked_of_each_event(cast: Cast, issue: Issue, hidden: Hidden) -> None:
    def read(event_id: int) -> bool:
        (event,) = events_of([event_id])
        return reads(event, cast.bolt.company_id, viewers_of([issue.id]))

    assert read(open_word(cast, issue))
    assert not read(hidden(cast, issue))


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("to_person", [True, False])
def test_a_letter_asks_for_itself(cast: Cast, issue: Issue, hidden: Hidden, to_person: bool) -> None:
    """A letter that was promised by mistake says nothing of what its receiver does not read."""

    def content(*event_ids: int) -> Content | str:
        person_id = cast.bolt.id if to_person else None
        letter = begin_letter(Addressed("desk@bolt.example", cast.bolt.company_id, person_id, issue.id), now())
        letter.about = [[event_id, Reason.ANSWERED] for event_id in event_ids]
        return content_of(letter)

    seen, unseen = open_word(cast, issue), hidden(cast, issue)
    assert content(unseen) == "The receiver's company sees nothing of it any more."
    if hidden is not word_of_a_lost_issue:
        said = content(seen, unseen)
        assert isinstance(said, Content)
        assert [entry.row.id for entry in said.entries] == [seen]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_an_inbox_asks_for_itself(cast: Cast, issue: Issue, hidden: Hidden) -> None:
    """Also for what came without words, and where it only counts."""
    seen, unseen = open_word(cast, issue), hidden(cast, issue)
    given_by_mistake(cast.bolt, issue, unseen, Reason.ANSWERED)
    inbox = inbox_of(cast.bolt)
    assert (list(inbox.rows), inbox.unread, unread(cast.bolt)) == ([], {}, 0)
    if hidden is not word_of_a_lost_issue:
        given_by_mistake(cast.bolt, issue, seen, Reason.FINISHED)
        inbox = inbox_of(cast.bolt)
        assert ([row.reason for row in inbox.rows], inbox.unread) == ([Reason.FINISHED], {Reason.FINISHED: 1})
        assert unread(cast.bolt) == 1


def given_by_mistake(person: Person, issue: Issue, event_id: int, reason: Reason) -> None:
    given = Notice(person_id=person.id, issue_id=issue.id, event_id=event_id, reason=reason, at=now())
    db.session.add(given)
    db.session.commit()


def unread(person: Person) -> int:
    count_unread([person.id])
    db.session.refresh(person, ["unread"])
    return person.unread


def test_an_issue_by_its_id_is_seen_by_its_companies_alone(cast: Cast, issue: Issue) -> None:
    assert issue_seen(cast.acme, issue.id) is issue
    assert issue_seen(cast.corp, issue.id) is None
    assert issue_seen(cast.acme, 999_999) is None


@pytest.mark.parametrize("hidden", [note, file_of_a_note, about_another])
def test_what_a_page_learns_of_news_asks_for_itself(cast: Cast, issue: Issue, hidden: Hidden) -> None:
    moment = now()
    hidden(cast, issue)
    assert not happened_since(cast.bolt, issue, moment)
    open_word(cast, issue)
    assert happened_since(cast.bolt, issue, moment)


@pytest.mark.parametrize(("hidden", "query"), [(note, "has:comment"), (file_of_a_note, "has:attachment")])
def test_a_query_asks_for_itself(cast: Cast, issue: Issue, engine: SearchBackend, hidden: Hidden, query: str) -> None:
    hidden(cast, issue)

    def found(person: Person) -> list[int]:
        return [row.number for row in list_issues(person, search(person, query, engine).plan, engine).rows]

    assert [found(person) for person in (cast.acme, cast.bolt)] == [[issue.number], []]
