"""Keys and refusals: what they do, where the focus is afterwards, and that nothing jumps."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cast import ESI_ID, Cast
from tests.make import know_premise, rep_of_record
from tracker.actions.telling import tell_changes
from tracker.db import db
from tracker.models import Issue

Window = Callable[..., Page]


@pytest.fixture
def issues(cast: Cast) -> list[Issue]:
    """Acme asked Bolt of so many premises that neither list nor inbox fits into a window; Bolt was told."""
    esi_ids = [f"{ESI_ID[:-3]}{number:03}" for number in range(20)]
    for esi_id in esi_ids:
        know_premise(cast, esi_id)
    made = [rep_of_record(cast, EsiID=esi_id) for esi_id in esi_ids]
    while tell_changes():
        db.session.commit()
    return made


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def row_in_focus(page: Page) -> str:
    """The number of the issue in whose row the focus is."""
    row = page.locator("[data-rows] :is(tbody tr, .told):has(:focus)")
    return row.locator("a").first.inner_text()


def scrolled(page: Page) -> int:
    return int(page.evaluate("scrollY"))


def test_a_key_pressed_at_once_on_a_fresh_page_means_itself(cast: Cast, as_person: Window) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    page = as_person("bob")
    page.goto(f"/issues/{issue.number}")
    assert page.evaluate("new Event('keydown').timeStamp") < 1000
    with page.expect_navigation():
        press(page, "i")
    expect(page).to_have_url(re.compile(f"/issues/{issue.number}$"))
    expect(page.locator("main")).to_contain_text("Owner: Bob")


def test_two_keys_mean_a_place_only_within_a_second(cast: Cast, as_person: Window) -> None:
    page = as_person("bob")
    page.goto("/")
    press(page, "g")
    page.evaluate("moment += 1000")
    press(page, "i", "?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    expect(page).to_have_url(re.compile("[0-9]/$"))
    press(page, "Escape", "g")
    page.evaluate("moment += 999")
    press(page, "i")
    expect(page).to_have_url(re.compile("/inbox$"))


def test_marking_as_read_stays_at_the_row(as_person: Window, issues: list[Issue]) -> None:
    page = as_person("bea", width=375)
    page.goto("/inbox")
    expect(page.locator("#menu")).to_contain_text("20 unread")
    press(page, *"j" * 10)
    number, before = row_in_focus(page), scrolled(page)
    press(page, "e")
    expect(page.locator(".told-unread")).to_have_count(19)
    expect(page.locator("#menu")).to_contain_text("19 unread")
    assert (row_in_focus(page), scrolled(page)) == (number, before)
    press(page, "m")
    expect(page.get_by_text("Muted for you")).to_be_visible()
    assert (row_in_focus(page), scrolled(page)) == (number, before)
    press(page, "m")
    expect(page.get_by_text("Muted for you")).to_have_count(0)
    expect(page).to_have_url(re.compile("/inbox$"))


def test_a_press_after_the_session_has_ended_leads_to_the_sign_in(as_person: Window, issues: list[Issue]) -> None:
    page = as_person("bea")
    page.goto("/inbox")
    page.context.clear_cookies()
    press(page, "j", "e")
    expect(page).to_have_url(re.compile("/sign-in\\?next="))


def test_a_row_that_leaves_what_is_unread_gives_the_focus_to_the_next(as_person: Window, issues: list[Issue]) -> None:
    page = as_person("bea")
    page.goto("/inbox?unread=1")
    press(page, "j", "j", "j")
    following = page.locator(".told a").nth(3).inner_text()
    press(page, "e")
    expect(page.locator(".told")).to_have_count(19)
    assert row_in_focus(page) == following


@pytest.mark.parametrize("button", ["Mark as read", "Mute"])
def test_the_inbox_without_script_comes_back_to_the_row(as_person: Window, issues: list[Issue], button: str) -> None:
    page = as_person("bea", script=False)
    page.goto("/inbox?reason=waiting")
    row = page.locator(".told").nth(12)
    anchor = row.get_attribute("id")
    row.get_by_role("button", name=button).click()
    expect(page).to_have_url(re.compile(f"/inbox\\?reason=waiting#{anchor}$"))
    expect(page.locator(".told-unread")).to_have_count(19)


def test_many_are_chosen_by_the_keyboard(as_person: Window, issues: list[Issue]) -> None:
    page = as_person("bob", width=375)
    page.goto("/issues")
    press(page, *"j" * 8)
    number = row_in_focus(page)
    press(page, "x")
    expect(page).to_have_url(re.compile(f"choose=1&mark={number}$"))
    expect(page.get_by_label(f"Choose issue {number}")).to_be_focused()
    count = page.locator("[data-marked]")
    expect(count).to_have_text("1 marked")
    press(page, "j", "j", "x")
    expect(count).to_have_text("2 marked")
    press(page, "j", "j", "j", "Shift+X")
    expect(count).to_have_text("5 marked")
    press(page, "k", "x")
    expect(count).to_have_text("4 marked")
    press(page, "g", "m")
    expect(page.get_by_role("heading", level=1)).to_have_text("4 issues chosen")


def test_a_range_and_the_whole_page_are_marked_by_the_mouse(as_person: Window, issues: list[Issue]) -> None:
    page = as_person("bob")
    page.goto("/issues?choose=1")
    boxes, whole = page.locator("[name=number]"), page.get_by_label("All on this page")
    boxes.nth(4).click()
    boxes.nth(1).click(modifiers=["Shift"])
    expect(page.locator("[data-marked]")).to_have_text("4 marked")
    assert whole.evaluate("box => box.indeterminate")
    whole.click()
    expect(page.locator("[data-marked]")).to_have_text("20 marked")
    boxes.first.click()
    expect(whole).not_to_be_checked()
    page.get_by_role("button", name="Go on with the marked").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("19 issues chosen")


def test_going_on_with_nothing_says_so_beside_the_buttons(as_person: Window, issues: list[Issue]) -> None:
    page = as_person("bob")
    page.goto("/issues?q=status:open&choose=1")
    press(page, "g", "m")
    message = page.get_by_text("Nothing is marked yet.")
    expect(message).to_be_focused()
    expect(message).to_be_in_viewport()
    expect(page.get_by_role("combobox", name="Search issues")).to_have_value("status:open")
    assert scrolled(page) == 0


def test_the_whole_page_is_chosen_without_script(as_person: Window, issues: list[Issue]) -> None:
    page = as_person("bob", width=375, script=False)
    page.goto("/issues")
    page.get_by_role("link", name="Choose many").click()
    page.get_by_label("All on this page").check()
    page.get_by_role("button", name="Go on with the marked").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("20 issues chosen")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_refused_link_is_answered_where_it_was_typed(cast: Cast, as_person: Window, script: bool) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    page = as_person("bob", width=375, script=script)
    page.goto(f"/issues/{issue.number}")
    page.get_by_text("Link other issues").click()
    page.get_by_label("Number of the other issue").fill("99999999")
    page.get_by_role("button", name="Link", exact=True).click()
    message = page.get_by_text("There is no issue with this number")
    expect(message).to_be_in_viewport()
    expect(page.get_by_label("Number of the other issue")).to_have_value("99999999")
    if script:
        expect(message).to_be_focused()


def test_a_form_that_is_refused_begins_at_the_reasons(cast: Cast, as_person: Window) -> None:
    page = as_person("ann", width=375)
    page.goto("/issues/new/rep-of-record")
    page.get_by_role("button", name="File the issue").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
