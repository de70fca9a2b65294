"""Notes: what is written for one company, or for it and ERCOT, leaves no trace for anybody else."""

import io
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import Cast
from tests.make import index_now, know_premise, press, rep_of_record
from tracker.actions.moving import Press, press_transition
from tracker.actions.parties import replace_party
from tracker.clock import now
from tracker.db import db
from tracker.domain.rings import Ring
from tracker.domain.roles import Role
from tracker.errors import Invalid
from tracker.jobs.tools import Tools
from tracker.models import Attachment, Comment, Event, Issue, IssueViewer, Person
from tracker.queries.timeline import anchor
from tracker.search import SearchBackend
from tracker.worker import work_once

Clients = Callable[[Person | None], FlaskClient]
OF_REQUEST = re.compile(rb'name="(?:csrf_token|drawn)" value="[^"]*"|<code>[^<]*</code>')
"""What differs between two requests for one page."""
CANARY = "zqxyloss"


@pytest.fixture(autouse=True)
def without_tokens(app: Flask) -> Iterator[None]:
    """Forms are posted without a token here; that they need one is tested elsewhere."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asks Bolt, which has begun; ERCOT sees it too."""
    know_premise(cast)
    issue = rep_of_record(cast, CommentsText="Who serves it?")
    press(cast.bolt, issue, "begin-working")
    return issue


def note(actor: Person, issue: Issue, text: str, ring: str) -> None:
    """Write a note for the readers of a ring."""
    press_transition(actor, issue.number, Press("add-comment", comment=text, ring=ring))
    db.session.commit()


def pages(issue: Issue) -> list[str]:
    """All that a party can open about the issue, and the lists that it stands in."""
    number = issue.number
    return [
        "/",
        "/issues",
        "/issues?q=sort:-changed",
        f"/issues?q={CANARY}",
        f"/issues?q={CANARY[:5]}*",
        f'/issues?q="a+{CANARY}"',
        f"/issues?q=comment:{CANARY}",
        f"/issues?q=attachment:{CANARY}",
        f"/issues?q=-{CANARY}",
        "/issues?q=has:comment",
        "/issues?q=has:attachment",
        "/issues?q=updated:today",
        "/issues/facets",
        f"/issues/facets?q={CANARY}",
        f"/suggest?q={CANARY}",
        f"/issues/{number}",
        f"/issues/{number}?all=1",
        f"/issues/{number}/print",
        f"/issues/{number}/transitions/add-comment",
        f"/issues/{number}/transitions/complete",
    ]


def seen_by(client: FlaskClient, issue: Issue) -> list[bytes]:
    """The pages as they come, without the token of the session."""
    return [without_marks(client.get(page).data) for page in pages(issue)]


def without_marks(page: bytes) -> bytes:
    """The page without its token and the number of its request."""
    return OF_REQUEST.sub(b"", page)


OUTSIDE = {
    ("acme", Ring.COMPANY): ("bolt", "ercot"),
    ("acme", Ring.OPERATOR): ("bolt",),
    ("bolt", Ring.COMPANY): ("acme", "ercot"),
    ("ercot", Ring.COMPANY): ("acme", "bolt"),
    ("ercot", "with:111111111"): ("bolt",),
}
INSIDE = {
    ("acme", Ring.COMPANY): ("acme",),
    ("acme", Ring.OPERATOR): ("acme", "ercot"),
    ("bolt", Ring.COMPANY): ("bolt",),
    ("ercot", Ring.COMPANY): ("ercot",),
    ("ercot", "with:111111111"): ("acme", "ercot"),
}


@pytest.mark.parametrize(("writer", "ring"), OUTSIDE)
def test_a_note_changes_nothing_for_those_outside(
    cast: Cast, issue: Issue, client_of: Clients, engine: SearchBackend, writer: str, ring: str
) -> None:
    outsiders = {name: client_of(getattr(cast, name)) for name in OUTSIDE[writer, ring]}
    index_now(engine)
    before = {name: seen_by(client, issue) for name, client in outsiders.items()}
    note(getattr(cast, writer), issue, f"We made a {CANARY} of it.", ring)
    form = {"ring": ring, "files": (io.BytesIO(f"a {CANARY} inside".encode()), f"{CANARY}.txt")}
    sent = client_of(getattr(cast, writer)).post(f"/issues/{issue.number}/attachments", data=form)
    assert sent.status_code == 302
    index_now(engine)
    for name, client in outsiders.items():
        assert seen_by(client, issue) == before[name]


@pytest.mark.parametrize(("writer", "ring"), INSIDE)
def test_a_note_is_read_and_found_by_its_readers(
    cast: Cast, issue: Issue, client_of: Clients, engine: SearchBackend, writer: str, ring: str
) -> None:
    note(getattr(cast, writer), issue, f"We made a {CANARY} of it.", ring)
    index_now(engine)
    for name in INSIDE[writer, ring]:
        client = client_of(getattr(cast, name))
        assert CANARY in client.get(f"/issues/{issue.number}").text
        for query in (CANARY, f"{CANARY[:5]}*", f'"a {CANARY}"', f"comment:{CANARY}", f"meter OR {CANARY}"):
            listed = client.get("/issues", query_string={"q": query}).text
            assert str(issue.number) in listed, query
            assert f"<mark>{CANARY}</mark>" in listed
        assert str(issue.number) not in client.get("/issues", query_string={"q": f"serves -{CANARY}"}).text


@pytest.mark.parametrize("held", [False, True])
def test_nobody_learns_that_others_hold_the_same_file(
    cast: Cast, issue: Issue, client_of: Clients, engine: SearchBackend, app: Flask, held: bool
) -> None:
    """What is inside a file is found once it was read for the issue it is attached to, and not sooner."""
    tools = Tools(app.config["TRACKER"].attachments, engine)
    acme, query = client_of(cast.acme), f"/issues?q={CANARY}"

    def attach(client: FlaskClient) -> None:
        form = {"ring": Ring.COMPANY, "files": (io.BytesIO(f"a {CANARY} inside".encode()), "tariff.txt")}
        assert client.post(f"/issues/{issue.number}/attachments", data=form).status_code == 302

    if held:
        attach(client_of(cast.bolt))
        while work_once(tools):
            pass
    attach(acme)
    index_now(engine)
    assert str(issue.number) not in acme.get(query).text
    while work_once(tools):
        pass
    assert f"<mark>{CANARY}</mark>" in acme.get(query).text


def test_the_issue_does_not_move_by_a_note(cast: Cast, issue: Issue) -> None:
    before = (issue.version, issue.changed_at, issue.first_touched_at)
    rows = [(row.company_id, row.changed_at) for row in db.session.scalars(select(IssueViewer))]
    note(cast.bolt, issue, "Between us.", Ring.COMPANY)
    db.session.refresh(issue)
    assert (issue.version, issue.changed_at, issue.first_touched_at) == before
    assert [(row.company_id, row.changed_at) for row in db.session.scalars(select(IssueViewer))] == rows


def test_an_attached_note_is_given_to_its_readers_only(cast: Cast, issue: Issue, client_of: Clients) -> None:
    form = {"ring": Ring.OPERATOR, "files": (io.BytesIO(b"our tariff"), "tariff.txt")}
    assert client_of(cast.acme).post(f"/issues/{issue.number}/attachments", data=form).status_code == 302
    row = db.session.scalars(select(Attachment)).one()
    for name, status in {"acme": 200, "ercot": 200, "bolt": 404, "corp": 404}.items():
        for suffix in ("", "/preview"):
            address = f"/issues/{issue.number}/attachments/{row.public_id}{suffix}"
            with client_of(getattr(cast, name)).get(address) as answer:
                assert answer.status_code == status
    absent = client_of(cast.bolt).get(f"/issues/{issue.number}/attachments/{'x' * 24}")
    foreign = client_of(cast.bolt).get(f"/issues/{issue.number}/attachments/{row.public_id}")
    assert without_marks(absent.data) == without_marks(foreign.data)


def test_the_notes_of_others_take_no_room(cast: Cast, issue: Issue, client_of: Clients) -> None:
    acme, bolt = client_of(cast.acme), client_of(cast.bolt)

    def attach(client: FlaskClient, count: int, ring: str) -> int:
        files = [(io.BytesIO(f"{ring} {n}".encode()), f"{n}.txt") for n in range(count)]
        return client.post(f"/issues/{issue.number}/attachments", data={"ring": ring, "files": files}).status_code

    assert attach(acme, 50, Ring.COMPANY) == 302
    assert attach(acme, 1, Ring.COMPANY) == 413
    assert attach(bolt, 50, Ring.PARTIES) == 302
    assert attach(acme, 1, Ring.PARTIES) == 413


@pytest.mark.parametrize(
    ("writer", "ring"), [("acme", "with:222222222"), ("ercot", "operator"), ("ercot", "with:333333333"), ("acme", "us")]
)
def test_nobody_writes_for_readers_of_others(cast: Cast, issue: Issue, writer: str, ring: str) -> None:
    with pytest.raises(Invalid) as refused:
        press_transition(getattr(cast, writer), issue.number, Press("add-comment", comment="Hello", ring=ring))
    assert "ring" in refused.value.errors


def test_what_moves_an_issue_is_read_by_all(cast: Cast, issue: Issue, client_of: Clients) -> None:
    form = {"version": issue.version, "comment": "Done in silence.", "ring": Ring.COMPANY}
    answer = client_of(cast.bolt).post(f"/issues/{issue.number}/transitions/complete", data=form)
    assert answer.status_code == 422
    assert "Done in silence." in answer.text
    assert db.session.scalar(select(Comment).where(Comment.text == "Done in silence.")) is None


def test_a_refused_note_keeps_its_text_and_its_readers(cast: Cast, issue: Issue, client_of: Clients) -> None:
    form = {"version": issue.version, "comment": "x" * 10_001, "ring": Ring.COMPANY}
    answer = client_of(cast.acme).post(f"/issues/{issue.number}/transitions/add-comment", data=form)
    assert answer.status_code == 422
    assert "x" * 10_001 in answer.text
    assert re.search(r'value="company" checked', answer.text)


def test_the_composer_says_by_name_who_reads(cast: Cast, issue: Issue, client_of: Clients) -> None:
    page = client_of(cast.acme).get(f"/issues/{issue.number}").text
    assert "Acme Energy, Bolt Power and ERCOT" in page
    assert "Acme Energy only" in page
    assert "Acme Energy and ERCOT" in page
    operator = client_of(cast.ercot).get(f"/issues/{issue.number}").text
    assert "Bolt Power and ERCOT" in operator
    assert "ERCOT only" in operator


def test_a_company_that_takes_the_place_reads_no_earlier_notes(
    cast: Cast, issue: Issue, client_of: Clients, engine: SearchBackend
) -> None:
    note(cast.bolt, issue, f"Our {CANARY}.", Ring.COMPANY)
    replace_party(issue, Role.ASSIGNEE, cast.corp.company)
    db.session.commit()
    index_now(engine)
    assert CANARY not in client_of(cast.corp).get(f"/issues/{issue.number}").text
    assert CANARY in client_of(cast.bolt).get(f"/issues/{issue.number}").text


@pytest.mark.parametrize("ring", ["company", "operator", "parties"])
def test_a_quote_begins_in_the_ring_of_what_it_quotes(cast: Cast, issue: Issue, client_of: Clients, ring: str) -> None:
    note(cast.acme, issue, "It cost us dearly.", ring)
    name = anchor(db.session.scalars(select(Event.at).order_by(Event.id.desc())).first() or now())
    readers = {"company": {"acme": "company"}, "operator": {"acme": "operator", "ercot": "with:111111111"}}
    for who, chosen in readers.get(ring, {"acme": "parties", "bolt": "parties", "ercot": "parties"}).items():
        page = client_of(getattr(cast, who)).get(f"/issues/{issue.number}?quote={name}").text
        composer = page[page.index('id="comment-ring"') :][:3_000]
        assert re.findall(r'name="ring" value="([^"]*)" checked', composer) == [chosen]
        assert ("was written for these readers" in composer) == (ring != "parties")
        assert "&gt; **Ann**, Acme Energy:" in page


SENDINGS: dict[str, dict[str, object]] = {
    "transitions/add-comment": {"comment": f"For Bolt: {CANARY}"},
    "attachments": {"url": "https://example.com/a", "title": f"For Bolt: {CANARY}"},
}


@pytest.mark.parametrize("address", SENDINGS)
@pytest.mark.parametrize("ring", [None, "", "with:222222222", "nonsense", ["parties", "company"]])
def test_nothing_is_sent_before_it_is_clear_who_reads_it(
    cast: Cast, issue: Issue, client_of: Clients, address: str, ring: object
) -> None:
    """ERCOT wrote to Bolt, which has left the issue meanwhile: no other reader is chosen in silence."""
    replace_party(issue, Role.ASSIGNEE, cast.corp.company)
    db.session.commit()
    client = client_of(cast.ercot)
    form = SENDINGS[address] | ({} if ring is None else {"ring": ring})
    answer = client.post(f"/issues/{issue.number}/{address}", data=form)
    assert answer.status_code == 422
    assert CANARY in answer.text
    if address != "attachments":
        assert not re.search(r'name="ring" value="[^"]*" checked', answer.text)
    for person in (cast.acme, cast.corp):
        assert CANARY not in client_of(person).get(f"/issues/{issue.number}").text


def test_a_kept_note_whose_readers_are_gone_asks_again(cast: Cast, issue: Issue, client_of: Clients) -> None:
    client = client_of(cast.ercot)
    kept = {"comment": f"For Bolt: {CANARY}", "ring": "with:222222222"}
    client.post(f"/issues/{issue.number}/replies/add-comment", data=kept)
    replace_party(issue, Role.ASSIGNEE, cast.corp.company)
    db.session.commit()
    page = client.get(f"/issues/{issue.number}").text
    composer = page[page.index('id="comment-ring"') : page.index('id="comment-h"')]
    assert CANARY in composer
    assert "checked" not in composer
    assert "Choose again who reads it" in composer


@pytest.mark.parametrize(
    ("kept", "quoted", "checked"),
    [
        ("company", Ring.PARTIES, "company"),
        ("parties", Ring.COMPANY, "company"),
        ("with:111111111", Ring.OPERATOR, "with:111111111"),
        ("with:222222222", Ring.OPERATOR, None),
        ("company", Ring.OPERATOR, None),
    ],
)
def test_a_quote_never_widens_a_note_that_is_kept(
    cast: Cast, issue: Issue, client_of: Clients, kept: str, quoted: str, checked: str | None
) -> None:
    """Of two notes with different readers nobody can say who should read the two together."""
    note(cast.acme, issue, "Said before.", quoted)
    said = db.session.scalars(select(Event.at).order_by(Event.id.desc()).limit(1)).one()
    writer = client_of(cast.ercot if kept.startswith("with:") else cast.acme)
    writer.post(f"/issues/{issue.number}/replies/add-comment", data={"comment": CANARY, "ring": kept})
    page = writer.get(f"/issues/{issue.number}?quote={anchor(said)}").text
    composer = page[page.index('id="comment-ring"') : page.index('id="comment-h"')]
    assert re.findall(r'value="([^"]*)" checked', composer) == ([checked] if checked else [])


def test_who_reads_a_comment_of_an_issue_that_still_waits(cast: Cast, issue: Issue, client_of: Clients) -> None:
    parked = rep_of_record(cast)
    assert parked.state == "Pending Issue"
    page = client_of(cast.acme).get(f"/issues/{parked.number}").text
    assert "Acme Energy and ERCOT now, Bolt Power when it is submitted" in page


def test_quoting_brings_the_words_of_what_one_reads(cast: Cast, issue: Issue, client_of: Clients) -> None:
    note(cast.acme, issue, "First line\nsecond line", Ring.COMPANY)
    said = db.session.scalars(select(Comment).order_by(Comment.id.desc())).first()
    assert said
    name = anchor(db.session.scalars(select(Event.at).where(Event.comment_id == said.id)).one())
    assert "&gt; First line\n&gt; second line" in client_of(cast.acme).get(f"/issues/{issue.number}?quote={name}").text
    assert "First line" not in client_of(cast.bolt).get(f"/issues/{issue.number}?quote={name}").text
    assert client_of(cast.bolt).get(f"/issues/{issue.number}?quote=1").status_code == 200
