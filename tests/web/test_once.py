"""A value that is sent twice is refused at every door: of two with one name nobody could say which was meant."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from tests.cast import ESI_ID, Cast
from tests.make import know_premise, rep_of_record
from tests.web.test_access import answers, rules, values_for
from tracker.db import db
from tracker.models import Comment, Event, Issue, Person, SavedView
from tracker.web import once
from tracker.web.once import KEEPS_ALL, SEVERAL

Clients = Callable[[Person | None], FlaskClient]
SEVERAL_READ = re.compile(r"""(?:form|args|sent)\.getlist\("(\w+)"\)""")
TWICE = "was sent twice, and nothing was done"


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asked Bolt."""
    know_premise(cast)
    return rep_of_record(cast)


@pytest.fixture
def ann(app: Flask, cast: Cast, issue: Issue, client_of: Clients) -> Iterator[FlaskClient]:
    """Ann of Acme, whose forms are posted without a token here; that they need one is tested elsewhere."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield client_of(cast.acme)
    app.config["WTF_CSRF_ENABLED"] = True


def counts() -> tuple[int, ...]:
    tables = (Issue, Event, Comment, SavedView)
    return tuple(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


@pytest.mark.parametrize(
    ("address", "sent", "name"),
    [
        ("/issues/new/rep-of-record", {"EsiID": ESI_ID, "StartTime": "2026-03-01", "Assignee": "{bolt}"}, "Assignee"),
        ("/issues/new/rep-of-record", {"EsiID": ESI_ID, "StartTime": "2026-03-01", "Assignee": "{bolt}"}, "do"),
        ("/issues/{number}/transitions/withdraw", {"version": "{version}", "comment": "Gone."}, "version"),
        ("/issues/{number}/transitions/assign-owner", {"version": "{version}", "NewOwner": "adam"}, "NewOwner"),
        ("/issues/{number}/transitions/add-comment", {"ring": "parties", "comment": "Hello."}, "comment"),
        ("/acts", {"numbers": "{number}", "key": "assign-owner", "NewOwner": "adam"}, "NewOwner"),
        ("/acts", {"numbers": "{number}", "key": "add-comment", "ring": "parties", "comment": "Hello."}, "key"),
        ("/issues/{number}/links", {"other": "{number}", "kind": "related"}, "kind"),
        ("/views/new", {"name": "Ours", "scope": "mine", "query": ""}, "scope"),
    ],
)
def test_nothing_is_done_with_a_form_that_says_two_things(
    cast: Cast, issue: Issue, ann: FlaskClient, address: str, sent: dict[str, str], name: str
) -> None:
    known = {"number": issue.number, "version": issue.version, "bolt": cast.duns("bolt")}
    form: MultiDict[str, Any] = MultiDict({field: value.format(**known) for field, value in sent.items()})
    form.add(name, "another")
    if len(form.getlist(name)) == 1:
        form.add(name, "one")
    before = counts()
    answer = ann.post(address.format(**known), data=form)
    assert (answer.status_code, f"“{name}” {TWICE}" in answer.text) == (422, True)
    assert counts() == before


def test_every_door_refuses_it(app: Flask, cast: Cast, issue: Issue, ann: FlaskClient) -> None:
    """Of an address as well as of a form."""
    for rule in (rule for rule in rules(app) if rule.endpoint != KEEPS_ALL):
        values = {**values_for(rule, issue), "a": ["1", "2"]}
        for method, answer in answers(ann, app, rule, values):
            assert answer.status_code in (302, 400, 403, 404, 422), f"{method} {rule.rule}"
            assert TWICE in answer.text or answer.status_code in (302, 403), f"{method} {rule.rule}"


def test_what_is_sent_for_each_of_several_things_is_taken(issue: Issue, ann: FlaskClient) -> None:
    assert ann.get("/issues?column=title&column=number").status_code == 200
    assert ann.post("/inbox/read", data={"notice": ["1", "2"]}).status_code == 302
    assert ann.post("/acts/preview", data={"number": [str(issue.number), "1"]}).status_code == 200
    columns = {"name": "Ours", "scope": "mine", "query": "", "columns": ["title", "number"]}
    assert ann.post("/views/new", data=columns).status_code == 302


def test_what_a_page_reads_several_of_may_be_sent_several_times() -> None:
    sources = Path(once.__file__).parent.glob("*.py")
    read = {name for source in sources for name in SEVERAL_READ.findall(source.read_text(encoding="utf-8"))}
    assert {"column", "columns", "notice", "ring"} <= read <= SEVERAL
