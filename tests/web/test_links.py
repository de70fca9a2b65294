"""Links: typed, read from both sides, offered between the two sides of one mistake, and no word of what is not seen."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import ESI_ID, Cast
from tests.make import TRAN_ID, index_now, know_order, know_premise, press, rep_of_record
from tracker.actions.filing import file_issue
from tracker.actions.linking import link_issues
from tracker.db import db
from tracker.domain.links import KINDS
from tracker.models import Issue, IssueLink, Person
from tracker.search import SearchBackend

Clients = Callable[[Person | None], FlaskClient]
OTHER = f"{ESI_ID[:-1]}0"


@pytest.fixture(autouse=True)
def without_tokens(app: Flask) -> Iterator[None]:
    """Forms are posted without a token here; that they need one is tested elsewhere."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asks Bolt."""
    know_premise(cast)
    return rep_of_record(cast)


@pytest.fixture
def secret(cast: Cast) -> Issue:
    """Acme asks Corp: nothing of Bolt's."""
    know_premise(cast, OTHER)
    return rep_of_record(cast, EsiID=OTHER, Assignee=cast.duns("corp"))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_a_link_reads_from_both_sides(cast: Cast, issue: Issue, client_of: Clients, kind: object) -> None:
    know_premise(cast, OTHER)
    other = rep_of_record(cast, EsiID=OTHER)
    client = client_of(cast.acme)
    form = {"other": f"#{other.number}", "kind": kind.key}  # type: ignore[attr-defined]
    assert client.post(f"/issues/{issue.number}/links", data=form).location == f"/issues/{issue.number}#links"
    here, there = (client_of(cast.bolt).get(f"/issues/{one.number}").text for one in (issue, other))
    assert f"<td>{kind.forth}</td>" in here  # type: ignore[attr-defined]
    assert f"<td>{kind.back}</td>" in there  # type: ignore[attr-defined]
    assert f"<ins>{kind.back} {issue.number}</ins>" in there  # type: ignore[attr-defined]
    assert client.post(f"/issues/{other.number}/links", data=form | {"other": issue.number}).status_code == 422
    assert client.post(f"/issues/{other.number}/links/remove", data={"other": issue.number}).status_code == 302
    assert db.session.scalars(select(IssueLink)).all() == []
    assert f"<del>{kind.forth} {other.number}</del>" in client.get(f"/issues/{issue.number}").text  # type: ignore[attr-defined]


def test_who_sees_one_of_the_two_sees_no_link(
    cast: Cast, issue: Issue, secret: Issue, client_of: Clients, engine: SearchBackend
) -> None:
    client = client_of(cast.bolt)
    pages = [
        f"/issues/{issue.number}",
        f"/issues/{issue.number}/print",
        "/issues",
        "/issues?q=has:link",
        f"/issues?q=linked:{secret.number}",
        f"/issues?q=cause:{secret.number}",
        "/",
    ]
    index_now(engine)
    before = [client.get(page).text for page in pages]
    link_issues(cast.acme, issue.number, secret.number, "caused-by")
    db.session.commit()
    index_now(engine)
    after = [client.get(page).text for page in pages]
    assert [without_token(page) for page in after] == [without_token(page) for page in before]
    assert not any(str(secret.number) in page for page in after[:4])


def without_token(page: str) -> list[str]:
    """The page's lines but those that carry the token of the session."""
    return [line for line in page.splitlines() if "csrf_token" not in line and 'name="drawn"' not in line]


def test_a_foreign_number_and_an_absent_one_are_refused_alike(cast: Cast, issue: Issue, client_of: Clients) -> None:
    know_premise(cast, OTHER)
    raw = {"Assignee": cast.duns("bolt"), "EsiID": OTHER, "StartTime": "2026-03-01"}
    foreign = file_issue(cast.corp, "rep-of-record", raw)
    db.session.commit()
    client = client_of(cast.acme)
    answers = [
        client.post(f"/issues/{issue.number}/links", data={"other": number, "kind": "related"})
        for number in (foreign.number, 99999999)
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    texts = [answer.text.replace(str(foreign.number), "N").replace("99999999", "N") for answer in answers]
    assert without_token(texts[0]) == without_token(texts[1])
    for typed in ("", "abc", str(issue.number), "9" * 20):
        answer = client.post(f"/issues/{issue.number}/links", data={"other": typed, "kind": "related"})
        assert answer.status_code == 422
        assert f'value="{typed}"' in answer.text


def test_the_two_sides_of_one_mistake_are_offered_to_each_other(cast: Cast, client_of: Clients) -> None:
    know_premise(cast)
    know_order(cast)
    raw = {"EsiID": ESI_ID, "OrigTrxnID": TRAN_ID}
    losing = file_issue(cast.acme, "inadvertent-losing", raw)
    db.session.commit()
    gaining = file_issue(cast.bolt, "inadvertent-gaining", raw)
    db.session.commit()
    if gaining.state == "Pending Issue":
        press(cast.bolt, gaining, "submit")
    page = client_of(cast.acme).get(f"/issues/{losing.number}").text
    assert f"{gaining.number}</a> is probably the other side of this one." in page
    form = {"other": gaining.number, "kind": "same-order"}
    client_of(cast.acme).post(f"/issues/{losing.number}/links", data=form)
    page = client_of(cast.bolt).get(f"/issues/{gaining.number}").text
    assert "is probably the other side" not in page
    assert f'<a class="id" href="/issues/{losing.number}"' in page
    assert str(gaining.number) not in client_of(cast.corp).get("/issues").text


def test_a_cause_gathers_issues_and_each_reader_counts_its_own(
    cast: Cast, secret: Issue, client_of: Clients, engine: SearchBackend
) -> None:
    know_premise(cast)
    cause = file_issue(cast.acme, "other", {"Assignee": cast.duns("bolt"), "OrigTrxnID": "FILE-7"})
    db.session.commit()
    if cause.state == "Pending Issue":
        press(cast.acme, cause, "submit")
    parts = [rep_of_record(cast), secret]
    for part in parts:
        link_issues(cast.acme, part.number, cause.number, "caused-by")
    db.session.commit()
    press(cast.acme, parts[1], "withdraw")
    index_now(engine)
    assert "1 of 2 issues with this cause have ended." in client_of(cast.acme).get(f"/issues/{cause.number}").text
    page = client_of(cast.bolt).get(f"/issues/{cause.number}").text
    assert "0 of 1 issues with this cause have ended." in page
    assert str(secret.number) not in page
    listed = client_of(cast.bolt).get(f"/issues?q=cause:{cause.number}").text
    assert (str(parts[0].number) in listed, str(secret.number) in listed) == (True, False)
    chosen = client_of(cast.acme).post("/acts/preview", data={"all": "1", "q": f"cause:{cause.number}"}).text
    assert "2 issues chosen" in chosen


def test_many_are_linked_at_once_from_the_cause_or_none(cast: Cast, issue: Issue, client_of: Clients) -> None:
    know_premise(cast, OTHER)
    more = [
        rep_of_record(cast, EsiID=OTHER),
        file_issue(cast.acme, "other", {"Assignee": cast.duns("bolt"), "OrigTrxnID": "X"}),
    ]
    db.session.commit()
    numbers = [one.number for one in more]
    client = client_of(cast.acme)
    address = f"/issues/{issue.number}/links"
    refused = client.post(address, data={"other": f"{numbers[0]}, 99999999", "kind": "caused-by:back"})
    assert refused.status_code == 422
    assert "99999999: There is no issue with this number" in refused.text
    assert f'action="{address}#links"' in refused.text
    several = {"other": f"99999999 {numbers[0]} {issue.number} 99999998", "kind": "caused-by:back"}
    named = client.post(address, data=several).text
    assert "99999998, 99999999: There is no issue with this number" in named
    assert f"{issue.number}: This is the number of the issue itself." in named
    assert "“abc”, “1x”: An issue number has digits only" in client.post(address, data={"other": "abc, 7 1x"}).text
    assert "Nothing is linked yet." in refused.text
    assert db.session.query(IssueLink).count() == 0
    assert client.post(address, data={"other": "1 " * 101, "kind": "caused-by:back"}).status_code == 422
    client.post(address, data={"other": f"{numbers[0]}, {numbers[1]}", "kind": "caused-by:back"})
    page = client.get(f"/issues/{issue.number}").text
    assert page.count("is the cause of</td>") == 2
    assert "0 of 2 issues with this cause have ended." in page
    assert "is caused by</td>" in client.get(f"/issues/{numbers[1]}").text
