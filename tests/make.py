"""Plain factories: what a story needs, made through the product's own actions."""

from datetime import date
from typing import Any

from sqlalchemy import select

from tests.cast import ESI_ID, Cast
from tracker.actions.attachments import StoredFile
from tracker.actions.claims import Statement, state_claims
from tracker.actions.filing import file_issue
from tracker.actions.indexing import begin_building, build_next, index_changes
from tracker.actions.moving import Press, press_transition
from tracker.actions.reading import keep_inside
from tracker.clock import now
from tracker.db import db
from tracker.models import Attachment, Issue, MarketOrder, Person, Premise
from tracker.search import SearchBackend

TRAN_ID = "20260312MVI0000048812"

STATEMENT = StoredFile("New occupant statement", "statement.txt", "text/plain", 5, "a" * 64)
"""A document, as stored; its bytes matter to no test that uses it."""


def know_premise(cast: Cast, esi_id: str = ESI_ID, *, rep: str | None = None) -> Premise:
    """Let the registry know a premise of Wires."""
    premise = Premise(
        esi_id=esi_id,
        tdsp_duns=cast.duns("wires"),
        rep_duns=rep,
        premise_type="Residential",
        status="Active",
        loaded_at=now(),
    )
    db.session.add(premise)
    db.session.commit()
    return premise


def know_order(
    cast: Cast,
    *,
    gaining: str = "bolt",
    losing: str = "acme",
    scheduled_for: date = date(2026, 3, 12),
    keep: bool = True,
) -> MarketOrder:
    """Let the registry know the move-in by which `gaining` took the customer of `losing`; committed when kept."""
    order = MarketOrder(
        orig_tran_id=TRAN_ID,
        global_id="G-1",
        esi_id=ESI_ID,
        kind="Move-in",
        requested_for=scheduled_for,
        scheduled_for=scheduled_for,
        gaining_duns=cast.duns(gaining),
        losing_duns=cast.duns(losing),
        priority=False,
        status="Completed",
        loaded_at=now(),
    )
    db.session.add(order)
    db.session.flush()
    if keep:
        db.session.commit()
    return order


def rep_of_record(cast: Cast, **values: Any) -> Issue:
    """Acme asks Bolt who serves the premise."""
    raw = {"Assignee": cast.duns("bolt"), "EsiID": ESI_ID, "StartTime": "2026-03-01"} | values
    issue = file_issue(cast.acme, "rep-of-record", raw)
    db.session.commit()
    return issue


def press(actor: Person, issue: Issue, key: str, comment: str = "", **raw: Any) -> Issue:
    """Press a button as the person sees the issue now."""
    moved = press_transition(actor, issue.number, Press(key, version=issue.version, raw=raw, comment=comment))
    db.session.commit()
    return moved


def read_inside(sha256: str, text: str) -> None:
    """Let the worker have read this text inside the files of these bytes that are attached so far."""
    for attachment in db.session.scalars(select(Attachment).where(Attachment.sha256 == sha256)).all():
        keep_inside(attachment, text)
    db.session.commit()


def build_index(engine: SearchBackend) -> None:
    """Make the index anew, as the worker does."""
    begin_building(engine)
    while engine.building() is not None:
        build_next(engine)
        db.session.commit()


def index_now(engine: SearchBackend) -> None:
    """Let the worker's next batches run."""
    while index_changes(engine):
        db.session.commit()
    db.session.commit()


def usage_dispute(cast: Cast, **values: Any) -> Issue:
    """Acme disputes what Wires read in March."""
    raw = {
        "Assignee": cast.duns("wires"),
        "EsiID": ESI_ID,
        "TrxnUsageBillType": "867_03 Monthly 00",
        "TrxnDate": "2026-04-02",
        "TrxnID": "USAGE0001",
        "DisputeCategory": "Consumption/Usage Issue",
        "IDRNonIDR": "Non-IDR",
        "StartTime": "2026-03-01",
        "StopTime": "2026-03-31",
    }
    issue = file_issue(cast.acme, "usage-billing-dispute", raw | values)
    db.session.commit()
    return issue


def state(actor: Person, issue: Issue, **raw: Any) -> Issue:
    """Write the own column of an issue, as the person sees it now."""
    stated = state_claims(actor, issue.number, Statement(raw, issue.version))
    db.session.commit()
    return stated
