"""Every condition that a query can put on issues, as SQL that is built once and asked often.

A condition is made of the parameters that carry its values. What it asks of a company's own side (owner, group, links)
goes by `VIEWER`, so that nothing is learned of others.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, or_, select
from sqlalchemy.orm import aliased

from tracker.domain.links import CAUSED_BY
from tracker.models import Attachment, Comment, Issue, IssueIdentifier, IssueLink, IssueParty, IssueViewer
from tracker.queries.visibility import VIEWER, company_reads

Made = Callable[..., ColumnElement[bool]]
DAYS = {
    "created": Issue.created_at,
    "updated": Issue.changed_at,
    "available": Issue.available_at,
    "closed": Issue.closed_at,
    "due": Issue.clock_at,
}


def _one_of(column: Any) -> Made:
    return lambda values: column.in_(values)


def _from(column: Any) -> Made:
    return lambda moment: column >= moment


def _before(column: Any) -> Made:
    return lambda moment: column < moment


def _party() -> Any:
    return exists().where(IssueParty.issue_id == Issue.id)


def _own_side() -> Any:
    return _party().where(IssueParty.company_id == VIEWER)


def _identified(*kind: str) -> Any:
    of_kind = [IssueIdentifier.kind == one for one in kind]
    return lambda condition: Issue.id.in_(select(IssueIdentifier.issue_id).where(condition, *of_kind))


def _begins(first: Any, end: Any) -> ColumnElement[bool]:
    return and_(IssueIdentifier.value >= first, IssueIdentifier.value < end)


def _identifiers(*kind: str) -> dict[str, Made]:
    of, found = "".join(f" {one}" for one in kind), _identified(*kind)
    return {
        f"identifier whole{of}": lambda value: found(IssueIdentifier.value == value),
        f"identifier begins{of}": lambda first, end: found(_begins(first, end)),
        f"identifier begins or ends{of}": lambda first, end, tail: found(
            or_(_begins(first, end), IssueIdentifier.tail == tail)
        ),
    }


def _linked(number: Any) -> ColumnElement[bool]:
    """Linked, in either direction, with an issue of this number that the reader sees as well."""
    other = aliased(Issue)
    seen = exists().where(IssueViewer.issue_id == other.id, IssueViewer.company_id == VIEWER)
    meant = select(other.id).where(other.number == number, seen).scalar_subquery()
    from_here = exists().where(IssueLink.issue_id == Issue.id, IssueLink.other_id == meant)
    to_here = exists().where(IssueLink.other_id == Issue.id, IssueLink.issue_id == meant)
    return or_(from_here, to_here)


def _caused_by(number: Any) -> ColumnElement[bool]:
    """Named as caused by an issue of this number that the reader sees as well."""
    cause = aliased(Issue)
    seen = exists().where(IssueViewer.issue_id == cause.id, IssueViewer.company_id == VIEWER)
    meant = select(cause.id).where(cause.number == number, seen).scalar_subquery()
    return exists().where(IssueLink.issue_id == Issue.id, IssueLink.other_id == meant, IssueLink.kind == CAUSED_BY)


def _visible_link() -> ColumnElement[bool]:
    seen = select(IssueViewer.issue_id).where(IssueViewer.company_id == VIEWER)
    from_here = exists().where(IssueLink.issue_id == Issue.id, IssueLink.other_id.in_(seen))
    to_here = exists().where(IssueLink.other_id == Issue.id, IssueLink.issue_id.in_(seen))
    return or_(from_here, to_here)


def _child_of(number: Any) -> ColumnElement[bool]:
    parent = aliased(Issue)
    seen = exists().where(IssueViewer.issue_id == parent.id, IssueViewer.company_id == VIEWER)
    return Issue.parent_id.in_(select(parent.id).where(parent.number == number, seen))


def _has_child() -> ColumnElement[bool]:
    child = aliased(Issue)
    seen = exists().where(IssueViewer.issue_id == child.id, IssueViewer.company_id == VIEWER)
    return exists().where(child.parent_id == Issue.id, seen)


def _has_parent() -> ColumnElement[bool]:
    return exists().where(IssueViewer.issue_id == Issue.parent_id, IssueViewer.company_id == VIEWER)


CONDITIONS: Mapping[str, Made] = {
    "subtype": _one_of(Issue.subtype),
    "state": _one_of(Issue.state),
    "status": _one_of(Issue.status),
    "source": _one_of(Issue.source),
    "turn": _one_of(Issue.responsible_id),
    "turn nobody": lambda: Issue.responsible_id.is_(None),
    "party": lambda ids: _party().where(IssueParty.company_id.in_(ids)),
    "party in role": lambda role, ids: _party().where(IssueParty.role == role, IssueParty.company_id.in_(ids)),
    "role": lambda roles: _own_side().where(IssueParty.role.in_(roles)),
    "viewer": lambda ids: exists().where(IssueViewer.issue_id == Issue.id, IssueViewer.company_id.in_(ids)),
    "owner": lambda ids: _own_side().where(IssueParty.owner_id.in_(ids)),
    "owner nobody": lambda: ~_own_side().where(IssueParty.owner_id.is_not(None)),
    "group": lambda ids: _own_side().where(IssueParty.group_id.in_(ids)),
    "group nobody": lambda: ~_own_side().where(IssueParty.group_id.is_not(None)),
    "linked": _linked,
    "cause": _caused_by,
    "parent": _child_of,
    **_identifiers(),
    **_identifiers("number"),
    **_identifiers("esiid"),
    **_identifiers("tran"),
    "has attachment": lambda: exists().where(Attachment.issue_id == Issue.id, company_reads(Attachment, VIEWER)),
    "has comment": lambda: exists().where(Comment.issue_id == Issue.id, company_reads(Comment, VIEWER)),
    "has owner": lambda: _own_side().where(IssueParty.owner_id.is_not(None)),
    "has group": lambda: _own_side().where(IssueParty.group_id.is_not(None)),
    "has link": _visible_link,
    "has child": _has_child,
    "has parent": _has_parent,
    "has warning": lambda: cast(Issue.warnings, String) != "[]",
    "is open": lambda: Issue.is_open.is_(True),
    "is ended": lambda: Issue.is_open.is_(False),
    "is ours": lambda: Issue.responsible_id == VIEWER,
    "is theirs": lambda: and_(Issue.is_open, or_(Issue.responsible_id != VIEWER, Issue.responsible_id.is_(None))),
    "is untouched": lambda: Issue.first_touched_at.is_(None),
    "is unexecutable": lambda: Issue.was_unexecutable.is_(True),
    **{f"{name} from": _from(column) for name, column in DAYS.items()},
    **{f"{name} before": _before(column) for name, column in DAYS.items()},
}
"""Every condition by its name."""

BY_OWN_ROWS: Mapping[str, Made] = {
    "is ours": lambda: IssueViewer.standing == "ours",
    "is theirs": lambda: IssueViewer.standing == "theirs",
    "is ended": lambda: IssueViewer.standing == "ended",
    "updated from": lambda moment: IssueViewer.changed_at >= moment,
    "updated before": lambda moment: IssueViewer.changed_at < moment,
}
"""The same conditions where the company's own rows answer them from one index."""
