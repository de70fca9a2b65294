"""What is typed survives whatever the browser does next."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import Served
from tests.cast import Cast
from tests.make import know_premise, rep_of_record
from tracker.models import Issue

Window = Callable[..., Page]


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asks Bolt."""
    know_premise(cast)
    return rep_of_record(cast)


def expect_at_home(page: Page, served: Served, text: str) -> None:
    """The page is left; the words are kept, sooner or later, and stand at home among those that are not sent yet."""
    page.goto("/")
    while text not in served.kept.get():
        pass
    page.goto("/")
    expect(page.locator("main")).to_contain_text(text)


def questions_of(page: Page) -> list[str]:
    """What the browser asks from now on, each answered with yes."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    return asked


def type_without_a_network(page: Page, text: str) -> None:
    """Type, and let so much time go by that it would be kept."""
    page.context.set_offline(True)
    page.locator("#comment").press_sequentially(text)
    page.clock.run_for(6_000)
    expect(page.locator("[data-kept]")).to_contain_text("Not kept")
    page.context.set_offline(False)


def test_the_last_words_before_a_page_is_left_are_kept(served: Served, issue: Issue, as_person: Window) -> None:
    page = as_person("ann")
    page.goto(f"/issues/{issue.number}")
    page.keyboard.press("c")
    page.keyboard.type("Typed, and gone at once.")
    expect_at_home(page, served, "Typed, and gone at once.")
    page.get_by_role("link", name="Typed, and gone at once.").click()
    expect(page.locator("#comment")).to_have_value("Typed, and gone at once.")


def test_a_closed_tab_loses_nothing(served: Served, issue: Issue, as_person: Window) -> None:
    page = as_person("ann")
    tab = page.context.new_page()
    tab.goto(f"/issues/{issue.number}")
    tab.locator("#comment").fill("Written in a tab that is closed.")
    tab.close(run_before_unload=True)
    expect_at_home(page, served, "Written in a tab that is closed.")


def test_who_types_without_a_pause_is_kept_all_the_same(issue: Issue, as_person: Window) -> None:
    page = as_person("ann")
    page.clock.install()
    page.goto(f"/issues/{issue.number}")
    page.locator("#comment").focus()
    with page.expect_response(lambda answer: "/replies/add-comment" in answer.url):
        for _ in range(6):
            page.keyboard.type("word ")
            page.clock.run_for(1_000)
    expect(page.locator("[data-kept]")).to_contain_text("Kept")


def test_nobody_is_asked_before_leaving_what_is_kept(issue: Issue, as_person: Window) -> None:
    page = as_person("ann")
    asked = questions_of(page)
    page.goto(f"/issues/{issue.number}")
    page.locator("#comment").fill("Half a word")
    page.goto("/issues")
    assert asked == []


def test_another_button_of_the_page_does_not_lose_the_words(served: Served, issue: Issue, as_person: Window) -> None:
    page = as_person("ann")
    page.goto(f"/issues/{issue.number}")
    page.locator("#comment").fill("Half a thought, and then the watching.")
    page.get_by_role("button", name="Watch", exact=True).click()
    page.wait_for_load_state()
    expect_at_home(page, served, "Half a thought, and then the watching.")


def test_words_that_cannot_be_kept_are_not_left_without_a_question(issue: Issue, as_person: Window) -> None:
    """A refusal of the door, a session that has ended and a network that is gone look alike to who types."""
    page = as_person("ann")
    asked = questions_of(page)
    page.clock.install()
    page.goto(f"/issues/{issue.number}")
    type_without_a_network(page, "Nobody hears this")
    page.goto("/issues")
    assert asked == ["beforeunload"]


def test_words_are_kept_again_when_the_network_is_back(served: Served, issue: Issue, as_person: Window) -> None:
    page = as_person("ann")
    page.clock.install()
    page.goto(f"/issues/{issue.number}")
    type_without_a_network(page, "Nobody hears this")
    page.locator("#comment").press_sequentially(" yet")
    page.clock.run_for(6_000)
    expect(page.locator("[data-kept]")).not_to_contain_text("Not kept")
    expect_at_home(page, served, "Nobody hears this yet")
