"""Files in a real browser: what could run is saved and never shown; chosen files stay with a form that was refused."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.cast import Cast
from tests.make import know_premise, rep_of_record
from tests.web.attaching import PDF, PNG
from tracker.models import Issue

Window = Callable[..., Page]
TRAP = "<script>window.opened = true; document.title = 'trapped'; alert(1)</script>"


@pytest.fixture
def issue(cast: Cast) -> Issue:
    """Acme asks Bolt."""
    know_premise(cast)
    return rep_of_record(cast)


def file(name: str, content: bytes) -> Any:
    """A file that somebody chooses."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def test_what_could_run_is_saved_and_never_shown(issue: Issue, as_person: Window) -> None:
    page, asked = as_person("ann"), list[str]()

    def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    names = ["page.txt", "table.csv", "notes.log", "statement", "letter.eml"]
    page.goto(f"/issues/{issue.number}")
    mail = b"From: a@b.example\nContent-Type: text/html\n\n" + TRAP.encode()
    chosen = [file(name, mail if name.endswith("eml") else TRAP.encode()) for name in names]
    page.locator("#files").set_input_files(chosen)
    page.get_by_role("button", name="Attach", exact=True).click()
    links = page.locator("#attachments .file > a")
    expect(links).to_have_count(len(names))
    for name in names:
        link = page.locator("#attachments").get_by_role("link", name=name, exact=True)
        with page.expect_download() as download:
            link.click()
        assert download.value.suggested_filename == name
        shown = page.context.new_page()
        shown.goto(f"{link.get_attribute('href')}/preview")
        assert "Not found" in shown.title()
        shown.close()
    assert asked == []
    assert "trapped" not in page.title()


def test_good_files_stay_with_a_press_that_was_refused(issue: Issue, as_person: Window) -> None:
    page = as_person("bob")
    page.goto(f"/issues/{issue.number}/transitions/add-comment")
    page.locator("#files").set_input_files([file("bill.pdf", PDF), file("meter.jpg", PNG), file("plan.svg", b"<svg/>")])
    page.locator("#comment").fill("See the bill.")
    page.get_by_role("button", name="Add Comment").click()
    expect(page.locator("#files-e")).to_contain_text("“plan.svg” is not of a kind")
    page.get_by_role("button", name="Take bill.pdf out").click()
    expect(page.locator(".files")).to_contain_text("meter.png")
    expect(page.locator(".files")).not_to_contain_text("bill.pdf")
    expect(page.locator("#comment")).to_have_value("See the bill.")
    page.get_by_role("button", name="Add comment").first.click()
    expect(page.locator("#attachments")).to_contain_text("meter.png")
    expect(page.locator(".composer")).not_to_contain_text("kept with the form")
