"""Where a letter goes: the address that the receiver has when it goes, not the one of its promise."""

import pytest
from sqlalchemy import delete, select

from tests.cast import Cast
from tests.mailbox import Server, deliver, tell
from tests.make import press
from tracker.db import db
from tracker.jobs.writing import Post
from tracker.models import Contact, Issue, Mail

TALK = "talk@bolt.example"


def test_a_person_gets_it_at_the_address_of_this_moment(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    before = cast.acme.email
    press(cast.bolt, issue, "add-comment", "First, @ann.")
    deliver(post)
    press(cast.bolt, issue, "add-comment", "Second, @ann.")
    tell()
    cast.acme.email = "ann@new.example"
    db.session.commit()
    deliver(post)
    (first,), (second,) = server.to(before), server.to("ann@new.example")
    assert second["References"].split() == [*first["References"].split(), first["Message-ID"]], "one thread"
    assert db.session.scalars(select(Mail.receiver).where(Mail.sent_at.is_not(None)).order_by(Mail.id)).all() == [
        *(before, "ann@new.example")
    ], "what is kept says where each went"
    press(cast.bolt, issue, "add-comment", "Third, @ann.")
    deliver(post)
    assert server.to("ann@new.example")[-1]["In-Reply-To"] == second["Message-ID"]


@pytest.fixture
def told_contact(cast: Cast, issue: Issue) -> None:
    """A letter waits for a contact of Bolt."""
    db.session.add(Contact(company_id=cast.bolt.company_id, purpose="answered", address=TALK))
    press(cast.acme, issue, "add-comment", "Well?")
    tell()


@pytest.mark.usefixtures("told_contact")
def test_a_contact_that_is_kept_for_something_gets_it(cast: Cast, server: Server, post: Post) -> None:
    contact = db.session.scalars(select(Contact).where(Contact.address == TALK)).one()
    contact.purpose = "new"
    deliver(post)
    assert len(server.to(TALK)) == 1


@pytest.mark.usefixtures("told_contact")
def test_a_contact_that_is_kept_no_more_gets_nothing(cast: Cast, server: Server, post: Post) -> None:
    db.session.execute(delete(Contact))
    db.session.add(Contact(company_id=cast.corp.company_id, purpose="answered", address=TALK))
    deliver(post)
    assert server.to(TALK) == []
    reason = db.session.scalar(select(Mail.dropped_because).where(Mail.receiver == TALK))
    assert reason == "The company keeps this contact no more."


def test_letters_beyond_the_plain_ones_stay_where_the_server_takes_them(
    cast: Cast, issue: Issue, server: Server, post: Post
) -> None:
    """Earlier releases took such addresses."""
    cast.acme.email = "änn@acme.example"
    press(cast.bolt, issue, "add-comment", "Now, @ann!")
    deliver(post)
    assert [one["To"] for one in server.arrived] == ["änn@acme.example"]
