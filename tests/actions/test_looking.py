"""Who looks a premise up in the registry leaves a row; a company looks up so many a day; nobody else learns of it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, insert, select

from tests.actions.test_two_at_once import person, race
from tests.cast import ESI_ID, Cast
from tests.make import TRAN_ID, know_order, know_premise, press, rep_of_record
from tracker.actions.filing import file_issue
from tracker.actions.looking import look
from tracker.actions.registry_import import switch_registry_off, switch_registry_on
from tracker.actions.retention import forget_some
from tracker.clock import market_today, now
from tracker.db import db
from tracker.models import Draft, Issue, Person, RegistryLook
from tracker.queries.looks import ENOUGH_TODAY, MOST_A_DAY

ClientOf = Callable[[Person | None], FlaskClient]
ADDRESS = "/issues/new/cancel-with-approval"
TYPED = {"EsiID": ESI_ID, "OrigTrxnID": TRAN_ID}
NOT_YET, ENOUGH = "Not checked yet today", "Not checked today: your company has looked up 2,000 premises"


@pytest.fixture(autouse=True)
def forms_without_tokens(app: Flask) -> Iterator[None]:
    """Forms are posted without their token here."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def known(cast: Cast) -> None:
    """The registry knows a premise, and an order that names Acme."""
    know_premise(cast)
    know_order(cast)


def looks() -> list[tuple[str, str]]:
    """Who looked, and at what."""
    rows = select(Person.user_name, RegistryLook.esi_id).join(Person, Person.id == RegistryLook.person_id)
    return sorted((row.user_name, row.esi_id) for row in db.session.execute(rows))


def look_up_many(by: Person, count: int) -> None:
    """The company has looked up so many other premises today."""
    row = {"person_id": by.id, "company_id": by.company_id, "day": market_today(), "first_at": now()}
    db.session.execute(insert(RegistryLook), [{**row, "esi_id": f"10089019{n:014}"} for n in range(count)])
    db.session.commit()


# Which doors write it


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("typed", [TYPED, {"OrigTrxnID": TRAN_ID}], ids=["ESI ID", "own order alone"])
def test_the_checks_write_who_looked_once_a_day(cast: Cast, client_of: ClientOf, typed: dict[str, str]) -> None:
    for _ in range(2):
        assert "Move-in" in client_of(cast.acme).post(f"{ADDRESS}/checks", data=typed).text
    assert looks() == [("ann", ESI_ID)]
    client_of(cast.acme_admin).post(f"{ADDRESS}/checks", data=typed)
    assert looks() == [("adam", ESI_ID), ("ann", ESI_ID)]
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        client_of(cast.acme).post(f"{ADDRESS}/checks", data=typed)
    assert looks().count(("ann", ESI_ID)) == 2


@pytest.mark.usefixtures("known")
def test_a_refused_form_writes_it_as_well(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.acme).post(ADDRESS, data={**TYPED, "TrxnDate": "no day"})
    assert answer.status_code == 422
    assert "Move-in" in answer.text
    assert looks() == [("ann", ESI_ID)]


@pytest.mark.usefixtures("known")
def test_filing_and_editing_write_it(cast: Cast) -> None:
    switch_registry_off()
    parked = file_issue(cast.acme, "rep-of-record", {"Assignee": cast.duns("bolt"), "EsiID": "ABCDEFGH"} | START)
    db.session.commit()
    assert looks() == [], "a registry that is off was not looked into"
    switch_registry_on()
    press(cast.acme, parked, "edit", Assignee=cast.duns("bolt"), EsiID=ESI_ID, **START)
    rep_of_record(cast, EsiID="ABCDEFGHI")
    assert looks() == [("ann", ESI_ID), ("ann", "ABCDEFGHI")]


START = {"StartTime": "2026-03-01"}


def edit_refused(by: FlaskClient, parked: Issue, esi_id: str) -> None:
    """An edit whose other field is wrong, and which tells all the same what the checks found."""
    typed = {"EsiID": esi_id, "StartTime": "no day", "version": str(parked.version)}
    assert by.post(f"/issues/{parked.number}/transitions/edit", data=typed).status_code == 422


def test_an_edit_that_is_refused_writes_it_and_counts(cast: Cast, client_of: ClientOf) -> None:
    parked, ann = rep_of_record(cast, EsiID="ABCDEFGH"), client_of(cast.acme)
    edit_refused(ann, parked, ESI_ID)
    assert looks() == [("ann", ESI_ID), ("ann", "ABCDEFGH")]
    look_up_many(cast.acme_admin, MOST_A_DAY - 2)
    for esi_id in (ESI_ID, ESI_ID[:-1]):
        edit_refused(ann, parked, esi_id)
    assert ("ann", ESI_ID[:-1]) not in looks(), "these were enough for today"


def test_a_press_that_asks_no_registry_writes_no_look(cast: Cast, client_of: ClientOf) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    db.session.execute(delete(RegistryLook))
    db.session.commit()
    answer = client_of(cast.bolt).post(f"/issues/{issue.number}/transitions/add-comment", data={"comment": ""})
    assert answer.status_code == 422
    assert looks() == []


@pytest.mark.usefixtures("known")
def test_a_page_that_only_reads_asks_nothing_that_was_not_asked_today(cast: Cast, client_of: ClientOf) -> None:
    ann = client_of(cast.acme)
    ann.post(ADDRESS, data={**TYPED, "do": "keep"})
    assert looks() == []
    kept = ann.get(ADDRESS).text
    assert NOT_YET in kept
    assert "Move-in" not in kept
    assert 'hx-trigger="load, ' in kept
    assert looks() == []
    ann.post(f"{ADDRESS}/checks", data=TYPED)
    again = ann.get(ADDRESS).text
    assert "Move-in" in again
    assert 'hx-trigger="input' in again
    db.session.add(Draft(person_id=cast.acme_admin.id, subtype="cancel-with-approval", raw=TYPED, changed_at=now()))
    db.session.commit()
    assert NOT_YET in client_of(cast.acme_admin).get(ADDRESS).text, "each leaves a row of their own"


# How many


@pytest.mark.usefixtures("known")
def test_a_company_looks_up_so_many_a_day_and_files_all_the_same(cast: Cast, client_of: ClientOf) -> None:
    look_up_many(cast.acme_admin, MOST_A_DAY)
    refused = client_of(cast.acme).post(f"{ADDRESS}/checks", data=TYPED).text
    assert ENOUGH in refused
    assert "Move-in" not in refused
    assert "Wires Delivery owns" not in refused  # no wires company was named
    issue = rep_of_record(cast)
    assert (issue.state, issue.warnings) == ("New", [])
    assert ("ann", ESI_ID) not in looks()
    assert ENOUGH not in client_of(cast.bolt).post(f"{ADDRESS}/checks", data=TYPED).text
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        assert "Move-in" in client_of(cast.acme).post(f"{ADDRESS}/checks", data=TYPED).text


@pytest.mark.usefixtures("known")
def test_the_sentence_says_how_many(cast: Cast) -> None:
    look_up_many(cast.acme, MOST_A_DAY)
    told = look(cast.acme, ESI_ID)
    assert told is ENOUGH_TODAY
    assert (told.code, told.values) == ("looked-up-enough", {"most": MOST_A_DAY})


def test_what_the_company_looked_up_already_counts_once(cast: Cast) -> None:
    look_up_many(cast.acme_admin, MOST_A_DAY - 1)
    assert look(cast.acme, f"10089019{7:014}") is None
    assert look(cast.acme, ESI_ID) is None
    assert look(cast.acme_admin, ESI_ID) is None
    assert look(cast.acme, ESI_ID[:-1]) is ENOUGH_TODAY


def test_the_day_is_the_day_of_the_market(cast: Cast) -> None:
    with time_machine.travel(datetime(2026, 3, 11, 4, 59, tzinfo=UTC), tick=False):
        look_up_many(cast.acme, MOST_A_DAY)
        assert look(cast.acme, ESI_ID) is ENOUGH_TODAY
    with time_machine.travel(datetime(2026, 3, 11, 5, 0, tzinfo=UTC), tick=False):
        assert look(cast.acme, ESI_ID) is None


def test_two_at_once_do_not_pass_the_last_place(app: Flask, cast: Cast) -> None:
    look_up_many(cast.acme, MOST_A_DAY - 1)
    ids = [cast.acme.id, cast.acme_admin.id] * 4
    refused: list[object] = []

    def looking(person_id: int, esi_id: str) -> Callable[[], object]:
        return lambda: refused.append(look(person(person_id), esi_id))

    race(app, [looking(one, f"1008901999999999999{n:03}") for n, one in enumerate(ids)])
    assert sorted(bool(one) for one in refused) == [False] + [True] * 7
    assert db.session.scalar(select(func.count(RegistryLook.esi_id.distinct()))) == MOST_A_DAY


def test_one_person_twice_at_once_leaves_one_row(app: Flask, cast: Cast) -> None:
    ann = cast.acme.id
    race(app, [lambda: look(person(ann), ESI_ID)] * 6)
    assert looks() == [("ann", ESI_ID)]


# Who learns of it, and how long it is kept


@pytest.mark.usefixtures("known")
def test_the_looks_of_others_change_no_answer(cast: Cast, client_of: ClientOf) -> None:
    acme = client_of(cast.acme)
    before = acme.post(f"{ADDRESS}/checks", data=TYPED).text
    look_up_many(cast.bolt, MOST_A_DAY)
    client_of(cast.bolt).post(f"{ADDRESS}/checks", data=TYPED)
    assert acme.post(f"{ADDRESS}/checks", data=TYPED).text == before


def test_a_look_is_forgotten_after_four_hundred_days(cast: Cast) -> None:
    look(cast.acme, ESI_ID)
    db.session.commit()
    for days, left in ((400, 1), (401, 0)):
        with time_machine.travel(now() + timedelta(days=days), tick=False):
            while forget_some():
                db.session.commit()
            assert db.session.scalar(select(func.count(RegistryLook.id))) == left


def test_whoever_runs_the_machine_reads_who_looked(app: Flask, cast: Cast) -> None:
    with time_machine.travel("2026-03-10T16:00:00Z", tick=False):
        look(cast.acme, ESI_ID)
        look(cast.bolt, ESI_ID[:-1])
    db.session.commit()
    told = app.test_cli_runner().invoke(args=["registry", "looks", ESI_ID]).output
    assert told == "2026-03-10 16:00 UTC  Ann (ann), Acme Energy\n"


def test_an_issue_page_writes_no_look(cast: Cast, client_of: ClientOf) -> None:
    know_premise(cast)
    issue: Issue = rep_of_record(cast)
    client_of(cast.bolt).get(f"/issues/{issue.number}")
    client_of(cast.bolt).post(f"/issues/{issue.number}/here")
    assert {who for who, _ in looks()} == {"ann"}
