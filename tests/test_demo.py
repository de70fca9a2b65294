"""The demo market is made of legal issues: what stands in it is what the product's own rules would have made."""

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import select

from tracker.actions.filing import file_issue
from tracker.actions.history import settle_viewers
from tracker.actions.standing import company_in, title_of
from tracker.db import db
from tracker.demo.making import Told, make_demo, tell_market
from tracker.demo.tale import Happening, Tale
from tracker.demo.writing import only_named
from tracker.domain import catalogue
from tracker.domain.claims import Side
from tracker.domain.permissions import Rank
from tracker.domain.roles import Role
from tracker.domain.subtype import Subtype
from tracker.models import Company, Event, Issue, IssueViewer, MarketFact, Person
from tracker.queries.home import sections
from tracker.queries.kinds import subtype_of, workflow_of

BY_THE_REGISTRY = {
    "SiebelStatus",
    "SiebelCheckDateTime",
    "GainingMP",
    "LosingMP",
    "TDSPInvolved",
    "GainingCRStartDate",
    "RegainingTrxnSiebelStatus",
    "RegainingTrxnSiebelCheckDate",
}
"""What an issue learns without anybody typing it."""


def quietly(done: int, of: int) -> None:
    """No progress bar."""


@pytest.fixture(scope="module")
def told() -> Told:
    """The whole demo market, before it is written."""
    return tell_market(quietly, issues=2000, premises=6000)


@pytest.fixture
def market(app: Flask) -> None:
    """A small demo market in the database."""
    make_demo(only_named, quietly, issues=300, premises=1500)
    db.session.commit()


def test_every_state_of_every_workflow_and_every_subtype_occurs(told: Told) -> None:
    here = {(tale.workflow.key, tale.state) for tale in told.tales}
    wanted = {(one.workflow.key, state) for one in _kinds() for state in one.workflow.turns}
    assert wanted - here == set()
    assert {one.key for one in _kinds()} == {tale.subtype.key for tale in told.tales}


def test_the_usual_subtypes_make_most_of_it_and_most_has_ended(told: Told) -> None:
    usual = ("inadvertent-g", "inadvertent-l", "switch-hold", "usage-billing", "cancel", "customer-rescission")
    share = sum(tale.subtype.key.startswith(usual) for tale in told.tales) / len(told.tales)
    still_open = sum(tale.is_open for tale in told.tales) / len(told.tales)
    assert 0.6 < share < 0.85
    assert 0.12 < still_open < 0.3


def test_every_event_is_a_button_of_the_state_it_was_pressed_in(told: Told) -> None:
    strange = [
        (tale.subtype.key, event.name, event.from_state, event.to_state)
        for tale in told.tales
        for number, event in enumerate(tale.events)
        if not _is_legal(tale, number, event)
    ]
    assert strange == []


def test_time_goes_on_and_stops_before_the_present(told: Told) -> None:
    for tale in told.tales:
        moments = [event.at for event in tale.events]
        assert moments == sorted(moments)
        assert moments[-1] < told.stage.until
        assert tale.clock_at is None or not tale.is_open or tale.clock_at >= told.stage.until, tale.subtype.key


def test_states_follow_on_each_other(told: Told) -> None:
    for tale in told.tales:
        for before, after in zip(tale.events, tale.events[1:], strict=False):
            assert before.to_state == after.from_state
        assert tale.events[-1].to_state == tale.state


def test_the_company_whose_turn_it_is_has_the_role_of_the_state(told: Told) -> None:
    for tale in told.tales:
        role = tale.workflow.turn(tale.state)
        assert (tale.responsible is None) == (role is None), (tale.subtype.key, tale.state)
        assert role is None or tale.responsible in tale.players_in(role)


def test_values_are_clean_and_keep_the_rules(told: Told) -> None:
    for tale in told.tales:
        for field in tale.subtype.fields:
            if field.name != "CommentsText":
                assert field.clean(tale.filed_values[field.name]) == tale.filed_values[field.name]
        known = tale.subtype.all_fields
        for name, value in tale.values.items():
            one_of_many = bool(tale.parent) and name == "EsiID"
            assert name in BY_THE_REGISTRY or one_of_many or value is None or known[name].clean(value) == value, name
        assert not any(rule(tale.values) for rule in tale.subtype.rules), tale.values


def test_some_say_what_others_contradict(told: Told) -> None:
    said = [(tale, side, name, one) for tale in told.tales for (side, name), one in tale.said.items()]
    assert {side for _, side, _, _ in said} >= {Side.SUBMITTER, Side.ASSIGNEE}
    for tale, _, name, one in said:
        field = next(claimed.field for claimed in tale.subtype.claimed if claimed.field.name == name)
        assert field.clean(one.value) == one.value
    assert any(one.value != tale.filed_values.get(name) for tale, side, name, one in said if side is Side.ASSIGNEE)


def test_a_parent_ends_when_its_children_have(told: Told) -> None:
    parents = [tale for tale in told.tales if tale.children]
    assert parents
    for parent in parents:
        assert any(child.is_open for child in parent.children) or not parent.is_open


def test_nothing_is_filed_by_who_may_not_file_it(told: Told) -> None:
    for tale in told.tales:
        assert tale.case.filer.kind in tale.subtype.filed_by or tale.parent
        if tale.subtype.never_by_rep_of_record:
            assert tale.case.filer is not tale.case.site.rep


def test_the_same_day_gives_the_same_market() -> None:
    first, second = (tell_market(quietly, issues=60, premises=300) for _ in range(2))
    assert _as_text(first) == _as_text(second)


@pytest.mark.usefixtures("market")
def test_what_is_stored_is_what_the_rules_would_store() -> None:
    issues = db.session.scalars(select(Issue)).all()
    viewers = _viewers()
    for issue in issues:
        subtype, workflow = subtype_of(issue), workflow_of(issue)
        role = workflow.turn(issue.state)
        assert issue.responsible_id == (company_in(issue, role) if role else None)
        assert issue.title == title_of(subtype, issue.values)
        assert issue.esi_id == issue.values.get("EsiID")
        settle_viewers(issue)
    db.session.flush()
    assert _viewers() == viewers


@pytest.mark.usefixtures("market")
def test_viewers_stand_where_the_issue_stands() -> None:
    rows = db.session.execute(select(IssueViewer, Issue).join(Issue, Issue.id == IssueViewer.issue_id)).all()
    for viewer, issue in rows:
        turn = "ours" if viewer.company_id == issue.responsible_id else "theirs"
        assert viewer.standing == (turn if issue.is_open else "ended")
        assert viewer.changed_at == issue.changed_at


@pytest.mark.usefixtures("market")
def test_versions_count_events() -> None:
    counted = Counter(db.session.scalars(select(Event.issue_id)))
    assert counted == {issue.id: issue.version for issue in db.session.scalars(select(Issue))}


@pytest.mark.usefixtures("market")
def test_everybody_who_works_finds_something_at_home() -> None:
    acting = select(Person).join(Company, Company.id == Person.company_id).where(Company.left_on.is_(None))
    people = db.session.scalars(acting.where(Person.rank.in_((Rank.ANALYST, Rank.ADMINISTRATOR)))).all()
    alive = [person for person in people if sections(person)[1].total]
    assert len(alive) > len(people) / 2


@pytest.mark.usefixtures("market")
def test_the_market_goes_on_with_the_products_own_actions() -> None:
    actor = db.session.scalars(
        select(Person)
        .join(Company, Company.id == Person.company_id)
        .where(Company.kind == "CR", Company.left_on.is_(None), Person.rank == Rank.ANALYST)
        .order_by(Person.id)
    ).first()
    assert actor is not None
    wires = db.session.scalars(
        select(Company).where(Company.kind == "TDSP", Company.left_on.is_(None)).order_by(Company.id)
    ).first()
    assert wires is not None
    issue = file_issue(actor, "rep-of-record", {"Assignee": wires.duns, "EsiID": "99999999", "StartTime": "2026-03-01"})
    assert issue.id > 300


@pytest.mark.usefixtures("market")
def test_a_market_that_is_there_is_left_alone(app: Flask) -> None:
    issues = len(db.session.scalars(select(Issue.id)).all())
    refused = app.test_cli_runner().invoke(args=["demo"])
    assert refused.exit_code == 1
    assert "holds a market already" in refused.output
    silent = app.test_cli_runner().invoke(args=["demo", "--if-empty"])
    assert (silent.exit_code, silent.output) == (0, "")
    assert len(db.session.scalars(select(Issue.id)).all()) == issues


@pytest.mark.usefixtures("market")
def test_the_market_says_that_it_is_a_demo_and_has_its_system_person() -> None:
    assert db.session.get(MarketFact, "demo") is not None
    clock = db.session.scalars(select(Person).where(Person.rank == Rank.SYSTEM)).one()
    assert clock.company.is_operator
    assert not db.session.scalars(select(Person).where(Person.password_hash.is_not(None))).all()


def _kinds() -> list[Subtype]:
    return [*catalogue.SUBTYPES, *catalogue.RETIRED]


def _is_legal(tale: Tale, number: int, event: Happening) -> bool:
    if number == 0:
        return event.name == "Submit" and event.to_state in (tale.workflow.start, "Pending Issue")
    if event.name in ("Attach", "State Claim"):
        return event.from_state == event.to_state
    state = str(event.from_state)
    buttons = [one for one in tale.workflow.by_state[state] if one.name == event.name]
    return any(one.target(state) == event.to_state and _is_presser(event, one.pressers, one.system) for one in buttons)


def _is_presser(event: Happening, pressers: tuple[Role, ...], system: bool) -> bool:
    return system == (event.member.rank is Rank.SYSTEM) and (system or bool(pressers))


def _as_text(told: Told) -> list[str]:
    return [
        f"{tale.subtype.key} {tale.filed_at} {tale.state} {tale.values} "
        + " ".join(f"{event.at} {event.name} {event.member.user_name} {event.comment}" for event in tale.events)
        for tale in told.tales
    ]


def _viewers() -> list[tuple[int, int]]:
    statement = select(IssueViewer.issue_id, IssueViewer.company_id)
    return sorted((issue_id, company_id) for issue_id, company_id in db.session.execute(statement))
