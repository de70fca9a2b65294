"""The pages of people, groups and companies: own ones for administrators, all for ERCOT's."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import Cast
from tests.visitor import Visitor, reasons, signed_in, without_token
from tracker.db import db
from tracker.models import Company, Person, WorkGroup

NEW: dict[str, Any] = {
    "full_name": "Nora Lind",
    "user_name": "nora.lind",
    "email": "nora@acme.example",
    "rank": "analyst",
}


@pytest.fixture
def admin(app: Flask, cast: Cast) -> Visitor:
    """The administrator of Acme."""
    return signed_in(app, cast.acme_admin)


@pytest.fixture
def operator(app: Flask, cast: Cast) -> Visitor:
    """The administrator of ERCOT."""
    return signed_in(app, cast.ercot_admin)


def person(user_name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.user_name == user_name)).one()


def test_list_holds_the_own_people_only(admin: Visitor) -> None:
    page = admin.get("/people").text
    assert "rita" in page
    assert "bob" not in page


def test_new_person_comes_in_by_a_link_shown_once(app: Flask, admin: Visitor) -> None:
    admin.get("/people/new")
    page = admin.post("/people/new", **NEW).text
    found = re.search(r'<code class="id">(http://localhost(/sign-in/link/[\w-]{43}))</code>', page)
    assert found is not None
    assert found.group(2) not in admin.get("/people/person/nora.lind").text
    newcomer = Visitor(app)
    newcomer.get(found.group(2))
    assert newcomer.post(found.group(2), password="nine red balloons").location == "/"
    assert person("nora.lind").company.name == "Acme Energy"


def test_refused_person_keeps_what_was_typed(admin: Visitor) -> None:
    admin.get("/people/new")
    answer = admin.post("/people/new", **{**NEW, "user_name": "bob", "email": "nowhere"})
    assert answer.status_code == 422
    assert any("address" in reason for reason in reasons(answer))
    assert 'value="Nora Lind"' in answer.text
    answer = admin.post("/people/new", **{**NEW, "user_name": "bob"})
    assert reasons(answer) == ["The user name bob is taken. Choose another."]


def test_person_is_edited(admin: Visitor) -> None:
    admin.get("/people/person/ann")
    fields: dict[str, Any] = {"full_name": "Ann Lee", "email": "ann@acme.example", "rank": "administrator"}
    assert admin.post("/people/person/ann", **fields).location == "/people/person/ann"
    assert (person("ann").full_name, person("ann").rank) == ("Ann Lee", "administrator")


@pytest.mark.parametrize("path", ["", "/link", "/deactivate", "/reactivate", "/sign-out"])
def test_foreign_and_absent_people_are_one_answer(admin: Visitor, path: str) -> None:
    answers = [admin.post(f"/people/person/{name}{path}") for name in ("bob", "nobody", "clock")]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({without_token(answer) for answer in answers}) == 1
    assert person("bob").active


@pytest.mark.parametrize("path", ["", "/close", "/reopen"])
def test_foreign_and_absent_groups_are_one_answer(app: Flask, cast: Cast, path: str) -> None:
    admin = signed_in(app, cast.bolt_admin)
    named = (cast.acme_desk.public_id, cast.acme_desk.id, "absent")
    answers = [admin.post(f"/people/groups/{one}{path}", name="Ours") for one in named]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({without_token(answer) for answer in answers}) == 1


@pytest.mark.parametrize("who", ["acme", "acme_reader", "ercot"])
@pytest.mark.parametrize(
    "path", ["/people", "/people/new", "/people/groups", "/companies", "/companies/111111111/people"]
)
def test_only_administrators_reach_the_pages(app: Flask, cast: Cast, who: str, path: str) -> None:
    allowed = {"/people", "/people/new", "/people/groups"} if getattr(cast, who).rank == "administrator" else set()
    answer = signed_in(app, getattr(cast, who)).get(path)
    assert answer.status_code == (200 if path in allowed else 403)


HELP = {
    ("acme", "/people"): "manage the people and groups of the own company. Ask an administrator of Acme",
    ("acme", "/companies"): "manage the companies of the market. That is for administrators of ERCOT alone;",
    ("acme_admin", "/clock"): "say that the clock is right. That is for administrators of ERCOT alone;",
    ("ercot", "/companies"): "manage the companies of the market. Ask an administrator of ERCOT",
    ("ercot", "/clock"): "say that the clock is right. Ask an administrator of ERCOT",
}


@pytest.mark.parametrize(("who", "path"), HELP)
def test_who_may_not_is_told_who_can_help(app: Flask, cast: Cast, who: str, path: str) -> None:
    """The own company cannot give away what is the operator's."""
    answer = signed_in(app, getattr(cast, who)).get(path)
    assert answer.status_code == 403
    assert f"Your account may not {HELP[who, path]}" in answer.text


def test_company_administrator_has_no_part_in_other_companies(admin: Visitor) -> None:
    for path in ("/companies", "/companies/222222222", "/companies/222222222/people", "/companies/111111111/people"):
        assert admin.get(path).status_code == 403


def test_the_last_administrator_is_told_where_it_was_pressed(cast: Cast, admin: Visitor) -> None:
    name = cast.acme_admin.user_name
    admin.get(f"/people/person/{name}")
    answer = admin.post(f"/people/person/{name}/deactivate")
    assert answer.status_code == 422
    (said,) = reasons(answer)
    assert said.startswith("You are the last administrator of Acme")
    place = answer.text[answer.text.index('id="end-head"') :]
    assert said in place
    assert f"/people/person/{name}/deactivate" in place
    typed: dict[str, Any] = {"full_name": "Ada Typed", "email": cast.acme_admin.email, "rank": "analyst"}
    answer = admin.post(f"/people/person/{name}", **typed)
    assert (answer.status_code, reasons(answer)) == (422, [said])
    assert 'value="Ada Typed"' in answer.text
    assert person(name).active
    assert person(name).rank == "administrator"


def test_deactivated_and_reactivated(app: Flask, cast: Cast, admin: Visitor) -> None:
    visitor = signed_in(app, cast.acme)
    admin.post("/people/person/ann/deactivate")
    assert visitor.get("/account").status_code == 302
    assert "deactivated" in admin.get("/people/person/ann").text
    page = admin.post("/people/person/ann/reactivate").text
    assert visitor.sign_in(cast.acme).status_code == 422
    assert admin.post("/people/person/ann/reactivate").status_code == 409
    path = re.findall(r'<code class="id">http://localhost(/sign-in/link/[\w-]{43})</code>', page)[0]
    visitor.get(path)
    assert visitor.post(path, password="nine red balloons").location == "/"
    assert visitor.get("/account").status_code == 200


def test_administrator_who_changes_the_own_address_goes_on_here_alone(app: Flask, cast: Cast, admin: Visitor) -> None:
    there = Visitor(app)
    there.sign_in(cast.acme_admin)
    fields: dict[str, Any] = {"full_name": "Adam", "email": "adam@new.example", "rank": "administrator"}
    admin.get("/people/person/adam")
    assert admin.post("/people/person/adam", **fields).status_code == 302
    assert "is saved" in admin.get("/people/person/adam").text
    assert there.get("/account").status_code == 302


def test_person_is_signed_out_everywhere(app: Flask, cast: Cast, admin: Visitor) -> None:
    visitor = signed_in(app, cast.acme)
    assert admin.post("/people/person/ann/sign-out").status_code == 302
    assert visitor.get("/account").status_code == 302


def test_groups(admin: Visitor) -> None:
    admin.get("/people/groups")
    assert admin.post("/people/groups", name="Billing").location == "/people/groups"
    group = db.session.scalars(select(WorkGroup).where(WorkGroup.name == "Billing")).one()
    assert admin.post("/people/groups", name="billing").status_code == 422
    assert admin.post(f"/people/groups/{group.public_id}", name="Night shift").status_code == 302
    assert admin.post(f"/people/groups/{group.public_id}/close").status_code == 302
    page = admin.get("/people/groups").text
    assert "Night shift" in page
    assert "Reopen" in page
    assert admin.post(f"/people/groups/{group.public_id}/reopen").status_code == 302
    assert admin.get(f"/people/groups/{group.public_id}").status_code == 200


def test_operator_adds_a_company_and_its_first_administrator(app: Flask, operator: Visitor) -> None:
    operator.get("/companies")
    answer = operator.post("/companies", name="Dune Retail", duns="444444444", kind="CR", legal_name="")
    assert answer.location == "/companies/444444444/people/new"
    operator.get(answer.location)
    page = operator.post(answer.location, **{**NEW, "rank": "administrator"}).text
    assert "/sign-in/link/" in page
    assert person("nora.lind").company.name == "Dune Retail"
    assert "nora.lind" in operator.get("/companies/444444444/people").text


def test_operator_marks_a_company_as_left_and_undoes_it(operator: Visitor) -> None:
    operator.get("/companies/333333333")
    assert reasons(operator.post("/companies/333333333/leave", left_on="yesterday"))
    assert operator.post("/companies/333333333/leave", left_on="2026-01-31").status_code == 302
    assert "left the market on Jan 31, 2026" in operator.get("/companies/333333333").text
    assert operator.post("/companies/333333333/return").status_code == 302
    company = db.session.scalars(select(Company).where(Company.duns == "333333333")).one()
    assert company.left_on is None


def test_operator_renames_a_company(operator: Visitor) -> None:
    operator.get("/companies/333333333")
    fields: dict[str, Any] = {"name": "Corp Energy", "legal_name": "Corp Energy, LLC"}
    assert operator.post("/companies/333333333", **fields).location == "/companies/333333333"
    page = operator.get("/companies").text
    assert "Corp Energy, LLC" in page
    assert reasons(operator.post("/companies/333333333", name="", legal_name=""))


def test_absent_company_is_not_found(operator: Visitor) -> None:
    for path in ("/companies/999999999", "/companies/999999999/people", "/companies/x/people/person/ann"):
        assert operator.get(path).status_code == 404
    assert operator.get("/companies/222222222/people/person/ann").status_code == 404
