"""Who is of the operator is said by the product, wherever others read the name; no name can say it."""

import html
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.cast import Cast
from tests.mailbox import Server, deliver, html_of, tell, text_of
from tests.make import index_now, know_premise, press, rep_of_record, state
from tracker.actions.attachments import attach_url
from tracker.actions.bulk import begin_act, carry_on
from tracker.actions.inbox import watch
from tracker.actions.parties import replace_party
from tracker.actions.people import add_group, deactivate, edit_person
from tracker.db import db
from tracker.domain.names import OF_THE_OPERATOR
from tracker.domain.roles import Role
from tracker.jobs.writing import Post
from tracker.models import Attachment, Company, Issue, IssueParty, Person, SavedView, WorkGroup
from tracker.search import SearchBackend
from tracker.web.words import OPERATOR, named

Clients = Callable[[Person | None], FlaskClient]

FALSE = "Priya Raman · ERCOT"
"""Somebody of Bolt, who would be taken for somebody of the operator."""

HIDDEN = re.compile(r'<span class="hidden-text">[^<]*</span>|<title>.*?</title>|<summary[^>]*>.*?</summary>', re.DOTALL)
TAGS = re.compile(r"<[^>]*>")
ENDS = re.compile(r"</(?:li|p|td|dd)>|\n")
"""Where what belongs to a name has ended."""


@pytest.fixture
def issue(cast: Cast, engine: SearchBackend) -> Issue:
    """Bolt, with names that lie, and ERCOT work on Acme's issue, in every place that tells who did something."""
    edit_person(cast.bolt_admin, cast.bolt, {"full_name": FALSE, "email": "p@bolt.example", "rank": "analyst"})
    add_group(cast.bolt_admin, cast.bolt.company, {"name": "ERCOT"})
    know_premise(cast)
    issue = rep_of_record(cast)
    cast.acme.mail_choices = {"answered": "now", "mentioned": "now"}
    press(cast.bolt, issue, "begin-working")
    press(cast.bolt, issue, "assign-to-group", GroupName="ERCOT")
    watch(cast.acme, issue.number)
    press(cast.ercot, issue, "add-comment", "Canary of the operator, @ann and @bob.")
    press(cast.bolt, issue, "add-comment", "Canary of the other, @ann.")
    press(cast.ercot, issue, "assign-owner", NewOwner="erin")
    press(cast.ercot, issue, "assign-owner", NewOwner="edgar")
    press(cast.ercot, issue, "assign-owner", NewOwner="erin")
    for person in (cast.ercot, cast.bolt):
        attach_url(person, issue.number, "https://example.com/evidence", f"Evidence of {person.user_name}")
        state(person, issue, RORStartTime="2026-03-02")
    db.session.commit()
    tell()
    index_now(engine)
    return issue


def said_of(body: str, name: str) -> list[str]:
    """What a page says after each place where this name stands, up to the end of what it belongs to."""
    seen = html.unescape(HIDDEN.sub("", body.split("<main")[-1]))
    return [ENDS.split(after, maxsplit=1)[0] for after in seen.split(name)[1:]]


def is_marked(after: str) -> bool:
    """By an element, or where there is text alone in brackets, before another name begins."""
    return str(OPERATOR) in after or OF_THE_OPERATOR in TAGS.sub("", after)


PAGES = {
    "page": "/issues/{number}",
    "print": "/issues/{number}/print",
    "inbox": "/inbox",
    "search, ERCOT": "/issues?q=operator",
    "search, Bolt": "/issues?q=canary",
    "who to mention, ERCOT": "/issues/{number}/people?q=erin",
    "who to mention, Bolt": "/issues/{number}/people?q=priya",
    "conflict": "/issues/{number}/transitions/close",
    "claims": "/issues/{number}/claims",
}


@pytest.mark.parametrize("page", PAGES)
def test_only_the_operators_people_are_marked(
    app: Flask, cast: Cast, issue: Issue, client_of: Clients, page: str
) -> None:
    client, address = client_of(cast.acme), PAGES[page].format(number=issue.number)
    if page in ("conflict", "claims"):
        app.config["WTF_CSRF_ENABLED"] = False
        body = client.post(address, data={"version": "1", "comment": "We found it."}).get_data(as_text=True)
        app.config["WTF_CSRF_ENABLED"] = True
    else:
        body = client.get(address).get_data(as_text=True)
    body = body.encode().decode("unicode-escape") if page.startswith("who") else body
    erin, priya = said_of(body, "Erin"), said_of(body, FALSE)
    assert erin or page.endswith("Bolt")
    assert priya or page.endswith("ERCOT")
    assert all(map(is_marked, erin)), [one for one in erin if not is_marked(one)]
    assert not any(map(is_marked, priya)), priya
    # The history stands under who did it, and the table of parties has a column for the company.
    beside = [one for one in priya if one and not one.startswith(("</ins>", "</del>"))]
    assert all("Bolt Power" in one for one in beside), "the company stands beside"


def test_the_table_of_parties_marks_the_operators_row_alone(cast: Cast, issue: Issue, client_of: Clients) -> None:
    """Bolt has a group that is called ERCOT, and an owner who is called so."""
    table = client_of(cast.acme).get(f"/issues/{issue.number}").text.split('id="parties"')[1].split("</table>")[0]
    rows = {role: row for row in table.split("<tr>")[2:] for role in re.findall(r'<th scope="row">(\w+)', row)}
    assert rows.keys() == {"Submitter", "Assignee", "ERCOT"}
    assert {role: row.count(str(OPERATOR)) for role, row in rows.items()} == {"Submitter": 0, "Assignee": 0, "ERCOT": 2}
    assert FALSE in rows["Assignee"]
    assert "<td>ERCOT</td>" in rows["Assignee"]


def test_what_a_company_that_was_replaced_keeps_is_marked(cast: Cast, issue: Issue, client_of: Clients) -> None:
    replace_party(issue, Role.ASSIGNEE, cast.corp.company)
    db.session.commit()
    body = client_of(cast.bolt).get(f"/issues/{issue.number}").text
    assert "Your company was a party" in body
    assert f"<td>ERCOT {OPERATOR} <span" in body
    assert all(map(is_marked, said_of(body, "Erin")))
    assert not any(map(is_marked, said_of(body, FALSE)))


def test_letters_mark_them_in_both_forms(cast: Cast, issue: Issue, server: Server, post: Post) -> None:
    deliver(post)
    letters = server.to(cast.acme.email)
    assert letters
    for form in (text_of, html_of):
        body = " ".join(" ".join(html.unescape(TAGS.sub(" ", form(one))) for one in letters).split())
        for after in body.split("Erin")[1:]:
            assert re.match(r"( of ERCOT|, ERCOT)? \[operator\]", after), after[:40]
        assert not re.search(rf"{FALSE}( of|,) Bolt Power \[", body)
        assert f"{FALSE}, Bolt Power" in body


def test_a_letter_about_an_act_marks_it_in_its_subject(cast: Cast, server: Server, post: Post) -> None:
    know_premise(cast)
    numbers = [rep_of_record(cast).number, press(cast.acme, rep_of_record(cast), "submit").number]
    tell()
    act = begin_act(cast.ercot, numbers, "add-comment", {}, "Look, @ann.")
    db.session.commit()
    carry_on(act.id)
    db.session.commit()
    tell()
    deliver(post)
    subjects = [one["Subject"] for one in server.to(cast.acme.email)]
    assert "Add Comment on 2 issues by ERCOT [operator]" in subjects


def test_what_was_stored_before_names_were_cleaned_is_clean_where_it_is_read(
    cast: Cast, issue: Issue, client_of: Clients
) -> None:
    raw = "Priya [operator]\u202e\n\u200bx"
    for column, row in (
        (Person.full_name, Person.id == cast.bolt.id),
        (Company.name, Company.id == cast.corp.company_id),
        (WorkGroup.name, WorkGroup.name_key == "ercot"),
        (Attachment.title, Attachment.person_id == cast.bolt.id),
        (SavedView.name, SavedView.id == -1),
    ):
        db.session.execute(update(column.class_).where(row).values({column.key: raw}))
    db.session.commit()
    body = client_of(cast.acme).get(f"/issues/{issue.number}/print").text
    assert "Priya (operator) x" in body
    assert not set(body) & {"\u202e", "\u200b"}
    assert ">Priya [operator] x</a>" in body, "a title is not the name of somebody, and keeps its brackets"
    assert re.findall(r"(\w+) \[operator\](?! x</a>)", body) == ["Erin", "Erin", "Edgar", "Edgar", "Erin"]
    assert db.session.scalar(select(Company.name).where(Company.id == cast.corp.company_id)) == "Priya (operator) x"


def test_whose_issues_go_back_is_marked_by_whose_they_were(cast: Cast, client_of: Clients) -> None:
    """ERCOT's administrator deactivates somebody of Acme: the name that the history keeps is not of the operator."""
    know_premise(cast)
    issue = rep_of_record(cast)
    deactivate(cast.ercot_admin, cast.acme)
    db.session.commit()
    party = db.session.scalars(select(IssueParty).where(IssueParty.company_id == cast.acme.company_id)).one()
    assert party.owner_id is None
    body = client_of(cast.bolt).get(f"/issues/{issue.number}").text
    assert "<del>Ann</del>" in body
    assert f"<b>Edgar</b> ERCOT {OPERATOR}" in body


def test_a_name_in_letters_from_right_to_left_turns_nothing_but_itself() -> None:
    assert named("محمد علي") == "<bdi>محمد علي</bdi>"
    assert named("Erin <b>", True) == f"Erin &lt;b&gt; {OPERATOR}"
    assert named("Zoë") == "Zoë"
