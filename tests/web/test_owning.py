"""Rules that choose a group, being away with a deputy, assigning to oneself, and mentions in notes."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import ESI_ID, Cast
from tests.make import know_premise, press, rep_of_record
from tracker.actions.grouping import add_rule
from tracker.actions.moving import Press, press_transition
from tracker.actions.parties import replace_party
from tracker.actions.people import deactivate
from tracker.actions.telling import tell_changes
from tracker.clock import market_today, now
from tracker.db import db
from tracker.domain.group_rules import Rule, first_fitting
from tracker.domain.roles import Role
from tracker.errors import Invalid
from tracker.models import GroupRule, Issue, IssueParty, Person, WorkGroup
from tracker.queries.people import is_away

Clients = Callable[[Person | None], FlaskClient]


@pytest.fixture(autouse=True)
def without_tokens(app: Flask) -> Iterator[None]:
    """Forms are posted without a token here; that they need one is tested elsewhere."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def desk(cast: Cast) -> WorkGroup:
    """A group of Bolt."""
    group = WorkGroup(company_id=cast.bolt.company_id, name="Disputes")
    db.session.add(group)
    db.session.commit()
    return group


def group_of(issue: Issue, person: Person) -> int | None:
    """The group of the person's company on the issue."""
    own = (IssueParty.issue_id == issue.id, IssueParty.company_id == person.company_id)
    return db.session.scalars(select(IssueParty.group_id).where(*own)).first()


@pytest.mark.parametrize(
    ("subtype", "esi_id", "group"),
    [
        ("cancel", "1008901023456789012345", 1),
        ("cancel", "10443720001234567", 3),
        ("other", "1008901023456789012345", 2),
        ("other", None, 3),
    ],
)
def test_the_first_rule_that_fits_wins(subtype: str, esi_id: str | None, group: int) -> None:
    rules = [Rule(1, "cancel", "1008901"), Rule(2, None, "1008901"), Rule(3, None, None), Rule(4, "cancel", None)]
    found = first_fitting(rules, subtype, esi_id)
    assert found
    assert found.group_id == group


def test_rules_put_new_issues_into_groups(cast: Cast, desk: WorkGroup, client_of: Clients) -> None:
    admin = client_of(cast.bolt_admin)
    rule = {"subtype": "rep-of-record", "esi_id_prefix": ESI_ID[:7], "group": "Disputes"}
    assert admin.post("/group-rules", data=rule).status_code == 302
    assert admin.post("/group-rules", data={"group": "Nobody"}).status_code == 422
    assert admin.post("/group-rules", data={"esi_id_prefix": "12ab", "group": "Disputes"}).status_code == 422
    know_premise(cast)
    issue = rep_of_record(cast)
    assert group_of(issue, cast.bolt) == desk.id
    assert group_of(issue, cast.acme) is None
    desk.closed_at = now()
    db.session.commit()
    assert "closed, skipped" in admin.get("/group-rules").text
    assert client_of(cast.bolt).get("/group-rules").status_code == 403
    assert "Disputes" not in client_of(cast.acme_admin).get("/group-rules").text


def test_a_company_that_takes_the_place_brings_its_own_rules(cast: Cast) -> None:
    group = WorkGroup(company_id=cast.corp.company_id, name="Late ones")
    db.session.add(group)
    db.session.flush()
    db.session.add(GroupRule(company_id=cast.corp.company_id, place=1, group_id=group.id))
    know_premise(cast)
    issue = rep_of_record(cast)
    replace_party(issue, Role.ASSIGNEE, cast.corp.company)
    assert group_of(issue, cast.corp) == group.id


def test_a_rule_made_later_leaves_the_sides_that_are_there(cast: Cast, desk: WorkGroup) -> None:
    """Bolt makes a rule; when Wires comes in later, Bolt's own side stays as it was."""
    know_premise(cast)
    issue = rep_of_record(cast)
    add_rule(cast.bolt_admin, {"group": "Disputes"})
    db.session.commit()
    replace_party(issue, Role.TDSP, cast.wires.company)
    db.session.commit()
    assert group_of(issue, cast.bolt) is None


def test_rules_are_kept_in_order_by_their_own_company(cast: Cast, desk: WorkGroup, client_of: Clients) -> None:
    for subtype in ("cancel-with-approval", "rep-of-record", ""):
        add_rule(cast.bolt_admin, {"subtype": subtype, "group": "Disputes"})
    db.session.commit()
    in_order = select(GroupRule.public_id).order_by(GroupRule.place)
    first, second, third = db.session.scalars(in_order).all()
    client_of(cast.bolt_admin).post(f"/group-rules/{third}/up")
    client_of(cast.acme_admin).post(f"/group-rules/{second}/up")
    client_of(cast.acme_admin).post(f"/group-rules/{first}/remove")
    assert db.session.scalars(in_order).all() == [first, third, second]
    client_of(cast.bolt_admin).post(f"/group-rules/{first}/remove")
    assert db.session.scalars(in_order).all() == [third, second]


def test_one_press_assigns_to_oneself(cast: Cast, client_of: Clients) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    client = client_of(cast.acme_admin)
    assert "data-assign-me" in client.get(f"/issues/{issue.number}").text
    form = {"version": issue.version, "NewOwner": "adam"}
    assert client.post(f"/issues/{issue.number}/transitions/assign-owner", data=form).status_code == 302
    assert "data-assign-me" not in client.get(f"/issues/{issue.number}").text


def test_being_away_and_back(cast: Cast, client_of: Clients) -> None:
    client, until = client_of(cast.acme), market_today() + timedelta(days=3)
    form = {"away_until": until.isoformat(), "deputy": "adam"}
    assert client.post("/account/absence", data=form).status_code == 302
    db.session.refresh(cast.acme)
    assert (cast.acme.away_until, cast.acme.deputy_id, is_away(cast.acme.away_until)) == (
        until,
        cast.acme_admin.id,
        True,
    )
    circle = client_of(cast.acme_admin).post("/account/absence", data={**form, "deputy": "ann"})
    assert (circle.status_code, "stands in there" in circle.text) == (422, True)
    with time_machine.travel(now() + timedelta(days=5), tick=False):
        assert not is_away(cast.acme.away_until)
    deactivate(cast.acme_admin, cast.acme_reader)
    client.post("/account/absence", data={"back": "1"})
    db.session.refresh(cast.acme)
    assert (cast.acme.away_until, cast.acme.deputy_id) == (None, None)


def test_an_administrator_says_that_somebody_is_away(cast: Cast, client_of: Clients) -> None:
    until = market_today() + timedelta(days=3)
    form = {"away_until": until.isoformat(), "deputy": "adam"}
    client = client_of(cast.acme_admin)
    assert client.post("/people/person/ann/absence", data=form).status_code == 302
    db.session.refresh(cast.acme)
    assert (cast.acme.away_until, cast.acme.deputy_id) == (until, cast.acme_admin.id)
    assert "<b>Adam</b> is told, too" in client.get("/people/person/ann").text
    assert "<b>Adam</b> is told, too" in client_of(cast.acme).get("/account").text
    know_premise(cast)
    issue = rep_of_record(cast)
    offered = client.get(f"/issues/{issue.number}/transitions/assign-owner").text
    assert "Ann (away until " in offered
    assert "away until" not in client_of(cast.bolt).get(f"/issues/{issue.number}").text
    refused = client.post("/people/person/ann/absence", data={**form, "deputy": "bob"})
    assert (refused.status_code, "active colleague" in refused.text) == (422, True)
    assert client.post("/people/person/ann/absence", data={"back": "1"}).status_code == 302
    db.session.refresh(cast.acme)
    assert cast.acme.away_until is None
    assert client_of(cast.bolt_admin).post("/people/person/ann/absence", data=form).status_code == 404
    assert client_of(cast.acme_reader).post("/people/person/ann/absence", data=form).status_code == 403


def test_who_stands_in_reads_for_whom(cast: Cast, client_of: Clients) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    cast.acme.away_until, cast.acme.deputy_id = market_today(), cast.acme_admin.id
    press_transition(cast.bolt, issue.number, Press("add-comment", comment="Only you, @ann."))
    while tell_changes():
        db.session.commit()
    db.session.commit()
    page = client_of(cast.acme_admin).get("/inbox").text
    assert "Somebody mentioned Ann, for whom you stand in." in page
    assert "Somebody mentioned you." in client_of(cast.acme).get("/inbox").text


def test_a_deputy_who_only_reads_is_told_nothing(cast: Cast, client_of: Clients) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    cast.acme.away_until, cast.acme.deputy_id = market_today(), cast.acme_reader.id  # an analyst at that time
    press_transition(cast.bolt, issue.number, Press("add-comment", comment="Only you, @ann."))
    while tell_changes():
        db.session.commit()
    db.session.commit()
    assert "Nothing yet." in client_of(cast.acme_reader).get("/inbox").text


@pytest.mark.parametrize(
    ("until", "deputy", "field"),
    [
        ("2020-01-01", "adam", "day from today"),
        ("tomorrow", "adam", "not a date"),
        ("", "bob", "active colleague"),
        ("", "rita", "who works issues"),
        ("", "ann", "active colleague"),
    ],
)
def test_an_absence_that_cannot_be(cast: Cast, client_of: Clients, until: str, deputy: str, field: str) -> None:
    form = {"away_until": until or market_today().isoformat(), "deputy": deputy}
    answer = client_of(cast.acme).post("/account/absence", data=form)
    assert (answer.status_code, field in answer.text) == (422, True)


def test_a_deputy_who_leaves_is_no_deputy(cast: Cast) -> None:
    cast.acme.away_until, cast.acme.deputy_id = market_today(), cast.acme_reader.id
    db.session.flush()
    deactivate(cast.acme_admin, cast.acme_reader)
    db.session.refresh(cast.acme)
    assert cast.acme.deputy_id is None


@pytest.mark.parametrize(
    ("ring", "text", "refused"),
    [
        ("company", "Ask @bob.", True),
        ("company", "Ask @adam, or ann@bob.example, `@bob`.", False),
        ("company", "Ask @nobody.", False),
        ("operator", "Ask @erin.", False),
        ("operator", "Ask @bob and @erin.", True),
        ("company", "Ask @carl.", False),
        ("parties", "Ask @bob.", False),
        ("parties", "Ask @carl.", False),
        ("parties", "Ask @nobody.", False),
    ],
)
def test_who_is_mentioned_must_read_it(cast: Cast, ring: str, text: str, refused: bool) -> None:
    """Carl's company has no part: his name is a word like that of nobody, so that nobody can ask who works there."""
    know_premise(cast)
    issue = press(cast.bolt, rep_of_record(cast), "begin-working")
    note = Press("add-comment", comment=text, ring=ring)
    if refused:
        with pytest.raises(Invalid, match=r"^@bob would not read this\. Take the name out"):
            press_transition(cast.acme, issue.number, note)
    else:
        press_transition(cast.acme, issue.number, note)


@pytest.mark.parametrize(
    ("who", "ring", "begun", "offered"),
    [
        ("acme", "parties", "b", ["@bea", "@bob"]),
        ("acme", "company", "b", []),
        ("acme", "parties", "a", ["@adam"]),
        ("bolt", "parties", "A", ["@adam", "@ann"]),
        ("acme", "operator", "e", ["@edgar", "@erin"]),
        ("acme", "parties", "%", []),
        ("acme", "parties", "c", []),
        ("ercot", "with:222222222", "a", []),
        ("ercot", "with:222222222", "bo", ["@bob"]),
    ],
)
def test_only_readers_of_the_ring_are_offered_to_be_mentioned(
    cast: Cast, client_of: Clients, who: str, ring: str, begun: str, offered: list[str]
) -> None:
    """Nobody of Corp, who has no part, and never the clock."""
    know_premise(cast)
    issue = rep_of_record(cast)
    answer = client_of(getattr(cast, who)).get(
        f"/issues/{issue.number}/people", query_string={"ring": ring, "q": begun}
    )
    assert [one["text"] for one in answer.json or []] == offered


def test_people_are_offered_by_any_part_of_their_name_the_own_ones_first(cast: Cast, client_of: Clients) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    cast.bolt.full_name, cast.acme_admin.full_name = "Bob Ash", "Ulla van Ash"
    db.session.commit()
    address = f"/issues/{issue.number}/people?q=ash"
    notes = [one["note"] for one in client_of(cast.acme).get(address).json or []]
    assert notes == ["Ulla van Ash, Acme Energy", "Bob Ash, Bolt Power"]
    assert client_of(cast.acme_reader).get(address).status_code == 403
    assert client_of(cast.acme).get(address + "&ring=with:222222222").status_code == 422
