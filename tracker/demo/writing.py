"""A told story as rows."""

import base64
import hashlib
import random
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from tracker.actions.identifiers import rows_of
from tracker.actions.numbering import DIGITS
from tracker.actions.standing import COLUMNS
from tracker.clock import in_market
from tracker.demo.ledger import Ledger
from tracker.demo.papers import Paper
from tracker.demo.tale import Happening, Tale
from tracker.domain.identifiers import identifiers_of
from tracker.domain.links import FOLLOWS
from tracker.domain.roles import Role
from tracker.domain.states import STATUS_OF
from tracker.models import (
    Attachment,
    Claim,
    Comment,
    Event,
    HandOff,
    Issue,
    IssueIdentifier,
    IssueLink,
    IssueParty,
    IssueViewer,
)
from tracker.storage import store

Keep = Callable[[Paper], str]
"""Stores the content of a paper and gives its SHA-256."""


def kept_in(folder: Path) -> Keep:
    """Keeps papers where the product looks for attachments."""
    return lambda paper: store(folder, BytesIO(paper.content), paper.file_name).sha256


def only_named(paper: Paper) -> str:
    """The SHA-256 of a paper whose content is kept nowhere: for measurements."""
    return hashlib.sha256(paper.content).hexdigest()


class Writer:
    """Writes stories into a ledger, and remembers the ids of their issues."""

    def __init__(self, ledger: Ledger, rng: random.Random, html_of: Callable[[str], str], keep: Keep) -> None:
        self._ledger, self._rng, self._html_of, self._keep = ledger, rng, html_of, keep
        self._numbers: set[int] = set()
        self._ids: dict[int, int] = {}

    def write(self, tale: Tale) -> None:
        """The rows of one story; a parent before its children, what is followed before what follows."""
        issue_id = self._ids[id(tale)] = self._ledger.number(Issue, self._issue_row(tale))
        self._write_identifiers(tale, issue_id)
        self._write_parties(tale, issue_id)
        self._write_viewers(tale, issue_id)
        event_ids = [self._write_event(issue_id, happening, n) for n, happening in enumerate(tale.events, 1)]
        self._write_claims(tale, issue_id)
        for replaced in tale.replaced:
            row = {
                "issue_id": issue_id,
                "company_id": replaced.player.id,
                "at": replaced.at,
                "last_event_id": event_ids[replaced.last_event - 1],
                "snapshot": replaced.snapshot,
            }
            self._ledger.number(HandOff, row)

    def _write_claims(self, tale: Tale, issue_id: int) -> None:
        for (side, name), said in tale.said.items():
            where = {"issue_id": issue_id, "side": side, "field": name}
            self._ledger.number(Claim, where | {"value": said.value, "person_id": said.member.id, "at": said.at})

    def link(self, tale: Tale, follows: Tale) -> None:
        """Say that one written story continues another."""
        row = {
            "issue_id": self._ids[id(tale)],
            "other_id": self._ids[id(follows)],
            "kind": FOLLOWS,
            "person_id": tale.filer.id,
            "at": tale.filed_at,
        }
        self._ledger.number(IssueLink, row)

    def _issue_row(self, tale: Tale) -> dict[str, Any]:
        return {
            "number": self._new_number(tale.filed_at),
            "subtype": tale.subtype.key,
            "workflow": tale.workflow.key,
            "workflow_version": tale.workflow.version,
            "title": tale.title,
            "source": "gui",
            "submitted_by_id": tale.filer.id,
            "submitter_id": tale.case.filer.id,
            **{column: tale.values.get(name) for name, column in COLUMNS.items()},
            "values": tale.values,
            "filed_values": tale.filed_values,
            "warnings": tale.warnings,
            "waits_because": tale.waits_because,
            "parent_id": self._ids[id(tale.parent)] if tale.parent else None,
            "version": len(tale.events),
            **_standing(tale),
        }

    def _new_number(self, filed_at: datetime) -> int:
        year = in_market(filed_at).year % 100
        while True:
            number = year * DIGITS + self._rng.randrange(DIGITS)
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def _write_identifiers(self, tale: Tale, issue_id: int) -> None:
        number = self._ledger.rows[Issue.__tablename__][-1]["number"]
        for row in rows_of(issue_id, identifiers_of(tale.subtype, number, tale.values)):
            self._ledger.add(IssueIdentifier, row)

    def _write_parties(self, tale: Tale, issue_id: int) -> None:
        for part in tale.parts:
            row = {
                "issue_id": issue_id,
                "role": part.role,
                "company_id": part.player.id,
                "owner_id": part.owner.id if part.owner else None,
                "group_id": part.group[0] if part.group else None,
                "since": part.since,
            }
            self._ledger.number(IssueParty, row)

    def _write_viewers(self, tale: Tale, issue_id: int) -> None:
        for company_id in sorted(viewers_of(tale)):
            row = {
                "issue_id": issue_id,
                "company_id": company_id,
                "standing": _standing_of(tale, company_id),
                "changed_at": tale.events[-1].at,
            }
            self._ledger.add(IssueViewer, row)

    def _write_event(self, issue_id: int, happening: Happening, version: int) -> int:
        row = {
            "issue_id": issue_id,
            "at": happening.at,
            "person_id": happening.member.id,
            "company_id": happening.player.id,
            "key": happening.key,
            "name": happening.name,
            "from_state": happening.from_state,
            "to_state": happening.to_state,
            "responsible_id": happening.responsible.id if happening.responsible else None,
            "changes": happening.changes,
            "comment_id": self._write_comment(issue_id, happening),
            "version": version,
        }
        event_id = self._ledger.number(Event, row)
        for paper in happening.papers:
            self._write_attachment(issue_id, event_id, happening, paper)
        return event_id

    def _write_comment(self, issue_id: int, happening: Happening) -> int | None:
        if not happening.comment:
            return None
        row = {
            "issue_id": issue_id,
            "person_id": happening.member.id,
            "at": happening.at,
            "text": happening.comment,
            "html": self._html_of(happening.comment),
        }
        return self._ledger.number(Comment, row)

    def _write_attachment(self, issue_id: int, event_id: int, happening: Happening, paper: Paper) -> None:
        row = {
            "public_id": base64.urlsafe_b64encode(self._rng.randbytes(18)).decode(),
            "issue_id": issue_id,
            "event_id": event_id,
            "person_id": happening.member.id,
            "at": happening.at,
            "title": paper.title,
            "file_name": paper.file_name,
            "media_type": paper.media_type,
            "size": len(paper.content),
            "sha256": self._keep(paper),
            "url": None,
        }
        self._ledger.number(Attachment, row)


def viewers_of(tale: Tale) -> set[int]:
    """The companies that see the issue: ERCOT, and its parties but for those replaced; at first only the filer's."""
    roles = [part for part in tale.parts if part.role is not Role.PRIOR_INVOLVED]
    if tale.available_at is None:
        roles = [part for part in roles if part.role is Role.SUBMITTER]
    return {part.player.id for part in roles} | {tale.market.operator.id}


def _standing(tale: Tale) -> dict[str, Any]:
    return {
        "state": tale.state,
        "status": STATUS_OF[tale.state],
        "is_open": tale.is_open,
        "responsible_id": tale.responsible.id if tale.responsible else None,
        "created_at": tale.filed_at,
        "changed_at": tale.events[-1].at,
        "state_changed_at": tale.state_changed_at,
        "turn_since": tale.turn_since,
        "available_at": tale.available_at,
        "first_touched_at": tale.first_touched_at,
        "first_touched_by_tdsp_at": tale.first_touched_by_tdsp_at,
        "closed_at": tale.closed_at,
        "clock_at": tale.clock_at,
        "was_unexecutable": tale.was_unexecutable,
    }


def _standing_of(tale: Tale, company_id: int) -> str:
    if not tale.is_open:
        return "ended"
    return "ours" if tale.responsible and tale.responsible.id == company_id else "theirs"
