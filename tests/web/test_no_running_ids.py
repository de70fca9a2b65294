"""No number by which the database counts its rows leaves it: in no page, address, form, attribute or answer (S12)."""

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Mapper

from tests.cast import Cast, make_cast
from tests.make import index_now, know_premise, press, rep_of_record, state, usage_dispute
from tracker.actions.attachments import StoredFile, attach_files, attach_url
from tracker.actions.bulk import begin_act
from tracker.actions.contacts import add_contact
from tracker.actions.drafts import keep_draft
from tracker.actions.grouping import add_rule
from tracker.actions.linking import link_issues
from tracker.actions.parties import replace_party
from tracker.actions.replies import keep_reply
from tracker.actions.telling import tell_changes
from tracker.actions.view_watching import watch_view
from tracker.actions.views import save_view, set_as_home
from tracker.db import Base, db
from tracker.domain.roles import Role
from tracker.models import DraftFile, Issue, Person, Scope, SignInSession, WorkGroup
from tracker.search import SearchBackend

FIRST = 1_900_000_007
STEP = 7_919
TABLES = {
    *("person", "issue", "event", "comment", "work_group", "contact", "group_rule", "saved_view"),
    *("sign_in_session", "draft_file"),
}
FILE = StoredFile("a.txt", "a.txt", "text/plain", 1, "a" * 64)
LED_TO = re.compile(r'(?:href|src|hx-get|hx-post|action|formaction)="(/[^"#]*)')
MOST_PAGES = 400

Clients = Callable[[Person | None], FlaskClient]


@pytest.fixture
def ids(app: Flask) -> Iterator[dict[str, set[int]]]:
    """The ids of rows by their tables; they are great and odd, so that nothing else reads like one."""
    given: dict[str, set[int]] = defaultdict(set)

    def give(mapper: object, connection: object, row: Base) -> None:
        if getattr(row, "id", 0) is None:
            row.id = FIRST + STEP * sum(map(len, given.values()))  # type: ignore[attr-defined]
            given[row.__tablename__].add(row.id)  # type: ignore[attr-defined]

    event.listen(Mapper, "before_insert", give)
    yield given
    event.remove(Mapper, "before_insert", give)


@pytest.fixture
def market(ids: dict[str, set[int]], engine: SearchBackend) -> Cast:
    """One of everything that a page can show."""
    cast = make_cast()
    know_premise(cast)
    issue = rep_of_record(cast, CommentsText="Who serves it, @bob?")
    press(cast.bolt, issue, "begin-working")
    other = press(cast.acme, rep_of_record(cast), "submit")
    link_issues(cast.acme, issue.number, other.number, "caused-by")
    attach_url(cast.acme, issue.number, "https://example.com/evidence", "Evidence")
    attach_files(cast.acme, issue.number, [FILE])
    state(cast.bolt, issue, RORStartTime="2026-03-02")
    press(cast.acme, issue, "assign-to-group", GroupName="Switching desk")
    keep_reply(cast.acme, issue.number, "add-comment", {"comment": "Kept."})
    keep_draft(cast.acme, "other", {"Assignee": cast.duns("bolt")}, files=[FILE])
    ours = save_view(cast.acme, "Ours", "status:open", scope=Scope.GROUP, group_id=cast.acme_desk.id)
    set_as_home(cast.acme, ours)
    watch_view(cast.acme, save_view(cast.acme, "Mine", "status:open"))
    add_contact(cast.acme_admin, {"address": "desk@acme.example", "purpose": ["new"]}, sender="t@market.example")
    add_rule(cast.acme_admin, {"group": "Switching desk"})
    begin_act(cast.acme, [issue.number, other.number], "add-comment", {}, "To both.")
    handed = usage_dispute(cast)
    press(cast.acme, handed, "submit")
    replace_party(handed, Role.ASSIGNEE, cast.oncor.company)
    db.session.commit()
    while tell_changes():
        db.session.commit()
    index_now(engine)
    return cast


def pages_of(client: FlaskClient, issues: list[int]) -> Iterator[tuple[str, str]]:
    """Every page that links lead to, beginning at home, and what scripts ask for: (address, body)."""
    asked = [f"/issues/{number}/people?q={letter}" for number in issues for letter in "aeb"]
    asked += [f"/suggest?q={typed}" for typed in ("26", "bo", "ou", "10089")]
    asked += [f"/suggest/query?q={key}:" for key in ("owner", "group", "party", "turn")]
    asked += ["/issues?q=evidence", "/issues?choose=1", "/issues?q=kept", "/issues/facets?q=kept", "/handed-over"]
    waiting, seen = deque(["/", *asked]), {"/", *asked}
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.popleft()
        answer = client.get(address)
        yield address, f"{answer.headers}\n{answer.get_data(as_text=True)}"
        for found in LED_TO.findall(answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""):
            led = found.replace("&amp;", "&")
            if led not in seen and not led.startswith(("/static", "/guide", "/issues?", "/issues/facets?")):
                seen.add(led)
                waiting.append(led)


@pytest.mark.parametrize("who", ["acme", "acme_admin", "bolt", "wires", "ercot", "ercot_admin"])
def test_no_page_holds_the_id_of_a_row(ids: dict[str, set[int]], market: Cast, client_of: Clients, who: str) -> None:
    client, numbers = client_of(getattr(market, who)), [issue.number for issue in db.session.query(Issue)]
    client_of(getattr(market, who))  # another browser, which the account page lists
    looked_at = dict(pages_of(client, numbers))
    assert len(looked_at) > 30
    assert ids.keys() >= TABLES
    owner = {number: table for table, numbers in ids.items() for number in numbers}
    found = {
        (address, owner[int(number)])
        for address, body in looked_at.items()
        for number in re.findall(r"19\d{8}", body)
        if int(number) in owner
    }
    assert found == set()


def test_what_is_looked_at_holds_what_has_an_address(market: Cast, client_of: Clients) -> None:
    """So the test above does not pass because the pages stay empty."""
    client, numbers = client_of(market.acme_admin), [issue.number for issue in db.session.query(Issue)]
    addresses = " ".join(address for address, _ in pages_of(client, numbers))
    desk = db.session.query(WorkGroup).one()
    for part in (
        f"/people/groups/{desk.public_id}",
        "/contacts/",
        "/group-rules/",
        "/views/",
        "/acts",
        "/attachments/",
    ):
        assert part in addresses, part


def test_what_is_looked_at_holds_sessions_and_files_that_are_not_sent(market: Cast, client_of: Clients) -> None:
    client, other = client_of(market.acme), client_of(market.acme)
    other.get("/")
    bodies = "".join(body for _, body in pages_of(client, [issue.number for issue in db.session.query(Issue)]))
    theirs = db.session.query(SignInSession).filter_by(person_id=market.acme.id).all()
    assert sum(f"/{session.public_id}" in bodies for session in theirs) == len(theirs) - 1, "all but this one"
    files = db.session.query(DraftFile).all()
    assert all(f"/{file.public_id}/" in bodies for file in files)
    assert len(files) == 1
