"""An issue that others worked on opens its premise, and no other that its filer types into it afterwards."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from tests.actions.test_looking import look_up_many, looks
from tests.cast import ESI_ID, Cast
from tests.make import TRAN_ID, press, rep_of_record
from tests.samples import filled
from tests.secret_registry import OTHER_ESI_ID, Retailers, canaries, know_secrets, retailers
from tests.walking import players_of
from tracker.actions.filing import PENDING, file_issue
from tracker.actions.moving import EDIT, Press, fields_of, press_transition
from tracker.clock import now
from tracker.db import db
from tracker.domain import catalogue
from tracker.domain.claims import Fact
from tracker.domain.roles import Role
from tracker.domain.workflow import may_press
from tracker.errors import Conflict, Forbidden, Invalid
from tracker.models import Issue, Person, RegistryLook
from tracker.queries.disclosure import may_know
from tracker.queries.kinds import subtype_of, workflow_of
from tracker.queries.looks import MOST_A_DAY
from tracker.queries.parties import parties_of, situation_of

ClientOf = Callable[[Person | None], FlaskClient]
WITH_FACTS = [one for one in catalogue.SUBTYPES if any(claimed.fact for claimed in one.claimed)]
OF_RETAILERS = {Fact.REP, Fact.SERVED_FROM, Fact.SERVED_UNTIL, Fact.PROFILE}
WITH_ORDERS = ["other", "siebel-chg-info", "missing-enrollment-txns", "reject-txns"]
RETURNS = ("return-to-submitter", "additional-info-required")


@pytest.fixture(autouse=True)
def one_day(app: Flask) -> Iterator[None]:
    """Everything happens in one moment: the order of events decides, and no clock. Forms come without tokens."""
    app.config["WTF_CSRF_ENABLED"] = False
    with time_machine.travel("2026-03-10T16:00:00Z", tick=False):
        yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def served(cast: Cast) -> Retailers:
    """Who serves the premise, and the registry that knows it."""
    found = retailers(cast)
    know_secrets(cast, found.now, found.before)
    return found


def told(served: Retailers, client_of: ClientOf, person: Person, issue: Issue) -> set[str]:
    page = client_of(person).get(f"/issues/{issue.number}").text
    return {one for one in canaries(served) if one in page}


def returned(cast: Cast, key: str, **typed: str) -> Issue:
    """Acme filed it on another premise, whoever was asked began to work, and gave it back."""
    raw = filled(catalogue.by_key(key).fields, cast) | {"EsiID": OTHER_ESI_ID} | typed
    issue = file_issue(cast.acme, key, raw)
    db.session.commit()
    if issue.state == PENDING:
        press(cast.acme, issue, "submit")
    return give_back(cast, issue)


def give_back(cast: Cast, issue: Issue) -> Issue:
    press(responsible(cast, issue), issue, "begin-working")
    back = next(one for one in workflow_of(issue).transitions if one.key in RETURNS and issue.state in one.source)
    return press(responsible(cast, issue), issue, back.key, "Which premise?")


def send_again(cast: Cast, issue: Issue) -> Issue:
    """Acme gives it back to whoever returned it."""
    names = ("return-to-assignee", "return-to-ercot")
    again = next(one for one in workflow_of(issue).transitions if one.key in names and PENDING in one.source)
    given = {field.name: issue.values.get(field.name) for field in again.fields}
    return press(cast.acme, issue, again.key, "This one.", **given)


def responsible(cast: Cast, issue: Issue) -> Person:
    return next(person for person in players_of(cast) if person.company_id == issue.responsible_id)


def edit(cast: Cast, issue: Issue, **typed: str) -> None:
    """Acme changes this and nothing else."""
    press_transition(cast.acme, issue.number, Press(EDIT, version=issue.version, raw={**issue.values, **typed}))
    db.session.commit()


# The attack


@pytest.mark.parametrize("key", [one.key for one in WITH_FACTS])
def test_another_premise_typed_into_a_returned_issue_opens_nothing(
    cast: Cast, served: Retailers, client_of: ClientOf, key: str
) -> None:
    issue = returned(cast, key)
    db.session.execute(delete(RegistryLook))
    edit(cast, issue, EsiID=ESI_ID)
    assert looks() == [("ann", ESI_ID)]
    assert told(served, client_of, cast.acme, issue) == set()
    send_again(cast, issue)
    assert told(served, client_of, cast.acme, issue) == set()
    press(responsible(cast, issue), issue, "begin-working")
    shows = {claimed.fact for claimed in subtype_of(issue).claimed} & OF_RETAILERS
    assert bool(told(served, client_of, cast.acme, issue)) == bool(shows), "work on this premise opens it"


def test_by_the_doors_of_the_product(cast: Cast, served: Retailers, client_of: ClientOf) -> None:
    acme, bolt = client_of(cast.acme), client_of(cast.bolt)
    typed = {"EsiID": OTHER_ESI_ID, "StartTime": "2026-03-01", "Assignee": cast.duns("bolt")}
    address = acme.post("/issues/new/rep-of-record", data=typed).location
    for client, key, said in ((bolt, "begin-working", ""), (bolt, "return-to-submitter", "Which?")):
        assert client.post(f"{address}/transitions/{key}", data={"comment": said}).status_code == 302
    for start in ("2026-03-01", "2025-12-01"):
        stolen = {**typed, "EsiID": ESI_ID, "StartTime": start}
        assert acme.post(f"{address}/transitions/edit", data=stolen).status_code == 302
        page = acme.get(address).text
        assert {one for one in canaries(served) if one in page} == set()


@pytest.mark.parametrize("key", WITH_ORDERS)
def test_another_order_typed_into_a_returned_issue_is_not_told(
    cast: Cast, served: Retailers, client_of: ClientOf, key: str
) -> None:
    issue = returned(cast, key, OrigTrxnID="NOBODYS1")
    edit(cast, issue, EsiID=ESI_ID, OrigTrxnID=TRAN_ID)
    checked = client_of(cast.acme).post("/issues/new/other/checks", data={"EsiID": ESI_ID, "OrigTrxnID": TRAN_ID}).text
    assert {one for one in canaries(served) if one in checked} == set()
    send_again(cast, issue)
    assert status(cast, issue) == "Not checked"
    press(responsible(cast, issue), issue, "begin-working")
    assert status(cast, issue) == "Zqcompleted"


def status(cast: Cast, issue: Issue) -> str:
    press(cast.acme, issue, "update-siebel-status-substatus")
    return str(issue.values["SiebelStatus"])


def test_a_way_there_and_back_begins_anew(cast: Cast, served: Retailers, client_of: ClientOf) -> None:
    issue = returned(cast, "rep-of-record", EsiID=ESI_ID)
    assert told(served, client_of, cast.acme, issue)
    edit(cast, issue, EsiID=OTHER_ESI_ID)
    edit(cast, issue, EsiID=ESI_ID)
    assert told(served, client_of, cast.acme, issue) == set()


# What may be asked of the premise that is worked on


def test_another_period_of_the_same_premise_is_told_and_looked_up(
    cast: Cast, served: Retailers, client_of: ClientOf
) -> None:
    issue = returned(cast, "rep-of-record", EsiID=ESI_ID)
    db.session.execute(delete(RegistryLook))
    edit(cast, issue, StartTime="2025-12-01")
    assert looks() == [("ann", ESI_ID)]
    assert "777000222" in told(served, client_of, cast.acme, issue)


def test_nothing_asked_is_no_look(cast: Cast, served: Retailers, client_of: ClientOf) -> None:
    issue = returned(cast, "rep-of-record", EsiID=ESI_ID)
    db.session.execute(delete(RegistryLook))
    edit(cast, issue, StopTime="2026-03-31")
    assert looks() == []


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("rep-of-record", {"StartTime": "2025-12-01"}),
        ("dev-lse-date-change-starttime", {"NewStartTime": "2026-03-02"}),
        ("other", {"OrigTrxnID": TRAN_ID}),
    ],
)
def test_beyond_the_looks_of_a_day_the_registry_shows_nothing(
    cast: Cast, served: Retailers, client_of: ClientOf, key: str, typed: dict[str, str]
) -> None:
    issue = returned(cast, key, EsiID=ESI_ID)
    if key == "other":
        edit(cast, issue, OrigTrxnID="NOBODYS1")
    db.session.execute(delete(RegistryLook))
    look_up_many(cast.acme_admin, MOST_A_DAY)
    edit(cast, issue, **typed)
    assert ("ann", ESI_ID) not in looks()
    assert told(served, client_of, cast.acme, issue) == set()
    if key == "other":
        assert status(cast, issue) == "Not checked"


def test_a_press_that_reads_an_order_is_a_look(cast: Cast, served: Retailers, client_of: ClientOf) -> None:
    issue = returned(cast, "other", EsiID=ESI_ID)
    send_again(cast, issue)
    db.session.execute(delete(RegistryLook))
    assert status(cast, issue) == "Zqcompleted"
    assert looks() == [("ann", ESI_ID)]
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        look_up_many(cast.acme_admin, MOST_A_DAY)
        assert status(cast, issue) == "Not checked"


# One company, however its legal name is written


@pytest.mark.parametrize("written", ["ACME ENERGY", "Acme  Energy", "Acme, Energy.", "Acme-Energy"])
def test_a_second_duns_is_the_filer_however_its_legal_name_is_written(
    cast: Cast, served: Retailers, client_of: ClientOf, written: str
) -> None:
    served.sister.company.legal_name = written
    db.session.commit()
    issue = rep_of_record(cast, Assignee=served.sister.company.duns)
    press(served.sister, issue, "begin-working")
    assert told(served, client_of, cast.acme, issue) == set()


# Whatever the filer's own company presses


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("key", ["rep-of-record", "other", "dev-lse-date-change-starttime", "cancel-with-approval"])
def test_no_press_of_the_filer_alone_widens_what_it_may_know(
    cast: Cast, served: Retailers, key: str, seed: int
) -> None:
    chance, issue = random.Random(seed), returned(cast, key)
    pressed = 0
    for _ in range(25):
        actor = chance.choice([cast.acme, served.sister])
        before = known(cast, served)
        pressed += press_something(actor, issue, chance, cast, served)
        assert known(cast, served) <= before
    assert pressed


def known(cast: Cast, served: Retailers) -> set[str]:
    """Which premises the legal company of the filer may know, by whichever of its two DUNS."""
    pairs = [(one.company_id, esi_id) for one in (cast.acme, served.sister) for esi_id in (ESI_ID, OTHER_ESI_ID)]
    return {esi_id for company, esi_id in pairs if db.session.scalar(select(may_know(company, esi_id)))}


def press_something(actor: Person, issue: Issue, chance: random.Random, cast: Cast, served: Retailers) -> bool:
    """One button that stands for the actor's company now, with anything typed that it may type."""
    situation = situation_of(actor, issue, parties_of(issue.id))
    buttons = [one for one in workflow_of(issue).transitions if not one.system and may_press(one, situation)]
    if not buttons:
        return False
    button = chance.choice([*buttons, *(one for one in buttons if one.key == EDIT)])
    typed = {
        **issue.values,
        "EsiID": chance.choice([ESI_ID, OTHER_ESI_ID]),
        "OrigTrxnID": chance.choice([TRAN_ID, "NOBODYS1"]),
        "StartTime": chance.choice(["2025-12-01", "2026-03-01"]),
        "Assignee": chance.choice([cast.duns("bolt"), served.sister.company.duns]),
    }
    raw = {field.name: typed.get(field.name) for field in fields_of(subtype_of(issue), button)}
    try:
        press_transition(actor, issue.number, Press(button.key, version=issue.version, raw=raw, comment="So it is."))
    except (Conflict, Forbidden, Invalid):
        db.session.rollback()
        return False
    db.session.commit()
    return True


def test_only_its_submitter_changes_what_premise_an_issue_is_about() -> None:
    for subtype in catalogue.SUBTYPES:
        for transition in subtype.workflow.transitions:
            if any(field.name == "EsiID" and field.stored for field in fields_of(subtype, transition)):
                assert (transition.key, set(transition.by)) == (EDIT, {Role.SUBMITTER})
