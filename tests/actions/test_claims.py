"""Claims: each company writes its own column and no other; what it said before stays in the history."""

from datetime import date

import pytest
from sqlalchemy import func, select

from tests.cast import ESI_ID, Cast
from tests.make import know_premise, press, rep_of_record, state, usage_dispute
from tests.samples import filled
from tracker.actions.claims import Statement, state_claims
from tracker.actions.filing import file_issue
from tracker.actions.registry_import import switch_registry_off
from tracker.db import db
from tracker.domain import catalogue
from tracker.domain.claims import REGISTRY, Side, Table
from tracker.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.models import Claim, Event, HandOff, Issue, Person, RepOfRecord
from tracker.queries.claims import claims_of
from tracker.queries.parties import parties_of


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme disputes the usage that Wires read."""
    know_premise(cast)
    return usage_dispute(cast)


def table(issue: Issue) -> Table:
    """The table as ERCOT reads it, from which nothing is kept."""
    claims = claims_of(erin(), issue, parties_of(issue.id))
    assert claims is not None
    return claims


def erin() -> Person:
    return db.session.scalars(select(Person).where(Person.user_name == "erin")).one()


def column(issue: Issue, side: Side, field: str) -> list[tuple[str, str]]:
    """What stands in a cell, and who says it."""
    line = next(line for line in table(issue).every_line if line.claimed.field.name == field)
    return [(cell["text"], cell["by"]) for cell in line.cells[list(Side).index(side)]]


def last_event(issue: Issue) -> Event:
    events = select(Event).where(Event.issue_id == issue.id).order_by(Event.id.desc()).limit(1)
    return db.session.scalars(events).one()


def test_the_submitters_column_begins_with_what_was_filed(issue: Issue) -> None:
    assert column(issue, Side.SUBMITTER, "StartTime") == [("2026-03-01", "Acme Energy")]
    assert column(issue, Side.ASSIGNEE, "StartTime") == []
    assert db.session.scalar(select(func.count(Claim.id))) == 0


def test_each_company_writes_its_own_column(cast: Cast, issue: Issue) -> None:
    state(cast.acme, issue, StartTime="2026-03-02", kWhUse="900")
    state(cast.wires, issue, kWhUse="1204.5")
    state(cast.ercot, issue, kWhUse="1204.50")
    assert column(issue, Side.SUBMITTER, "StartTime") == [("2026-03-02", "Acme Energy")]
    assert column(issue, Side.SUBMITTER, "kWhUse") == [("900", "Acme Energy")]
    assert column(issue, Side.ASSIGNEE, "kWhUse") == [("1204.5", "Wires Delivery")]
    assert column(issue, Side.SHOWN, "kWhUse") == [("1204.50", "ERCOT")]
    assert table(issue).disputed == ["Usage in kWh"]


def test_the_history_keeps_what_was_said_before(cast: Cast, issue: Issue) -> None:
    before = (issue.state, issue.responsible_id)
    state(cast.wires, issue, kWhUse="1200")
    seen = issue.version
    state(cast.wires, issue, kWhUse="1204.5")
    event = last_event(issue)
    assert (event.name, event.company_id, event.from_state) == ("State Claim", cast.wires.company_id, issue.state)
    label = "Usage in kWh (Assignee says)"
    assert event.changes == [{"field": "kWhUse", "label": label, "old": "1200", "new": "1204.5"}]
    assert (issue.state, issue.responsible_id) == before
    assert issue.version > seen
    assert event.ring_company_id is None


def test_what_is_left_empty_is_said_no_longer(cast: Cast, issue: Issue) -> None:
    state(cast.acme, issue, StartTime="2026-03-01")
    assert column(issue, Side.SUBMITTER, "StopTime") == []
    assert {change["field"]: change["new"] for change in last_event(issue).changes} == {"StopTime": "", "IDRNonIDR": ""}


def test_saying_the_same_again_is_nothing_that_happened(cast: Cast, issue: Issue) -> None:
    state(cast.wires, issue, kWhUse="1200")
    seen, event = issue.version, last_event(issue).id
    state(cast.wires, issue, kWhUse="1200")
    assert (issue.version, last_event(issue).id) == (seen, event)


def test_a_stranger_and_a_company_without_a_column_are_refused(cast: Cast, issue: Issue) -> None:
    with pytest.raises(NotFound):
        state(cast.corp, issue, kWhUse="1")
    with pytest.raises(Forbidden):
        state(cast.acme_reader, issue, kWhUse="1")
    assert db.session.scalar(select(func.count(Claim.id))) == 0


def test_an_old_version_conflicts(cast: Cast, issue: Issue) -> None:
    seen = issue.version
    state(cast.wires, issue, kWhUse="1200")
    with pytest.raises(Conflict):
        state_claims(cast.acme, issue.number, Statement({"kWhUse": "900"}, seen))


def test_an_issue_that_has_ended_stands_as_it_is(cast: Cast, issue: Issue) -> None:
    press(cast.acme, issue, "close")
    with pytest.raises(Conflict, match="ended"):
        state(cast.acme, issue, kWhUse="900")


def test_a_value_is_cleaned_by_its_field_and_the_rules_of_the_subtype(cast: Cast, issue: Issue) -> None:
    with pytest.raises(Invalid) as refused:
        state(cast.wires, issue, kWhUse="many", StartTime="2026-03-05", StopTime="2026-03-01", EsiID=ESI_ID)
    assert set(refused.value.errors) == {"kWhUse", "StopTime", "EsiID"}


def test_subtypes_that_are_not_about_values_have_no_columns(cast: Cast) -> None:
    know_premise(cast)
    issue = file_issue(cast.acme, "market-rule", filled(catalogue.by_key("market-rule").fields, cast))
    assert claims_of(cast.ercot, issue, parties_of(issue.id)) is None
    with pytest.raises(NotFound):
        state_claims(cast.acme, issue.number, Statement({}, issue.version))


def test_a_new_assignee_begins_with_an_empty_column(cast: Cast, issue: Issue) -> None:
    state(cast.wires, issue, kWhUse="1200")
    press(cast.wires, issue, "re-assign", "Not ours.", Assignee=cast.duns("oncor"))
    assert column(issue, Side.ASSIGNEE, "kWhUse") == []
    state(cast.oncor, issue, kWhUse="1300")
    assert column(issue, Side.ASSIGNEE, "kWhUse") == [("1300", "Oncor Delivery")]
    assert last_event(issue).changes[0]["old"] == ""
    with pytest.raises(NotFound):
        state(cast.wires, issue, kWhUse="1200")


def test_a_company_that_was_replaced_keeps_what_was_said_until_then(cast: Cast, issue: Issue) -> None:
    state(cast.wires, issue, kWhUse="1200")
    press(cast.wires, issue, "re-assign", "Not ours.", Assignee=cast.duns("oncor"))
    state(cast.oncor, issue, kWhUse="1300")
    kept = db.session.scalars(select(HandOff)).one().snapshot["claims"]
    usage = next(line for line in kept["lines"] if line["label"] == "Usage in kWh")
    assert usage["cells"][1][0]["text"] == "1200"


# What the registry knows


def premise_type(cast: Cast) -> Issue:
    """Acme says that the premise is no home."""
    raw = {
        "Assignee": cast.duns("wires"),
        "EsiID": ESI_ID,
        "NewPremiseType": "Small Non-Residential",
        "CommentsText": "It is a shop.",
    }
    issue = file_issue(cast.acme, "premise-type", raw)
    db.session.commit()
    return issue


def test_the_registry_is_shown_and_nobody_writes_it(cast: Cast) -> None:
    know_premise(cast)
    issue = premise_type(cast)
    assert column(issue, Side.SHOWN, "NewPremiseType") == [("Residential", REGISTRY)]
    assert table(issue).disputed == ["Premise type"]
    state(cast.ercot, issue, NewPremiseType="Residential")
    assert column(issue, Side.SHOWN, "NewPremiseType") == [("Residential", REGISTRY)]
    for again in ("Residential", ""):  # the same again is nothing new, and what was said can be taken back
        state(cast.ercot, issue, NewPremiseType=again)
    said = select(Event.changes).where(Event.issue_id == issue.id, Event.name == "State Claim").order_by(Event.id)
    told = [(change["old"], change["new"]) for changes in db.session.scalars(said) for change in changes]
    assert told == [("", "Residential"), ("Residential", "")]
    state(cast.ercot, issue, NewPremiseType="Large Non-Residential")
    assert column(issue, Side.SHOWN, "NewPremiseType") == [
        ("Residential", REGISTRY),
        ("Large Non-Residential", "ERCOT"),
    ]


def test_a_registry_that_is_off_shows_nothing(cast: Cast) -> None:
    know_premise(cast)
    issue = premise_type(cast)
    switch_registry_off()
    assert column(issue, Side.SHOWN, "NewPremiseType") == []


def test_a_registry_corrected_agrees_at_once(cast: Cast) -> None:
    premise = know_premise(cast)
    issue = premise_type(cast)
    premise.premise_type = "Small Non-Residential"
    db.session.commit()
    assert table(issue).disputed == []


def test_an_issue_that_nobody_has_yet_tells_nothing_of_the_registry(cast: Cast) -> None:
    """Else anybody could ask the registry who serves any premise, and nobody would learn of it."""
    know_premise(cast)
    know_service(cast, "bolt", date(2026, 1, 1))
    rep_of_record(cast)
    parked = rep_of_record(cast)  # the check warns of the first one
    assert parked.available_at is None
    assert column(parked, Side.SHOWN, "RORDuns") == []
    press(cast.acme, parked, "submit")
    assert column(parked, Side.SHOWN, "RORDuns") == [(cast.duns("bolt"), REGISTRY)]


def know_service(cast: Cast, who: str, start: date, stop: date | None = None) -> None:
    db.session.add(RepOfRecord(esi_id=ESI_ID, start=start, stop=stop, rep_duns=cast.duns(who)))
    db.session.commit()


def test_who_served_on_the_day_in_question_is_read_from_the_history(cast: Cast) -> None:
    know_premise(cast)
    know_service(cast, "corp", date(2025, 1, 1), date(2026, 2, 14))
    know_service(cast, "bolt", date(2026, 2, 15))
    issue = rep_of_record(cast, StartTime="2026-02-01")
    lines = {line.claimed.field.name: line.said[Side.SHOWN] for line in table(issue).every_line}
    assert [(saying.value, saying.note) for saying in lines["RORDuns"]] == [(cast.duns("corp"), "Corp Electric")]
    assert [saying.value for saying in lines["RORStopTime"]] == ["2026-02-14T00:00:00"]
    state(cast.bolt, issue, RORDuns=cast.duns("bolt"))
    said = next(line for line in table(issue).lines if line.claimed.field.name == "RORDuns").said[Side.ASSIGNEE]
    assert [saying.note for saying in said] == ["Bolt Power"]


# Pressing


def dates(cast: Cast) -> Issue:
    """Acme says that its service began in February, and Bolt has the issue in work."""
    know_premise(cast)
    raw = {
        "Assignee": cast.duns("bolt"),
        "EsiID": ESI_ID,
        "StartTime": "2026-03-01",
        "AddTime": "2026-03-02",
        "NewStartTime": "2026-02-15",
    }
    issue = file_issue(cast.acme, "dev-lse-date-change-starttime", raw)
    press(cast.ercot, issue, "passed-analysis")
    return press(cast.bolt, issue, "begin-working")


def test_proposing_other_dates_states_them(cast: Cast) -> None:
    issue = dates(cast)
    press(cast.bolt, issue, "modify-reassign", "Ours is later.", NewStartTime="2026-02-20")
    assert column(issue, Side.SUBMITTER, "NewStartTime") == [("2026-02-15", "Acme Energy")]
    assert column(issue, Side.ASSIGNEE, "NewStartTime") == [("2026-02-20", "Bolt Power")]
    assert [change["field"] for change in last_event(issue).changes] == ["NewStartTime"]
    assert table(issue).disputed == ["Start"]
    press(cast.acme, issue, "begin-working")
    press(cast.acme, issue, "update-approved", FinalAgreementStart="2026-02-20")
    assert column(issue, Side.SUBMITTER, "NewStartTime") == [("2026-02-20", "Acme Energy")]
    assert table(issue).disputed == []


def test_agreeing_states_what_the_submitter_says(cast: Cast) -> None:
    issue = dates(cast)
    state(cast.bolt, issue, NewStartTime="2026-02-20")
    assert table(issue).disputed == ["Start"]
    press(cast.bolt, issue, "agree")
    assert column(issue, Side.ASSIGNEE, "NewStartTime") == [("2026-02-15", "Bolt Power")]
    assert table(issue).disputed == []


def test_complete_asks_who_was_right_while_something_is_disputed(cast: Cast, issue: Issue) -> None:
    state(cast.acme, issue, kWhUse="900")
    state(cast.wires, issue, kWhUse="1204.5")
    press(cast.wires, issue, "begin-working")
    with pytest.raises(Invalid) as refused:
        press(cast.wires, issue, "complete")
    assert set(refused.value.errors) == {"RightSide"}
    press(cast.wires, issue, "complete", RightSide="Assignee")
    assert issue.right_side == "assignee"
    change = {"field": "RightSide", "label": "Which column was right", "old": "", "new": "Assignee"}
    assert last_event(issue).changes == [change]
    assert "RightSide" not in issue.values


def test_complete_needs_no_answer_where_nothing_is_disputed(cast: Cast, issue: Issue) -> None:
    press(cast.wires, issue, "begin-working")
    press(cast.wires, issue, "complete")
    assert issue.right_side is None


def test_a_later_answer_stands(cast: Cast, issue: Issue) -> None:
    press(cast.wires, issue, "begin-working")
    press(cast.wires, issue, "complete", RightSide="Assignee")
    press(cast.acme, issue, "return-to-assignee", "No.")
    press(cast.wires, issue, "begin-working")
    press(cast.wires, issue, "complete", RightSide="Submitter")
    assert issue.right_side == "submitter"
    assert last_event(issue).changes[0]["old"] == "Assignee"


def test_transitions_that_end_nothing_do_not_ask(cast: Cast, issue: Issue) -> None:
    with pytest.raises(Invalid) as refused:
        press(cast.wires, issue, "begin-working", RightSide="Assignee")
    assert set(refused.value.errors) == {"RightSide"}
