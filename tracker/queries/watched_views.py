"""Views that somebody watches: whose they are, and which issues their watcher finds in them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, literal, or_, select

from tracker.clock import now
from tracker.db import db
from tracker.domain.query_language import QueryError
from tracker.domain.sentence import Sentence
from tracker.domain.watching import Trouble
from tracker.errors import Invalid
from tracker.models import Issue, IssueViewer, Person, SavedView, ViewWatch, Watch, WatchedIssue
from tracker.queries.asking import asking
from tracker.queries.meaning import All, AnyOf, Condition, Except, Part, meaning_of
from tracker.queries.shapes import Shape, Shaped, conditions_of, shaped
from tracker.queries.views import shown_to
from tracker.queries.visibility import VIEWER
from tracker.search import Amount

RETRY = timedelta(days=1)
"""So long a view that broke is not asked again, unless it is changed or the worker begins anew."""


class Watched(NamedTuple):
    """A view and who watches it."""

    watch: ViewWatch
    view: SavedView
    person: Person


def views_watched_in(companies: Collection[int]) -> list[Watched]:
    """What the active people of these companies watch, as far as the views are still shown to them.

    A view that broke is left alone until it is changed, or `RETRY` has passed.
    """
    tried_again = or_(
        ViewWatch.failing_code.is_distinct_from(Trouble.BROKE),
        ViewWatch.failed_at <= now() - RETRY,
        ViewWatch.failed_at < SavedView.changed_at,
    )
    statement = (
        select(ViewWatch, SavedView, Person)
        .join(SavedView, SavedView.id == ViewWatch.view_id)
        .join(Person, Person.id == ViewWatch.person_id)
        .where(Person.active, Person.company_id.in_(companies), shown_to(Person.id, Person.company_id), tried_again)
        .order_by(Person.id, SavedView.id)
    )
    return [Watched(*row) for row in db.session.execute(statement)]


def known_in(watched: Sequence[Watched], issue_ids: Collection[int]) -> dict[tuple[int, int], set[int]]:
    """Which of these issues were in each watched view when it was last looked at, by watcher and view."""
    rows = select(WatchedIssue.person_id, WatchedIssue.view_id, WatchedIssue.issue_id)
    of_watchers = WatchedIssue.person_id.in_({one.person.id for one in watched})
    known: dict[tuple[int, int], set[int]] = defaultdict(set)
    for person_id, view_id, issue_id in db.session.execute(
        rows.where(WatchedIssue.issue_id.in_(issue_ids), of_watchers)
    ):
        known[person_id, view_id].add(issue_id)
    return known


def muted_by(watched: Sequence[Watched], issue_ids: Collection[int]) -> set[tuple[int, int]]:
    """Who of the watchers wants to hear nothing of which of these issues: (person, issue)."""
    muting = (Watch.muted, Watch.issue_id.in_(issue_ids), Watch.person_id.in_({one.person.id for one in watched}))
    rows = db.session.execute(select(Watch.person_id, Watch.issue_id).where(*muting))
    return {(row.person_id, row.issue_id) for row in rows}


def found_by_all(
    watched: Sequence[Watched], among: Mapping[int, Collection[int]]
) -> dict[tuple[int, int], set[int] | Trouble]:
    """Which issues each watcher finds in the view at this moment, or why that cannot be asked.

    `among` says by company which issues are looked at. What means the same to two people of a company is asked once.
    """
    answers: dict[str, set[int] | Trouble] = {}
    found: dict[tuple[int, int], set[int] | Trouble] = {}
    for one in watched:
        company_id, part = one.person.company_id, meant_by(one.person, one.view.query)
        asked = repr((company_id, part))
        if asked not in answers:
            answers[asked] = part if isinstance(part, Trouble) else _found_by(company_id, part, among.get(company_id))
        found[one.person.id, one.view.id] = answers[asked]
    return found


def meant_by(person: Person, query: str) -> Shaped | Trouble:
    """What the query asks for when this person does, by conditions alone; or why it cannot be watched."""
    try:
        tree = meaning_of(person, query).tree
    except QueryError:
        return Trouble.NOT_UNDERSTOOD
    return Trouble.LOOKS_FOR_WORDS if _looks_for_words(tree) else shaped(tree)


def _found_by(company_id: int, part: Shaped, among: Collection[int] | None) -> set[int]:
    if not among:
        return set()
    statement = _found(part.shape).where(Issue.id.in_(bindparam("among", expanding=True)))
    return set(db.session.scalars(statement, {**part.values, "viewer": company_id, "among": list(among)}))


def how_many_found(person: Person, query: str, most: int) -> int:
    """How many issues the person finds with a watchable query; counted up to `most`."""
    part = shaped(meaning_of(person, query).tree)
    some = select(func.count()).select_from(_found(part.shape).limit(most).subquery())
    return db.session.scalar(some, {**part.values, "viewer": person.company_id}) or 0


def all_found(watched: Watched) -> Select[int, int, int]:
    """The statement of what the watcher finds in the view, as rows of `WatchedIssue`."""
    part = shaped(meaning_of(watched.person, watched.view.query).tree)
    issues = _found(part.shape).params(viewer=watched.person.company_id, **part.values).subquery()
    return select(literal(watched.person.id), literal(watched.view.id), issues.c.id)


def require_watchable(person: Person, query: str) -> None:
    """Raise `Invalid` unless conditions alone say which issues are in the view.

    Words would be looked for in the index, which knows of a change a moment later than those who are told.
    """
    try:
        words = _looks_for_words(_tree(person, query))
    except QueryError as wrong:
        template = "{why} Edit the view, then watch it."
        raise Invalid(Sentence("view-not-understood", template, why=wrong.message)) from None
    if words:
        raise Invalid(
            Sentence(
                "view-looks-for-words",
                "This view looks for words, and only a view of conditions can be watched. "
                "Leave the words out of it, or watch the issues themselves.",
            )
        )


def trouble_with(person: Person, view: SavedView, watch: ViewWatch) -> Trouble | None:
    """Why nothing of a watched view is told at this moment: what its query means, or that asking it broke."""
    try:
        with asking(view.query):
            meant = meant_by(person, view.query)
    except QueryError:
        return Trouble.BROKE
    if isinstance(meant, Trouble):
        return meant
    return Trouble.BROKE if watch.failing_code == Trouble.BROKE else None


def is_watchable(person: Person, query: str) -> bool:
    """The view says by conditions alone which issues it shows."""
    try:
        return not _looks_for_words(_tree(person, query))
    except QueryError:
        return False


def _tree(person: Person, query: str) -> Part:
    with asking(query):
        return meaning_of(person, query).tree


def _looks_for_words(part: Part) -> bool:
    match part:
        case All(parts) | AnyOf(parts):
            return any(map(_looks_for_words, parts))
        case Except(one):
            return _looks_for_words(one)
        case _:
            return not isinstance(part, Condition)


@cache
def _found(shape: Shape) -> Select[int]:
    ours = (IssueViewer.issue_id == Issue.id) & (IssueViewer.company_id == VIEWER)
    conditions = conditions_of(shape, _no_words, by_own_rows=False)
    return select(Issue.id).join(IssueViewer, ours).where(*conditions)


def _no_words(found: BindParameter[Any], amount: Amount) -> ColumnElement[bool]:
    raise TypeError("a view that looks for words is not watched")
