"""The pages of signing in: equal answers, own paths, one-time links, the demo market, other sites."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from tests.cast import Cast
from tests.visitor import PASSWORD, Visitor, give_password, reasons, signed_in, without_token
from tracker.actions.links import create_link
from tracker.actions.sign_in import NOT_PRESENT, REFUSED
from tracker.clock import now
from tracker.db import db
from tracker.models import MarketFact
from tracker.web.sign_in import own_path

ELSEWHERE = [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example/",
    "https://localhost@evil.example/",
    "%2F%2Fevil.example",
    "/%2Fevil.example",
    "/%252Fevil.example",
    "/%5Cevil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "issues",
    "",
]


LONG = ["/" + "%2525" * 50_000, "/issues?q=" + "x" * 4_000, "/issues?q=" + "ä" * 1_000]


@pytest.fixture
def demo_market(cast: Cast) -> None:
    """The database was made by the `demo` command."""
    db.session.add(MarketFact(name="demo", value="2026-03-02"))
    db.session.commit()


def test_signing_in_leads_to_the_page_asked_for(app: Flask, cast: Cast) -> None:
    give_password(cast.acme)
    visitor = Visitor(app)
    asked = visitor.get("/account?x=1")
    assert asked.location == "/sign-in?next=/account?x%3D1"
    assert visitor.sign_in(cast.acme, path=asked.location).location == "/account?x=1"


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_next_is_a_path_of_ours_or_home(app: Flask, cast: Cast, wanted: str) -> None:
    visitor = signed_in(app, cast.acme)
    answer = visitor.get("/sign-in", query_string={"next": wanted})
    assert answer.location == "/"


@pytest.mark.usefixtures("stopped")
def test_every_refusal_looks_the_same(app: Flask, cast: Cast) -> None:
    """Also where an account rests for ten seconds."""
    for person in (cast.acme, cast.bolt, cast.corp):
        give_password(person)
    cast.bolt.active = False
    db.session.commit()
    tries = [("nobody", PASSWORD), ("ann", "wrong"), ("bob", PASSWORD), ("rita", PASSWORD)]
    tries += [("carl", "wrong")] * 4 + [("carl", PASSWORD)]
    pages = []
    for n, (user_name, password) in enumerate(tries):
        visitor = Visitor(app, address=f"203.0.{n}.1")
        visitor.get("/sign-in")
        answer = visitor.post("/sign-in", user_name=user_name, password=password)
        assert answer.status_code == 422
        assert REFUSED in answer.text.replace("&#39;", "'")
        pages.append(without_token(answer).replace(f'value="{user_name}"', ""))
    assert len(set(pages)) == 1


def test_form_without_its_token_is_refused(app: Flask, cast: Cast) -> None:
    give_password(cast.acme)
    visitor, other = Visitor(app), Visitor(app)
    other.get("/sign-in")
    for token in ("", "nonsense", other.token):
        visitor.get("/sign-in")
        visitor.token = token
        assert visitor.post("/sign-in", user_name="ann", password=PASSWORD).status_code == 400
    assert visitor.cookie("sid") is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, 302),
        ({"Sec-Fetch-Site": "none"}, 302),
        ({}, 302),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "http://localhost:81"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"}, 403),
    ],
)
def test_only_pages_of_ours_may_change_something(app: Flask, cast: Cast, headers: dict[str, str], status: int) -> None:
    visitor = signed_in(app, cast.acme)
    assert visitor.post("/account/comforts", headers=headers).status_code == status


def test_nothing_happens_by_reading(app: Flask, cast: Cast) -> None:
    visitor = signed_in(app, cast.acme)
    assert visitor.get("/sign-out").status_code == 405
    assert visitor.get("/account").status_code == 200


def test_huge_password_is_too_large(app: Flask, cast: Cast) -> None:
    visitor = Visitor(app)
    visitor.get("/sign-in")
    assert visitor.post("/sign-in", user_name="ann", password="x" * 10_000_000).status_code == 413


def test_link_sets_a_password_and_signs_in(app: Flask, cast: Cast) -> None:
    path = f"/sign-in/link/{create_link(cast.acme_admin, cast.acme)}"
    visitor = Visitor(app)
    assert "Ann" in visitor.get(path).text
    assert visitor.get(path).status_code == 200
    refused = visitor.post(path, password="password1234")
    assert refused.status_code == 422
    assert "lists" in reasons(refused)[0]
    assert visitor.post(path, password="nine red balloons").location == "/"
    assert visitor.get("/account").status_code == 200
    assert Visitor(app).get(path).status_code == 404


def test_link_that_is_used_and_no_link_are_one_answer(app: Flask, cast: Cast) -> None:
    earlier = create_link(cast.acme_admin, cast.acme)
    create_link(cast.acme_admin, cast.acme)
    visitor = Visitor(app)
    answers = [visitor.get(f"/sign-in/link/{token}") for token in (earlier, "nothing")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert without_token(answers[0]) == without_token(answers[1])


def test_a_session_that_a_link_began_asks_for_the_present_password(app: Flask, cast: Cast) -> None:
    """The link set one already: whoever finds the browser open guesses no faster than a stranger."""
    visitor, path = Visitor(app), f"/sign-in/link/{create_link(cast.acme_admin, cast.acme)}"
    visitor.get(path)
    visitor.post(path, password="nine red balloons")
    elsewhere = Visitor(app)
    elsewhere.sign_in(cast.acme, "nine red balloons")
    assert "Present password" in visitor.get("/account").text
    for present in ("", "", "wrong", "wrong"):
        answer = visitor.post("/account/password", present=present, password="ten blue balloons")
        assert answer.status_code == 422
    held_back = visitor.post("/account/password", present="nine red balloons", password="ten blue balloons")
    assert reasons(held_back) == [NOT_PRESENT]
    assert elsewhere.get("/account").status_code == 200
    with time_machine.travel(now() + timedelta(minutes=15), tick=False):
        answer = visitor.post("/account/password", present="nine red balloons", password="ten blue balloons")
    assert answer.location == "/account"


def test_what_is_come_back_to_fits_into_a_header(app: Flask) -> None:
    with app.test_request_context():
        assert own_path("/issues?q=" + "%2525" * 200_000) == "/"
        assert own_path("/issues?q=meter") == "/issues?q=meter"


def test_wrong_present_password_changes_nothing(app: Flask, cast: Cast) -> None:
    visitor = signed_in(app, cast.acme)
    before = cast.acme.password_hash
    answer = visitor.post("/account/password", present="wrong", password="nine red balloons")
    assert answer.status_code == 422
    assert reasons(answer)[0].startswith("This is not your present password")
    assert cast.acme.password_hash == before


def test_forged_host_is_refused(app: Flask, cast: Cast) -> None:
    assert Visitor(app, site="http://evil.example").get("/sign-in").status_code == 400


def test_no_people_outside_a_demo_market(app: Flask, cast: Cast) -> None:
    visitor = Visitor(app)
    assert "demo" not in visitor.get("/sign-in").text.lower()
    assert visitor.post("/sign-in/demo", user_name="ann").status_code == 404


@pytest.mark.usefixtures("demo_market")
def test_demo_market_lists_its_people(app: Flask, cast: Cast) -> None:
    visitor = Visitor(app)
    page = visitor.get("/sign-in").text
    assert 'value="ann"' in page
    assert 'value="clock"' not in page
    assert visitor.post("/sign-in/demo", user_name="ann", next="/account").location == "/account"
    assert visitor.get("/account").status_code == 200


@pytest.mark.usefixtures("demo_market")
@pytest.mark.parametrize("wanted", LONG, ids=["quoted", "plain", "in other letters"])
def test_no_answer_leads_to_an_address_that_is_too_long(app: Flask, cast: Cast, wanted: str) -> None:
    """Whatever is sent: a header of many kilobytes is taken by no server in front."""
    visitor, stranger = Visitor(app), Visitor(app)
    visitor.get("/sign-in")
    assert visitor.post("/sign-in/demo", user_name="ann", next=wanted).location == "/"
    short_enough_to_ask = wanted[:4_050]
    assert visitor.get("/sign-in", query_string={"next": short_enough_to_ask}).location == "/"
    assert stranger.get("/issues", query_string={"q": short_enough_to_ask}).location == "/sign-in"
    visitor.get("/account")
    for name, sent in (("q", wanted), ("view", wanted), ("after", wanted), ("column", ["title"] * 500)):
        nothing = visitor.post("/acts/preview", None, **{name: sent})
        assert nothing.location == "/issues?choose=1&nothing=1"
    for name in ("reason", "unread", "before"):
        assert visitor.post("/inbox/read", None, **{name: wanted}).location == "/inbox"


@pytest.mark.usefixtures("demo_market")
def test_demo_market_is_for_this_machine_alone(app: Flask, cast: Cast) -> None:
    visitor = Visitor(app, address="192.0.2.7")
    assert 'value="ann"' not in visitor.get("/sign-in").text
    assert visitor.post("/sign-in/demo", user_name="ann").status_code == 404


@pytest.mark.usefixtures("demo_market")
@pytest.mark.parametrize("user_name", ["clock", "nobody", "rita"])
def test_demo_market_knows_active_people_only(app: Flask, cast: Cast, user_name: str) -> None:
    cast.acme_reader.active = False
    visitor = Visitor(app)
    visitor.get("/sign-in")
    assert visitor.post("/sign-in/demo", user_name=user_name).status_code == 404
