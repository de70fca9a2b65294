"""The page of an issue shows what each side says; a company edits its own column, and Complete asks who was right."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.make import know_premise, press, state, usage_dispute
from tests.web.test_statements import BUDGET, counted
from tracker.db import db
from tracker.models import Issue, Person

ClientOf = Callable[[Person | None], FlaskClient]


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme and Wires differ about the usage, and about nothing else."""
    know_premise(cast)
    filed = usage_dispute(cast)
    state(cast.acme, filed, StartTime="2026-03-01", kWhUse="900")
    return state(cast.wires, filed, StartTime="2026-03-01", kWhUse="1204.5")


@pytest.fixture(autouse=True)
def forms_without_tokens(app: Flask) -> Iterator[None]:
    """Forms are posted without their token here."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


def section(page: str) -> str:
    """What each side says, as the page of an issue shows it."""
    found = re.search(r'<section class="section" id="claims".*?</section>', page, re.DOTALL)
    assert found
    return found.group()


def rows(html: str) -> dict[str, str]:
    """The rows of the table by their heads."""
    found = re.findall(r'<tr[^>]*>\s*<th scope="row">([^<]+?) ?<(.*?)</tr>', html, re.DOTALL)
    return dict(found)


def test_the_page_marks_what_is_disputed_and_nothing_else(cast: Cast, issue: Issue, client_of: ClientOf) -> None:
    page = client_of(cast.acme).get(f"/issues/{issue.number}").text
    shown = section(page)
    assert "1 of 2 still disputed: Usage in kWh." in shown
    table = rows(shown)
    assert "disputed" in table["Usage in kWh"]
    assert table["Usage in kWh"].count("</svg> differs") == 1
    assert "1204.5" in table["Usage in kWh"]
    assert "disputed" not in table["Start"]
    assert "differs" not in table["Start"]
    assert '<a class="claims-at-a-glance" href="#claims">1 disputed</a>' in page


def test_each_column_has_its_head_and_the_third_says_who_speaks(cast: Cast, issue: Issue, client_of: ClientOf) -> None:
    state(cast.ercot, issue, kWhUse="1204.5")
    shown = section(client_of(cast.ercot).get(f"/issues/{issue.number}").text)
    for head in ("Submitter says", "Assignee says", "ERCOT or TDSP shows"):
        assert f'<th scope="col">{head}</th>' in shown
    assert '<span class="claim-by">ERCOT</span>' in rows(shown)["Usage in kWh"]
    assert "nothing said" in shown


def test_a_party_edits_its_column_and_a_reader_does_not(cast: Cast, issue: Issue, client_of: ClientOf) -> None:
    link = f'href="/issues/{issue.number}/claims"'
    assert link in client_of(cast.wires).get(f"/issues/{issue.number}").text
    assert link not in client_of(cast.acme_reader).get(f"/issues/{issue.number}").text
    assert client_of(cast.acme_reader).get(f"/issues/{issue.number}/claims").status_code == 403
    assert client_of(cast.corp).get(f"/issues/{issue.number}/claims").status_code == 404
    assert client_of(cast.corp).post(f"/issues/{issue.number}/claims", data={"kWhUse": "1"}).status_code == 404


def test_the_form_begins_with_the_own_column_and_writes_it(cast: Cast, issue: Issue, client_of: ClientOf) -> None:
    wanda = client_of(cast.wires)
    form = wanda.get(f"/issues/{issue.number}/claims").text
    assert 'value="1204.5"' in form
    assert 'value="900"' not in form
    answer = wanda.post(f"/issues/{issue.number}/claims", data={"version": str(issue.version), "kWhUse": "900.0"})
    assert answer.status_code == 302
    assert answer.location.endswith("#claims")
    page = wanda.get(f"/issues/{issue.number}").text
    assert "still disputed" not in page
    assert "State Claim" in page
    assert "1 disputed" not in page


def test_what_was_typed_stays_where_it_is_refused(cast: Cast, issue: Issue, client_of: ClientOf) -> None:
    typed = {"version": str(issue.version), "kWhUse": "a lot", "kW": "41"}
    answer = client_of(cast.wires).post(f"/issues/{issue.number}/claims", data=typed)
    assert answer.status_code == 422
    assert 'value="a lot"' in answer.text
    assert 'value="41"' in answer.text
    assert "is not a number" in answer.text


def test_a_stop_is_not_held_against_a_start_that_was_refused(cast: Cast, issue: Issue, client_of: ClientOf) -> None:
    typed = {"version": str(issue.version), "StartTime": "10/05/2026", "StopTime": "2026-02-01"}
    page = client_of(cast.wires).post(f"/issues/{issue.number}/claims", data=typed).text
    assert "Write 2026-10-05, if you mean October 5, 2026." in page
    assert "lies before the start" not in page


def test_what_was_typed_stays_where_somebody_was_quicker(cast: Cast, issue: Issue, client_of: ClientOf) -> None:
    typed = {"version": str(issue.version), "kWhUse": "1000"}
    press(cast.acme, issue, "add-comment", "We looked again.")
    wanda = client_of(cast.wires)
    answer = wanda.post(f"/issues/{issue.number}/claims", data=typed)
    assert answer.status_code == 409
    assert 'value="1000"' in answer.text
    assert "We looked again." in answer.text
    version = re.search(r'name="version" value="(\d+)"', answer.text)
    assert version
    assert wanda.post(f"/issues/{issue.number}/claims", data=typed | {"version": version[1]}).status_code == 302


def test_complete_asks_who_was_right_and_keeps_it(cast: Cast, issue: Issue, client_of: ClientOf) -> None:
    press(cast.wires, issue, "begin-working")
    wanda, address = client_of(cast.wires), f"/issues/{issue.number}/transitions/complete"
    assert f'<a class="btn btn-positive" href="{address}"' in wanda.get(f"/issues/{issue.number}").text
    form = wanda.get(address).text
    assert 'name="RightSide"' in form
    assert "1 of 2 still disputed" in form
    refused = wanda.post(address, data={"version": str(issue.version), "comment": "Read again."})
    assert refused.status_code == 422
    assert "Read again." in refused.text
    assert "Which column was right is needed." in refused.text
    empty = wanda.post(address, data={"version": str(issue.version), "RightSide": "ERCOT or TDSP"})
    assert empty.status_code == 422, "a column in which nothing stands cannot have been right"
    assert '<option value="ERCOT or TDSP">' not in form
    pressed = {"version": str(issue.version), "RightSide": "Assignee"}
    assert wanda.post(address, data=pressed).status_code == 302
    db.session.expire_all()
    assert issue.right_side == "assignee"
    assert "<b>Assignee</b>" in section(wanda.get(f"/issues/{issue.number}").text)


def test_complete_is_one_press_where_nothing_is_disputed(cast: Cast, issue: Issue, client_of: ClientOf) -> None:
    state(cast.wires, issue, kWhUse="900")
    press(cast.wires, issue, "begin-working")
    wanda, address = client_of(cast.wires), f"/issues/{issue.number}/transitions/complete"
    assert f'action="{address}"' in wanda.get(f"/issues/{issue.number}").text
    assert wanda.post(address, data={"version": str(issue.version)}).status_code == 302


def test_who_was_right_stays_typed_when_the_issue_moved_on(cast: Cast, issue: Issue, client_of: ClientOf) -> None:
    press(cast.wires, issue, "begin-working")
    typed = {"version": str(issue.version), "RightSide": "Submitter"}
    press(cast.acme, issue, "add-comment", "Wait.")
    answer = client_of(cast.wires).post(f"/issues/{issue.number}/transitions/complete", data=typed)
    assert answer.status_code == 409
    assert "Which column was right" in answer.text
    assert ">Submitter</textarea>" in answer.text


def test_paper_has_the_table(cast: Cast, issue: Issue, client_of: ClientOf) -> None:
    page = client_of(cast.acme).get(f"/issues/{issue.number}/print").text
    assert "1204.5" in rows(section(page))["Usage in kWh"]


def test_who_was_replaced_sees_what_was_said_until_then(cast: Cast, issue: Issue, client_of: ClientOf) -> None:
    press(cast.wires, issue, "re-assign", "Not ours.", Assignee=cast.duns("oncor"))
    state(cast.oncor, issue, kWhUse="7777")
    shown = section(client_of(cast.wires).get(f"/issues/{issue.number}").text)
    assert "1204.5" in shown
    assert "7777" not in shown


def test_the_table_costs_one_statement(cast: Cast, issue: Issue, client_of: ClientOf) -> None:
    client, address = client_of(cast.acme), f"/issues/{issue.number}"
    client.get("/")
    with counted() as asked:
        client.get(address)
    assert sum("FROM issue LEFT OUTER JOIN claim" in statement for statement in asked) == 1
    assert len(asked) <= BUDGET["/issues/{number}"]
