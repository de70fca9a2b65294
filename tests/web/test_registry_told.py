"""Who serves a premise, since when, and its orders are told to those that they concern, at every door.

The registry is full of canaries. Acme files and Bolt is asked; neither has anything to do with the premise.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.cast import ESI_ID, Cast
from tests.counting import counted
from tests.mailbox import Server, deliver, html_of, text_of
from tests.make import TRAN_ID, index_now, press, rep_of_record, state
from tests.samples import filled
from tests.secret_registry import (
    GLOBAL_ID,
    OTHER_ESI_ID,
    Order,
    Retailers,
    canaries,
    know_secrets,
    retailers,
)
from tracker.actions.filing import file_issue
from tracker.actions.moving import Press, carry_out
from tracker.db import db
from tracker.domain import catalogue
from tracker.jobs.writing import Post
from tracker.models import Issue, MarketFact, MarketOrder, Person
from tracker.queries.kinds import workflow_of
from tracker.queries.registry import NO_ORDER_OF_SUBMITTER
from tracker.queries.store_identity import IDENTITY
from tracker.search import SearchBackend

ClientOf = Callable[[Person | None], FlaskClient]
TODAY = "2026-03-10T16:00:00Z"
TYPED = {"EsiID": ESI_ID, "OrigTrxnID": TRAN_ID}


@pytest.fixture(autouse=True)
def forms_without_tokens(app: Flask) -> Iterator[None]:
    """Forms are posted without their token here."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """One day, on which nothing goes on by itself."""
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def served(cast: Cast) -> Retailers:
    """Who serves the premise, and the registry that knows it."""
    found = retailers(cast)
    know_secrets(cast, found.now, found.before)
    return found


def told(served: Retailers, *texts: str) -> set[str]:
    """The canaries in what somebody is shown."""
    return {one for one in canaries(served) for text in texts if one in text}


def pages(client: FlaskClient, issue: Issue) -> list[str]:
    """The pages on which an issue stands, for somebody who sees it."""
    number = issue.number
    addresses = [f"/issues/{number}", f"/issues/{number}/print", "/", "/issues", "/inbox", "/issues?q=has:warning"]
    found = [client.get(address).text for address in (*addresses, f"/issues?q={ESI_ID}", "/handed-over")]
    return [re.sub(r"<option.*?</option>", "", page) for page in found]  # any company of the market can be chosen


def is_found(client: FlaskClient, issue: Issue, *words: str) -> bool:
    """The search knows the issue by one of these words."""
    asked = [f"{door}?q={word}" for word in words for door in ("/issues", "/issues/facets", "/suggest")]
    return any(str(issue.number) in client.get(address).text for address in asked)


def on_page(client_of: ClientOf, served: Retailers, person: Person, issue: Issue) -> set[str]:
    return told(served, client_of(person).get(f"/issues/{issue.number}").text)


# The page of an issue, and everything that is made of it


def test_strangers_learn_nothing_from_an_issue_that_nobody_has_begun(
    cast: Cast, served: Retailers, client_of: ClientOf, engine: SearchBackend, server: Server, post: Post
) -> None:
    for person in (cast.acme, cast.bolt):
        person.mail_choices = {"answered": "now", "waits": "now", "mentioned": "now"}
    issue = rep_of_record(cast, CommentsText="Who serves it, @bob?")
    press(cast.acme, issue, "add-comment", "Anybody, @bob?")
    index_now(engine)
    deliver(post)
    for person in (cast.acme, cast.bolt):
        assert told(served, *pages(client_of(person), issue)) == set()
        assert not is_found(client_of(person), issue, GLOBAL_ID, "777000111", "Zqcompleted", "Zqpresent", "ZQPROFILE*")
        assert is_found(client_of(person), issue, ESI_ID)
    assert server.arrived
    assert told(served, *(text_of(one) + html_of(one) for one in server.arrived)) == set()
    form = client_of(cast.bolt).get(f"/issues/{issue.number}/claims").text
    assert told(served, form) == set()


@pytest.mark.parametrize("who", ["wires", "ercot", "now"])
def test_those_whom_it_concerns_read_it_at_once(cast: Cast, served: Retailers, client_of: ClientOf, who: str) -> None:
    person = served.now if who == "now" else getattr(cast, who)
    issue = rep_of_record(cast, Assignee=person.company.duns)
    assert on_page(client_of, served, person, issue) >= {"Zqpresent Power", "777000111", "2026-02-17"}
    named_by_acme = {person.company.name, person.company.duns}
    assert on_page(client_of, served, cast.acme, issue) <= named_by_acme


def test_who_served_before_reads_its_own_span_and_not_who_came_after(
    cast: Cast, served: Retailers, client_of: ClientOf
) -> None:
    earlier = rep_of_record(cast, Assignee=served.before.company.duns, StartTime="2025-12-01")
    assert on_page(client_of, served, served.before, earlier) >= {"777000222", "2025-08-09", "2026-02-16"}
    later = press(cast.acme, rep_of_record(cast, Assignee=served.before.company.duns), "submit")
    assert on_page(client_of, served, served.before, later) == {"Zqformer Energy", "777000222"}, (
        "its own name, as party"
    )


def test_all_parties_read_it_once_another_company_has_begun(cast: Cast, served: Retailers, client_of: ClientOf) -> None:
    issue = rep_of_record(cast)
    press(cast.bolt, issue, "begin-working")
    for person in (cast.acme, cast.bolt):
        assert on_page(client_of, served, person, issue) >= {"Zqpresent Power", "777000111", "2026-02-17"}
    press(cast.acme, issue, "close")
    assert "777000111" in on_page(client_of, served, cast.acme, issue), "what was read stays where it was read"


def test_neither_the_filer_nor_its_second_duns_nor_a_note_nor_the_clock_begins(
    cast: Cast, served: Retailers, client_of: ClientOf
) -> None:
    issue = rep_of_record(cast, Assignee=served.sister.company.duns)
    press(served.sister, issue, "begin-working")
    press(served.sister, issue, "complete", "Who knows.")
    assert issue.first_touched_at
    assert issue.clock_at
    with time_machine.travel(issue.clock_at, tick=False):
        clocked = workflow_of(issue).clocked(issue.state)
        assert clocked
        carry_out(cast.clock, issue, clocked, Press(clocked.key))
        db.session.commit()
    for person in (cast.acme, served.sister):
        assert on_page(client_of, served, person, issue) == set()
    noted = rep_of_record(cast)
    press(cast.bolt, noted, "add-comment", "We look at it.")
    assert on_page(client_of, served, cast.acme, noted) == set()


def test_neither_a_comment_nor_a_close_begins(cast: Cast, served: Retailers, client_of: ClientOf) -> None:
    issue = rep_of_record(cast, Assignee=served.sister.company.duns)
    press(served.sister, issue, "begin-working")
    press(served.sister, issue, "re-assign", "Theirs.", Assignee=cast.duns("bolt"))
    press(cast.bolt, issue, "add-comment", "We look at it.")
    assert on_page(client_of, served, cast.acme, issue) == set()
    press(cast.bolt, issue, "begin-working")
    assert "777000111" in on_page(client_of, served, cast.acme, issue)
    closed = press(cast.acme, rep_of_record(cast), "submit")
    press(cast.acme, issue, "close")
    press(cast.ercot, closed, "close-by-ercot", "Filed by mistake.")
    assert on_page(client_of, served, cast.acme, closed) == set()


def test_the_profile_of_a_premise_is_not_in_the_public_extract(
    cast: Cast, served: Retailers, client_of: ClientOf
) -> None:
    subtype = catalogue.by_key("dev-char-profile-code-assignment")
    typed = filled(subtype.fields, cast)
    for filer, shown in ((cast.acme, set()), (served.now, {"ZQPROFILE", "777000111", "Zqpresent Power"})):
        issue = file_issue(filer, subtype.key, typed)
        db.session.commit()
        assert on_page(client_of, served, filer, issue) == shown


def test_a_party_of_an_issue_that_has_ended_looks_no_further(
    cast: Cast, served: Retailers, client_of: ClientOf
) -> None:
    worked = rep_of_record(cast)
    press(cast.bolt, worked, "begin-working")
    other = press(cast.acme, rep_of_record(cast, StartTime="2025-12-01"), "submit")
    assert "777000222" in on_page(client_of, served, cast.acme, other), "one issue on the premise is enough"
    press(cast.acme, worked, "close")
    assert on_page(client_of, served, cast.acme, other) == set()
    assert told(served, checks(client_of, cast.acme, "other", **TYPED)) == set()


def test_a_company_that_was_replaced_keeps_what_it_knew(cast: Cast, served: Retailers, client_of: ClientOf) -> None:
    issue = rep_of_record(cast)
    press(cast.bolt, issue, "re-assign", "Not ours.", Assignee=cast.duns("corp"))
    press(cast.corp, issue, "begin-working")
    assert told(served, *pages(client_of(cast.bolt), issue)) == set()
    press(cast.corp, issue, "re-assign", "Nor ours.", Assignee=cast.duns("wires"))
    assert "777000111" in on_page(client_of, served, cast.corp, issue)


def test_what_is_disputed_is_what_the_reader_may_know(cast: Cast, served: Retailers, client_of: ClientOf) -> None:
    issue = rep_of_record(cast, Assignee=cast.duns("wires"))
    state(cast.acme, issue, RORDuns=cast.duns("corp"))
    assert "Nothing is disputed." in client_of(cast.acme).get(f"/issues/{issue.number}").text
    assert "1 disputed" in client_of(cast.wires).get(f"/issues/{issue.number}").text


def test_the_public_extract_is_shown_to_all(cast: Cast, served: Retailers, client_of: ClientOf) -> None:
    raw = {"Assignee": cast.duns("bolt"), "EsiID": ESI_ID, "CommentsText": "It is a shop."}
    typed = file_issue(cast.acme, "premise-type", raw | {"NewPremiseType": "Small Non-Residential"})
    address = {"Street": "1 Other Way", "City": "Tyler", "State": "TX", "ZipCode": "75701"}
    moved = file_issue(cast.acme, "service-address", raw | {"NewServAddress": address, "ServAddress": address})
    moved = press(cast.acme, moved, "submit")
    assert "Residential" in client_of(cast.acme).get(f"/issues/{typed.number}").text
    assert "7811 Harvest Moon Way" in client_of(cast.bolt).get(f"/issues/{moved.number}").text


# The checks


def checks(client_of: ClientOf, person: Person, subtype: str, **typed: str) -> str:
    answer = client_of(person).post(f"/issues/new/{subtype}/checks", data=typed)
    assert answer.status_code == 200
    return answer.text


def outcome(html: str, check: str) -> tuple[str, str]:
    found = re.search(rf'class="check check-(\w+)"><b>{check}[^<]*</b><span>([^<]*)', html)
    assert found, html
    return found[1], found[2]


MATCHES = "Tran id matches an order"


@pytest.mark.parametrize("subtype", ["cancel-with-approval", "inadvertent-losing", "missing-enrollment-txns", "other"])
def test_the_checks_tell_a_stranger_whether_it_fits_and_no_more(
    cast: Cast, served: Retailers, client_of: ClientOf, subtype: str
) -> None:
    fits = checks(client_of, cast.acme, subtype, **TYPED)
    assert told(served, fits) == set()
    assert outcome(fits, MATCHES)[0] == "ok"
    assert outcome(checks(client_of, cast.acme, subtype, EsiID=ESI_ID, OrigTrxnID="NOBODYS1"), MATCHES)[0] == "warning"
    for gave in (fits, checks(client_of, cast.acme, subtype, OrigTrxnID=TRAN_ID)):
        if "Evaluation window" in gave:
            assert outcome(gave, "Evaluation window")[0] == "none"


@pytest.mark.parametrize("who", ["wires", "ercot", "now", "before", "gaining", "party"])
def test_the_checks_tell_those_whom_the_order_concerns(
    cast: Cast, served: Retailers, client_of: ClientOf, who: str
) -> None:
    if who == "party":
        press(cast.bolt, rep_of_record(cast), "begin-working")
        who = "acme"
    if who == "gaining":
        db.session.execute(update(MarketOrder).values(gaining_duns=cast.duns("corp")))
        who = "corp"
    person = getattr(served, who, None) or getattr(cast, who)
    subtype = "ercot-initiated" if who == "ercot" else "other"
    found = checks(client_of, person, subtype, **TYPED)
    assert told(served, found) >= {"Zqmovein", "Zqcompleted", "2026-02-17"}
    alone = checks(client_of, person, subtype, OrigTrxnID=TRAN_ID)
    assert "Zqmovein" in alone
    elsewhere = checks(client_of, person, subtype, EsiID=OTHER_ESI_ID, OrigTrxnID=TRAN_ID)
    assert "for another ESI ID" in elsewhere


def test_an_order_without_its_esi_id_is_not_checked_for_strangers(
    cast: Cast, served: Retailers, client_of: ClientOf
) -> None:
    """Else whoever guesses tran ids would learn which orders there are."""
    there = checks(client_of, cast.acme, "cancel-with-approval", OrigTrxnID=TRAN_ID)
    nowhere = checks(client_of, cast.acme, "cancel-with-approval", OrigTrxnID=TRAN_ID[:-1] + "9")
    assert outcome(there, MATCHES)[0] == "none"
    assert there == nowhere


def test_who_serves_is_told_to_itself_when_it_may_not_file(cast: Cast, served: Retailers, client_of: ClientOf) -> None:
    ours = checks(client_of, served.now, "switch-hold-removal", EsiID=ESI_ID)
    assert "Your company is the REP of record" in ours
    others = {checks(client_of, one, "switch-hold-removal", EsiID=ESI_ID) for one in (cast.acme, served.before)}
    assert len(others) == 1
    assert "REP of record" not in others.pop()


# What is filed, and what buttons read


def order_status(client_of: ClientOf, person: Person, issue: Issue) -> str:
    address = f"/issues/{issue.number}/transitions/update-siebel-status-substatus"
    assert client_of(person).post(address, data={"version": str(issue.version)}).status_code == 302
    db.session.refresh(issue)
    return str(issue.values["SiebelStatus"])


def test_the_status_of_an_order_is_read_into_an_issue_when_all_parties_may_know_it(
    cast: Cast, served: Retailers, client_of: ClientOf
) -> None:
    strangers = file_issue(cast.acme, "other", {"Assignee": cast.duns("bolt"), **TYPED})
    db.session.commit()
    assert order_status(client_of, cast.acme, strangers) == "Not checked"
    assert told(served, client_of(cast.bolt).get(f"/issues/{strangers.number}").text) == set()
    press(cast.bolt, strangers, "begin-working")
    assert order_status(client_of, cast.acme, strangers) == "Zqcompleted"
    theirs = file_issue(served.before, "other", {"Assignee": served.now.company.duns, **TYPED})
    db.session.commit()
    assert order_status(client_of, served.before, theirs) == "Zqcompleted"
    mixed = press(served.now, file_issue(served.now, "other", {"Assignee": cast.duns("corp"), **TYPED}), "submit")
    assert order_status(client_of, served.now, mixed) == "Not checked"
    passed_on = press(cast.corp, mixed, "re-assign", "Theirs.", Assignee=served.before.company.duns)
    assert order_status(client_of, served.now, passed_on) == "Zqcompleted", "who was replaced reads no more of it"


def test_an_order_of_another_premise_is_not_read_into_an_issue(
    cast: Cast, served: Retailers, client_of: ClientOf
) -> None:
    typed = {"Assignee": cast.duns("bolt"), "EsiID": OTHER_ESI_ID, "OrigTrxnID": TRAN_ID}
    issue = press(cast.acme, file_issue(cast.acme, "other", typed), "submit")
    press(cast.bolt, issue, "begin-working")
    assert order_status(client_of, cast.acme, issue) == "Not checked"


def test_not_even_where_all_its_parties_may_know_the_order(served: Retailers, client_of: ClientOf) -> None:
    typed = {"Assignee": served.now.company.duns, "EsiID": OTHER_ESI_ID, "OrigTrxnID": TRAN_ID}
    issue = press(served.before, file_issue(served.before, "other", typed), "submit")
    press(served.now, issue, "begin-working")
    assert order_status(client_of, served.before, issue) == "Not checked"


@pytest.mark.parametrize("regaining", ["regaining", "re-submitted"])
def test_a_regaining_order_is_read_only_from_the_premise_of_the_issue(
    cast: Cast, served: Retailers, client_of: ClientOf, regaining: str
) -> None:
    issue = iag_until_submitting(cast)
    know_secrets(cast, served.now, served.before, Order(esi_id=OTHER_ESI_ID))
    given = {"RegainingBGN02": TRAN_ID, "RegainingTrxnSubmitDate": "2026-03-10"}
    press(cast.acme, issue, "provide-regaining-bgn02", **given)
    if regaining == "re-submitted":
        press(cast.bolt, issue, "losing-cr-re-submit", "Rejected.")
        press(cast.acme, issue, "begin-working")
        press(cast.acme, issue, "re-submit-regaining-bgn02", **given)
    assert issue.values["RegainingTrxnSiebelStatus"] == "Not checked"
    assert told(served, str(issue.values), client_of(cast.acme).get(f"/issues/{issue.number}").text) == set()
    know_secrets(cast, served.now, served.before)
    press(cast.acme, issue, "update-regaining-transaction-siebel-status")
    assert issue.values["RegainingTrxnSiebelStatus"] == "Zqcompleted"
    assert issue.values["RegainingGlobalID"] == GLOBAL_ID


def iag_until_submitting(cast: Cast) -> Issue:
    """Bolt gained a customer of Acme, and Acme is to send the move-in."""
    issue = file_issue(cast.acme, "inadvertent-losing", {**TYPED, "TrxnType": "814_06"} | {"OrigTrxnID": "NOBODYS1"})
    db.session.commit()
    press(cast.acme, issue, "submit")
    press(cast.ercot, issue, "begin-working")
    named = {"GainingMP": cast.duns("bolt"), "LosingMP": cast.duns("acme"), "TDSPInvolved": cast.duns("wires")}
    press(cast.ercot, issue, "select-iag-parties", **named)
    press(cast.bolt, issue, "begin-working")
    press(cast.bolt, issue, "agree")
    press(cast.acme, issue, "begin-working")
    press(cast.acme, issue, "agree", ProposedRegainDate="2026-03-12")
    press(cast.wires, issue, "begin-working")
    press(cast.wires, issue, "ready-to-receive")
    return press(cast.acme, issue, "begin-working")


def test_parties_are_named_by_an_order_that_names_the_filer_and_no_other(
    cast: Cast, served: Retailers, client_of: ClientOf
) -> None:
    own = file_issue(served.before, "inadvertent-losing", dict(TYPED))
    db.session.commit()
    assert own.state == "New (Gaining CR)"
    assert on_page(client_of, served, served.before, own) >= {"Zqpresent Power"}
    wrong_side = press(served.now, file_issue(served.now, "inadvertent-losing", dict(TYPED)), "submit")
    assert "another company than the submitter as losing CR" in (wrong_side.waits_because or "")
    foreign = file_issue(cast.acme, "inadvertent-losing", dict(TYPED))
    db.session.commit()
    assert foreign.state == "New (ERCOT)"
    assert foreign.waits_because == NO_ORDER_OF_SUBMITTER
    assert told(served, *pages(client_of(cast.acme), foreign)) == set()
    waits = re.search(r"Waits for ERCOT to select the parties.</b> ([^<]*)<", pages(client_of(cast.acme), foreign)[0])
    assert waits
    assert waits[1] == NO_ORDER_OF_SUBMITTER
    assert on_page(client_of, served, cast.ercot, foreign) >= {"Zqpresent Power", "Zqformer Energy", "Zqmovein"}


# The same in words and statements, whoever serves

NUMBER = re.compile(r"\b26\d{5,7}\b")
TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')


def answers(cast: Cast, client_of: ClientOf, subtype: str, typed: Mapping[str, str]) -> list[str]:
    """What Acme is answered while it types, files, looks, asks for the status of the order and searches."""
    client = client_of(cast.acme)
    typed = dict(typed)
    asked = [client.post(f"/issues/new/{subtype}/checks", data=typed).text]
    asked.append(client.get(f"/issues/new/{subtype}").text)
    asked.append(client.post(f"/issues/new/{subtype}", data={**typed, "StartTime": "not a day"}).text)
    filed = client.post(f"/issues/new/{subtype}", data=typed)
    assert filed.status_code == 302, re.findall(r'role="alert".*?</div>|field-error.*?<', filed.text, re.DOTALL)
    page = client.get(filed.location).text
    asked += [page, client.get(f"{filed.location}/print").text, client.get("/issues").text, client.get("/").text]
    if "transitions/submit" in page:
        asked.append(str(client.post(f"{filed.location}/transitions/submit").status_code))
        asked.append(client.get(filed.location).text)
    asked.append(str(client.post(f"{filed.location}/transitions/update-siebel-status-substatus").status_code))
    asked.append(client.get(filed.location).text)
    asked += [client.get(f"/issues?q={word}").text for word in ("has:warning", "Zq*", ESI_ID, TRAN_ID)]
    return [NUMBER.sub("N", TOKEN.sub("", one)) for one in asked]


def in_market(cast: Cast, client_of: ClientOf, story: Any) -> tuple[list[str], list[str]]:
    """The answers in a market, the statements that they took; and nothing is left of it."""
    with counted() as asked:
        found = answers(cast, client_of, *story)
    forget_all()
    return found, [NUMBER.sub("N", one) for one in asked]


def forget_all() -> None:
    keep = {"company", "person", "esi_id_prefix", "work_group", "premise", "rep_of_record", "market_order"}
    for table in reversed(db.metadata.sorted_tables):
        if table.name == "issue":
            db.session.execute(update(table).values(parent_id=None))
        if table.name == MarketFact.__tablename__:
            db.session.execute(table.delete().where(MarketFact.name != IDENTITY))
        elif table.name not in keep:
            db.session.execute(table.delete())
    db.session.commit()


STORIES = {
    "rep-of-record": {"EsiID": ESI_ID, "StartTime": "2026-03-01"},
    "other": dict(TYPED),
    "cancel-with-approval": dict(TYPED),
    "inadvertent-losing": dict(TYPED),
    "siebel-chg-info": {**TYPED, "CommentsText": "Change it."},
    "missing-enrollment-txns": {**TYPED, "TrxnMissingType": "814_04"},
}


def typed_for(cast: Cast, subtype: str, **other: str) -> dict[str, str]:
    """What Acme types; who is asked, where the subtype lets it say so."""
    asks = {field.name for field in catalogue.by_key(subtype).fields}
    return {**({"Assignee": cast.duns("bolt")} if "Assignee" in asks else {}), **STORIES[subtype], **other}


@pytest.mark.parametrize("subtype", STORIES)
def test_a_stranger_is_answered_alike_whoever_serves(
    cast: Cast, served: Retailers, client_of: ClientOf, subtype: str
) -> None:
    story = (subtype, typed_for(cast, subtype))
    first = in_market(cast, client_of, story)
    another = Order("Zqswitch", "Zqscheduled", "ZQGLOBAL88", date(2026, 3, 11))
    know_secrets(cast, served.before, served.now, another)
    second = in_market(cast, client_of, story)
    know_secrets(cast, cast.corp, served.now, replace(another, day=date(2025, 11, 1)))
    third = in_market(cast, client_of, story)
    for other in (second, third):
        assert first[0] == other[0]
        assert first[1] == other[1]


def test_a_stranger_is_answered_alike_whether_an_order_is_absent_or_of_another_premise(
    cast: Cast, served: Retailers, client_of: ClientOf
) -> None:
    for subtype in ("other", "cancel-with-approval", "inadvertent-losing"):
        given = typed_for(cast, subtype, EsiID=OTHER_ESI_ID)
        know_secrets(cast, served.now, served.before)
        of_another = in_market(cast, client_of, (subtype, given))
        db.session.execute(db.metadata.tables["market_order"].delete())
        db.session.commit()
        absent = in_market(cast, client_of, (subtype, given))
        assert of_another == absent
