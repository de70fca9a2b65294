"""`flask company` and `flask user`: a market from nothing, and the first person in it."""

import json

from flask import Flask

from tests.cast import Cast
from tests.visitor import Visitor
from tracker.cli import company, user


def run(app: Flask, *args: str) -> str:
    result = app.test_cli_runner().invoke(args=list(args))
    assert result.exit_code == 0, result.output
    return result.output


def refused(app: Flask, *args: str) -> str:
    result = app.test_cli_runner().invoke(args=list(args))
    assert result.exit_code != 0
    return result.output


def test_market_from_nothing(app: Flask) -> None:
    assert "begins with ERCOT" in refused(app, "company", "add", "111111111", "Acme Energy", "CR")
    run(app, "company", "add", "183529049", "ERCOT", "ERCOT")
    run(app, "company", "add", "111111111", "Acme Energy", "CR", "--legal-name", "Acme Holdings, LLC")
    run(app, "user", "add", "183529049", "edgar", "Edgar Poe", "edgar@ercot.example", "administrator")
    address = run(app, "user", "link", "edgar").strip()
    assert address.startswith("http://localhost/sign-in/link/")
    visitor = Visitor(app)
    visitor.get(address.removeprefix("http://localhost"))
    visitor.post(address.removeprefix("http://localhost"), password="nine red balloons")
    assert "Acme Holdings, LLC" in visitor.get("/companies").text


def test_lists_as_json(app: Flask, cast: Cast) -> None:
    companies = json.loads(run(app, "company", "list", "--json"))
    assert {"duns", "name", "legal_name", "kind", "left_on", "people"} == set(companies[0])
    people = json.loads(run(app, "user", "list", "--json"))
    ann = next(person for person in people if person["user_name"] == "ann")
    assert ann["company"] == {"duns": "111111111", "name": "Acme Energy"}
    assert "password" not in json.dumps(people)
    assert "clock" not in {person["user_name"] for person in people}


def test_lists_for_reading(app: Flask, cast: Cast) -> None:
    assert "Acme Energy (3 people)" in run(app, "company", "list")
    assert "Ann, Acme Energy" in run(app, "user", "list")


def test_refusals_are_one_line(app: Flask, cast: Cast) -> None:
    assert "in this market already" in refused(app, "company", "add", "111111111", "Acme", "CR")
    assert "is taken" in refused(app, "user", "add", "111111111", "bob", "Bob", "bob@acme.example", "reader")
    assert "company list" in refused(app, "user", "add", "999999999", "nora", "Nora", "nora@acme.example", "reader")
    assert "user list" in refused(app, "user", "link", "nobody")
    assert "user list" in refused(app, "user", "link", "clock")


def test_no_password_stands_on_a_command_line() -> None:
    for group in (user.group, company.group):
        for command in group.commands.values():
            assert not [given.name for given in command.params if "password" in str(given.name)]
