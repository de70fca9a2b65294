"""What a company sees does not depend on issues that it may not see (S3): pages are compared byte for byte."""

import itertools
import re
from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from tests.cast import ESI_ID, Cast
from tests.make import TRAN_ID, index_now, know_order, know_premise, press, rep_of_record
from tracker.actions.filing import file_issue
from tracker.db import db
from tracker.models import Issue, IssueIdentifier, Person
from tracker.queries import suggestions
from tracker.queries.issues import PAGE
from tracker.search import SearchBackend

FOREIGN = 60
PAGES = [
    "/",
    "/issues",
    "/issues?q=is:ours",
    "/issues?q=is:theirs",
    "/issues?q=state:new",
    "/issues?q=sort:created",
    "/issues?q=sort:-turn&column=number&column=title&column=owner",
    "/issues?q=assignee:222222222",
    f"/issues?q=esiid:{ESI_ID[:7]}",
    f"/issues?q=tran:{TRAN_ID}",
    f"/issues?q={TRAN_ID}",
    "/issues?q=meter",
    "/issues?q=zqxy*",
    "/issues?q=zqxyword",
    "/issues?q=-zqxyword",
    "/issues?q=statsu:new",
    "/issues/facets",
    "/issues/facets?q=serves",
    "/issues/facets?q=zqxyword",
    "/issues?q=meter+sort:created",
    '/issues?q="1+zqxyword"',
    "/issues/facets?q=meter",
    "/suggest?q=10",
    f"/suggest?q={ESI_ID[:9]}",
    "/suggest?q=zqxy",
    "/suggest?q=bolt",
    "/suggest/query?q=party:",
    "/suggest/query?q=owner:",
    "/views",
    f"/jump?q={ESI_ID}",
    f"/jump?q={TRAN_ID}",
    "/jump?q=nothing",
    "/issues/new",
    "/issues/new?q=customer",
    "/issues/new/rep-of-record",
    "/handed-over",
    "/people",
    "/account",
]
TOKEN = re.compile(rb'name="(?:csrf_token|drawn)" value="[^"]*"')


def seen_by(client: FlaskClient, pages: list[str]) -> dict[str, bytes]:
    return {page: TOKEN.sub(b"", client.get(page).data) for page in pages}


def foreign_issues(cast: Cast) -> None:
    """Bolt and Corp file against each other on Acme's own ESI ID and order, with words that Acme never used."""
    for index in range(FOREIGN):
        filer, other = (cast.bolt, "corp") if index % 2 else (cast.corp, "bolt")
        values = {"Assignee": cast.duns(other), "EsiID": ESI_ID, "StartTime": "2026-03-01"}
        issue = file_issue(filer, "rep-of-record", values | {"CommentsText": f"canary {index} zqxyword"})
        if issue.state == "Pending Issue":
            press(filer, issue, "submit")
    file_issue(cast.corp, "other", {"Assignee": cast.duns("bolt"), "OrigTrxnID": TRAN_ID})
    db.session.commit()


def test_foreign_issues_change_nothing_that_acme_sees(
    cast: Cast, client_of: Callable[[Person | None], FlaskClient], engine: SearchBackend
) -> None:
    know_premise(cast)
    know_order(cast)
    own = rep_of_record(cast, CommentsText="Who serves the meter?")
    press(cast.bolt, own, "begin-working")
    pages = [*PAGES, f"/issues/{own.number}", f"/issues/{own.number}/print"]
    pages += [f"/issues/{own.number}/transitions/add-comment"]
    with time_machine.travel("2026-11-23T15:00:00Z", tick=False):
        client = client_of(cast.acme)
        index_now(engine)
        before = seen_by(client, pages)
        foreign_issues(cast)
        index_now(engine)
        after = seen_by(client, pages)
    for page in pages:
        assert before[page] == after[page], page
        assert b"canary" not in after[page]


@pytest.mark.usefixtures("without_tokens")
def test_checks_do_not_tell_of_foreign_issues(cast: Cast, client_of: Callable[[Person | None], FlaskClient]) -> None:
    know_premise(cast)
    typed = {"EsiID": ESI_ID, "StartTime": "2026-03-01"}
    with time_machine.travel("2026-11-23T15:00:00Z", tick=False):
        client = client_of(cast.acme)
        before = client.post("/issues/new/rep-of-record/checks", data=typed).data
        foreign_issues(cast)
        after = client.post("/issues/new/rep-of-record/checks", data=typed).data
    assert before == after


def test_what_a_check_told_the_filer_stays_with_the_filer(
    cast: Cast, client_of: Callable[[Person | None], FlaskClient], engine: SearchBackend
) -> None:
    """Nobody knows the premise, which is a warning: seen by the filer and ERCOT, and gone when others see the issue."""
    warned = rep_of_record(cast)
    people = {name: client_of(getattr(cast, name)) for name in ("acme", "bolt", "ercot")}
    found = {name: str(warned.number) in client.get("/issues?q=has:warning").text for name, client in people.items()}
    assert found == {"acme": True, "bolt": False, "ercot": True}
    press(cast.acme, warned, "submit")
    for name, client in people.items():
        assert str(warned.number) in client.get("/issues").text
        assert str(warned.number) not in client.get("/issues?q=has:warning").text, name
    press(cast.bolt, press(cast.bolt, warned, "begin-working"), "return-to-submitter", "What is missing?")
    press(cast.acme, warned, "edit", **warned.values)
    assert warned.state == "Pending Issue"
    for name, client in people.items():
        assert str(warned.number) not in client.get("/issues?q=has:warning").text, name
        assert "The checks warned" not in client.get(f"/issues/{warned.number}").text, name


def test_the_address_of_a_page_does_not_count_the_issues_of_others(
    cast: Cast, client_of: Callable[[Person | None], FlaskClient]
) -> None:
    """The key names the last issue of the page by its number, and only whoever sees that issue gets on with it."""
    for _ in range(PAGE + 1):
        file_issue(cast.acme, "other", {"Assignee": cast.duns("bolt")})
    db.session.commit()
    older = re.search(r'href="(/issues\?[^"]*after=[^"]*~(\d+)[^"]*)"', client_of(cast.acme).get("/issues").text)
    assert older
    assert db.session.scalar(select(Issue.id).where(Issue.number == int(older[2])))
    assert client_of(cast.acme).get(older[1]).text.count("<tr") == 2
    first = client_of(cast.corp).get("/issues").data
    for number in (older[2], "99999999"):
        page = client_of(cast.corp).get(f"/issues?after=2026-01-01~{number}").data
        assert TOKEN.sub(b"", page) == TOKEN.sub(b"", first)


@pytest.fixture
def newest(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A company with more than one issue has many."""
    statements = (suggestions._in_range, suggestions._among_newest)
    monkeypatch.setattr(suggestions, "NEWEST", 1)
    for statement in statements:
        statement.cache_clear()
    yield
    for statement in statements:
        statement.cache_clear()


@pytest.mark.usefixtures("newest")
def test_identifiers_of_others_displace_none_of_the_own(
    cast: Cast, client_of: Callable[[Person | None], FlaskClient]
) -> None:
    """However many of others stand before an own one in the range of what was typed, it is offered."""
    for tran_id in ("Z1999", "another"):
        file_issue(cast.acme, "other", {"Assignee": cast.duns("bolt"), "OrigTrxnID": tran_id})
    foreign = file_issue(cast.corp, "other", {"Assignee": cast.duns("bolt")})
    many = [{"issue_id": foreign.id, "kind": "tran", "value": f"Z1{n:04}", "tail": f"Z1{n:04}"} for n in range(1_990)]
    db.session.execute(insert(IssueIdentifier), [*many, *({**row, "value": f"{row['value']}0"} for row in many)])
    db.session.commit()
    assert [line["text"] for line in client_of(cast.acme).get("/suggest?q=Z1").json] == ["Z1999"]  # type: ignore[union-attr]


def test_numbers_do_not_tell_how_many_there_are(cast: Cast) -> None:
    know_premise(cast)
    first = rep_of_record(cast).number
    foreign_issues(cast)
    numbers = sorted(db.session.scalars(select(Issue.number)))
    steps = [after - before for before, after in itertools.pairwise(numbers)]
    assert len(set(steps)) > len(steps) / 2
    assert first in numbers
