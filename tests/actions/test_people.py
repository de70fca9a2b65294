"""Managing people and groups: who may, and that nothing gets stuck."""

import pytest
from sqlalchemy import select

from tests.cast import Cast
from tests.make import know_premise, press, rep_of_record
from tracker.actions.people import (
    add_group,
    add_person,
    close_group,
    deactivate,
    edit_person,
    reactivate,
    rename_group,
    reopen_group,
)
from tracker.clock import now
from tracker.db import db
from tracker.domain.permissions import Rank
from tracker.errors import Forbidden, Invalid, NotFound
from tracker.models import Event, IssueParty
from tracker.queries.people import company_to_manage, groups_of, people_in, people_of, person_in

NEW = {"full_name": "Nora Lind", "user_name": "Nora.Lind", "email": "nora@acme.example", "rank": "analyst"}


def test_new_person_can_do_nothing_without_a_link(cast: Cast) -> None:
    person = add_person(cast.acme_admin, cast.acme.company, NEW)
    assert (person.user_name, person.password_hash, person.active) == ("nora.lind", None, True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("user_name", "bob"),
        ("user_name", "nora lind"),
        ("user_name", ""),
        ("user_name", "n\x00ra"),
        ("full_name", ""),
        ("full_name", "x" * 121),
        ("full_name", "\ud800"),
        ("email", "nowhere"),
        ("email", "two@at@signs"),
        ("rank", "system"),
        ("rank", ""),
    ],
)
def test_reason_stands_at_its_field(cast: Cast, field: str, value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        add_person(cast.acme_admin, cast.acme.company, {**NEW, field: value})
    assert list(refusal.value.errors) == [field]


def test_ercot_has_no_readers(cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        add_person(cast.ercot_admin, cast.ercot.company, {**NEW, "rank": Rank.READER})
    assert list(refusal.value.errors) == ["rank"]


@pytest.mark.parametrize("who", ["acme", "acme_reader", "bolt_admin", "ercot"])
def test_others_may_not_manage(cast: Cast, who: str) -> None:
    actor = getattr(cast, who)
    with pytest.raises(Forbidden):
        add_person(actor, cast.acme.company, NEW)
    with pytest.raises(Forbidden):
        deactivate(actor, cast.acme)
    with pytest.raises(Forbidden):
        add_group(actor, cast.acme.company, {"name": "Ours"})
    with pytest.raises(Forbidden):
        close_group(actor, cast.acme_desk)


def test_deactivated_administrator_manages_nobody(cast: Cast) -> None:
    cast.acme_admin.active = False
    with pytest.raises(Forbidden):
        add_person(cast.acme_admin, cast.acme.company, NEW)


def test_open_ownership_goes_back_to_the_queue(cast: Cast) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    press(cast.bolt, issue, "begin-working")
    version = issue.version
    assert deactivate(cast.bolt_admin, cast.bolt) == 1
    party = db.session.scalars(select(IssueParty).where(IssueParty.company_id == cast.bolt.company_id)).one()
    assert party.owner_id is None
    event = db.session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (event.name, event.person_id, event.to_state) == ("Assign Owner", cast.bolt_admin.id, issue.state)
    assert event.changes == [{"field": "Owner", "label": "Owner", "old": "Bob", "new": ""}]
    assert issue.version > version
    press(cast.bolt_admin, issue, "complete", "Bea goes on.")


def test_group_stays_with_the_issue(cast: Cast) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    desk = add_group(cast.bolt_admin, cast.bolt.company, {"name": "Switching desk"})
    press(cast.bolt, issue, "begin-working")
    press(cast.bolt, issue, "assign-to-group", GroupName="Switching desk")
    deactivate(cast.bolt_admin, cast.bolt)
    party = db.session.scalars(select(IssueParty).where(IssueParty.company_id == cast.bolt.company_id)).one()
    assert (party.owner_id, party.group_id) == (None, desk.id)


def test_finished_issues_keep_their_owner(cast: Cast) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    for key in ("begin-working", "complete"):
        press(cast.bolt, issue, key)
    press(cast.acme, issue, "accept")
    assert deactivate(cast.bolt_admin, cast.bolt) == 0
    party = db.session.scalars(select(IssueParty).where(IssueParty.company_id == cast.bolt.company_id)).one()
    assert party.owner_id == cast.bolt.id


def test_last_administrator_stays(cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        deactivate(cast.acme_admin, cast.acme_admin)
    assert list(refusal.value.errors) == [""]
    with pytest.raises(Invalid) as refusal:
        edit_person(cast.acme_admin, cast.acme_admin, _as(cast.acme_admin, rank="reader"))
    assert list(refusal.value.errors) == ["rank"]
    edit_person(cast.acme_admin, cast.acme, _as(cast.acme, rank="administrator"))
    deactivate(cast.acme_admin, cast.acme_admin)
    assert not cast.acme_admin.active


def test_operator_may_replace_the_last_administrator(cast: Cast) -> None:
    deactivate(cast.ercot_admin, cast.acme_admin)
    edit_person(cast.ercot_admin, cast.acme, _as(cast.acme, rank="administrator"))
    reactivate(cast.acme, cast.acme_admin)
    assert cast.acme_admin.active


def test_lists_leave_the_clock_out(cast: Cast) -> None:
    assert cast.clock not in people_of(cast.ercot)
    with pytest.raises(NotFound):
        person_in(cast.ercot_admin, cast.ercot.company, "clock")


def test_list_counts_open_issues_of_each(cast: Cast) -> None:
    know_premise(cast)
    press(cast.bolt, rep_of_record(cast), "begin-working")
    owns = {row.person.user_name: row.owns for row in people_in(cast.bolt_admin, cast.bolt.company)}
    assert owns == {"bob": 1, "bea": 0}


def test_foreign_company_is_absent_for_company_administrators(cast: Cast) -> None:
    assert company_to_manage(cast.acme_admin, cast.duns("acme")) is cast.acme.company
    for duns in (cast.duns("bolt"), "999999999"):
        with pytest.raises(NotFound):
            company_to_manage(cast.acme_admin, duns)


def test_a_name_that_is_taken_is_told_as_it_is_written_there(cast: Cast) -> None:
    """And only of a closed group that it can be reopened."""
    admin = cast.acme_admin
    there = add_group(admin, admin.company, {"name": "Enrollments"})
    other = add_group(admin, admin.company, {"name": "Others"})
    told = []
    for _ in range(2):
        with pytest.raises(Invalid) as refusal:
            add_group(admin, admin.company, {"name": "ENROLLMENTS"})
        told.append(refusal.value.errors["name"])
        with pytest.raises(Invalid) as refusal:
            rename_group(admin, other, {"name": "enrollments "})
        told.append(refusal.value.errors["name"])
        close_group(admin, there)
    assert told[:2] == ["There is a group named Enrollments already. Choose another name."] * 2
    closed = "There is a closed group named Enrollments already. Choose another name, or reopen that one."
    assert told[2:] == [closed] * 2


def test_groups_have_one_name_each(cast: Cast) -> None:
    for name in ("switching DESK", "", "x" * 81):
        with pytest.raises(Invalid) as refusal:
            add_group(cast.acme_admin, cast.acme.company, {"name": name})
        assert list(refusal.value.errors) == ["name"]
    add_group(cast.bolt_admin, cast.bolt.company, {"name": "Switching desk"})
    rename_group(cast.acme_admin, cast.acme_desk, {"name": "Switching Desk"})


@pytest.mark.usefixtures("stopped")
def test_closed_group_can_be_reopened(cast: Cast) -> None:
    close_group(cast.acme_admin, cast.acme_desk)
    assert cast.acme_desk.closed_at == now()
    assert cast.acme_desk in groups_of(cast.acme)
    reopen_group(cast.acme_admin, cast.acme_desk)
    assert cast.acme_desk.closed_at is None


def _as(person: object, **changes: str) -> dict[str, object]:
    return {name: getattr(person, name) for name in ("full_name", "email", "rank")} | changes
