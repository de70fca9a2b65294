"""Who asks, and for what: chosen from the loaded data, so that every run asks for the same."""

import random
import re
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import func, select

from bench.clients import Ask
from tracker.db import db
from tracker.domain.permissions import Rank
from tracker.models import Company, Issue, IssueViewer, Person, Premise
from tracker.queries.issues import list_issues
from tracker.queries.searching import search
from tracker.web.sessions import browser_session, sign_in_here

DEEP = 40
"""The page of ERCOT's list that is measured; a company with few issues shows its middle page."""

ENDED = "status:closed"
CHOSEN = 4_000
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


@dataclass(frozen=True)
class Visitor:
    """A signed-in browser, and the addresses that it asks for."""

    name: str
    cookie: str
    deep_list: str
    numbers: tuple[int, ...]
    open_issues: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Scene:
    """An analyst of a company with about one per cent of the issues, one of ERCOT, and premises to file about."""

    company: Visitor
    operator: Visitor
    premises: tuple[tuple[str, str], ...]


def set_scene(app: Flask, issues: int) -> Scene:
    """Choose who asks for what, and sign them in."""
    with app.app_context():
        company = _company_with(issues / 100)
        operator = db.session.scalars(select(Company).where(Company.kind == "ERCOT")).one()
        premises = db.session.execute(
            select(Premise.esi_id, Premise.tdsp_duns).order_by(Premise.zip_code, Premise.esi_id).limit(CHOSEN)
        ).all()
        scene = Scene(_visitor(app, company), _visitor(app, operator), tuple((one[0], one[1]) for one in premises))
        db.session.remove()
        db.engine.dispose()
        return scene


def _company_with(wanted: float) -> Company:
    """The retailer that sees nearest to so many issues."""
    counted = (
        select(IssueViewer.company_id, func.count().label("seen")).group_by(IssueViewer.company_id).subquery("counted")
    )
    statement = (
        select(Company)
        .join(counted, counted.c.company_id == Company.id)
        .where(Company.kind == "CR")
        .order_by(func.abs(counted.c.seen - wanted), Company.id)
        .limit(1)
    )
    return db.session.scalars(statement).one()


def _visitor(app: Flask, company: Company) -> Visitor:
    analysts = select(Person).where(Person.company_id == company.id, Person.rank == Rank.ANALYST).order_by(Person.id)
    person = db.session.scalars(analysts).first()
    assert person is not None  # the bench gives every company two
    with app.test_request_context():
        sign_in_here(person, "bench")
        cookie = browser_session().new_token or ""
        db.session.commit()
    return Visitor(company.name, cookie, _deep_list(app, person), *_issues_of(company))


def _deep_list(app: Flask, person: Person) -> str:
    """The address of a page far down a filtered list, reached as people reach it: page by page."""
    engine = app.extensions["search"]
    plan = search(person, ENDED, engine).plan
    keys = [""]
    while len(keys) < DEEP:
        older = list_issues(person, plan, engine, keys[-1]).older
        if older is None:
            keys = keys[: max(2, len(keys) // 2 + 1)]
            break
        keys.append(older)
    return "/issues?" + "&".join((f"q={ENDED}", f"after={keys[-1]}")).replace("+", "%2B")


def _issues_of(company: Company) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    seen = select(Issue.number, Issue.version, Issue.is_open).join(IssueViewer, IssueViewer.issue_id == Issue.id)
    rows = db.session.execute(seen.where(IssueViewer.company_id == company.id).order_by(Issue.id)).all()
    rng = random.Random("bench:scene")
    unfinished = [(row.number, row.version) for row in rows if row.is_open]
    chosen = rng.sample([row.number for row in rows], min(CHOSEN, len(rows)))
    return tuple(chosen), tuple(rng.sample(unfinished, min(CHOSEN, len(unfinished))))


def token_in(page: str) -> str:
    """The CSRF token of a page."""
    found = TOKEN.search(page)
    if found is None:
        raise SystemExit("No CSRF token was found in the page of a new issue.")
    return found.group(1)


def filing(visitor: Visitor, scene: Scene, token: str, number: int) -> Ask:
    """The form of one new issue."""
    esi_id, tdsp = scene.premises[number % len(scene.premises)]
    form = {"csrf_token": token, "Assignee": tdsp, "EsiID": esi_id, "StartTime": "2026-05-01", "do": "file"}
    return Ask("/issues/new/rep-of-record", form | {"CommentsText": f"Who serves {esi_id} since May?", "StopTime": ""})


def commenting(visitor: Visitor, token: str, number: int) -> Ask:
    """A comment on one open issue."""
    issue, _ = visitor.open_issues[number % len(visitor.open_issues)]
    form = {"csrf_token": token, "ring": "parties", "comment": f"Note {number}."}
    return Ask(f"/issues/{issue}/transitions/add-comment", form)


def closing(visitor: Visitor, token: str, number: int) -> Ask:
    """A button that ends one open issue; there are enough for each to be pressed once."""
    issue, version = visitor.open_issues[number % len(visitor.open_issues)]
    form = {"csrf_token": token, "version": str(version), "comment": "Settled outside. Closing."}
    return Ask(f"/issues/{issue}/transitions/close-by-ercot", form)
