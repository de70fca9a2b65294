"""Keeping the identifiers by which an issue is found, in the transaction that changes them."""

from sqlalchemy import delete, insert

from tracker.db import db
from tracker.domain.identifiers import TAIL, identifiers_of
from tracker.models import Issue, IssueIdentifier
from tracker.queries.kinds import subtype_of


def keep_identifiers(issue: Issue, before: dict[str, object] | None = None) -> None:
    """Write what the issue is found by. `before` are the values that it had, None for a new issue."""
    subtype = subtype_of(issue)
    wanted = identifiers_of(subtype, issue.number, issue.values)
    if before is not None:
        if identifiers_of(subtype, issue.number, before) == wanted:  # type: ignore[arg-type]  # JSON holds nothing else
            return
        db.session.execute(delete(IssueIdentifier).where(IssueIdentifier.issue_id == issue.id))
    db.session.execute(insert(IssueIdentifier), rows_of(issue.id, wanted))


def rows_of(issue_id: int, identifiers: set[tuple[str, str]]) -> list[dict[str, object]]:
    """The rows of an issue's identifiers."""
    return [
        {"issue_id": issue_id, "kind": kind, "value": value, "tail": value[-TAIL:]}
        for kind, value in sorted(identifiers)
    ]
