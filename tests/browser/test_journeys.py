"""Whole stories in the browser: each company in a window of its own."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.cast import ESI_ID, Cast
from tests.make import TRAN_ID, know_order, know_premise, rep_of_record
from tracker.actions.parties import replace_party
from tracker.db import db
from tracker.domain.claims import RIGHT_SIDES
from tracker.domain.roles import Role

Window = Callable[..., Page]


def press(page: Page, name: str, *, comment: str = "", **fields: str) -> None:
    """Press a button of the issue that the page shows, and fill what it then asks for."""
    page.reload()
    with page.expect_navigation():
        page.locator("[data-presses]").get_by_text(name, exact=False).first.click()
    if page.url.find("/transitions/") == -1:
        return
    for name_of, value in fields.items():
        fill(page, name_of, value)
    if comment:
        page.get_by_label("Comment").fill(comment)
    with page.expect_navigation():
        page.locator("form.stack").get_by_role("button", name=name, exact=True).click()


def fill(page: Page, name: str, value: str) -> None:
    """Fill the input of a field by its name in the market."""
    field = page.locator(f"[name={name}]")
    if field.evaluate("node => node.tagName") == "SELECT":
        field.select_option(value)
    else:
        field.fill(value)


def expect_state(page: Page, state: str) -> None:
    expect(page.locator(".issue-now .state")).to_have_text(state)


def test_a_lost_customer_comes_back_through_all_four_companies(cast: Cast, as_person: Window) -> None:
    know_premise(cast)
    acme, bolt, wires, erin = (as_person(name) for name in ("ann", "bob", "wanda", "erin"))
    acme.goto("/issues/new?q=customer+taken")
    acme.get_by_role("link", name="Inadvertent Losing", exact=True).click()
    fill(acme, "EsiID", ESI_ID)
    fill(acme, "OrigTrxnID", TRAN_ID)
    fill(acme, "CommentsText", "The customer never asked to **move**.")
    acme.get_by_role("button", name="File the issue").click()
    # The registry knows no such order: the checks warn, and the issue waits with its filer.
    expect(acme.locator(".issue-now .state")).to_have_text("Pending Issue")
    issue = acme.url
    press(acme, "Submit")
    expect_state(acme, "New (ERCOT)")
    bolt.goto(issue)
    expect(bolt.get_by_role("heading", level=1)).to_have_text("Not found")

    erin.goto(issue)
    press(erin, "Begin Working")
    press(
        erin,
        "Select IAG Parties",
        GainingMP=cast.duns("bolt"),
        LosingMP=cast.duns("acme"),
        TDSPInvolved=cast.duns("wires"),
    )
    expect_state(erin, "New (Gaining CR)")

    bolt.goto(issue)
    press(bolt, "Begin Working")
    press(bolt, "Agree")
    expect_state(bolt, "New (Losing CR)")

    press(acme, "Begin Working")
    press(acme, "Agree", ProposedRegainDate="2026-04-02")
    expect_state(acme, "New (TDSP)")

    wires.goto(issue)
    press(wires, "Begin Working")
    press(wires, "Ready To Receive")
    expect_state(wires, "New (Losing CR Submit)")

    press(acme, "Begin Working")
    press(acme, "Provide Regaining BGN02", RegainingBGN02="20260402MVI1", RegainingTrxnSubmitDate="2026-04-02")
    expect_state(acme, "Regaining Transaction Submitted (PC)")
    press(acme, "Accept")
    expect_state(acme, "Complete")
    expect(acme.get_by_role("button", name="File a follow-up")).to_be_visible()
    for page in (acme, bolt, wires, erin):
        page.goto(issue)
        expect(page.locator(".timeline")).to_contain_text("Ready To Receive")


def test_a_switch_hold_is_removed_after_the_rep_of_record_and_final_review(
    cast: Cast, as_person: Window, tmp_path: Path
) -> None:
    know_premise(cast, rep=cast.duns("bolt"))
    statement = tmp_path / "statement.txt"
    statement.write_text("I moved in on March 1.\n")
    acme, bolt, wires = (as_person(name) for name in ("ann", "bob", "wanda"))
    acme.goto("/issues/new/switch-hold-removal")
    fill(acme, "TDSPInvolved", cast.duns("wires"))
    fill(acme, "EsiID", ESI_ID)
    fill(acme, "CommentsText", "A new occupant with a signed statement.")
    acme.get_by_role("button", name="File the issue").click()
    expect(acme.locator("#files-e")).to_contain_text("attach at least one file")
    expect(acme.locator("[name=EsiID]")).to_have_value(ESI_ID)
    acme.get_by_label(re.compile("^Attachments")).set_input_files(statement)
    acme.get_by_role("button", name="File the issue").click()
    expect(acme.locator(".issue-now .state")).to_have_text("New (TDSP)")
    issue = acme.url
    wires.goto(issue)
    press(wires, "Begin Working")
    press(wires, "Send to Rep of Record", Assignee=cast.duns("bolt"))
    bolt.goto(issue)
    press(bolt, "Begin Working")
    press(bolt, "Agree")
    press(wires, "Begin Working")
    expect_state(wires, "In Progress (TDSP) - Final Review")
    press(wires, "Switch Hold Removed")
    press(acme, "Accept")
    expect_state(acme, "Complete")


def test_changed_dates_stand_beside_those_first_asked_for(cast: Cast, as_person: Window) -> None:
    know_premise(cast)
    acme, bolt, erin = (as_person(name) for name in ("ann", "bob", "erin"))
    acme.goto("/issues/new/dev-lse-date-change-starttime")
    fill(acme, "Assignee", cast.duns("bolt"))
    fill(acme, "EsiID", ESI_ID)
    for name, value in {"StartTime": "2026-03-01", "NewStartTime": "2026-03-05", "AddTime": "2026-03-02 08:00"}.items():
        fill(acme, name, value)
    acme.get_by_role("button", name="File the issue").click()
    expect(acme.locator(".issue-now .state")).to_have_text("New (ERCOT)")
    issue = acme.url
    erin.goto(issue)
    press(erin, "Passed Analysis")
    bolt.goto(issue)
    press(bolt, "Begin Working")
    bolt.reload()
    bolt.locator("[data-presses]").get_by_text("Modify/Reassign").click()
    bolt.locator("[name=NewStartTime]").fill("2026-03-07")
    bolt.get_by_label("Comment").fill("Our first read is of the 7th.")
    bolt.locator("form.stack").get_by_role("button", name="Modify/Reassign").click()
    acme.reload()
    expect(acme.locator(".facts").first).to_contain_text("2026-03-07")
    expect(acme.locator(".was")).to_have_text("first asked: 2026-03-05")
    press(acme, "Begin Working")
    press(acme, "Update Approved", FinalAgreementStart="2026-03-07")
    press(erin, "Begin Working")
    press(erin, "Complete")
    press(acme, "Accept")
    expect_state(acme, "Complete")


def test_the_second_of_two_loses_nothing(cast: Cast, as_person: Window) -> None:
    know_premise(cast)
    bolt, bea, acme = as_person("bob"), as_person("bea"), as_person("ann")
    acme.goto("/issues/new/rep-of-record")
    fill(acme, "Assignee", cast.duns("bolt"))
    fill(acme, "EsiID", ESI_ID)
    fill(acme, "StartTime", "2026-03-01")
    acme.get_by_role("button", name="File the issue").click()
    issue = acme.url
    bolt.goto(issue)
    press(bolt, "Begin Working")
    bolt.reload()
    bolt.locator("[data-presses]").get_by_text("Unexecutable").click()
    bolt.get_by_label("Comment").fill("We never served this premise, and here is a long reason why.")
    bea.goto(issue)
    press(bea, "Complete")
    bolt.locator("form.stack").get_by_role("button", name="Unexecutable").click()
    expect(bolt.get_by_role("heading", level=1)).to_contain_text("moved on")
    expect(bolt.locator(".timeline")).to_contain_text("Bea")
    expect(bolt.get_by_label("Comment")).to_have_value("We never served this premise, and here is a long reason why.")
    bolt.get_by_role("button", name="Send as a comment").click()
    expect(bolt.locator(".timeline")).to_contain_text("We never served this premise")


def test_a_half_filled_form_is_kept_while_typing_and_found_again(cast: Cast, as_person: Window) -> None:
    know_premise(cast)
    page = as_person("ann")
    page.goto("/issues/new/rep-of-record")
    with page.expect_response(re.compile("/checks$")):
        fill(page, "EsiID", ESI_ID)
    expect(page.locator("#checks")).to_contain_text("Active, Residential")
    again = as_person("ann")
    again.goto("/")
    again.get_by_role("link", name="Rep of Record", exact=True).click()
    expect(again.locator("[name=EsiID]")).to_have_value(ESI_ID)


@pytest.mark.parametrize("width", [375, 1440])
def test_everything_works_without_script(cast: Cast, as_person: Window, width: int) -> None:
    know_premise(cast)
    page = as_person("ann", width=width, script=False)
    page.goto("/issues/new/rep-of-record")
    page.locator("[name=Assignee]").select_option(cast.duns("bolt"))
    page.locator("[name=EsiID]").fill(ESI_ID)
    page.locator("[name=StartTime]").fill("2026-03-01")
    page.get_by_role("button", name="File the issue").click()
    expect(page.locator(".issue-now .state")).to_have_text("New")
    page.get_by_label("Your comment").fill("Said without script.")
    page.get_by_role("button", name="Add comment").click()
    expect(page.locator(".timeline")).to_contain_text("Said without script.")


def test_keys_lead_through_the_day(cast: Cast, as_person: Window) -> None:
    know_premise(cast)
    know_order(cast)
    page = as_person("ann")
    page.goto("/")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("/issues/new$"))
    page.keyboard.press("/")
    page.keyboard.type("no such thing")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No issue that your company takes part in fits.")).to_be_visible()


SAID = {
    "ann, all": ("ann", "parties", "We billed until the end of March."),
    "ann, own": ("ann", "company", "It costs us eighty dollars a month."),
    "ann, ERCOT": ("ann", "operator", "Did the drop of the twelfth reach you?"),
    "bob, all": ("bob", "parties", "Our enrollment says the first of March."),
    "bob, own": ("bob", "company", "Our import failed that night."),
    "wanda, own": ("wanda", "company", "The crew was at the next house."),
    "erin, own": ("erin", "company", "The third case of this week."),
    "erin, Acme": ("erin", "with:111111111", "It reached us at ten."),
}
READS = {
    "ann": {"ann, all", "ann, own", "ann, ERCOT", "bob, all", "erin, Acme"},
    "bob": {"ann, all", "bob, all", "bob, own"},
    "wanda": {"ann, all", "bob, all", "wanda, own"},
    "erin": {"ann, all", "ann, ERCOT", "bob, all", "erin, own", "erin, Acme"},
}


def test_a_dispute_with_claims_and_notes_of_four_companies(cast: Cast, as_person: Window) -> None:
    know_premise(cast, rep=cast.duns("bolt"))
    issue = rep_of_record(cast)
    replace_party(issue, Role.TDSP, cast.wires.company)
    db.session.commit()
    windows = {name: as_person(name) for name in READS}
    for name, ring, text in SAID.values():
        page = windows[name]
        page.goto(f"/issues/{issue.number}")
        page.locator(f".composer [name=ring][value='{ring}']").check()
        page.locator("#comment").fill(text)
        with page.expect_navigation():
            page.get_by_role("button", name="Add comment").click()
    press(windows["bob"], "Begin Working")
    for name, day in (("ann", "2026-04-01"), ("bob", "2026-03-01")):
        page = windows[name]
        page.goto(f"/issues/{issue.number}/claims")
        fill(page, "RORStartTime", day)
        with page.expect_navigation():
            page.locator("form.stack button.btn-primary").click()
    for name, reads in READS.items():
        page = windows[name]
        page.goto(f"/issues/{issue.number}")
        seen = page.locator("main").inner_text()
        assert {key for key, (_, _, text) in SAID.items() if text in seen} == reads
        assert "2026-04-01" in seen
        assert "disputed" in seen
    press(windows["bob"], "Complete", comment="It is ours, from March on.", RightSide=RIGHT_SIDES["assignee"])
    expect_state(windows["bob"], "Pending Complete")


def test_somebody_is_mentioned_by_the_keyboard_alone(cast: Cast, as_person: Window) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    page = as_person("ann")
    page.goto(f"/issues/{issue.number}")
    page.keyboard.press("c")
    page.keyboard.type("Please look, @b")
    expect(page.locator("#comment + .offers [role=option]")).to_have_text(
        ["@bea Bea, Bolt Power", "@bob Bob, Bolt Power"]
    )
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("today")
    expect(page.locator("#comment")).to_have_value("Please look, @bob today")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".timeline")).to_contain_text("Please look, @bob today")


def test_those_who_read_it_are_offered_and_the_others_refused(cast: Cast, as_person: Window) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    page = as_person("ann")
    page.goto(f"/issues/{issue.number}")
    page.keyboard.press("c")
    page.keyboard.type("@")
    expect(page.locator("#comment + .offers [role=option]").first).to_have_text("@adam Adam, Acme Energy")
    page.locator("#comment").fill("Please look, @bob today")
    page.locator(".composer [name=ring][value='company']").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Add comment").click()
    expect(page.locator("main")).to_contain_text("@bob would not read this.")
    expect(page.locator("#comment")).to_have_value("Please look, @bob today")
