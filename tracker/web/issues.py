"""The list of issues: its address is the list, so it can be kept and sent to a colleague."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import urlencode

import structlog
from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from tracker.domain import catalogue
from tracker.domain.permissions import Right
from tracker.domain.query_language import LONGEST, QueryError, narrowed_by, quoted, with_term
from tracker.domain.roles import ACTIVE_ROLES
from tracker.domain.search_keys import slug
from tracker.domain.states import STATUS_OF
from tracker.domain.workflow import Status
from tracker.errors import NotFound
from tracker.guide_search import guide_hits
from tracker.models import SavedView
from tracker.queries.asking import QueryBroke, asking
from tracker.queries.bulk import MOST, numbers_found
from tracker.queries.companies import companies_called
from tracker.queries.facets import MOST_COUNTED, Facets, facets_of
from tracker.queries.issues import IssuePage, list_issues, owners_of
from tracker.queries.matches import Match, matches_of
from tracker.queries.rights import may
from tracker.queries.searching import Search, search
from tracker.queries.strays import count_strays
from tracker.queries.views import may_manage, view_for
from tracker.web.access import Access, access, actor
from tracker.web.columns import COLUMNS, DEFAULT, Reader, rows_of
from tracker.web.engine import engine
from tracker.web.metrics import FOREIGN_HITS, WITHOUT_INDEX
from tracker.web.narrowing import STANDINGS, filters_of, narrowed
from tracker.web.offers import Offers

pages = Blueprint("issues", __name__)
log = structlog.get_logger()

OFFERS: dict[str, Offers] = {
    "subtypes": tuple((subtype.key, subtype.full_name) for subtype in (*catalogue.SUBTYPES, *catalogue.RETIRED)),
    "states": tuple((slug(state), state) for state in STATUS_OF),
    "statuses": (("open", "Open"), ("ended", "Ended"), *((slug(status), status) for status in Status)),
    "standings": tuple(STANDINGS.items()),
    "roles": tuple((role.lower(), role) for role in ACTIVE_ROLES if role != "ERCOT"),
}
NOTHING = IssuePage((), None, None)
Sent: TypeAlias = MultiDict[str, str]


class Listed(NamedTuple):
    """What the list shows of a query: a page of it, and what is read besides for its rows."""

    searched: Search | None = None
    found: IssuePage = NOTHING
    owners: Mapping[int, str] = {}
    matches: Mapping[int, Match] = {}
    fitting: int = 0
    """How many issues an act on all of the list is for, where some are chosen."""


@pages.get("/issues")
@access(Access.SIGNED_IN)
def page() -> ResponseReturnValue:
    """One page of the list that the address describes. What breaks in it is said there, and nothing is listed."""
    text = request.args.get("q", "").strip()
    try:
        with asking(text):
            listed = _listed(text)
    except QueryBroke as broke:
        return _page(text, Listed(), broke)
    except QueryError as wrong:
        return _page(text, Listed(), wrong), 400
    if listed.searched and listed.searched.notice:
        WITHOUT_INDEX.inc()
    return _page(text, listed, None)


@pages.get("/issues/narrow")
@access(Access.SIGNED_IN)
def narrow() -> ResponseReturnValue:
    """The filters as a query: the list of that."""
    text = request.args.get("q", "").strip()
    with suppress(QueryError), asking(text):  # the list itself says what is wrong with the text, and keeps it
        text = narrowed(text, request.args)
    return redirect(address(text, _columns(), open="filters"))


@pages.get("/issues/facets")
@access(Access.SIGNED_IN)
def facets() -> ResponseReturnValue:
    """How the issues of a query divide; it arrives a moment after the list, which stands whatever becomes of it."""
    text = request.args.get("q", "").strip()
    counted, broke = None, None
    try:
        with asking(text):
            counted = _counted(text)
    except QueryBroke as error:
        broke = error
    except QueryError:
        return "", 400
    return render_template(
        "issues/_facets.html" if request.headers.get("HX-Request") else "issues/facets.html",
        back=address(text, _columns()),
        counted=counted,
        broke=broke,
        most=MOST_COUNTED,
        narrower=lambda key, value: address(_narrower(text, key, value), _columns()),
    )


def _listed(text: str) -> Listed:
    searched = search(actor(), text, engine())
    place = (request.args.get("after", ""), request.args.get("before", ""))
    found = list_issues(actor(), searched.plan, searched.engine, *place)
    ids = [row.id for row in found.rows]
    return Listed(
        searched,
        found,
        owners_of(actor(), ids) if "owner" in _columns() else {},
        matches_of(actor(), ids, searched.phrases) if searched.phrases else {},
        _fitting(searched, found) if _choosing() else 0,
    )


def _counted(text: str) -> Facets:
    searched = search(actor(), text, engine())
    counted = facets_of(actor(), searched.plan, searched.engine)
    _report(count_strays(actor(), searched.plan, searched.engine) if not searched.notice else 0)
    return counted


def _report(strays: int) -> None:
    if strays:
        FOREIGN_HITS.inc(strays)
        log.warning("the search index named issues that the reader does not see", count=strays)


def _narrower(text: str, key: str, value: str) -> str:
    """The query with one more term. A bound stands as it is; an issue has several companies, and one state."""
    if value.startswith(">="):
        return narrowed_by(with_term(text, key), f"{key}:{value}")
    return narrowed_by(text, f"party:{quoted(value)}") if key == "party" else with_term(text, key, value)


def _page(text: str, listed: Listed, wrong: QueryError | None) -> str:
    columns, view = _columns(), _view()
    searched, found = listed.searched, listed.found
    phrases = searched.phrases if searched else []
    reader = Reader(actor().company_id, listed.owners, listed.matches, marked=request.args.get("mark", ""))
    sort = searched.plan.sort if searched else "-changed"
    return render_template(
        "issues/list.html",
        text=text,
        longest=LONGEST,
        searched=searched,
        found=found,
        rows=rows_of(list(found.rows), [COLUMNS[name] for name in columns], reader, choosing=_choosing()),
        choosing=_choosing(),
        fitting=listed.fitting,
        place=place_in(request.args),
        may_choose=may(actor(), Right.WORK_ISSUES),
        most_chosen=MOST,
        wrong=wrong,
        marked=_marked(text, wrong) if wrong and not isinstance(wrong, QueryBroke) else (),
        sort=sort,
        ranked=bool(searched and len(searched.plan.tiers) > 1),
        columns=columns,
        filters=filters_of(text),
        offers=OFFERS,
        companies=tuple((slug(one.value), one.label) for one in companies_called()),
        labels=COLUMNS,
        view=view,
        may_edit=bool(view and may_manage(actor(), view)),
        guide=guide_hits([word for phrase in phrases for word in phrase.words], most=2),
        new_view=f"/views/new?{urlencode({'query': text, 'columns': columns}, doseq=True)}",
        usual=",".join(DEFAULT),
        facets_address=address(text, list(DEFAULT)).replace("/issues", "/issues/facets", 1),
        corrected=address(_corrected(text, wrong), columns) if wrong else "",
        query=lambda **changes: address(text, columns, **{"view": request.args.get("view"), **changes}),
        sorted_by=lambda name: address(with_term(text, "sort", name), columns) if searched else "",
    )


def _choosing() -> bool:
    return "choose" in request.args and may(actor(), Right.WORK_ISSUES)


def _fitting(searched: Search, found: IssuePage) -> int:
    """At most `MOST`."""
    if not found.older and not found.newer:
        return len(found.rows)
    return len(numbers_found(actor(), searched.plan, searched.engine))


def _view() -> SavedView | None:
    """The saved view by which the reader came; one that is gone or foreign is as none."""
    with suppress(NotFound):
        return view_for(actor(), request.args["view"]) if request.args.get("view") else None
    return None


def _marked(text: str, wrong: QueryError) -> tuple[str, str, str]:
    """The text before the wrong place, the place, and the rest."""
    return text[: wrong.start], text[wrong.start : wrong.end] or " ", text[wrong.end :]


def _corrected(text: str, wrong: QueryError) -> str:
    suggestion = quoted(wrong.suggestion) if " " in wrong.suggestion else wrong.suggestion
    return text[: wrong.start] + suggestion + text[wrong.end :]


def _columns() -> list[str]:
    return columns_in(request.args)


def columns_in(sent: Sent) -> list[str]:
    """The columns that were asked for, or the usual ones."""
    return [name for name in sent.getlist("column") if name in COLUMNS] or list(DEFAULT)


def place_in(sent: Sent) -> dict[str, str | None]:
    """Which page of the list it was, and by which view it was opened."""
    return {name: sent.get(name) for name in ("view", "after", "before")}


def address(text: str, columns: list[str], **changes: str | None) -> str:
    """The address of a list: its query, and its columns unless they are the usual ones."""
    parts: Mapping[str, Any] = {"q": text, "column": columns if tuple(columns) != DEFAULT else None, **changes}
    query = urlencode({name: part for name, part in parts.items() if part}, doseq=True, safe=":@,")
    return f"/issues?{query}" if query else "/issues"
