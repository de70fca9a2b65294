"""Saving lists of issues as views: naming, sharing, pinning, and handing over what somebody leaves behind."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import count

from sqlalchemy import ColumnElement, and_, delete, func, select, true, update

from tracker.actions.at_once import hold_person, unless_taken
from tracker.clock import now
from tracker.db import db
from tracker.domain.default_views import DefaultView
from tracker.domain.fields import Text, clean_all
from tracker.domain.name_fields import Name
from tracker.domain.names import key_of
from tracker.domain.sentence import Sentence
from tracker.errors import Invalid, NotFound
from tracker.models import Person, SavedView, Scope, ViewPin
from tracker.models.named import new_public_id
from tracker.queries.people import groups_of
from tracker.queries.views import NO_SUCH_VIEW, heir_of, pinned, require_managing, scopes_open_to

NAME = Name(name="name", label="Name", help="What the view shows, in a few words.", max_length=80)
QUERY = Text(
    name="query",
    label="Query",
    help="As in the search box of the list, with its order. Empty shows every issue.",
    max_length=256,
    required=False,
)

MOST_VIEWS = 100
MOST_PINS = 20


def save_view(
    actor: Person,
    name: str,
    query: str,
    columns: Sequence[str] = (),
    *,
    scope: str = Scope.MINE,
    group_id: int | None = None,
) -> SavedView:
    """Keep a list under a name; the door has checked the columns. Raises `Invalid`."""
    hold_person(actor)
    _require_room(actor)
    values, reasons = clean_all((NAME, QUERY), {"name": name, "query": query})
    reasons |= _reasons_of_audience(actor, scope, group_id)
    if reasons:
        raise Invalid(reasons)
    view = SavedView(public_id=new_public_id(), company_id=actor.company_id, person_id=actor.id)
    view.name, view.query, view.columns = str(values["name"]), str(values["query"] or ""), list(columns)
    view.scope, view.group_id = Scope(scope), group_id if scope == Scope.GROUP else None
    view.created_at = view.changed_at = now()
    with _unless_named(view.name, _beside(view, view.scope, view.group_id)):
        db.session.add(view)
    return view


def rename(actor: Person, view: SavedView, name: str) -> None:
    """Give the view another name, for everybody who sees it. Raises `Invalid`."""
    require_managing(actor, view)
    name = _cleaned(NAME, name)
    with _unless_named(name, _beside(view, view.scope, view.group_id)):
        view.name = name
        _changed(view)


def change(actor: Person, view: SavedView, query: str, columns: Sequence[str]) -> None:
    """Let the view show another list; the door has checked the columns. Raises `Invalid`."""
    require_managing(actor, view)
    view.query, view.columns = _cleaned(QUERY, query), list(columns)
    _changed(view)


def share(actor: Person, view: SavedView, scope: str, group_id: int | None = None) -> None:
    """Show the view to more or to fewer; it leaves the home page of whoever no longer sees it. Raises `Invalid`."""
    require_managing(actor, view)
    group_id = group_id if scope == Scope.GROUP else None
    if (scope, group_id) == (view.scope, view.group_id):
        return
    reasons = _reasons_of_audience(actor, scope, group_id)
    if scope == Scope.MINE and view.person_id != actor.id:
        reasons = {"scope": "Only its owner can take this view back for themselves. Show it to your company instead."}
    if reasons:
        raise Invalid(reasons)
    with _unless_named(view.name, _beside(view, scope, group_id)):
        view.scope, view.group_id = Scope(scope), group_id
        _changed(view)


def copy_view(actor: Person, view: SavedView | DefaultView) -> SavedView:
    """The same list as a view of the actor's own, for nobody else. Raises `Invalid`."""
    hold_person(actor)
    name = view.name if isinstance(view, DefaultView) else f"Copy of {view.name}"
    return save_view(actor, _free_name(actor, name), view.query, view.columns)


def delete_view(actor: Person, view: SavedView) -> None:
    """Take the view away from everybody who sees it."""
    require_managing(actor, view)
    db.session.execute(delete(SavedView).where(SavedView.id == view.id))


def pin(actor: Person, view: SavedView) -> ViewPin:
    """Put the view on the actor's home page, after those that are there. Raises `Invalid`."""
    hold_person(actor)
    hold_view(view)
    present = db.session.get(ViewPin, (actor.id, view.id))
    if present:
        return present
    if len(pinned(actor)) >= MOST_PINS:
        raise Invalid(f"Your home page has {MOST_PINS} views, and takes no more. Unpin one, then pin this.")
    last = db.session.scalar(select(func.max(ViewPin.place)).where(ViewPin.person_id == actor.id)) or 0
    new = ViewPin(person_id=actor.id, view_id=view.id, place=last + 1)
    db.session.add(new)
    db.session.flush()
    return new


def pin_default(actor: Person, default: DefaultView) -> SavedView:
    """Pin the actor's own view of the list that a ready-made one shows, made when there is none yet. Raises `Invalid`.

    What it shows decides: its owner may have called it something else.
    """
    hold_person(actor)
    own = select(SavedView).where(SavedView.person_id == actor.id, SavedView.scope == Scope.MINE)
    same = db.session.scalars(own.where(SavedView.query == default.query).order_by(SavedView.id))
    copies = [view for view in same if tuple(view.columns) == default.columns]
    view = copies[0] if copies else copy_view(actor, default)
    pin(actor, view)
    return view


def unpin(actor: Person, view: SavedView) -> None:
    """Take the view from the actor's home page; it is no longer the actor's home either."""
    db.session.execute(delete(ViewPin).where(ViewPin.person_id == actor.id, ViewPin.view_id == view.id))


def set_as_home(actor: Person, view: SavedView) -> None:
    """Let signing in lead the actor to this view, which is pinned with that. Raises `Invalid`."""
    chosen = pin(actor, view)
    clear_home(actor)
    chosen.is_home = True
    db.session.flush()


def clear_home(actor: Person) -> None:
    """Let signing in lead to the home page again; the view stays pinned."""
    hold_person(actor)
    for present in db.session.scalars(select(ViewPin).where(ViewPin.person_id == actor.id, ViewPin.is_home)):
        present.is_home = False
    db.session.flush()


def hand_over_views(person: Person) -> None:
    """Give what somebody who leaves had shared to an administrator of the company; without one it stays as it is.

    Whoever becomes administrator later manages it all the same. What was private stays private.
    """
    heir = heir_of(person)
    if heir:
        shared = update(SavedView).where(SavedView.person_id == person.id, SavedView.scope != Scope.MINE)
        db.session.execute(shared.values(person_id=heir.id))


def hold_view(view: SavedView) -> None:
    """Let whoever deletes the view wait until the transaction ends. Raises `NotFound` for one that is gone."""
    held = select(SavedView.id).where(SavedView.id == view.id).with_for_update(read=True, key_share=True)
    if db.session.scalar(held) is None:
        raise NotFound(NO_SUCH_VIEW)


def _unless_named(name: str, beside: ColumnElement[bool]) -> AbstractContextManager[None]:
    """No two views that stand together have one name."""
    return unless_taken(lambda: _named_already(name, beside), SavedView.name_key)


def _named_already(name: str, beside: ColumnElement[bool]) -> Invalid:
    """By the name of the view that is there, which may be written otherwise."""
    there = db.session.scalars(select(SavedView.name).where(SavedView.name_key == key_of(name), beside)).first()
    template = "There is a view named {name} already for those who see this one. Choose another name."
    return Invalid({"name": Sentence("view-name-taken", template, name=there or name)})


def _beside(view: SavedView, scope: str, group_id: int | None) -> ColumnElement[bool]:
    """The views that it stands with when it is shown so widely: one's own, a group's, the company's, the market's."""
    owners: Mapping[Scope, ColumnElement[bool]] = {
        Scope.MINE: SavedView.person_id == view.person_id,
        Scope.GROUP: SavedView.group_id == group_id,
        Scope.COMPANY: SavedView.company_id == view.company_id,
        Scope.MARKET: true(),
    }
    return and_(SavedView.scope == scope, owners[Scope(scope)])


def _free_name(actor: Person, name: str) -> str:
    """The name, or with the first number behind it that none of the actor's own views has."""
    own = select(SavedView.name_key).where(SavedView.person_id == actor.id, SavedView.scope == Scope.MINE)
    taken = set(db.session.scalars(own))
    tries = (name if number == 1 else f"{name[: NAME.max_length - 6]} ({number})" for number in count(1))
    return next(one for tried in tries if key_of(one := tried[: NAME.max_length]) not in taken)


def _require_room(actor: Person) -> None:
    present = db.session.scalar(select(func.count()).where(SavedView.person_id == actor.id)) or 0
    if present >= MOST_VIEWS:
        raise Invalid(
            f"You have {present} views, and a person can have {MOST_VIEWS}. "
            "Delete one that you no longer need, then save this one."
        )


def _reasons_of_audience(actor: Person, scope: str, group_id: int | None) -> dict[str, str]:
    if scope not in scopes_open_to(actor):
        return {"scope": "You cannot show a view to them. Pick one of those listed."}
    if scope == Scope.GROUP and all(group.id != group_id or group.closed_at for group in groups_of(actor)):
        return {"scope": f"{actor.company.name} has no such group that is open. Pick one of those listed."}
    return {}


def _cleaned(field: Text, raw: str) -> str:
    values, reasons = clean_all((field,), {field.name: raw})
    if reasons:
        raise Invalid(reasons)
    return str(values[field.name] or "")


def _changed(view: SavedView) -> None:
    view.changed_at = now()
    db.session.flush()
