"""Keys decide, names are only shown: two companies of one name, and names that read like something else."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient

from tests.cast import ESI_ID, Cast
from tests.make import index_now, know_premise, press, rep_of_record, state, usage_dispute
from tracker.actions.parties import replace_party
from tracker.actions.presence import be_here
from tracker.db import db
from tracker.domain.claims import REGISTRY, Saying, Side
from tracker.domain.roles import Role
from tracker.errors import Invalid
from tracker.jobs.letter.outlines import is_one_act
from tracker.models import Issue, Person
from tracker.queries.claims import claims_of
from tracker.queries.letters import Content, Entry
from tracker.queries.parties import parties_of
from tracker.search import SearchBackend
from tracker.web.words import OPERATOR

Clients = Callable[[Person | None], FlaskClient]


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asks Bolt, and both are called the same."""
    know_premise(cast)
    issue = rep_of_record(cast)
    cast.bolt.company.name = cast.acme.company.name
    db.session.commit()
    return issue


def test_whose_turn_it_is_goes_by_the_company(cast: Cast, issue: Issue, client_of: Clients) -> None:
    home = client_of(cast.acme).get("/").text
    assert '<span class="turn turn-theirs">Acme Energy</span>' in home
    assert "turn-ours" not in home
    assert '<span class="turn turn-ours">Us</span>' in client_of(cast.bolt).get("/").text


def test_the_first_opening_is_told_of_the_company_that_opened(cast: Cast, issue: Issue, client_of: Clients) -> None:
    be_here(cast.bolt, issue.number)
    be_here(cast.acme, issue.number)
    db.session.commit()
    assert client_of(cast.acme).get(f"/issues/{issue.number}").text.count("opened the issue for the first time") == 1


def test_lists_to_choose_from_tell_companies_of_one_name_apart(
    cast: Cast, issue: Issue, client_of: Clients, engine: SearchBackend
) -> None:
    usage_dispute(cast)
    index_now(engine)
    client = client_of(cast.ercot)
    page = client.get("/issues").text
    for who in ("acme", "bolt"):
        assert f'<option value="{cast.duns(who)}">Acme Energy ({cast.duns(who)})</option>' in page
    assert '<option value="wires-delivery">Wires Delivery</option>' in page
    turns = client.get("/issues/facets").text.split("Whose turn")[1].split("</section>")[0]
    assert f"q=turn:{cast.duns('bolt')}" in turns
    offered = [one["text"] for one in client.get("/suggest/query?q=party:acme").json["offers"]]  # type: ignore[index]
    assert {cast.duns("acme"), cast.duns("bolt")} <= set(offered)
    jumps = {one["text"]: one["address"] for one in client.get("/suggest?q=acme").json or []}
    assert jumps[f"Acme Energy ({cast.duns('bolt')})"] == f"/issues?q=party:{cast.duns('bolt')}"


def test_who_is_of_the_operator_goes_by_the_kind_of_company(cast: Cast, client_of: Clients) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    press(cast.bolt, issue, "begin-working")
    press(cast.ercot, issue, "add-comment", "We look.")
    cast.bolt.company.name, cast.ercot.company.name = "ERCOT", "Grid of Texas"
    db.session.commit()
    body = client_of(cast.acme).get(f"/issues/{issue.number}").text
    assert f"<b>Erin</b> Grid of Texas {OPERATOR}" in body
    assert re.search(r"<b>Bob</b> ERCOT\s*</p>", body)


def test_a_company_that_is_called_registry_is_not_the_registry(cast: Cast) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    replace_party(issue, Role.TDSP, cast.wires.company)
    cast.wires.company.name = str(REGISTRY)
    state(cast.wires, issue, RORStartTime="2026-03-02")
    table = claims_of(cast.wires, issue, parties_of(issue.id))
    assert table
    assert table.stated(Side.SHOWN)["RORStartTime"] == "2026-03-02T00:00:00"
    assert Saying("x", "registry").by == REGISTRY


def test_two_people_of_one_name_did_not_do_one_act() -> None:
    company = SimpleNamespace(name="Acme Energy")
    rows = [
        SimpleNamespace(key="complete", name="Complete", person="Bob", person_id=who, said=None, ring_company_id=None)
        for who in (1, 2)
    ]
    entries = [Entry("answered", row) for row in rows]  # type: ignore[arg-type]  # what a row has
    assert not is_one_act(Content("ann@acme.example", company, entries))  # type: ignore[arg-type]
    assert is_one_act(Content("ann@acme.example", company, entries[:1] * 2))  # type: ignore[arg-type]


def test_the_clock_is_nobody_to_be_made_owner(cast: Cast) -> None:
    """ERCOT's person that acts for the product is not offered, and cannot be typed either."""
    know_premise(cast)
    issue = rep_of_record(cast, EsiID=ESI_ID)
    with pytest.raises(Invalid) as refusal:
        press(cast.ercot, issue, "assign-owner", NewOwner="clock")
    assert refusal.value.errors["NewOwner"].code == "no-such-colleague"  # type: ignore[attr-defined]
