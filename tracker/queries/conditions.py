"""Every condition that a query can put on issues, as SQL that is built once and asked often.

A condition is made of the parameters that carry its values. What it asks of a company's own side (owner, group, links)
goes by `VIEWER`, so that nothing is learned of others. It is about `Issue`, and brings its own rows of every other
table along: it means the same in every statement, whatever that joins besides.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Exists, ScalarSelect, String, and_, cast, exists, or_, select
from sqlalchemy.orm import aliased

from tracker.domain.identifiers import ESI_ID, NUMBER, TRAN
from tracker.domain.links import CAUSED_BY
from tracker.domain.roles import ACTIVE_ROLES, Role
from tracker.domain.search_keys import FORMS, IDENTIFIER, KEYS, Form, Kind, conditions_of
from tracker.domain.tables import complete, known
from tracker.models import Attachment, Comment, Issue, IssueIdentifier, IssueLink, IssueParty, IssueViewer
from tracker.queries.visibility import VIEWER, company_reads, company_sees

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


def _there_is(*conditions: ColumnElement[bool]) -> Exists:
    """There is a row of the tables that the conditions name; of the statement around it they mean the issue alone."""
    return exists().where(*conditions).correlate(Issue)


def _party() -> Exists:
    return _there_is(IssueParty.issue_id == Issue.id)


def _own_side() -> Exists:
    return _party().where(IssueParty.company_id == VIEWER)


def _in_role(role: Role) -> Made:
    return lambda ids: _party().where(IssueParty.role == role, IssueParty.company_id.in_(ids))


def _identifiers(name: str, *kind: str) -> dict[str, Made]:
    """The forms of an identifier, of these kinds or of any."""
    of_kind = [IssueIdentifier.kind == one for one in kind]
    issues = select(IssueIdentifier.issue_id).where(*of_kind).correlate(None)
    value, tail = IssueIdentifier.value, IssueIdentifier.tail

    def whole(plain: Any) -> ColumnElement[bool]:
        return Issue.id.in_(issues.where(value == plain))

    def begins(first: Any, end: Any) -> ColumnElement[bool]:
        return Issue.id.in_(issues.where(value >= first, value < end))

    def begins_or_ends(first: Any, end: Any, last: Any) -> ColumnElement[bool]:
        return Issue.id.in_(issues.where(or_(and_(value >= first, value < end), tail == last)))

    forms: dict[Form, Made] = {Form.WHOLE: whole, Form.BEGINS: begins, Form.BEGINS_OR_ENDS: begins_or_ends}
    return {f"{name} {form}": made for form, made in forms.items()}


def _seen_issue(number: Any) -> ScalarSelect[int]:
    """The id of the issue of this number, if the reader sees it."""
    other = aliased(Issue)
    return select(other.id).where(other.number == number, company_sees(VIEWER, other.id)).scalar_subquery()


def _linked(number: Any) -> ColumnElement[bool]:
    """Linked, in either direction, with an issue of this number that the reader sees as well."""
    meant = _seen_issue(number)
    from_here = _there_is(IssueLink.issue_id == Issue.id, IssueLink.other_id == meant)
    to_here = _there_is(IssueLink.other_id == Issue.id, IssueLink.issue_id == meant)
    return or_(from_here, to_here)


def _caused_by(number: Any) -> ColumnElement[bool]:
    """Named as caused by an issue of this number that the reader sees as well."""
    named = (IssueLink.issue_id == Issue.id, IssueLink.kind == CAUSED_BY)
    return _there_is(*named, IssueLink.other_id == _seen_issue(number))


def _child_of(number: Any) -> ColumnElement[bool]:
    return Issue.parent_id == _seen_issue(number)


def _has_link() -> ColumnElement[bool]:
    from_here = _there_is(IssueLink.issue_id == Issue.id, company_sees(VIEWER, IssueLink.other_id))
    to_here = _there_is(IssueLink.other_id == Issue.id, company_sees(VIEWER, IssueLink.issue_id))
    return or_(from_here, to_here)


def _has_child() -> ColumnElement[bool]:
    child = aliased(Issue)
    return _there_is(child.parent_id == Issue.id, company_sees(VIEWER, child.id))


ASKED_FOR = (
    *(f"{IDENTIFIER} {form}" for form in FORMS[Kind.IDENTIFIER]),
    *(name for key in KEYS for name in conditions_of(key)),
)
"""What the query language can ask for: an identifier of any kind, and the values of its keys."""

CONDITIONS: Mapping[str, Made] = complete(
    "conditions of queries",
    ASKED_FOR,
    {
        "subtype": _one_of(Issue.subtype),
        "state": _one_of(Issue.state),
        "status": _one_of(Issue.status),
        "source": _one_of(Issue.source),
        "turn": _one_of(Issue.responsible_id),
        "turn nobody": lambda: Issue.responsible_id.is_(None),
        "party": lambda ids: _party().where(IssueParty.company_id.in_(ids)),
        **{role.lower(): _in_role(role) for role in ACTIVE_ROLES if role is not Role.ERCOT},
        "role": lambda roles: _own_side().where(IssueParty.role.in_(roles)),
        "viewer": lambda ids: _there_is(IssueViewer.issue_id == Issue.id, IssueViewer.company_id.in_(ids)),
        "owner": lambda ids: _own_side().where(IssueParty.owner_id.in_(ids)),
        "owner nobody": lambda: ~_own_side().where(IssueParty.owner_id.is_not(None)),
        "group": lambda ids: _own_side().where(IssueParty.group_id.in_(ids)),
        "group nobody": lambda: ~_own_side().where(IssueParty.group_id.is_not(None)),
        "linked": _linked,
        "cause": _caused_by,
        "parent": _child_of,
        **_identifiers(IDENTIFIER),
        **{name: made for kind in (NUMBER, ESI_ID, TRAN) for name, made in _identifiers(kind, kind).items()},
        "has attachment": lambda: _there_is(Attachment.issue_id == Issue.id, company_reads(Attachment, VIEWER)),
        "has comment": lambda: _there_is(Comment.issue_id == Issue.id, company_reads(Comment, VIEWER)),
        "has owner": lambda: _own_side().where(IssueParty.owner_id.is_not(None)),
        "has group": lambda: _own_side().where(IssueParty.group_id.is_not(None)),
        "has link": _has_link,
        "has child": _has_child,
        "has parent": lambda: company_sees(VIEWER, Issue.parent_id),
        "has warning": lambda: cast(Issue.warnings, String) != "[]",
        "is open": lambda: Issue.is_open.is_(True),
        "is ended": lambda: Issue.is_open.is_(False),
        "is mine": lambda ids: _own_side().where(IssueParty.owner_id.in_(ids)),
        "is ours": lambda: Issue.responsible_id == VIEWER,
        "is theirs": lambda: and_(Issue.is_open, or_(Issue.responsible_id != VIEWER, Issue.responsible_id.is_(None))),
        "is untouched": lambda: Issue.first_touched_at.is_(None),
        "is unexecutable": lambda: Issue.was_unexecutable.is_(True),
        **{f"{name} from": _from(column) for name, column in DAYS.items()},
        **{f"{name} before": _before(column) for name, column in DAYS.items()},
    },
)
"""Every condition by its name."""

BY_OWN_ROWS: Mapping[str, Made] = {
    "is ours": lambda: IssueViewer.standing == "ours",
    "is theirs": lambda: IssueViewer.standing == "theirs",
    "is ended": lambda: IssueViewer.standing == "ended",
    "updated from": lambda moment: IssueViewer.changed_at >= moment,
    "updated before": lambda moment: IssueViewer.changed_at < moment,
}
"""The same conditions by the company's own rows, from one index: for statements that join these."""

known("conditions by own rows", BY_OWN_ROWS, CONDITIONS)
