"""The authorisation matrix, made from the route table: route × method × person × object (S1, S2).

A route that declares no policy fails here, and so does one whose address has a parameter that the
matrix does not know how to fill.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.cast import Cast
from tests.conftest import settings_of
from tests.make import know_premise, rep_of_record
from tracker.actions.attachments import attach_url
from tracker.db import db
from tracker.models import Attachment, Issue, Person
from tracker.web.access import Access, policy_of

ABSENT = {"number": 99999999, "public_id": "absent"}
FIXED: dict[str, object] = {
    "key": "add-comment",
    "subtype_key": "rep-of-record",
    "token": "no-such-token",
    "chapter": "states",
    "name": "home",
    "file_id": 999999,
    "person_id": 999999,
    "duns": "999999999",
    "user_name": "nobody.here",
}
"""Parameters of an address that name nothing of an issue."""

OWN_AFFAIRS = {"inbox.watching", "replies.here"}
"""What is posted about an issue and changes nothing for anybody else: readers may."""

CHANGING = re.compile(rb'(name="csrf_token" value=")[^"]*|(<time [^>]*>)[^<]*')


def rules(app: Flask) -> Iterator[Rule]:
    """Every route of the product."""
    yield from (rule for rule in app.url_map.iter_rules())


def names(person: Person | None) -> str:
    return person.user_name if person else "nobody"


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asked Bolt; Corp, Wires and Oncor have no part in it."""
    know_premise(cast)
    issue = rep_of_record(cast)
    attach_url(cast.acme, issue.number, "https://example.com/evidence", "Evidence")
    db.session.commit()
    return issue


def values_for(rule: Rule, issue: Issue | None) -> dict[str, object]:
    """What fills the parameters of an address: of this issue, or of one that does not exist."""
    filled: dict[str, object] = dict(FIXED) | ABSENT
    if issue is not None:
        attachment = db.session.query(Attachment).filter_by(issue_id=issue.id).first()
        filled |= {"number": issue.number, "public_id": attachment.public_id if attachment else "none"}
    unknown = rule.arguments - filled.keys()
    assert not unknown, f"{rule.rule}: the matrix does not know {unknown}"
    return {name: filled[name] for name in rule.arguments}


def answers(client: FlaskClient, app: Flask, rule: Rule, values: dict[str, object]) -> Iterator[tuple[str, Any]]:
    """The answer to each method of a route."""
    with app.test_request_context():
        address = app.url_map.bind("localhost").build(rule.endpoint, values, method=next(iter(rule.methods or ())))
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        yield method, client.open(address, method=method)


def test_every_route_declares_its_policy(migrated: Flask) -> None:
    undeclared = [rule.rule for rule in rules(migrated) if policy_of(migrated, rule.endpoint) is None]
    assert undeclared == []


def test_strangers_to_the_product_are_sent_to_sign_in(
    app: Flask, cast: Cast, issue: Issue, client_of: Callable[[Person | None], FlaskClient]
) -> None:
    client = client_of(None)
    for rule in rules(app):
        if policy_of(app, rule.endpoint) is Access.PUBLIC:
            continue
        for method, answer in answers(client, app, rule, values_for(rule, issue)):
            refused = answer.status_code == 400 if method != "GET" else answer.location.startswith("/sign-in")
            assert refused, f"{method} {rule.rule}: {answer.status_code}"


@pytest.mark.usefixtures("without_tokens")
def test_a_company_without_part_cannot_tell_a_foreign_issue_from_an_absent_one(
    app: Flask, cast: Cast, issue: Issue, client_of: Callable[[Person | None], FlaskClient]
) -> None:
    for person in (cast.corp, cast.oncor, cast.wires):
        client = client_of(person)
        for rule in rules(app):
            if policy_of(app, rule.endpoint) is not Access.ISSUE:
                continue
            foreign = list(answers(client, app, rule, values_for(rule, issue)))
            absent = list(answers(client, app, rule, values_for(rule, None)))
            for (method, seen), (_, none) in zip(foreign, absent, strict=True):
                case = f"{names(person)} {method} {rule.rule}"
                assert seen.status_code == none.status_code == 404, f"{case}: {seen.status_code}"
                assert CHANGING.sub(b"", seen.data) == CHANGING.sub(b"", none.data), case
                assert set(seen.headers.keys()) == set(none.headers.keys()), case


def test_the_parties_and_ercot_reach_the_issue(
    app: Flask, cast: Cast, issue: Issue, client_of: Callable[[Person | None], FlaskClient]
) -> None:
    for person in (cast.acme, cast.acme_reader, cast.acme_admin, cast.bolt, cast.ercot, cast.ercot_admin):
        answer = client_of(person).get(f"/issues/{issue.number}")
        assert answer.status_code == 200, names(person)


@pytest.mark.usefixtures("without_tokens")
@pytest.mark.parametrize(
    ("policy", "let_in"),
    [
        (Access.COMPANY_ADMINISTRATOR, {"acme_admin", "bolt_admin", "ercot_admin"}),
        (Access.OPERATOR_ADMINISTRATOR, {"ercot_admin"}),
        (Access.CLOCK, {"ercot_admin"}),
    ],
)
def test_administration_is_for_administrators(
    app: Flask, cast: Cast, policy: Access, let_in: set[str], client_of: Callable[[Person | None], FlaskClient]
) -> None:
    for role in ("acme", "acme_reader", "acme_admin", "bolt_admin", "corp", "ercot", "ercot_admin"):
        client = client_of(getattr(cast, role))
        for rule in rules(app):
            if policy_of(app, rule.endpoint) is not policy:
                continue
            for method, answer in answers(client, app, rule, values_for(rule, None)):
                assert answer.status_code < 500
                assert (answer.status_code != 403) == (role in let_in), f"{role} {method} {rule.rule}"


@pytest.mark.usefixtures("without_tokens")
def test_readers_change_nothing(
    app: Flask, cast: Cast, issue: Issue, client_of: Callable[[Person | None], FlaskClient]
) -> None:
    client, before = client_of(cast.acme_reader), issue.version
    for rule in rules(app):
        changes = "POST" in (rule.methods or ()) and rule.endpoint not in OWN_AFFAIRS
        if policy_of(app, rule.endpoint) is Access.ISSUE and changes:
            for method, answer in answers(client, app, rule, values_for(rule, issue)):
                assert method != "POST" or answer.status_code in (403, 422), f"{rule.rule}: {answer.status_code}"
    db.session.expire_all()
    assert issue.version == before


def set_otherwise_and_fail(app: Flask) -> None:
    with settings_of(app):
        app.config["WTF_CSRF_ENABLED"] = False
        app.config["NEVER_SET_BEFORE"] = True
        raise AssertionError


def test_what_a_test_sets_otherwise_is_set_back_when_it_fails(app: Flask) -> None:
    before = dict(app.config)
    with pytest.raises(AssertionError):
        set_otherwise_and_fail(app)
    assert dict(app.config) == before
