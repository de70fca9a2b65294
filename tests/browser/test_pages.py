"""Every page over a demo market: axe finds nothing, nothing scrolls sideways, the browser has no complaint.

The guide's pictures are taken here too. `docs/images/pictures.json` records the words and the styles of
each page when its picture was taken; when they change, the test fails until `make pictures` takes it again.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sqlalchemy import func, select

from tests.browser.conftest import Served
from tracker.actions.housekeeping import forget_stale
from tracker.db import READS_ONLY, db
from tracker.demo.making import make_demo
from tracker.demo.writing import kept_in
from tracker.models import Event, Issue, IssueParty, IssueViewer, Person, Premise

ROOT = Path(__file__).parent.parent.parent
IMAGES = ROOT / "docs" / "images"
RECORD = IMAGES / "pictures.json"
STYLES = sorted((ROOT / "tracker" / "web" / "static" / "css").glob("*.css"))
DEMO_DAY = "2026-11-20T16:00:00Z"
PERSON, ADMINISTRATOR, OPERATOR = "carla.whitfield", "ravi.menon", "marisol.ortega"

Window = Callable[..., Page]


@pytest.fixture(scope="module")
def demo(served: Served) -> Iterator[Served]:
    """The demo market of one fixed day, so that its pictures do not change with the calendar."""
    with time_machine.travel(DEMO_DAY), served.app.app_context():
        make_demo(kept_in(served.app.config["TRACKER"].attachments), lambda done, of: None)
        db.session.commit()
        forget_stale()
        db.session.commit()
        READS_ONLY.set(True)
        yield served
        READS_ONLY.set(False)


@pytest.fixture(scope="module")
def number(demo: Served) -> int:
    """An issue of the person's company that is well under way and waits on it."""
    company = select(Person.company_id).where(Person.user_name == PERSON).scalar_subquery()
    statement = (
        select(Issue.number)
        .join(IssueParty, (IssueParty.issue_id == Issue.id) & (IssueParty.company_id == company))
        .join(Event, Event.issue_id == Issue.id)
        .where(Issue.subtype == "inadvertent-losing", Issue.responsible_id == company, Issue.is_open)
        .where(Issue.state.like("In Progress%"))
        .group_by(Issue.id, Issue.number)
        .having(func.count(Event.id.distinct()).between(4, 14))
        .order_by(func.count(Event.id.distinct()).desc(), Issue.number)
    )
    found = db.session.scalars(statement).first()
    db.session.rollback()
    assert found is not None, "the demo market has no such issue"
    return found


@pytest.fixture(scope="module")
def valued(demo: Served) -> int:
    """An open issue about a value, of which the person's company and the registry say different things."""
    company = select(Person.company_id).where(Person.user_name == PERSON).scalar_subquery()
    statement = (
        select(Issue.number)
        .join(Premise, Premise.esi_id == Issue.esi_id)
        .where(Issue.subtype == "premise-type", Issue.is_open, Issue.available_at.is_not(None))
        .where(Issue.submitter_id == company, Issue.values["NewPremiseType"].as_string() != Premise.premise_type)
        .order_by(Issue.number)
    )
    found = db.session.scalars(statement).first()
    db.session.rollback()
    assert found is not None, "the demo market has no such issue"
    return found


def addresses(number: int, valued: int) -> dict[str, tuple[str, str | None]]:
    """Every kind of page, and who opens it."""
    return {
        "home": ("/", PERSON),
        "list": ("/issues", PERSON),
        "list-filtered": ("/issues?q=is:ours+sort:created&column=number&column=title&column=created", PERSON),
        "list-found": ("/issues?q=meter", PERSON),
        "list-refused": ("/issues?q=created:2026-02-31+meter", PERSON),
        "picker": ("/issues/new", PERSON),
        "picker-found": ("/issues/new?q=customer+taken", PERSON),
        "form": ("/issues/new/inadvertent-losing", PERSON),
        "form-long": ("/issues/new/dev-lse-date-change-start-and-stop", PERSON),
        "form-address": ("/issues/new/service-address", PERSON),
        "issue": (f"/issues/{number}", PERSON),
        "print": (f"/issues/{number}/print", PERSON),
        "disputed": (f"/issues/{valued}", PERSON),
        "claims": (f"/issues/{valued}/claims", PERSON),
        "transition": (f"/issues/{number}/transitions/close", PERSON),
        "owner": (f"/issues/{number}/transitions/assign-owner", PERSON),
        "nothing-found": ("/jump?q=nothing", PERSON),
        "not-found": ("/issues/1", PERSON),
        "handed-over": ("/handed-over", PERSON),
        "account": ("/account", PERSON),
        "people": ("/people", ADMINISTRATOR),
        "views": ("/views", PERSON),
        "inbox": ("/inbox", PERSON),
        "list-choosing": ("/issues?choose=1", PERSON),
        "acts": ("/acts", PERSON),
        "contacts": ("/contacts", ADMINISTRATOR),
        "group-rules": ("/group-rules", ADMINISTRATOR),
        "view-new": ("/views/new?query=status:open", PERSON),
        "companies": ("/companies", OPERATOR),
        "operator-list": ("/issues", OPERATOR),
        "sign-in": ("/sign-in", None),
        "guide": ("/guide", PERSON),
        "guide-searching": ("/guide/searching", PERSON),
        "guide-states": ("/guide/states", None),
    }


PAGES = tuple(addresses(0, 0))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible_and_quiet(
    demo: Served, number: int, valued: int, as_person: Window, name: str, dark: bool
) -> None:
    address, person = addresses(number, valued)[name]
    complaints: list[str] = []
    page = as_person(person, dark=dark, width=375 if dark else 1440)
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    settle(page)
    expected = {"list-refused": 400, "not-found": 404}.get(name, 200)
    quiet = [
        text
        for text in complaints
        if not text.startswith(f"Failed to load resource: the server responded with a status of {expected}")
    ]
    assert quiet == []
    assert page.evaluate("document.documentElement.scrollWidth") <= (375 if dark else 1440)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_an_issue_in_any_state_fits_a_phone(demo: Served, as_person: Window) -> None:
    page = as_person(PERSON, width=375)
    for number in one_of_each_state():
        page.goto(f"/issues/{number}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, number


def one_of_each_state() -> Sequence[int]:
    """For each state that an issue of the person's company is in, the number of one."""
    company = select(Person.company_id).where(Person.user_name == PERSON).scalar_subquery()
    seen = select(func.min(Issue.number)).join(IssueViewer).where(IssueViewer.company_id == company)
    found = db.session.scalars(seen.group_by(Issue.state).order_by(Issue.state)).all()
    db.session.rollback()
    return found


def test_every_stylesheet_and_script_is_ours(demo: Served, number: int, as_person: Window) -> None:
    page = as_person(PERSON)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name in ("home", "list", "issue", "form", "guide"):
        page.goto(addresses(number, number)[name][0])
    assert all(address.startswith(demo.address) for address in asked)


SHOWN = {
    "home": ("/", PERSON),
    "list": ("/issues?q=is:ours", PERSON),
    "picker": ("/issues/new", PERSON),
    "form": ("/issues/new/inadvertent-losing", PERSON),
    "checks": ("/issues/new/inadvertent-losing", PERSON),
    "issue": ("/issues/{number}", PERSON),
    "transition": ("/issues/{number}/transitions/close", PERSON),
    "conflict": ("/issues/{number}/transitions/close", PERSON),
    "people": ("/people", ADMINISTRATOR),
}
"""The pictures of the guide."""


@pytest.mark.parametrize("name", SHOWN)
def test_picture_of_the_guide_shows_the_product_as_it_is(
    demo: Served, number: int, as_person: Window, name: str
) -> None:
    address, person = SHOWN[name]
    page = as_person(person)
    page.goto(address.format(number=number))
    settle(page)
    prepare(page, name)
    record = mark_of(page)
    if os.environ.get("TRACKER_PICTURES"):
        take(page, name, record)
    kept = json.loads(RECORD.read_text(encoding="utf-8"))
    assert (IMAGES / f"{name}.png").is_file()
    assert kept[name] == record, f"The picture {name} is older than the page. Run: make pictures"


def settle(page: Page) -> None:
    """Waits for what a page asks for after it has come: the counts beside a list."""
    page.wait_for_function("() => !document.querySelector('.htmx-request, [hx-trigger=load] > a.fine:only-child')")


def prepare(page: Page, name: str) -> None:
    """What has to be done on the page before its picture tells its story."""
    if name == "checks":
        with page.expect_response("**/checks"):
            page.locator("[name=EsiID]").fill("1008901")
        with page.expect_navigation():
            page.get_by_role("button", name="File the issue").click()
    elif name == "conflict":
        page.locator("[name=version]").first.evaluate("node => { node.value = '1' }")
        page.get_by_label("Comment").fill("The customer is back with us since Monday.")
        with page.expect_navigation():
            page.locator("form.stack").get_by_role("button", name="Close").click()


def mark_of(page: Page) -> str:
    """What a picture depends on: the words of the page, without moments of this run, and the styles."""
    words = page.evaluate(
        "() => { const main = document.querySelector('main').cloneNode(true);"
        " main.querySelectorAll('[role=status], time').forEach(node => node.remove());"
        " return main.textContent.replace(/\\s+/g, ' ') }"
    )
    styles = b"".join(path.read_bytes() for path in STYLES)
    return hashlib.sha256(words.encode() + styles).hexdigest()


def take(page: Page, name: str, record: str) -> None:
    IMAGES.mkdir(exist_ok=True)
    page.set_viewport_size({"width": 1200, "height": 800})
    page.screenshot(path=IMAGES / f"{name}.png")
    kept = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    RECORD.write_text(json.dumps(kept | {name: record}, indent=2, sort_keys=True) + "\n", encoding="utf-8")
