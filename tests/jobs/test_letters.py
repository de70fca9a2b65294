"""Mail, read back from a real SMTP server: who gets which letter, in which thread, with the rights of the moment."""

import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.cast import Cast
from tests.make import know_premise, press, rep_of_record
from tracker.actions.attachments import attach_url
from tracker.actions.filing import file_issue
from tracker.actions.inbox import mark_read, watch
from tracker.actions.linking import link_issues
from tracker.actions.mailing import promise_digests
from tracker.actions.moving import Press, press_transition
from tracker.actions.parties import replace_party
from tracker.actions.telling import tell_changes
from tracker.clock import now
from tracker.db import db
from tracker.domain.mail_rules import Purpose
from tracker.domain.notices import Reason
from tracker.domain.permissions import Rank
from tracker.domain.roles import Role
from tracker.errors import NotFound
from tracker.jobs import letters
from tracker.jobs.letters import send_letters
from tracker.jobs.writing import Post
from tracker.models import Contact, Issue, Mail, Person
from tracker.queries.letters import waiting_since

CANARY = "zqxyloss"


class Server:
    """What arrived, and what the server is told to answer."""

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.answer = ""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Take the receiver, or answer what the story wants."""
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the letter."""
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.arrived.append(message)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """The letters to this address."""
        return [message for message in self.arrived if message["To"] == address]


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on a free port of this machine."""
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def post(server: Server) -> Post:
    """Our mail goes to that server."""
    return Post(f"smtp://127.0.0.1:{server.port}", "tracker@market.example", "https://tracker.example", "s" * 40)


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asks Bolt."""
    know_premise(cast)
    issue = rep_of_record(cast)
    tell()
    db.session.execute(update(Mail).values(dropped_because="The story begins here."))
    db.session.commit()
    return issue


def tell() -> None:
    """Let the worker tell what happened, and promise its letters."""
    while tell_changes(by_mail=True):
        db.session.commit()
    db.session.commit()


def deliver(post: Post, minutes: float = 5.1) -> None:
    """Tell, wait, send."""
    tell()
    with time_machine.travel(now() + timedelta(minutes=minutes), tick=False):
        while send_letters(post):
            pass


def text_of(message: EmailMessage) -> str:
    """The plain form."""
    body = message.get_body(("plain",))
    assert body
    return str(body.get_content())


def html_of(message: EmailMessage) -> str:
    """The other form."""
    body = message.get_body(("html",))
    assert body
    return str(body.get_content())


def test_a_dispute_arrives_in_one_thread_for_each(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    cast.acme.mail_choices = {"answered": "now", "finished": "now"}
    for text in ("First.", "Second.", "Third <b>bold</b>."):
        press(cast.bolt, issue, "add-comment", text)
        deliver(post)
    press(cast.acme, issue, "add-comment", "Yes, @bob.")
    deliver(post)
    sent = server.to(cast.acme.email)
    assert [CANARY in text_of(one) for one in sent] == [False] * 3
    assert ["First." in text_of(sent[0]), "Third <b>bold</b>." in text_of(sent[2])] == [True, True]
    assert "<b>bold</b>" not in html_of(sent[2])
    assert sent[0]["Subject"] == f"[{issue.number}] Rep of Record, ESI ID {issue.esi_id}, New"
    assert len({one["Message-ID"] for one in sent}) == 3
    root = sent[0]["References"]
    assert root not in {one["Message-ID"] for one in sent}
    for before, after in pairwise(sent):
        assert after["In-Reply-To"] == before["Message-ID"]
        assert after["References"].split() == [*before["References"].split(), before["Message-ID"]]
    (to_bob,) = server.to(cast.bolt.email)
    assert to_bob["References"] != root
    assert to_bob["X-Tracker-Reason"] == "mentioned"
    for one in server.arrived:
        assert (one["Auto-Submitted"], one["Precedence"]) == ("auto-generated", "bulk")
        assert one["X-Tracker-Issue"] == str(issue.number)
        assert f"https://tracker.example/issues/{issue.number}" in text_of(one)
        assert f'href="https://tracker.example/issues/{issue.number}"' in html_of(one)


def test_what_happens_in_five_minutes_is_one_letter(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    cast.acme.mail_choices = {"answered": "now"}
    for number in range(20):
        press(cast.bolt, issue, "add-comment", f"Word {number}.")
        tell()
    deliver(post, minutes=4.9)
    assert server.arrived == []
    deliver(post)
    (letter,) = server.to(cast.acme.email)
    assert all(f"Word {number}." in text_of(letter) for number in range(20))


def test_a_mention_does_not_wait(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    press(cast.bolt, issue, "add-comment", "Now, @ann!")
    deliver(post, minutes=0)
    assert len(server.to(cast.acme.email)) == 1


def test_who_wants_none_gets_none(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    cast.acme.mail_choices = {"mentioned": "never"}
    press(cast.bolt, issue, "add-comment", "Now, @ann!")
    deliver(post)
    assert server.arrived == []


def test_a_company_that_chose_so_gets_numbers_and_links(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    cast.acme.company.link_only = True
    press(cast.bolt, issue, "add-comment", f"Our {CANARY}, @ann.")
    deliver(post)
    (letter,) = server.to(cast.acme.email)
    whole = letter.as_string()
    assert str(issue.number) in letter["Subject"]
    for secret in (CANARY, issue.esi_id or "", "Rep of Record", "Bolt", "Bob", "rep-of-record"):
        assert secret not in whole


@pytest.mark.parametrize(("ring", "readers"), [("company", {"adam"}), ("operator", {"adam", "erin"})])
def test_a_note_goes_to_its_readers_alone(
    cast: Cast, issue: Issue, server: Server, post: Post, ring: str, readers: set[str]
) -> None:
    db.session.add_all(
        Contact(company_id=company, purpose=purpose, address=f"{purpose}@{company}.example")
        for company in (cast.bolt.company_id, cast.wires.company_id)
        for purpose in ("new", "answered", "escalated")
    )
    watch(cast.bolt, issue.number)
    cast.bolt.mail_choices = {"answered": "now"}
    text = f"Our {CANARY}: {' '.join(f'@{name}' for name in readers)} @wanda"
    press_transition(cast.acme, issue.number, Press("add-comment", comment=text, ring=ring))
    deliver(post)
    assert {one["To"].split("@")[0] for one in server.arrived if CANARY in text_of(one)} == readers
    assert {one["To"].split("@")[0] for one in server.arrived} == readers


def test_rights_count_when_the_letter_is_sent(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    press(cast.acme, issue, "add-comment", f"Our {CANARY}, @bob @bea.")
    tell()
    cast.bolt_admin.active = False
    replace_party(issue, Role.ASSIGNEE, cast.corp.company)
    db.session.commit()
    deliver(post)
    assert server.arrived == []
    reasons = db.session.scalars(select(Mail.dropped_because).where(Mail.sent_at.is_(None))).all()
    assert "The receiver's company sees nothing of it any more." in reasons


def test_what_was_read_on_the_screen_is_not_sent(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    press(cast.bolt, issue, "add-comment", "Now, @ann!")
    tell()
    mark_read(cast.acme)
    deliver(post)
    assert server.arrived == []


def test_contacts_of_the_subtype_or_of_all(cast: Cast, server: Server, post: Post) -> None:
    know_premise(cast)
    bolt = cast.bolt.company_id
    db.session.add_all(
        [
            Contact(company_id=bolt, purpose="new", subtype=None, address="all@bolt.example"),
            Contact(company_id=bolt, purpose="new", subtype="rep-of-record", address="reps@bolt.example"),
            Contact(company_id=bolt, purpose="answered", subtype=None, address="talk@bolt.example"),
        ]
    )
    issue = rep_of_record(cast)
    deliver(post)
    assert len(server.to("reps@bolt.example")) == 1
    assert server.to("all@bolt.example") == []
    press(cast.bolt, issue, "begin-working")
    press(cast.acme, issue, "add-comment", "Well?")
    deliver(post)
    assert "Well?" in text_of(server.to("talk@bolt.example")[0])


def test_nobody_adds_a_header(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    cast.bolt.full_name = "Bob\r\nBcc: all@market.example"
    issue.title = "Title\r\nX-Evil: yes"
    issue.esi_id = "1\r\nBcc: more@market.example"
    press(cast.bolt, issue, "add-comment", "{{7*7}} {% raw %} @ann\r\n.\r\nMAIL FROM:<x>")
    deliver(post)
    (letter,) = server.arrived
    assert letter["Bcc"] is None
    assert letter["X-Evil"] is None
    assert "{{7*7}} {% raw %}" in text_of(letter)


def test_a_dead_server_delays_and_loses_nothing(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    nobody = Post("smtp://127.0.0.1:1", post.sender, post.base_url, post.secret)
    press(cast.bolt, issue, "add-comment", "Now, @ann!")
    press(cast.acme, issue, "add-comment", "Here, @bob.")
    tell()
    moment = now()
    with time_machine.travel(moment + timedelta(minutes=1), tick=False):
        assert send_letters(nobody)
        assert not send_letters(nobody), "a dead server is left alone for a while"
        assert waiting_since().waiting == 2
    with time_machine.travel(moment + timedelta(minutes=30), tick=False):
        while send_letters(post):
            pass
        assert waiting_since().waiting == 0
    assert len(server.arrived) == 2


def test_an_address_that_is_refused_holds_up_nobody(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    press(cast.bolt, issue, "add-comment", "Now, @ann!")
    server.answer = "550 no such user"
    deliver(post)
    letter = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert letter
    assert letter.dropped_because == "The server refuses the address: 550 no such user"
    server.answer = "451 try later"
    press(cast.bolt, issue, "add-comment", "Again, @ann!")
    tell()
    moment = now()
    with time_machine.travel(moment + timedelta(minutes=1), tick=False):
        send_letters(post)
    server.answer = ""
    with time_machine.travel(moment + timedelta(minutes=40), tick=False):
        send_letters(post)
    assert ["Again, @ann!" in text_of(one) for one in server.arrived] == [True]


class Killed(BaseException):
    """What a process that is killed leaves undone."""


def test_a_worker_that_dies_after_sending_sends_the_same_letter(
    cast: Cast, issue: Issue, server: Server, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(cast.bolt, issue, "add-comment", "Now, @ann!")
    tell()

    def die(*given: Any, **more: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(letters, "_finish", die)
        with pytest.raises(Killed):
            send_letters(post)
    db.session.rollback()
    assert not send_letters(post), "the letter is leased"
    deliver(post)
    first, again = server.arrived
    assert first["Message-ID"] == again["Message-ID"]
    deliver(post)
    assert len(server.arrived) == 2


def test_one_digest_on_the_morning_of_a_business_day(cast: Cast, server: Server, post: Post, app: Flask) -> None:
    with time_machine.travel("2026-03-19T20:00:00Z", tick=False) as clock:  # a Thursday afternoon
        know_premise(cast)
        issue = rep_of_record(cast)
        tell()
        db.session.execute(update(Mail).values(dropped_because="The story begins here."))
        for number in range(120):
            press(cast.bolt, issue, "add-comment", f"Word {number}.")
        tell()
        clock.move_to("2026-03-20T11:50:00Z")  # ten to seven
        assert not promise_digests()
        clock.move_to("2026-03-20T12:05:00Z")
        assert promise_digests()
        assert not promise_digests()
        db.session.commit()
        while send_letters(post):
            pass
        (digest,) = server.to(cast.acme.email)
        assert digest["Subject"] == "Tracker: 120 notices"
        assert "Word 99." in text_of(digest)
        assert "And 20 more" in text_of(digest)
        clock.move_to("2026-03-21T15:00:00Z")  # a Saturday
        assert not promise_digests()


RINGS = {
    ("acme", "parties"): {"acme", "bolt", "ercot"},
    ("acme", "company"): {"acme"},
    ("acme", "operator"): {"acme", "ercot"},
    ("bolt", "parties"): {"acme", "bolt", "ercot"},
    ("bolt", "company"): {"bolt"},
    ("bolt", "operator"): {"bolt", "ercot"},
    ("ercot", "parties"): {"acme", "bolt", "ercot"},
    ("ercot", "company"): {"ercot"},
    ("ercot", "with:111111111"): {"acme", "ercot"},
    ("ercot", "with:222222222"): {"bolt", "ercot"},
}


def everybody_listens(cast: Cast, issue: Issue) -> None:
    """Every person who may watches and wants all mail at once; every company has contacts for everything."""
    for person in db.session.scalars(select(Person).where(Person.rank != Rank.SYSTEM)):
        person.mail_choices = dict.fromkeys(Reason, "now")
        with suppress(NotFound):
            watch(person, issue.number)
        db.session.add_all(
            Contact(company_id=person.company_id, purpose=purpose, address=f"{purpose}@{person.company_id}.example")
            for purpose in Purpose
        )
    db.session.commit()


def elsewhere(cast: Cast, issue: Issue) -> dict[str, set[int]]:
    """Acme has another issue with Corp, with a canary in each of its fields, and links the two; who may know of it."""
    raw = {"Assignee": cast.duns("corp"), "OrigTrxnID": "ZQTRAN7Z", "CommentsText": "zqfiled7z"}
    hidden = press(cast.acme, file_issue(cast.acme, "other", raw), "submit")
    watch(cast.corp, hidden.number)
    link_issues(cast.acme, issue.number, hidden.number, "related")
    press_transition(cast.acme, hidden.number, Press("add-comment", comment="Our zqhidden7z."))
    knowing = {person.company_id for person in (cast.acme, cast.corp, cast.ercot)}
    return dict.fromkeys([str(hidden.number), "ZQTRAN7Z", "zqfiled7z", "zqhidden7z"], knowing)


@pytest.mark.parametrize("replaced", [False, True], ids=["as it was", "Bolt replaced before it is sent"])
def test_no_canary_strays(
    cast: Cast, issue: Issue, server: Server, post: Post, client_of: Callable[[Person], FlaskClient], replaced: bool
) -> None:
    everybody_listens(cast, issue)
    readers: dict[str, set[int]] = {}
    for number, ((writer, ring), names) in enumerate(RINGS.items()):
        actor = getattr(cast, writer)
        said, titled = f"zqsaid{number}z", f"zqtitle{number}z"
        press_transition(actor, issue.number, Press("add-comment", comment=f"Our {said}.", ring=ring))
        attach_url(actor, issue.number, f"https://example.com/{titled}", titled, ring)
        readers |= {one: {getattr(cast, name).company_id for name in names} for one in (said, titled)}
    readers |= elsewhere(cast, issue)
    db.session.commit()
    tell()
    if replaced:
        replace_party(issue, Role.ASSIGNEE, cast.corp.company)
        db.session.commit()
    deliver(post)
    gone = {cast.bolt.company_id} if replaced else set()
    company_of = {person.email: person.company_id for person in db.session.scalars(select(Person))}
    for letter in server.arrived:
        domain = letter["To"].split("@")[1].removesuffix(".example")
        company = company_of.get(letter["To"]) or int(domain)
        whole = letter.as_string() + text_of(letter) + html_of(letter)
        assert company not in gone
        assert all(company in readers[one] for one in readers if one in whole)
    inboxes = {person: client_of(person).get("/inbox").text for person in (cast.acme, cast.bolt, cast.corp, cast.ercot)}
    for person, page in inboxes.items():
        strays = [one for one in readers if one in page and person.company_id not in readers[one] - gone]
        assert strays == []
    reached = {one for one in readers for letter in server.arrived if one in text_of(letter)}
    assert {one for one in readers if not one.startswith("zqtitle") and readers[one] - gone} == reached
