"""The companies of the market: added, renamed, left and returned."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask

from tests.cast import Cast
from tracker.actions.automation import the_clock
from tracker.actions.companies import add_company, found_market, leave_market, rename_company, return_to_market
from tracker.errors import Conflict, Forbidden, Invalid
from tracker.queries.companies import companies, companies_with_people

NEW = {"duns": "444444444", "name": "Dune Retail", "legal_name": "", "kind": "CR"}


def test_market_begins_with_ercot_and_its_clock(app: Flask) -> None:
    operator = found_market({"duns": "183529049", "name": "ERCOT"})
    assert operator.is_operator
    assert the_clock().company is operator
    assert the_clock().password_hash is None


def test_there_is_one_ercot(cast: Cast) -> None:
    with pytest.raises(Invalid):
        found_market({"duns": "444444444", "name": "Another ERCOT"})
    with pytest.raises(Invalid) as refusal:
        add_company(cast.ercot_admin, {**NEW, "kind": "ERCOT"})
    assert list(refusal.value.errors) == ["kind"]


def test_company_is_added(cast: Cast) -> None:
    company = add_company(cast.ercot_admin, NEW)
    assert (company.duns, company.legal_name, company.is_active) == ("444444444", "Dune Retail", True)
    assert add_company(cast.clock, {**NEW, "duns": "4444444440001"}).name == "Dune Retail"


@pytest.mark.parametrize(
    ("field", "value"),
    [("duns", "12345678"), ("duns", "12345678901234"), ("duns", "12345678x"), ("duns", "111111111"), ("name", ""),
     ("name", "x" * 121), ("kind", "REP"), ("kind", "")],
)  # fmt: skip
def test_reason_stands_at_its_field(cast: Cast, field: str, value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        add_company(cast.ercot_admin, {**NEW, field: value})
    assert list(refusal.value.errors) == [field]


@pytest.mark.parametrize("who", ["acme", "acme_admin", "ercot"])
def test_only_ercots_administrator_manages_companies(cast: Cast, who: str) -> None:
    actor = getattr(cast, who)
    company = cast.corp.company
    with pytest.raises(Forbidden):
        add_company(actor, NEW)
    with pytest.raises(Forbidden):
        rename_company(actor, company, {"name": "Mine", "legal_name": ""})
    with pytest.raises(Forbidden):
        leave_market(actor, company, {"left_on": "2026-01-31"})
    with pytest.raises(Forbidden):
        return_to_market(actor, company)


def test_company_leaves_and_returns(cast: Cast) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 15, tzinfo=UTC), tick=False):
        leave_market(cast.ercot_admin, cast.corp.company, {"left_on": "2026-03-02"})
    assert cast.corp.company.left_on == date(2026, 3, 2)
    assert cast.corp.company not in companies()
    return_to_market(cast.ercot_admin, cast.corp.company)
    assert cast.corp.company in companies()


@pytest.mark.parametrize("day", ["2026-03-03", "yesterday", ""])
def test_company_leaves_on_a_day_that_was(cast: Cast, day: str) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 15, tzinfo=UTC), tick=False), pytest.raises(Invalid) as refusal:
        leave_market(cast.ercot_admin, cast.corp.company, {"left_on": day})
    assert list(refusal.value.errors) == ["left_on"]


def test_ercot_cannot_leave(cast: Cast) -> None:
    with pytest.raises(Conflict):
        leave_market(cast.ercot_admin, cast.ercot.company, {"left_on": "2026-01-31"})


def test_list_counts_active_people(cast: Cast) -> None:
    cast.acme_reader.active = False
    counted = {company.name: people for company, people in companies_with_people()}
    assert (counted["Acme Energy"], counted["ERCOT"], counted["Corp Electric"]) == (2, 2, 1)
