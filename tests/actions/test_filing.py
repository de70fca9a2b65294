"""Filing an issue: what is taken, what is refused and where, what parks it."""

from datetime import date

import pytest
from sqlalchemy import func, select

from tests.cast import ESI_ID, Cast
from tests.make import know_premise, rep_of_record
from tracker.actions.filing import file_issue
from tracker.db import db
from tracker.errors import Forbidden, Invalid, NotFound
from tracker.models import Comment, Event, Issue, IssueViewer


def test_filed_issue_waits_for_its_assignee(cast: Cast) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    assert issue.state == "New"
    assert issue.status == "New"
    assert issue.responsible_id == cast.bolt.company_id
    assert issue.title == f"Rep of Record - {ESI_ID}"
    assert issue.available_at is not None


def test_filed_issue_is_seen_by_its_parties_and_ercot_only(cast: Cast) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    viewers = set(db.session.scalars(select(IssueViewer.company_id).where(IssueViewer.issue_id == issue.id)))
    assert viewers == {cast.acme.company_id, cast.bolt.company_id, cast.ercot.company_id}


def test_comment_is_stored_as_markdown_and_sanitised_html(cast: Cast) -> None:
    know_premise(cast)
    issue = rep_of_record(cast, CommentsText="who **serves** it? <script>x()</script>")
    comment = db.session.scalars(select(Comment).where(Comment.issue_id == issue.id)).one()
    assert comment.text.startswith("who **serves**")
    assert "<strong>serves</strong>" in comment.html
    assert "<script" not in comment.html


def test_every_reason_is_given_at_its_field_at_once(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        file_issue(cast.acme, "rep-of-record", {"EsiID": "1234567", "StartTime": "2026-02-31", "Color": "red"})
    assert set(refused.value.errors) == {"EsiID", "StartTime", "Assignee", "Color"}
    assert "8" in refused.value.errors["EsiID"]
    assert "2026-02-31" in refused.value.errors["StartTime"]
    assert db.session.scalar(select(func.count()).select_from(Issue)) == 0


def test_company_that_left_the_market_cannot_be_assigned(cast: Cast) -> None:
    know_premise(cast)
    cast.bolt.company.left_on = cast.bolt.company.created_at.date()
    with pytest.raises(Invalid) as refused:
        rep_of_record(cast)
    assert "left the market" in refused.value.errors["Assignee"]


def test_warning_parks_the_issue_with_its_filer(cast: Cast) -> None:
    issue = rep_of_record(cast)
    assert issue.state == "Pending Issue"
    assert issue.responsible_id == cast.acme.company_id
    assert issue.available_at is None
    assert [warning["field"] for warning in issue.warnings] == ["EsiID"]
    viewers = set(db.session.scalars(select(IssueViewer.company_id).where(IssueViewer.issue_id == issue.id)))
    assert viewers == {cast.acme.company_id, cast.ercot.company_id}


def test_wrong_tdsp_is_an_error_at_its_field(cast: Cast) -> None:
    know_premise(cast)
    with pytest.raises(Invalid) as refused:
        file_issue(
            cast.acme,
            "premise-type",
            {
                "Assignee": cast.duns("oncor"),
                "EsiID": ESI_ID,
                "NewPremiseType": "Residential",
                "CommentsText": "It is a house.",
            },
        )
    assert "Wires Delivery" in refused.value.errors["Assignee"]


def test_retired_and_unknown_subtypes_cannot_be_filed(cast: Cast) -> None:
    with pytest.raises(Invalid, match="retired"):
        file_issue(cast.acme, "inadvertent-switch", {})
    with pytest.raises(NotFound):
        file_issue(cast.acme, "no-such-thing", {})


def test_who_may_not_file(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        file_issue(cast.acme_reader, "rep-of-record", {})
    with pytest.raises(Forbidden, match="is filed by a"):
        file_issue(cast.acme, "lpa", {})
    cast.acme.company.left_on = date(2026, 1, 31)
    with pytest.raises(Forbidden, match="left the market on 2026-01-31"):
        file_issue(cast.acme, "rep-of-record", {})


def test_filing_writes_one_event(cast: Cast) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    event = db.session.scalars(select(Event).where(Event.issue_id == issue.id)).one()
    assert (event.name, event.from_state, event.to_state) == ("Submit", None, "New")
    assert event.person_id == cast.acme.id


def test_switch_hold_removal_needs_its_documents(cast: Cast) -> None:
    know_premise(cast)
    raw = {"TDSPInvolved": cast.duns("wires"), "EsiID": ESI_ID, "CommentsText": "New occupant."}
    with pytest.raises(Invalid) as refused:
        file_issue(cast.acme, "switch-hold-removal", raw)
    assert "files" in refused.value.errors


def test_switch_hold_removal_is_never_filed_by_the_rep_of_record(cast: Cast) -> None:
    know_premise(cast, rep=cast.duns("acme"))
    raw = {"TDSPInvolved": cast.duns("wires"), "EsiID": ESI_ID, "CommentsText": "New occupant."}
    with pytest.raises(Invalid) as refused:
        file_issue(cast.acme, "switch-hold-removal", raw)
    assert "REP of record" in refused.value.errors["EsiID"]
