"""An issue that was stored with signs that turn or hide, before fields were cleaned, is shown without."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import String, func, select, type_coerce, update

from tests.cast import ESI_ID, Cast
from tests.mailbox import Server, deliver, html_of, tell, text_of
from tests.make import index_now, know_premise, press, rep_of_record, state
from tracker.actions.inbox import watch
from tracker.actions.parties import replace_party
from tracker.db import db
from tracker.domain.roles import Role
from tracker.jobs.writing import Post
from tracker.models import Claim, Event, HandOff, Issue, Person
from tracker.search import SearchBackend

Clients = Callable[[Person | None], FlaskClient]

WITHIN = "\u202e\u2066\u200b\x1b\ufeff"
SIGNS = WITHIN + "\u2028"


def spoilt(value: Any) -> Any:
    """The same with every sign before and inside each text."""
    if isinstance(value, dict):
        return {name: spoilt(one) for name, one in value.items()}
    if isinstance(value, list):
        return [spoilt(one) for one in value]
    return f"{SIGNS}{value[:4]}{WITHIN}{value[4:]}" if isinstance(value, str) else value


@pytest.fixture
def issue(cast: Cast, engine: SearchBackend) -> Issue:
    """An issue on which much was said, as it might have been stored."""
    know_premise(cast)
    issue = rep_of_record(cast)
    cast.acme.mail_choices = {"answered": "now"}
    watch(cast.acme, issue.number)
    press(cast.bolt, issue, "begin-working")
    state(cast.acme, issue, RORStartTime="2026-03-01")
    press(cast.bolt, issue, "add-comment", "We looked.")
    spoil(issue)
    db.session.commit()
    index_now(engine)
    return issue


def spoil(issue: Issue) -> None:
    of_issue = {name: spoilt(getattr(issue, name)) for name in ("title", "esi_id")}
    values = issue.values | {"EsiID": spoilt(ESI_ID)}
    db.session.execute(update(Issue).values(**of_issue, values=values, filed_values=values))
    for event in db.session.scalars(select(Event)):
        db.session.execute(update(Event).where(Event.id == event.id).values(changes=spoilt(event.changes)))
    for claim in db.session.scalars(select(Claim)):
        db.session.execute(update(Claim).where(Claim.id == claim.id).values(value=f"\u202e{claim.value}"))
    db.session.expire_all()


def shown_in(body: str) -> set[str]:
    """The signs that a page or a letter holds."""
    return set(html.unescape(body)) & set(SIGNS)


def test_they_are_stored_still(issue: Issue) -> None:
    stored = db.session.scalar(select(type_coerce(Issue.esi_id, String)))
    assert stored == spoilt(ESI_ID)
    assert db.session.scalars(select(func.length(Issue.title))).one() > len(issue.title)


PAGES = {
    "page": "/issues/{number}",
    "print": "/issues/{number}/print",
    "list": "/issues",
    "search": "/issues?q=looked",
    "claims": "/issues/{number}/claims",
}


@pytest.mark.parametrize("page", PAGES)
def test_no_page_shows_them(cast: Cast, issue: Issue, client_of: Clients, page: str) -> None:
    answer = client_of(cast.acme).get(PAGES[page].format(number=issue.number))
    assert answer.status_code == 200
    assert not shown_in(answer.text)
    assert ESI_ID in answer.text or page == "claims"


def test_a_company_that_was_replaced_reads_it_without_them(cast: Cast, issue: Issue, client_of: Clients) -> None:
    replace_party(issue, Role.ASSIGNEE, cast.corp.company)
    db.session.flush()
    kept = db.session.scalars(select(HandOff)).one()
    db.session.execute(
        update(HandOff).values(
            snapshot={**kept.snapshot, **spoilt({name: kept.snapshot[name] for name in ("title", "esi_id", "values")})}
        )
    )
    db.session.commit()
    body = client_of(cast.bolt).get(f"/issues/{issue.number}").text
    assert "Your company was a party" in body
    assert not shown_in(body)


def test_letters_are_written_without_them(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    tell()
    deliver(post)
    letters = server.to(cast.acme.email)
    assert letters
    for letter in letters:
        assert not shown_in(text_of(letter) + html_of(letter) + str(letter["Subject"]))


def test_it_goes_on_and_is_found(cast: Cast, issue: Issue, client_of: Clients) -> None:
    press(cast.bolt, issue, "add-comment", "It goes on.")
    db.session.commit()
    assert str(issue.number) in client_of(cast.acme).get(f"/issues?q=esiid:{ESI_ID}").text
