"""The search in the browser, by keyboard: type, complete, narrow, save a view, open a hit."""

import re
from collections.abc import Callable, Mapping

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served
from tests.cast import Cast
from tests.make import build_index
from tests.search.scene import make_scene
from tracker.db import READS_ONLY
from tracker.models import Issue

Window = Callable[..., Page]


@pytest.fixture
def scene(served: Served, cast: Cast) -> Mapping[str, int]:
    """The issues to search in by name, indexed; their numbers."""
    READS_ONLY.set(False)
    issues: Mapping[str, Issue] = make_scene(cast)
    numbers = {name: issue.number for name, issue in issues.items()}
    build_index(served.app.extensions["search"])
    READS_ONLY.set(True)
    return numbers


def test_an_analyst_finds_narrows_saves_and_opens_by_keyboard(as_person: Window, scene: Mapping[str, int]) -> None:
    page = as_person("ann")
    page.goto("/issues")
    line = page.get_by_role("combobox", name="Search issues")
    line.focus()
    page.keyboard.type("meter sta")
    offers = page.locator("#query-offers")
    expect(offers.get_by_role("option", name=re.compile("^status:"))).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(line).to_have_value("meter status:")
    page.keyboard.type("op")
    expect(offers.get_by_role("option")).to_have_text(["open Open"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(line).to_have_value("meter status:open ")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=meter"))
    expect(page.get_by_role("link", name=str(scene["swap"]))).to_be_visible()
    expect(page.locator("mark").first).to_have_text(re.compile("meter", re.IGNORECASE))
    expect(page.get_by_role("complementary", name="How these issues divide")).to_contain_text("2 issues")
    page.get_by_role("link", name="Rep of Record 1").press("Enter")
    expect(line).to_have_value("meter status:open subtype:rep-of-record")
    expect(page.get_by_text("1 issue on this page")).to_be_visible()
    page.get_by_role("link", name="save it as a view").press("Enter")
    page.get_by_label("Name").fill("Swapped meters")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Swapped meters")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile(f"/issues/{scene['swap']}$"))


def test_the_jump_box_offers_and_opens(as_person: Window, scene: Mapping[str, int]) -> None:
    page = as_person("ann")
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("evt-2026")
    offer = page.get_by_role("option", name=re.compile("EVT2026000123"))
    expect(offer).to_be_visible()
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/issues/{scene['reject']}$"))


def test_a_wrong_key_is_mended_with_one_press(as_person: Window, scene: Mapping[str, int]) -> None:
    page = as_person("ann")
    page.goto("/issues?q=meter+statsu:open")
    expect(page.get_by_text("There is no key “statsu”.")).to_be_visible()
    line = page.get_by_role("combobox", name="Search issues")
    line.fill("meter owner:nobodyatall ")
    line.press("End")
    expect(page.get_by_text("“nobodyatall” is no person of your company.")).to_be_visible()
    page.goto("/issues?q=meter+statsu:open")
    page.get_by_role("link", name="Use “status”").click()
    expect(page.get_by_role("combobox", name="Search issues")).to_have_value("meter status:open")
    expect(page.get_by_role("link", name=str(scene["papers"]))).to_be_visible()


def test_filters_and_query_follow_each_other_without_a_script(as_person: Window, scene: Mapping[str, int]) -> None:
    page = as_person("ann", script=False)
    page.goto("/issues?q=meter+status:open")
    page.get_by_text("Filters and columns").click()
    expect(page.locator("#f-status")).to_have_value("open")
    page.locator("#f-subtype").select_option("other")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("searchbox", name="Search issues")).to_have_value("meter subtype:other status:open")
    expect(page.get_by_text("1 issue on this page")).to_be_visible()
    page.get_by_role("link", name="Count these issues").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How these issues divide")
