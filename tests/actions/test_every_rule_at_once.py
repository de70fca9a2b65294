"""Every rule of the database, under eight at the same moment.

Nobody meets an error that somebody alone would not, nothing stands twice, and nothing is lost. A unique rule of the
tables that has neither a case here nor a reason fails.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Table, UniqueConstraint, func, select

from tests.actions import test_looking, test_numbering, test_two_at_once
from tests.actions.test_two_at_once import CLIENTS, Act, count_of, person, presses, race
from tests.cast import ESI_ID, Cast
from tests.make import STATEMENT, build_index, know_premise, press, rep_of_record
from tracker.actions.attachments import StoredFile, attach_files
from tracker.actions.claims import Statement, state_claims
from tracker.actions.companies import add_company, found_market
from tracker.actions.drafts import keep_draft, throw_away
from tracker.actions.indexing import index_changes
from tracker.actions.moving import Press, press_transition
from tracker.actions.people import add_group, add_person, rename_group
from tracker.actions.presence import be_here
from tracker.actions.reading import keep_inside
from tracker.actions.registry_import import load_rows, switch_registry_off
from tracker.actions.scanning import found
from tracker.actions.telling import tell_changes, tell_late
from tracker.actions.throttle import count_try
from tracker.actions.view_watching import watch_view
from tracker.actions.views import delete_view, pin, save_view, set_as_home
from tracker.db import db
from tracker.domain.mail_rules import DOWN
from tracker.domain.registry_files import ORDERS, PREMISES, Span
from tracker.domain.scanning import Scan
from tracker.errors import Invalid
from tracker.jobs import letters
from tracker.models import (
    Attachment,
    AttachmentText,
    Claim,
    Company,
    Draft,
    FailedSignIns,
    Issue,
    IssueIdentifier,
    IssueOpening,
    IssueParty,
    IssueViewer,
    Job,
    LateWarning,
    MarketFact,
    MarketOrder,
    Person,
    Premise,
    Presence,
    RepOfRecord,
    SavedView,
    Scope,
    ViewPin,
    ViewWatch,
    WatchedIssue,
    WorkGroup,
)
from tracker.queries.registry import OFF
from tracker.queries.views import view_for

ALL_WIN = ["won"] * CLIENTS
ONE_WINS = ["lost"] * (CLIENTS - 1) + ["won"]


@dataclass
class Case:
    """Who does what at once, what becomes of each, and what stands then."""

    acts: Sequence[Act]
    outcomes: Sequence[str]
    stands: Callable[[], object]
    wanted: object


def eight(act: Callable[[int], object]) -> list[Act]:
    """The same by eight, each with a number."""
    return [lambda number=number: act(number) for number in range(CLIENTS)]  # type: ignore[misc]


def rows(*conditions: object) -> Callable[[], int]:
    return lambda: count_of(*conditions)


def begun(cast: Cast) -> Issue:
    """Acme asked Bolt, which has begun."""
    know_premise(cast)
    return press(cast.bolt, rep_of_record(cast), "begin-working")


def parked(cast: Cast) -> Issue:
    """A check warned, and the issue waits with Acme."""
    know_premise(cast)
    rep_of_record(cast)
    return rep_of_record(cast, StopTime="2026-05-01")


def user_names(cast: Cast) -> Case:
    managers = [(cast.acme_admin.id, cast.acme.company_id), (cast.bolt_admin.id, cast.bolt.company_id)]

    def add(number: int) -> None:
        actor, company = managers[number % 2]
        raw = {"user_name": "Nora.Lind", "full_name": "Nora Lind", "email": "n@market.example", "rank": "analyst"}
        add_person(person(actor), db.session.get_one(Company, company), raw)

    return Case(eight(add), ONE_WINS, rows(Person.user_name == "nora.lind"), 1)


def duns(cast: Cast) -> Case:
    admin = cast.ercot_admin.id
    raw = {"duns": "444444444", "name": "Dell Power", "kind": "CR"}
    return Case(eight(lambda _: add_company(person(admin), raw)), ONE_WINS, rows(Company.duns == "444444444"), 1)


def group_names(cast: Cast) -> Case:
    admin, names = cast.acme_admin.id, ("Night shift", "NIGHT SHIFT", "Night\u00a0shift", "Night  shift\u200b")

    def add(number: int) -> None:
        add_group(person(admin), person(admin).company, {"name": names[number % 4]})

    return Case(eight(add), ONE_WINS, rows(WorkGroup.name_key == "night shift"), 1)


def group_renamed(cast: Cast) -> Case:
    admin = cast.acme_admin
    ids = [add_group(admin, admin.company, {"name": f"Desk {number}"}).id for number in range(CLIENTS)]
    admin_id = admin.id

    def again(number: int) -> None:
        rename_group(person(admin_id), db.session.get_one(WorkGroup, ids[number]), {"name": "zoë TEAM"})

    return Case(eight(again), ONE_WINS, rows(WorkGroup.name_key == "zoë team"), 1)


def view_of(scope: Scope, who: str) -> Callable[[Cast], Case]:
    def case(cast: Cast) -> Case:
        people = [getattr(cast, who).id, getattr(cast, f"{who}_admin").id]
        people = people[:1] if scope is Scope.MINE else people
        group_id = cast.acme_desk.id if scope is Scope.GROUP else None

        def save(number: int) -> None:
            name = "Ours" if number % 3 else "OURS\u200b"
            save_view(person(people[number % len(people)]), name, "", scope=scope, group_id=group_id)

        return Case(eight(save), ONE_WINS, rows(SavedView.name_key == "ours"), 1)

    return case


def drafts(cast: Cast) -> Case:
    acme = cast.acme.id

    def keep(number: int) -> None:
        keep_draft(person(acme), "rep-of-record", {"EsiID": str(number)}, files=[STATEMENT])

    return Case(eight(keep), ALL_WIN, rows(Draft.person_id == acme), 1)


def drafts_thrown_away(cast: Cast) -> Case:
    acme = cast.acme.id
    keep_draft(cast.acme, "rep-of-record", {"EsiID": "1"}, files=[STATEMENT])

    def act(number: int) -> None:
        if number % 2:
            throw_away(person(acme), "rep-of-record")
        else:
            keep_draft(person(acme), "rep-of-record", {"EsiID": "2"}, files=[STATEMENT])

    return Case(eight(act), ALL_WIN, lambda: count_of(Draft.person_id == acme) <= 1, True)


def parties(cast: Cast) -> Case:
    issue, people = begun(cast), [cast.ercot, cast.ercot_admin] * (CLIENTS // 2)
    own = (IssueParty.issue_id == issue.id, IssueParty.role == "ERCOT")
    taken = presses(people, issue.number, Press("assign-owner", raw={"NewOwner": "erin"}))
    return Case(taken, ALL_WIN, rows(*own), 1)


def viewers(cast: Cast) -> Case:
    issue, people = parked(cast), [cast.acme, cast.acme_admin] * (CLIENTS // 2)
    bolts = (IssueViewer.issue_id == issue.id, IssueViewer.company_id == cast.bolt.company_id)
    return Case(presses(people, issue.number, Press("submit")), ONE_WINS, rows(*bolts), 1)


def identifiers(cast: Cast) -> Case:
    issue, acme = parked(cast), cast.acme.id
    number, values = issue.number, dict(issue.values)

    def edit(turn: int) -> None:
        raw = values | {"EsiID": f"{ESI_ID[:-1]}{turn}"}
        press_transition(person(acme), number, Press("edit", raw=raw))

    found = (IssueIdentifier.issue_id == issue.id, IssueIdentifier.kind == "esiid")
    return Case(eight(edit), ALL_WIN, rows(*found), 1)


def claims(cast: Cast) -> Case:
    issue, people = begun(cast), [cast.bolt.id, cast.bolt_admin.id]
    number, one = issue.number, (Claim.issue_id == issue.id, Claim.field == "RORStartTime")

    def state(turn: int) -> None:
        state_claims(person(people[turn % 2]), number, Statement({"RORStartTime": f"2026-03-0{turn + 1}"}))

    return Case(eight(state), ALL_WIN, rows(*one), 1)


def homes(cast: Cast) -> Case:
    acme, ids = cast.acme.id, [save_view(cast.acme, f"View {number}", "").id for number in range(CLIENTS)]

    def home(number: int) -> None:
        set_as_home(person(acme), db.session.get_one(SavedView, ids[number]))

    def stands() -> tuple[int, int, int]:
        places = db.session.scalars(select(ViewPin.place).where(ViewPin.person_id == acme)).all()
        return count_of(ViewPin.person_id == acme, ViewPin.is_home), len(places), len(set(places))

    return Case(eight(home), ALL_WIN, stands, (1, CLIENTS, CLIENTS))


def pins(cast: Cast) -> Case:
    acme, view_id = cast.acme.id, save_view(cast.acme, "Ours", "").id
    pinned = eight(lambda _: pin(person(acme), db.session.get_one(SavedView, view_id)))
    return Case(pinned, ALL_WIN, rows(ViewPin.view_id == view_id), 1)


def view_watches(cast: Cast) -> Case:
    begun(cast)
    acme, view_id = cast.acme.id, save_view(cast.acme, "Ours", "status:open").id

    def watched(_: int) -> None:
        watch_view(person(acme), db.session.get_one(SavedView, view_id))

    def stands() -> tuple[int, int]:
        return count_of(ViewWatch.view_id == view_id), count_of(WatchedIssue.view_id == view_id)

    return Case(eight(watched), ALL_WIN, stands, (1, 1))


def presence(cast: Cast) -> Case:
    number, people = begun(cast).number, [cast.acme.id, cast.acme_admin.id]

    def stands() -> tuple[int, int]:
        return count_of(Presence.person_id.in_(people)), count_of(IssueOpening.company_id == cast.acme.company_id)

    return Case(eight(lambda turn: be_here(person(people[turn % 2]), number)), ALL_WIN, stands, (2, 1))


def failed_sign_ins(cast: Cast) -> Case:
    counted = eight(lambda _: count_try(("account:one", "network:one", "everywhere")))
    return Case(counted, ALL_WIN, rows(FailedSignIns.subject == "account:one"), 1)


def registry(cast: Cast) -> Case:
    wires, rep = cast.duns("wires"), cast.duns("bolt")
    order = {"orig_tran_id": "T1", "esi_id": ESI_ID, "kind": "Switch", "status": "Open", "priority": False}

    def load(number: int) -> None:
        spans = [Span(date(2026, 1, 1 + day), None, rep) for day in range(number + 1)]
        premise: dict[str, object] = {"esi_id": ESI_ID, "tdsp_duns": wires, "status": "Active", "rep_history": spans}
        load_rows(PREMISES, [premise])
        load_rows(ORDERS, [order])

    def stands() -> tuple[int, int, bool]:
        served = count_of(RepOfRecord.esi_id == ESI_ID)
        return count_of(Premise.esi_id == ESI_ID), count_of(MarketOrder.orig_tran_id == "T1"), 1 <= served <= CLIENTS

    return Case(eight(load), ALL_WIN, stands, (1, 1, True))


def registry_off(cast: Cast) -> Case:
    return Case(eight(lambda _: switch_registry_off()), ALL_WIN, rows(MarketFact.name == OFF), 1)


def texts(cast: Cast) -> Case:
    """Two workers read the same file."""
    issue = begun(cast)
    attach_files(cast.acme, issue.number, [StoredFile("a.txt", "a.txt", "text/plain", 1, "b" * 64)])
    db.session.commit()
    attachment_id = db.session.scalars(select(Attachment.id)).one()

    def read(number: int) -> None:
        keep_inside(db.session.get_one(Attachment, attachment_id), "what the meter said")

    return Case(eight(read), ALL_WIN, rows(AttachmentText.attachment_id == attachment_id), 1)


CASES: dict[str, Callable[[Cast], Case]] = {
    "uq_person_user_name": user_names,
    "uq_company_duns": duns,
    "uq_work_group_company_id_name": group_renamed,
    "ix_work_group_name_key": group_names,
    "ix_saved_view_mine_name": view_of(Scope.MINE, "acme"),
    "ix_saved_view_group_name": view_of(Scope.GROUP, "acme"),
    "ix_saved_view_company_name": view_of(Scope.COMPANY, "acme"),
    "ix_saved_view_market_name": view_of(Scope.MARKET, "ercot"),
    "uq_draft_person_id_subtype": drafts,
    "uq_issue_party_issue_id_role_company_id": parties,
    "pk_issue_viewer": viewers,
    "pk_issue_identifier": identifiers,
    "uq_claim_issue_id_side_field": claims,
    "ix_view_pin_one_home": homes,
    "pk_view_pin": pins,
    "pk_view_watch": view_watches,
    "pk_watched_issue": view_watches,
    "pk_presence": presence,
    "pk_issue_opening": presence,
    "pk_failed_sign_ins": failed_sign_ins,
    "pk_premise": registry,
    "pk_rep_of_record": registry,
    "pk_market_order": registry,
    "pk_market_fact": registry_off,
    "pk_attachment_text": texts,
}

ELSEWHERE: dict[str, Callable[..., object]] = {
    "ix_company_one_operator": lambda: test_a_market_is_founded_once,
    "uq_issue_number": test_numbering.test_eight_who_draw_the_same_number_get_eight,
    "uq_reply_person_id_issue_id_form": test_two_at_once.test_two_windows_keep_one_reply,
    "uq_issue_link_issue_id_other_id_kind": test_two_at_once.test_two_who_link_from_either_side_make_one_link,
    "uq_notice_event_id_person_id_reason": test_two_at_once.test_workers_that_tell_at_once_tell_each_receiver_once,
    "uq_registry_look_esi_id_day_person_id": test_looking.test_one_person_twice_at_once_leaves_one_row,
    "pk_watch": test_two_at_once.test_a_double_click_watches_once,
    "pk_late_warning": lambda: test_workers_warn_of_an_end_once,
    "pk_search_document": lambda: test_workers_that_index_at_once_write_each_document_once,
}
"""Rules whose case is a test of its own."""

RANDOM = "144 or 256 bits from the system's source of chance: two never draw the same"
REASONS: dict[str, str] = {
    "uq_attachment_public_id": RANDOM,
    "uq_bulk_act_public_id": RANDOM,
    "uq_reply_public_id": RANDOM,
    "uq_saved_view_public_id": RANDOM,
    "ix_contact_public_id": RANDOM,
    "ix_group_rule_public_id": RANDOM,
    "ix_work_group_public_id": RANDOM,
    "uq_draft_file_public_id": RANDOM,
    "uq_mail_message_id": RANDOM,
    "ix_sign_in_session_public_id": RANDOM,
    "uq_sign_in_session_token_hash": RANDOM,
    "uq_sign_in_link_token_hash": RANDOM,
    "uq_known_device_token_hash": RANDOM,
    "uq_bulk_item_act_id_issue_id": "written once with its act, whose issues are told apart before",
    "pk_esi_id_prefix": "no verb writes it yet: it comes with the market",
}


def rules() -> Iterator[tuple[str, Table]]:
    """Every unique rule of the tables, but for the numbers that the database counts itself."""
    for table in db.metadata.sorted_tables:
        if table.autoincrement_column is None:
            yield str(table.primary_key.name), table
        for rule in table.constraints:
            if isinstance(rule, UniqueConstraint):
                yield str(rule.name), table
        yield from ((str(index.name), table) for index in table.indexes if index.unique)


def test_every_unique_rule_has_a_case_or_a_reason() -> None:
    known = [*CASES, *ELSEWHERE, *REASONS]
    assert len(known) == len(set(known))
    assert {name for name, _ in rules()} == set(known)


@pytest.mark.parametrize("rule", CASES)
def test_eight_at_once_keep_the_rule(app: Flask, cast: Cast, rule: str) -> None:
    case = CASES[rule](cast)
    assert race(app, case.acts) == list(case.outcomes)
    assert case.stands() == case.wanted


def test_a_draft_is_kept_and_thrown_away_at_once(app: Flask, cast: Cast) -> None:
    case = drafts_thrown_away(cast)
    assert race(app, case.acts) == list(case.outcomes)
    assert case.stands() == case.wanted


@pytest.mark.parametrize("turn", range(4))
def test_workers_that_find_the_mail_server_dead_say_so_once(app: Flask, cast: Cast, turn: int) -> None:
    assert race(app, eight(lambda _: letters._delay("It does not answer."))) == ALL_WIN
    assert count_of(MarketFact.name == DOWN) == 1


def test_a_market_is_founded_once(app: Flask) -> None:
    raw = {"name": "ERCOT", "legal_name": "ERCOT"}
    assert race(app, eight(lambda number: found_market(raw | {"duns": f"18352904{number}"}))) == ONE_WINS
    assert count_of(Company.kind == "ERCOT") == count_of(Person.user_name == "clock") == 1


def test_workers_warn_of_an_end_once(app: Flask, cast: Cast) -> None:
    issue = press(cast.bolt, begun(cast), "complete", "Ours.")
    while tell_changes():
        db.session.commit()
    assert issue.clock_at
    with time_machine.travel(issue.clock_at - timedelta(hours=30), tick=False):
        assert race(app, eight(lambda _: tell_late())) == ALL_WIN
    assert count_of(LateWarning.company_id == cast.acme.company_id) == 1


@pytest.mark.parametrize("turn", range(3))
def test_what_is_found_harmful_while_it_is_read_is_not_searched(app: Flask, cast: Cast, turn: int) -> None:
    issue = begun(cast)
    attach_files(cast.acme, issue.number, [StoredFile("a.txt", "a.txt", "text/plain", 1, "b" * 64)])
    db.session.commit()
    attachment_id = db.session.scalars(select(Attachment.id)).one()
    read: Act = lambda: keep_inside(db.session.get_one(Attachment, attachment_id), "what the meter said")  # noqa: E731
    scan: Act = lambda: found(db.session.get_one(Attachment, attachment_id), Scan.HARMFUL)  # noqa: E731
    assert race(app, [read, scan] * (CLIENTS // 2)) == ALL_WIN
    assert count_of(AttachmentText.attachment_id == attachment_id) == 0


def test_workers_that_index_at_once_write_each_document_once(app: Flask, cast: Cast) -> None:
    build_index(app.extensions["search"])
    issue = begun(cast)
    assert race(app, eight(lambda _: index_changes(app.extensions["search"]))) == ALL_WIN
    assert count_of(Job.topic == "index") == 0
    assert dict(app.extensions["search"].versions()).keys() == {issue.id}


@pytest.mark.parametrize("turn", range(4))
def test_a_view_is_deleted_while_it_is_pinned_watched_and_renamed(app: Flask, cast: Cast, turn: int) -> None:
    acme, view_id = cast.acme.id, save_view(cast.acme, "Ours", "status:open", scope=Scope.COMPANY).id
    others = (cast.acme.id, cast.acme_admin.id, cast.acme_reader.id)

    def view() -> SavedView:
        found = db.session.scalar(select(SavedView.public_id).where(SavedView.id == view_id)) or "gone"
        return view_for(person(acme), found)

    acts: list[Act] = [lambda: delete_view(person(acme), view())] * 2
    acts += [lambda who=who: pin(person(who), view()) for who in others]  # type: ignore[misc]
    acts += [lambda who=who: watch_view(person(who), view()) for who in others]  # type: ignore[misc]
    outcomes = race(app, acts)
    assert set(outcomes) <= {"won", "lost"}
    assert len(outcomes) == CLIENTS
    assert count_of(SavedView.id == view_id) == count_of(ViewPin.view_id == view_id) == 0


def test_what_was_lost_can_be_done_again(app: Flask, cast: Cast) -> None:
    """The refusal is that of somebody alone, with the same words, and leaves the session in order."""
    admin = cast.acme_admin
    add_group(admin, admin.company, {"name": "Night shift"})
    with pytest.raises(Invalid) as refusal:
        add_group(admin, admin.company, {"name": "night SHIFT"})
    said: Any = refusal.value.errors["name"]
    assert (said.code, said.values) == ("group-name-taken", {"name": "Night shift"})
    add_group(admin, admin.company, {"name": "Day shift"})
    db.session.commit()
    assert db.session.scalar(select(func.count()).where(WorkGroup.company_id == admin.company_id)) == 3
