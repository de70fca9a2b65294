"""What single keys do to rows and issues: where the focus is afterwards, and that nothing jumps."""

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
    assert page.evaluate("performance.now()") < 1000
    with page.expect_navigation():
        press(page, "i")
    expect(page).to_have_url(re.compile(f"/issues/{issue.number}$"))
    expect(page.locator("main")).to_contain_text("Owner: Bob")


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
