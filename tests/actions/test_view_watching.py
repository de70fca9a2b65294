"""A watched view tells of what comes into it: once for each time, with the rights of the moment."""

import secrets

import pytest
from sqlalchemy import select

from tests.actions.test_telling import another, tell_all, told
from tests.cast import Cast
from tests.counting import counted
from tests.make import know_premise, press, rep_of_record
from tracker.actions import view_watching
from tracker.actions.inbox import mute
from tracker.actions.moving import Press, press_transition
from tracker.actions.parties import replace_party
from tracker.actions.view_watching import unwatch_view, watch_view
from tracker.actions.views import change, save_view, share
from tracker.db import db
from tracker.domain.notices import Reason
from tracker.domain.roles import Role
from tracker.errors import Invalid
from tracker.models import Issue, Person, SavedView, Scope, ViewWatch, WatchedIssue
from tracker.queries.watched_views import found_by_all, views_watched_in

WAITS = "turn:@mycompany"


def watched_by(person: Person, query: str = WAITS) -> SavedView:
    view = save_view(person, f"Watched {secrets.token_hex(4)}", query)
    watch_view(person, view)
    db.session.commit()
    return view


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asks Bolt, who begins to work; all that is told."""
    know_premise(cast)
    issue = press(cast.bolt, rep_of_record(cast), "begin-working")
    tell_all()
    return issue


def entered(person: Person) -> int:
    """How often the person was told that something came into a view."""
    return told(person).count(Reason.ENTERED)


def test_each_coming_is_told_once_and_no_stay(cast: Cast, issue: Issue) -> None:
    watched_by(cast.acme_reader)
    press(cast.bolt, issue, "return-to-submitter", comment="Which premise?")
    tell_all()
    assert entered(cast.acme_reader) == 1
    press(cast.bolt, issue, "add-comment", comment="We mean the second one.")
    tell_all()
    assert entered(cast.acme_reader) == 1
    press(cast.acme, issue, "return-to-assignee", comment="This one.")
    press(cast.bolt, issue, "begin-working")
    tell_all()
    press(cast.bolt, issue, "return-to-submitter", comment="And since when?")
    tell_all()
    assert entered(cast.acme_reader) == 2


def test_what_is_in_the_view_already_has_not_come(cast: Cast, issue: Issue) -> None:
    watched_by(cast.acme_reader, "status:open")
    press(cast.bolt, issue, "add-comment", comment="We look into it.")
    tell_all()
    assert entered(cast.acme_reader) == 0
    another(cast)
    tell_all()
    assert entered(cast.acme_reader) == 1


def test_a_view_that_shows_another_list_begins_anew(cast: Cast, issue: Issue) -> None:
    view = watched_by(cast.acme_reader)
    change(cast.acme_reader, view, "status:open", [])
    db.session.commit()
    press(cast.bolt, issue, "add-comment", comment="We look into it.")
    tell_all()
    assert entered(cast.acme_reader) == 0
    change(cast.acme_reader, view, "lost words", [])
    press(cast.bolt, issue, "add-comment", comment="Lost words, found again.")
    tell_all()
    assert entered(cast.acme_reader) == 0


def test_no_note_no_foreign_issue_and_nothing_of_ones_own(cast: Cast, issue: Issue) -> None:
    for person in (cast.acme_reader, cast.bolt_admin, cast.corp, cast.wires):
        watched_by(person, "has:comment" if person is not cast.acme_reader else "has:owner")
    watched_by(cast.bolt, "has:comment")
    press_transition(cast.bolt, issue.number, Press("add-comment", comment="For us alone.", ring="company"))
    db.session.commit()
    tell_all()
    assert [entered(one) for one in (cast.bolt, cast.bolt_admin, cast.corp, cast.acme_reader)] == [0, 1, 0, 0]


def test_who_lost_the_issue_or_the_view_or_muted_it_is_told_nothing(cast: Cast, issue: Issue) -> None:
    shared = save_view(cast.bolt_admin, "Ours", 'status:open -state:"In Progress"', scope=Scope.COMPANY)
    watch_view(cast.bolt, shared)
    watched_by(cast.acme_reader)
    mute(cast.acme_reader, issue.number)
    share(cast.bolt_admin, shared, Scope.MINE)
    watched_by(cast.bolt_admin, 'status:open -state:"In Progress"')
    press(cast.bolt, issue, "return-to-submitter", comment="Which premise?")
    replace_party(issue, Role.ASSIGNEE, cast.corp.company)
    db.session.commit()
    tell_all()
    assert [entered(one) for one in (cast.bolt, cast.bolt_admin, cast.acme_reader)] == [0, 0, 0]


def test_who_stops_watching_leaves_no_row(cast: Cast, issue: Issue) -> None:
    view = watched_by(cast.acme_reader, "status:open")
    assert db.session.query(WatchedIssue).count() == 1
    unwatch_view(cast.acme_reader, view)
    db.session.commit()
    assert db.session.query(WatchedIssue).count() == 0


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("premise", "looks for words"),
        ("stat:open", "no key"),
        ("", "more than 0 issues"),
        ("-(premise)", "looks for words"),
    ],
)
def test_which_views_cannot_be_watched(
    cast: Cast, issue: Issue, monkeypatch: pytest.MonkeyPatch, query: str, reason: str
) -> None:
    monkeypatch.setattr(view_watching, "MOST_IN_VIEW", 0)
    view = save_view(cast.acme, "Odd", query)
    with pytest.raises(Invalid, match=reason):
        watch_view(cast.acme, view)


def test_nobody_watches_more_than_a_few(cast: Cast, issue: Issue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_watching, "MOST_WATCHED", 1)
    view = watched_by(cast.acme)
    watch_view(cast.acme, view)
    with pytest.raises(Invalid, match="Stop watching one"):
        watched_by(cast.acme)


def test_a_view_of_ones_own_is_each_watchers_own(cast: Cast, issue: Issue) -> None:
    """The same words mean another list to each of a company."""
    press(cast.bolt, issue, "assign-owner", NewOwner="bea")
    for person in (cast.bolt, cast.bolt_admin):
        watched_by(person, "is:mine")
    watched = views_watched_in([cast.bolt.company_id])
    found = found_by_all(watched, {cast.bolt.company_id: {issue.id}})
    assert [found[one.person.id, one.view.id] for one in watched] == [set(), {issue.id}]


def test_many_watchers_are_looked_at_in_few_statements(cast: Cast, issue: Issue) -> None:
    """One question for all of a company that it means the same to."""

    def asked() -> int:
        press(cast.bolt, issue, "add-comment", comment="We look into it.")
        with counted() as statements:
            tell_all()
        return len(statements)

    watched_by(cast.acme_reader)
    few = asked()
    for person in (cast.acme, cast.acme_admin, cast.acme_reader):
        for _ in range(4):
            watched_by(person)
    assert asked() == few


def test_a_view_that_is_changed_to_show_too_much_is_watched_no_more(
    cast: Cast, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = watched_by(cast.acme_reader)
    monkeypatch.setattr(view_watching, "MOST_IN_VIEW", 0)
    change(cast.acme_reader, view, "status:open", ())
    db.session.commit()
    press(cast.bolt, issue, "add-comment", comment="We look into it.")
    tell_all()
    assert db.session.scalars(select(ViewWatch)).all() == []
    assert db.session.scalars(select(WatchedIssue)).all() == []
    assert entered(cast.acme_reader) == 0
