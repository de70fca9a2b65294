"""What a list of issues can be narrowed to, each as a condition that is built once and asked often.

A condition names its values (`bindparam`); `values_of` gives them. The operator sees every issue, so its
lists walk the issues; every other company's lists walk the company's own rows of `issue_viewer`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select

from tracker.clock import MARKET_ZONE
from tracker.models import Company, Issue, IssueParty, IssueViewer, Person
from tracker.queries.visibility import VIEWER

WHOLE_ESI_ID = (17, 22)
"""An ESI ID of so many digits is meant whole, a shorter one as the beginning of others."""


@dataclass(frozen=True)
class IssueFilter:
    """What a list is narrowed to. Empty members do not narrow. Dates are days of the market, both ends included."""

    subtype: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    standing: str = ""
    responsible: str = ""
    company: str = ""
    role: str = ""
    owner: str = ""
    group: str = ""
    esi_id: str = ""
    tran: str = ""
    created_from: date | None = None
    created_to: date | None = None
    changed_from: date | None = None
    changed_to: date | None = None


def names_of(wanted: IssueFilter) -> frozenset[str]:
    """The conditions that a filter asks for; together with the sort they decide the statement."""
    names = {name for name in CONDITIONS if getattr(wanted, name, None)}
    if wanted.standing:
        names |= {f"standing {wanted.standing}"}
    if wanted.owner == "nobody":
        names = names - {"owner"} | {"owner nobody"}
    if wanted.role and wanted.company:
        names = names - {"company"} | {"company in role"}
    if len(wanted.esi_id) in WHOLE_ESI_ID:
        names = names - {"esi_id"} | {"esi_id whole"}
    return frozenset(names)


def values_of(actor: Person, wanted: IssueFilter) -> Mapping[str, Any]:
    """The values that the conditions name."""
    return {
        "viewer": actor.company_id,
        "subtype": wanted.subtype,
        "state": wanted.state,
        "status": wanted.status,
        "responsible": wanted.responsible,
        "company": wanted.company,
        "role": wanted.role,
        "owner": actor.user_name if wanted.owner == "me" else wanted.owner,
        "group": int(wanted.group or 0),
        "esi_id": wanted.esi_id,
        "esi_id_end": wanted.esi_id + "~",
        "tran": wanted.tran,
        "created_from": _start_of(wanted.created_from),
        "created_to": _start_of(wanted.created_to, 1),
        "changed_from": _start_of(wanted.changed_from),
        "changed_to": _start_of(wanted.changed_to, 1),
    }


def _start_of(day: date | None, days_later: int = 0) -> datetime | None:
    return datetime.combine(day + timedelta(days=days_later), time(), MARKET_ZONE) if day else None


def _one_of(column: Any, name: str) -> Callable[[], ColumnElement[bool]]:
    return lambda: column.in_(bindparam(name, expanding=True))


def _company_called(name: str) -> Any:
    return select(Company.id).where(Company.duns == bindparam(name)).scalar_subquery()


def _party() -> Any:
    return exists().where(IssueParty.issue_id == Issue.id, IssueParty.company_id == _company_called("company"))


def _own_side() -> Any:
    return exists().where(IssueParty.issue_id == Issue.id, IssueParty.company_id == VIEWER)


def _owned() -> ColumnElement[bool]:
    owner = select(Person.id).where(Person.user_name == bindparam("owner"), Person.company_id == VIEWER)
    condition: ColumnElement[bool] = _own_side().where(IssueParty.owner_id == owner.scalar_subquery())
    return condition


def _ours() -> ColumnElement[bool]:
    return Issue.responsible_id == VIEWER


CONDITIONS: dict[str, Callable[[], ColumnElement[bool]]] = {
    "subtype": _one_of(Issue.subtype, "subtype"),
    "state": _one_of(Issue.state, "state"),
    "status": _one_of(Issue.status, "status"),
    "standing ours": _ours,
    "standing theirs": lambda: and_(Issue.is_open, or_(~_ours(), Issue.responsible_id.is_(None))),
    "standing ended": lambda: Issue.is_open.is_(False),
    "responsible": lambda: Issue.responsible_id == _company_called("responsible"),
    "company": _party,
    "company in role": lambda: _party().where(IssueParty.role == bindparam("role")),
    "owner": _owned,
    "owner nobody": lambda: ~_own_side().where(IssueParty.owner_id.is_not(None)),
    "group": lambda: _own_side().where(IssueParty.group_id == bindparam("group")),
    "esi_id": lambda: and_(Issue.esi_id >= bindparam("esi_id"), Issue.esi_id < bindparam("esi_id_end")),
    "esi_id whole": lambda: Issue.esi_id == bindparam("esi_id"),
    "tran": lambda: or_(Issue.orig_tran_id == bindparam("tran"), Issue.tran_id == bindparam("tran")),
    "created_from": lambda: Issue.created_at >= bindparam("created_from"),
    "created_to": lambda: Issue.created_at < bindparam("created_to"),
    "changed_from": lambda: Issue.changed_at >= bindparam("changed_from"),
    "changed_to": lambda: Issue.changed_at < bindparam("changed_to"),
}
"""Every condition by its name."""

BY_OWN_ROWS: dict[str, Callable[[], ColumnElement[bool]]] = {
    "standing ours": lambda: IssueViewer.standing == "ours",
    "standing theirs": lambda: IssueViewer.standing == "theirs",
    "standing ended": lambda: IssueViewer.standing == "ended",
    "changed_from": lambda: IssueViewer.changed_at >= bindparam("changed_from"),
    "changed_to": lambda: IssueViewer.changed_at < bindparam("changed_to"),
}
"""The same conditions where the company's own rows answer them from one index."""
