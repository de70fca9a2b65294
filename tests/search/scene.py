"""A small market of issues to search in; each has a name by which the golden queries call it."""

from collections.abc import Mapping
from datetime import UTC, datetime

import time_machine

from tests.cast import ESI_ID, Cast
from tests.make import STATEMENT, press, read_inside
from tracker.actions.attachments import attach_files, attach_url
from tracker.actions.comments import say
from tracker.actions.filing import file_issue
from tracker.actions.history import record
from tracker.db import db
from tracker.domain.deeds import Beside
from tracker.models import Issue, Person

ONCOR_ESI = "10443720001234567"
TODAY = datetime(2026, 3, 20, 15, tzinfo=UTC)
"""A Friday, at ten in the morning in the market."""


def make_scene(cast: Cast) -> Mapping[str, Issue]:
    """The issues by name, filed one a week from the end of January on."""
    return {
        "swap": _swap(cast),
        "reject": _reject(cast),
        "dispute": _dispute(cast),
        "papers": _papers(cast),
        "closed": _closed(cast),
        "foreign": _foreign(cast),
    }


def _swap(cast: Cast) -> Issue:
    """Acme asks Bolt; nobody has begun. Bolt's turn."""
    text = "The meter was swapped by mistake, and the connection was lost in March."
    values = {"Assignee": cast.duns("bolt"), "EsiID": ESI_ID, "StartTime": "2026-03-01"}
    return _filed("2026-01-27", cast.acme, "rep-of-record", text, **values)


def _reject(cast: Cast) -> Issue:
    """Acme asks Oncor, which has begun to work. Oncor's turn."""
    values = {"Assignee": cast.duns("oncor"), "EsiID": ONCOR_ESI, "OrigTrxnID": "EVT-2026-000123"}
    issue = _filed("2026-02-03", cast.acme, "other", "Our 814_16 was rejected with BGN02 missing.", **values)
    with time_machine.travel(_day("2026-02-05"), tick=False):
        press(cast.oncor, issue, "begin-working")
        _comment(cast.oncor, issue, "We re-sent the 997 for BATCH-77/B. Señor Peña confirmed.")
    return issue


def _dispute(cast: Cast) -> Issue:
    """Bolt asks Wires about usage; Acme has no part in it."""
    values = {"Assignee": cast.duns("wires"), "EsiID": ESI_ID, "OrigTrxnID": "TX-9-000555"}
    return _filed("2026-02-10", cast.bolt, "other", "Meter readings disagree; connecting them by hand.", **values)


def _papers(cast: Cast) -> Issue:
    """Acme asks Wires, with a file whose text is known and an address."""
    issue = _filed("2026-02-17", cast.acme, "other", "", Assignee=cast.duns("wires"), OrigTrxnID="PAPER.1")
    with time_machine.travel(_day("2026-02-18"), tick=False):
        attach_files(cast.acme, issue.number, [STATEMENT])
        attach_url(cast.acme, issue.number, "https://example.com/tariff", "Tariff sheet")
        read_inside(STATEMENT.sha256, "The occupant asked for a meter swap.")
    return issue


def _closed(cast: Cast) -> Issue:
    """Acme asked Bolt and withdrew."""
    issue = _filed(
        "2026-02-24", cast.acme, "other", "Wrong button, sorry.", Assignee=cast.duns("bolt"), OrigTrxnID="W-1"
    )
    with time_machine.travel(_day("2026-02-25"), tick=False):
        press(cast.acme, issue, "withdraw", "Withdrawn: filed by mistake.")
    return issue


def _foreign(cast: Cast) -> Issue:
    """Corp asks Wires; a canary sings in it."""
    values = {"Assignee": cast.duns("wires"), "OrigTrxnID": "CORP-424242"}
    return _filed("2026-03-03", cast.corp, "other", "The zanzibar meter swap of Corp alone.", **values)


def _filed(day: str, actor: Person, subtype: str, comment: str, **values: str) -> Issue:
    with time_machine.travel(_day(day), tick=False):
        issue = file_issue(actor, subtype, values | ({"CommentsText": comment} if comment else {}))
        db.session.commit()
        if issue.state == "Pending Issue":
            press(actor, issue, "submit")
    return issue


def _comment(actor: Person, issue: Issue, text: str) -> None:
    record(actor, issue, Beside("add-comment", "Add Comment"), from_state=issue.state, comment=say(actor, issue, text))
    db.session.commit()


def _day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T15:00:00+00:00")
