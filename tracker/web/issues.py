"""The list of issues: its address is the list, so it can be kept and sent to a colleague."""

from dataclasses import fields as members_of
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from tracker.domain import catalogue
from tracker.domain.roles import ACTIVE_ROLES
from tracker.domain.states import STATUS_OF
from tracker.domain.workflow import Status
from tracker.queries.companies import company_names
from tracker.queries.issue_filters import IssueFilter
from tracker.queries.issues import SORTS, list_issues, owners_of
from tracker.web.access import Access, access, actor
from tracker.web.columns import COLUMNS, DEFAULT, Reader, rows_of
from tracker.web.offers import Offers

pages = Blueprint("issues", __name__)

STANDINGS = {"ours": "Ours", "theirs": "Another company’s", "ended": "Nobody’s: ended"}
OFFERS: dict[str, Offers] = {
    "subtypes": tuple((subtype.key, subtype.full_name) for subtype in (*catalogue.SUBTYPES, *catalogue.RETIRED)),
    "states": tuple((state, state) for state in STATUS_OF),
    "statuses": tuple((status, status) for status in Status),
    "standings": tuple(STANDINGS.items()),
    "roles": tuple((role, role) for role in ACTIVE_ROLES),
}
LISTS = ("subtype", "state", "status")
DATES = ("created_from", "created_to", "changed_from", "changed_to")


@pages.get("/issues")
@access(Access.SIGNED_IN)
def page() -> ResponseReturnValue:
    """One page of the list that the address describes."""
    wanted, wrong = wanted_list()
    sort = request.args.get("sort", "-changed")
    sort = sort if sort.removeprefix("-") in SORTS else "-changed"
    found = list_issues(actor(), wanted, sort, request.args.get("after", ""), request.args.get("before", ""))
    columns = [name for name in request.args.getlist("column") if name in COLUMNS] or list(DEFAULT)
    owners = owners_of(actor(), [row.id for row in found.rows]) if "owner" in columns else {}
    reader = Reader(actor().company_id, owners)
    return render_template(
        "issues/list.html",
        found=found,
        rows=rows_of(list(found.rows), [COLUMNS[name] for name in columns], reader),
        wanted=wanted,
        wrong=wrong,
        sort=sort,
        columns=columns,
        offers=OFFERS,
        companies=company_names(),
        labels=COLUMNS,
        query=lambda **changes: _address(sort, columns, wanted, changes),
    ), (422 if wrong else 200)


def wanted_list() -> tuple[IssueFilter, dict[str, str]]:
    """The filter that the address asks for, and the reasons of the parts that have no meaning."""
    wrong: dict[str, str] = {}
    given: dict[str, Any] = {name: tuple(filter(None, request.args.getlist(name))) for name in LISTS}
    for name in ("standing", "responsible", "company", "role", "owner", "group", "esi_id", "tran"):
        given[name] = request.args.get(name, "").strip()[:64]
    for name in DATES:
        try:
            given[name] = _day(request.args.get(name, ""))
        except ValueError:
            wrong[name] = f"“{request.args[name][:20]}” is not a day that exists. Write it as YYYY-MM-DD."
    if given["group"] and not given["group"].isdigit():
        given["group"] = ""
    if given["standing"] not in STANDINGS:
        given["standing"] = ""
    return IssueFilter(**given), wrong


def _day(text: str) -> date | None:
    return date.fromisoformat(text.strip()) if text.strip() else None


def _address(sort: str, columns: list[str], wanted: IssueFilter, changes: dict[str, Any]) -> str:
    """The address of this list with something changed; a change to None leaves that part out."""
    parts: dict[str, Any] = {member.name: getattr(wanted, member.name) for member in members_of(wanted)}
    parts |= {"sort": sort if sort != "-changed" else None}
    parts |= {"column": columns if tuple(columns) != DEFAULT else None} | changes
    return "/issues?" + urlencode({name: part for name, part in parts.items() if part}, doseq=True)
