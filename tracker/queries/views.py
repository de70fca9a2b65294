"""Questions about saved views: which ones somebody sees, may manage, and has pinned.

`shown_to` is the whole of their visibility: no view, and no name of one, is told to another company but ERCOT's
views for the market.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select

from tracker.db import db
from tracker.domain.default_views import DEFAULT_VIEWS, DefaultView
from tracker.domain.permissions import Rank, Right
from tracker.domain.roles import CompanyKind
from tracker.domain.tables import complete
from tracker.errors import Forbidden, NotFound
from tracker.models import Person, SavedView, Scope, ViewPin, ViewWatch, WorkGroup
from tracker.queries.rights import may

NO_SUCH_VIEW = "There is no such view, or it is not shown to you. Your views are on the page Views."

RIGHT_TO_SHOW: Mapping[Scope, Right | None] = complete(
    "rights to show views",
    Scope,
    {
        Scope.MINE: None,
        Scope.GROUP: Right.SHARE_VIEWS,
        Scope.COMPANY: Right.SHARE_VIEWS,
        Scope.MARKET: Right.PUBLISH_VIEWS,
    },
)
"""What it takes to show a view so widely, from the narrowest on."""


class ViewRow(NamedTuple):
    """A view on the page of views: whose it is, the group that it stands under, the reader's pin and watch."""

    view: SavedView
    owner: str
    group: str | None
    pin: ViewPin | None
    watch: ViewWatch | None


class ViewSection(NamedTuple):
    """The views of one scope, and of one group where the scope is a group's."""

    scope: Scope
    group: str | None
    rows: Sequence[ViewRow]


class PinnedView(NamedTuple):
    """A view on the reader's home page."""

    view: SavedView
    is_home: bool


def views_of(actor: Person) -> list[ViewSection]:
    """What the actor sees: own views, those under each group, the company's, the market's; each by name."""
    statement = (
        select(SavedView, Person.full_name, WorkGroup.name, ViewPin, ViewWatch)
        .join(Person, Person.id == SavedView.person_id)
        .outerjoin(WorkGroup, WorkGroup.id == SavedView.group_id)
        .outerjoin(ViewPin, and_(ViewPin.view_id == SavedView.id, ViewPin.person_id == actor.id))
        .outerjoin(ViewWatch, and_(ViewWatch.view_id == SavedView.id, ViewWatch.person_id == actor.id))
        .where(_seen_by(actor))
    )
    rows = sorted((ViewRow(*row) for row in db.session.execute(statement)), key=_place_on_page)
    return [
        ViewSection(Scope(scope), group, list(of_one))
        for (scope, _, group), of_one in groupby(rows, key=lambda row: (row.view.scope, row.view.group_id, row.group))
    ]


def view_for(actor: Person, public_id: str) -> SavedView:
    """A view that the actor sees; a foreign and an absent one are one answer."""
    view: SavedView | None = db.session.scalar(
        select(SavedView).where(SavedView.public_id == public_id, _seen_by(actor))
    )
    if view is None:
        raise NotFound(NO_SUCH_VIEW)
    return view


def pinned(actor: Person) -> list[PinnedView]:
    """The views that the actor pinned, first pinned first, as far as the actor still sees them."""
    statement = (
        select(SavedView, ViewPin.is_home)
        .join(ViewPin, ViewPin.view_id == SavedView.id)
        .where(ViewPin.person_id == actor.id, _seen_by(actor))
        .order_by(ViewPin.place, SavedView.id)
    )
    return [PinnedView(*row) for row in db.session.execute(statement)]


def home_view(actor: Person) -> SavedView | None:
    """Where signing in leads the actor, if one was chosen and is still shown to the actor."""
    return next((pin.view for pin in pinned(actor) if pin.is_home), None)


def default_views_of(actor: Person) -> Sequence[DefaultView]:
    """The ready-made views of the actor's kind of company."""
    return DEFAULT_VIEWS[CompanyKind(actor.company.kind)]


def default_view_for(actor: Person, key: str) -> DefaultView:
    """A ready-made view of the actor's kind of company. Raises `NotFound`."""
    for view in default_views_of(actor):
        if view.key == key:
            return view
    raise NotFound(NO_SUCH_VIEW)


def may_manage(actor: Person, view: SavedView) -> bool:
    """The owner may, and for a view that is shared an administrator of its company."""
    shared_here = view.scope != Scope.MINE and view.company_id == actor.company_id
    return view.person_id == actor.id or (shared_here and may(actor, Right.MANAGE_VIEWS))


def require_managing(actor: Person, view: SavedView) -> None:
    """Raise `Forbidden` unless the actor may rename, change, share and delete the view."""
    if not may_manage(actor, view):
        raise Forbidden(
            "Only its owner and the administrators of its company may change this view. "
            "Copy it, and change the copy as you like."
        )


def scopes_open_to(actor: Person) -> tuple[Scope, ...]:
    """How widely the actor may show a view, from the narrowest on."""
    return tuple(scope for scope, right in RIGHT_TO_SHOW.items() if right is None or may(actor, right))


def heir_of(person: Person) -> Person | None:
    """Who takes over what the person shared: the administrator of the company who is there longest."""
    statement = select(Person).where(
        Person.company_id == person.company_id,
        Person.rank == Rank.ADMINISTRATOR,
        Person.active,
        Person.id != person.id,
    )
    return db.session.scalars(statement.order_by(Person.created_at, Person.id).limit(1)).first()


def shown_to(person_id: Any, company_id: Any) -> ColumnElement[bool]:
    """The condition on views that this person of this company sees them."""
    return or_(
        and_(SavedView.scope == Scope.MINE, SavedView.person_id == person_id),
        and_(SavedView.scope.in_((Scope.GROUP, Scope.COMPANY)), SavedView.company_id == company_id),
        SavedView.scope == Scope.MARKET,
    )


def _seen_by(actor: Person) -> ColumnElement[bool]:
    return shown_to(actor.id, actor.company_id)


def _place_on_page(row: ViewRow) -> tuple[int, str, int, str, int]:
    scopes = list(Scope)
    return scopes.index(Scope(row.view.scope)), row.group or "", row.view.group_id or 0, row.view.name_key, row.view.id
