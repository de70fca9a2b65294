"""Watching a saved view: being told of each issue that comes into it.

What was in the view when it was last looked at is kept, so that an issue that only changes within it tells nobody,
and one that left and comes again tells again. Looked at are the issues to which something happened: what comes into
a view by the passing of time alone is not told.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence, Set

from sqlalchemy import delete, func, insert, select, update

from tracker.actions.at_once import hold_person
from tracker.actions.views import hold_view
from tracker.alone import each_alone
from tracker.clock import now
from tracker.db import AnyRow, db, insert_into
from tracker.domain.notices import Reason
from tracker.domain.watching import Trouble
from tracker.errors import Invalid
from tracker.models import Person, SavedView, ViewWatch, WatchedIssue
from tracker.queries.told import Told, events_of, reads, viewers_of
from tracker.queries.watched_views import (
    RETRY,
    Watched,
    all_found,
    found_by_all,
    how_many_found,
    known_in,
    meant_by,
    muted_by,
    require_watchable,
    views_watched_in,
)

MOST_WATCHED = 10
MOST_IN_VIEW = 5_000


def watch_view(actor: Person, view: SavedView) -> None:
    """Tell the actor of every issue that comes into the view from now on. Raises `Invalid`."""
    require_watchable(actor, view.query)
    hold_person(actor)
    hold_view(view)
    if db.session.get(ViewWatch, (actor.id, view.id)):
        return
    count = db.session.scalar(select(func.count()).where(ViewWatch.person_id == actor.id)) or 0
    if count >= MOST_WATCHED:
        raise Invalid(f"You watch {count} views, and can watch no more. Stop watching one, then watch this.")
    if how_many_found(actor, view.query, MOST_IN_VIEW + 1) > MOST_IN_VIEW:
        raise Invalid(f"This view shows more than {MOST_IN_VIEW:,} issues. Narrow it, then watch it.")
    watch = ViewWatch(person_id=actor.id, view_id=view.id, at=now())
    db.session.add(watch)
    db.session.flush()
    _look_at_all(Watched(watch, view, actor))


def unwatch_view(actor: Person, view: SavedView) -> None:
    """Tell the actor of this view no more."""
    db.session.execute(delete(ViewWatch).where(ViewWatch.person_id == actor.id, ViewWatch.view_id == view.id))


def ask_again() -> None:
    """Ask the views again that broke: the product is another than it was, perhaps."""
    broke = update(ViewWatch).where(ViewWatch.failing_code == Trouble.BROKE)
    db.session.execute(broke.values(failed_at=now() - RETRY).execution_options(synchronize_session=False))


def told_by_views(event_ids: Sequence[int], told: Sequence[Told]) -> list[Told]:
    """Who is told because an issue came into a view; nobody whom `told` tells of the same event.

    A view that breaks tells nothing, and keeps nobody else from being told.
    """
    events = events_of(event_ids)
    viewers = viewers_of({event.issue_id for event in events})
    watched = views_watched_in(set().union(*viewers.values()))
    if not watched:
        return []
    last = {company_id: _last_read(events, company_id, viewers) for company_id in _companies(watched)}
    came: list[Told] = []
    each_alone("a watched view", watched, lambda some: came.extend(_looked_at(some, last)), _broke)
    once = {(one.event_id, one.person_id): one for one in told}
    for one in came:
        once.setdefault((one.event_id, one.person_id), one)
    return list(once.values())[len(told) :]


def _looked_at(watched: Sequence[Watched], last: Mapping[int, dict[int, AnyRow]]) -> list[Told]:
    """Who of the watchers is told; a view that cannot be asked is put aside."""
    looked_at = _looked_at_anew(watched)
    return [entered for of_watch in _came(looked_at, last) for entered in of_watch]


def _broke(watched: Watched) -> None:
    _put_aside(watched, Trouble.BROKE)


def _put_aside(watched: Watched, trouble: Trouble) -> None:
    """Keep since when nothing of it is told, for its watcher."""
    watch, moment = watched.watch, now()
    if trouble is Trouble.BROKE or watch.failing_code != trouble:
        watch.failing_since = watch.failing_since or moment
        watch.failing_code, watch.failed_at = trouble, moment


def _take_up(watched: Watched) -> None:
    watched.watch.failing_since = watched.watch.failing_code = watched.watch.failed_at = None


def _companies(watched: Sequence[Watched]) -> set[int]:
    return {one.person.company_id for one in watched}


def _looked_at_anew(watched: Sequence[Watched]) -> list[Watched]:
    """A view that was changed meanwhile begins anew; one that shows too much now is watched no more."""
    changed = [one for one in watched if one.view.changed_at > one.watch.at]
    asked = [one for one in changed if not isinstance(meant_by(one.person, one.view.query), Trouble)]
    grown = [one for one in asked if _shows_too_much(one)]
    for one in asked:
        if one in grown:
            unwatch_view(one.person, one.view)
        else:
            _look_at_all(one)
    return [one for one in watched if one not in grown]


def _shows_too_much(watched: Watched) -> bool:
    return how_many_found(watched.person, watched.view.query, MOST_IN_VIEW + 1) > MOST_IN_VIEW


def _last_read(events: Sequence[AnyRow], company_id: int, viewers: Mapping[int, Set[int]]) -> dict[int, AnyRow]:
    """The last event of each issue that the company may read."""
    return {event.issue_id: event for event in events if reads(event, company_id, viewers)}


def _came(watched: Sequence[Watched], last: Mapping[int, dict[int, AnyRow]]) -> Iterator[Iterator[Told]]:
    """What came into each view and was not there; what is there now is kept for the next look."""
    issue_ids = set().union(*last.values())
    known, muted = known_in(watched, issue_ids), muted_by(watched, issue_ids)
    found = found_by_all(watched, last)
    for one in watched:
        here, last_here = found[one.person.id, one.view.id], last[one.person.company_id]
        if isinstance(here, Trouble):
            _put_aside(one, here)
            continue
        _take_up(one)
        was = known[one.person.id, one.view.id] & last_here.keys()
        _forget(one, was - here)
        yield _told_of(one, _keep(one, here - was), last_here, muted)


def _told_of(
    watched: Watched, came: Collection[int], last: Mapping[int, AnyRow], muted: Collection[tuple[int, int]]
) -> Iterator[Told]:
    person = watched.person
    for issue_id in sorted(came):
        if (person.id, issue_id) not in muted and last[issue_id].person_id != person.id:
            yield Told(last[issue_id].id, issue_id, person.id, person.company_id, Reason.ENTERED)


def _keep(watched: Watched, issue_ids: Collection[int]) -> set[int]:
    """Those of the issues that no other worker kept at the same moment."""
    if not issue_ids:
        return set()
    rows = [{"person_id": watched.person.id, "view_id": watched.view.id, "issue_id": one} for one in issue_ids]
    kept = insert_into(WatchedIssue).values(rows).on_conflict_do_nothing().returning(WatchedIssue.issue_id)
    return set(db.session.scalars(kept))


def _forget(watched: Watched, issue_ids: Collection[int]) -> None:
    if issue_ids:
        of_watch = (WatchedIssue.person_id == watched.person.id, WatchedIssue.view_id == watched.view.id)
        db.session.execute(delete(WatchedIssue).where(*of_watch, WatchedIssue.issue_id.in_(issue_ids)))


def _look_at_all(watched: Watched) -> None:
    """Keep what is in the view now, and tell nobody: it is watched from now on, or shows another list than before."""
    of_watch = (WatchedIssue.person_id == watched.person.id, WatchedIssue.view_id == watched.view.id)
    db.session.execute(delete(WatchedIssue).where(*of_watch))
    columns = ["person_id", "view_id", "issue_id"]
    db.session.execute(insert(WatchedIssue).from_select(columns, all_found(watched)))
    watched.watch.at = now()
