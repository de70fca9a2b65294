"""Watching a saved view: being told of each issue that comes into it.

What was in the view when it was last looked at is kept, so that an issue that only changes within it tells nobody,
and one that left and comes again tells again. Looked at are the issues to which something happened: what comes into
a view by the passing of time alone is not told.
"""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import delete, func, insert, select

from tracker.clock import now
from tracker.db import AnyRow, db, insert_into
from tracker.domain.notices import Reason
from tracker.errors import Invalid
from tracker.models import Person, SavedView, ViewWatch, WatchedIssue
from tracker.queries.told import Told, events_of, reads, viewers_of
from tracker.queries.watched_views import (
    Watched,
    all_found,
    found_by,
    how_many_found,
    is_watchable,
    known_in,
    muted_by,
    require_watchable,
    views_watched_in,
)

MOST_WATCHED = 10
MOST_IN_VIEW = 5_000


def watch_view(actor: Person, view: SavedView) -> None:
    """Tell the actor of every issue that comes into the view from now on. Raises `Invalid`."""
    require_watchable(actor, view.query)
    if db.session.get(ViewWatch, (actor.id, view.id)):
        return
    count = db.session.scalar(select(func.count()).where(ViewWatch.person_id == actor.id)) or 0
    if count >= MOST_WATCHED:
        raise Invalid(f"You watch {count} views, and can watch no more. Stop watching one, then watch this.")
    if how_many_found(actor, view.query, MOST_IN_VIEW + 1) > MOST_IN_VIEW:
        raise Invalid(f"This view shows more than {MOST_IN_VIEW:,} issues. Narrow it, then watch it.")
    new = insert_into(ViewWatch).values(person_id=actor.id, view_id=view.id, at=now()).on_conflict_do_nothing()
    db.session.execute(new)
    _look_at_all(Watched(db.session.get_one(ViewWatch, (actor.id, view.id)), view, actor))


def unwatch_view(actor: Person, view: SavedView) -> None:
    """Tell the actor of this view no more."""
    db.session.execute(delete(ViewWatch).where(ViewWatch.person_id == actor.id, ViewWatch.view_id == view.id))


def told_by_views(event_ids: Sequence[int], told: Sequence[Told]) -> list[Told]:
    """Who is told because an issue came into a view; nobody whom `told` tells of the same event."""
    events = events_of(event_ids)
    viewers = viewers_of({event.issue_id for event in events})
    once = {(one.event_id, one.person_id): one for one in told}
    for watched in views_watched_in(set().union(*viewers.values())):
        read = [event for event in events if reads(event, watched.person.company_id, viewers)]
        for one in _told_of(watched, {event.issue_id: event for event in read}):
            once.setdefault((one.event_id, one.person_id), one)
    return list(once.values())[len(told) :]


def _told_of(watched: Watched, last: dict[int, AnyRow]) -> Iterator[Told]:
    """`last` is the last event of each issue that the watcher may read."""
    person = watched.person
    if not last or not is_watchable(person, watched.view.query):
        return
    if watched.view.changed_at > watched.watch.at:
        _look_at_all(watched)
    came = _came_into(watched, last)
    quiet = muted_by(person, came)
    for issue_id in sorted(came - quiet):
        if last[issue_id].person_id != person.id:
            yield Told(last[issue_id].id, issue_id, person.id, person.company_id, Reason.ENTERED)


def _came_into(watched: Watched, issue_ids: Collection[int]) -> set[int]:
    """Which of the issues are in the view and were not; what is there now is kept for the next look."""
    known = known_in(watched.watch, issue_ids)
    found = found_by(watched.person, watched.view.query, issue_ids)
    _forget(watched, known - found)
    return _keep(watched, found - known)


def _keep(watched: Watched, issue_ids: Collection[int]) -> set[int]:
    """Those of the issues that no other worker kept at the same moment."""
    if not issue_ids:
        return set()
    rows = [{"person_id": watched.person.id, "view_id": watched.view.id, "issue_id": one} for one in issue_ids]
    kept = insert_into(WatchedIssue).values(rows).on_conflict_do_nothing().returning(WatchedIssue.issue_id)
    return set(db.session.scalars(kept))


def _forget(watched: Watched, issue_ids: Collection[int]) -> None:
    of_watch = (WatchedIssue.person_id == watched.person.id, WatchedIssue.view_id == watched.view.id)
    db.session.execute(delete(WatchedIssue).where(*of_watch, WatchedIssue.issue_id.in_(issue_ids)))


def _look_at_all(watched: Watched) -> None:
    """Keep what is in the view now, and tell nobody: it is watched from now on, or shows another list than before."""
    of_watch = (WatchedIssue.person_id == watched.person.id, WatchedIssue.view_id == watched.view.id)
    db.session.execute(delete(WatchedIssue).where(*of_watch))
    columns = ["person_id", "view_id", "issue_id"]
    db.session.execute(insert(WatchedIssue).from_select(columns, all_found(watched)))
    watched.watch.at = now()
