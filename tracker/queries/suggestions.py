"""What the jump box offers while somebody types: every word of it from what the reader may see.

An identifier is looked for among those of the reader's newest issues; who has more issues than these is also answered
along the range of what begins or ends so. Both count what the reader sees alone: identifiers of others take the place
of no own one. The first spares a small company the length of a range that belongs to others.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import bindparam, func, or_, select

from tracker.db import AnyRow, AnySelect, db
from tracker.domain.identifiers import ESI_ID, NUMBER, TAIL, TRAN, normalised
from tracker.domain.query_language import quoted
from tracker.domain.search_keys import begins
from tracker.guide_search import guide_hits
from tracker.models import Issue, IssueIdentifier, IssueViewer, Person, SavedView
from tracker.queries.companies import companies_called
from tracker.queries.views import views_of
from tracker.queries.visibility import VIEWER, company_sees
from tracker.search.words import has_digit, wanted_prefix

SHORTEST = 2
MOST = 8
NEWEST = 2_000
GROUPS = {NUMBER: "Issues", ESI_ID: "ESI IDs", TRAN: "Tran ids"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line: what it is, where it leads (a path, or a query), and a word beside it."""

    group: str
    text: str
    note: str = ""
    number: int | None = None
    query: str = ""
    view: SavedView | None = None
    address: str = ""


def suggestions_for(actor: Person, typed: str) -> list[Suggestion]:
    """At most `MOST`, in groups: issue, ESI ID, tran id, company, saved view, guide."""
    text = " ".join(typed.split())
    if len(text) < SHORTEST:
        return []
    found = [*_identified(actor, text), *_companies(text), *_views(actor, text), *_guide(text)]
    return _shared_out(found)


def _shared_out(found: Sequence[Suggestion]) -> list[Suggestion]:
    """At most `MOST` in the order of their groups; no group takes all the room while another has something."""
    groups = list(dict.fromkeys(one.group for one in found))
    members = {group: [one for one in found if one.group == group] for group in groups}
    taken: dict[str, int] = dict.fromkeys(groups, 0)
    while sum(taken.values()) < min(MOST, len(found)):
        for group in groups:
            if taken[group] < len(members[group]) and sum(taken.values()) < MOST:
                taken[group] += 1
    return [one for group in groups for one in members[group][: taken[group]]]


def _identified(actor: Person, text: str) -> Iterator[Suggestion]:
    plain = normalised(text.removeprefix("#"))
    if not plain or not plain.isascii() or not any(char.isdigit() for char in plain):
        return
    tail = plain if len(plain) == TAIL else "none"
    given = {"viewer": actor.company_id, "first": plain, "end": f"{plain}~", "tail": tail}
    rows = [row for statement in (_in_range(), _among_newest()) for row in db.session.execute(statement, given)]
    unique = {(row.kind, row.value, row.number): row for row in sorted(rows, key=lambda row: row.value != plain)}
    for kind in GROUPS:
        yield from _of_kind(kind, [row for row in unique.values() if row.kind == kind])


def _of_kind(kind: str, rows: Sequence[AnyRow]) -> Iterator[Suggestion]:
    """An issue leads to itself; an identifier to its one issue, or to the list of those that carry it."""
    for value in dict.fromkeys(row.value for row in rows):
        numbers = [row.number for row in rows if row.value == value]
        note = rows[[row.value for row in rows].index(value)].title
        if len(numbers) == 1:
            yield Suggestion(GROUPS[kind], value, note, number=numbers[0])
        else:
            yield Suggestion(GROUPS[kind], value, f"{len(numbers)} issues", query=f"{kind}:{value}")


def _companies(text: str) -> Iterable[Suggestion]:
    return [
        Suggestion("Companies", one.label, "issues with them", query=f"party:{quoted(one.value)}")
        for one in companies_called()
        if begins(one.name, text) or one.duns.startswith(text)
    ][:MOST]


def _views(actor: Person, text: str) -> Iterable[Suggestion]:
    views = {view.public_id: view for section in views_of(actor) for view in (row.view for row in section.rows)}
    return [Suggestion("Views", view.name, view=view) for view in views.values() if begins(view.name, text)][:MOST]


def _guide(text: str) -> Iterable[Suggestion]:
    if has_digit(text) or not any(char.isalpha() for char in text):
        return []
    hits = guide_hits(list(wanted_prefix(text)))
    return [Suggestion("Guide", hit.title, hit.sentence, address=hit.address) for hit in hits]


@cache
def _in_range() -> AnySelect:
    """The first identifiers that begin or end so of those that the reader sees, unless all stand among the newest."""
    value, tail = IssueIdentifier.value, IssueIdentifier.tail
    begun = _seen().where(value >= bindparam("first"), value < bindparam("end")).order_by(value).limit(4 * MOST)
    ended = _seen().where(tail == bindparam("tail")).order_by(value).limit(4 * MOST)
    both = select(begun.subquery()).union_all(select(ended.subquery())).subquery()
    return (
        select(both.c.kind, both.c.value, Issue.number, Issue.title)
        .join(Issue, Issue.id == both.c.issue_id)
        .order_by(both.c.value)
        .limit(4 * MOST)
    )


def _seen() -> AnySelect:
    own = select(IssueViewer.issue_id).where(IssueViewer.company_id == VIEWER).order_by(IssueViewer.issue_id)
    has_more = select(func.count() > NEWEST).select_from(own.limit(NEWEST + 1).subquery()).scalar_subquery()
    seen = select(IssueViewer.company_id).where(IssueViewer.company_id == VIEWER)
    here = seen.where(IssueViewer.issue_id == IssueIdentifier.issue_id).correlate(IssueIdentifier).scalar_subquery()
    columns = (IssueIdentifier.issue_id, IssueIdentifier.kind, IssueIdentifier.value)
    return select(*columns).where(here.is_not(None), has_more)  # a test of each row in its order, not a join of all


@cache
def _among_newest() -> AnySelect:
    newest = (
        select(IssueViewer.issue_id)
        .where(IssueViewer.company_id == VIEWER)
        .order_by(IssueViewer.changed_at.desc(), IssueViewer.issue_id.desc())
        .limit(NEWEST)
        .subquery()
    )
    fits = or_(
        (IssueIdentifier.value >= bindparam("first")) & (IssueIdentifier.value < bindparam("end")),
        IssueIdentifier.tail == bindparam("tail"),
    )
    return (
        select(IssueIdentifier.kind, IssueIdentifier.value, Issue.number, Issue.title)
        .join(newest, newest.c.issue_id == IssueIdentifier.issue_id)
        .join(Issue, Issue.id == IssueIdentifier.issue_id)
        .where(fits, company_sees(VIEWER))
        .limit(4 * MOST)
    )
