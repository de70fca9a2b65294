"""Saved views: the page of all that the reader sees, the form of one, and what is pressed beside each."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, SelectMultipleField, StringField  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.widgets import CheckboxInput

from tracker.actions import views as actions
from tracker.actions.view_watching import unwatch_view, watch_view
from tracker.clock import in_market
from tracker.domain.default_views import DefaultView
from tracker.domain.query_language import QueryError
from tracker.domain.sentence import Sentence
from tracker.domain.tables import complete
from tracker.domain.watching import Trouble, sentence_of
from tracker.errors import Invalid
from tracker.models import SavedView, Scope
from tracker.queries.asking import asking, refusal_of
from tracker.queries.people import groups_of
from tracker.queries.views import (
    ViewRow,
    default_view_for,
    default_views_of,
    may_manage,
    require_managing,
    scopes_open_to,
    view_for,
    views_of,
)
from tracker.queries.watched_views import is_watchable, trouble_with
from tracker.web.access import Access, access, actor
from tracker.web.columns import COLUMNS
from tracker.web.form_errors import errors_into

pages = Blueprint("views", __name__)

LABELS: Mapping[Scope, str] = complete(
    "labels of scopes",
    Scope,
    {
        Scope.MINE: "Only me",
        Scope.GROUP: "{company}, under {group}",
        Scope.COMPANY: "{company}",
        Scope.MARKET: "The whole market",
    },
)
"""Whom a view can be shown to, in its form."""

TITLES: Mapping[Scope, str] = complete(
    "titles of scopes",
    Scope,
    {Scope.MINE: "Mine", Scope.GROUP: "{group}", Scope.COMPANY: "{company}", Scope.MARKET: "The whole market"},
)
"""What the views of a scope stand under, on the page of all."""


class ViewForm(FlaskForm):
    """A view as its owner sees it. Its ids begin with `view`, for it also stands on the list, beside other forms."""

    name = StringField(actions.NAME.label, description=actions.NAME.help, id="view-name")
    scope = SelectField("Who sees it", description="Who finds it under Views.", id="view-scope", validate_choice=False)
    query = StringField(actions.QUERY.label, description=actions.QUERY.help, id="view-query")
    columns = SelectMultipleField(
        "Columns",
        description="None chosen shows the usual ones.",
        id="view-columns",
        choices=[SelectChoice(name, column.label) for name, column in COLUMNS.items()],
        option_widget=CheckboxInput(),
        validate_choice=False,
    )


def address_of(view: SavedView | DefaultView) -> str:
    """The list that a view shows."""
    public_id = view.public_id if isinstance(view, SavedView) else ""
    parts = {"q": view.query, "column": view.columns, "view": public_id}
    return "/issues?" + urlencode({name: part for name, part in parts.items() if part}, doseq=True)


def save_form(query: str, columns: Iterable[str]) -> ViewForm:
    """The form that saves a list, for `views/_save.html`; its template knows it as `save`."""
    return _offering(ViewForm(formdata=None, query=query, columns=_known(columns)))


@pages.get("/views")
@access(Access.SIGNED_IN)
def listing() -> ResponseReturnValue:
    """Every view that the reader sees, and the ready-made ones."""
    sections = views_of(actor())
    return render_template(
        "views/list.html",
        sections=sections,
        own=any(section.scope is Scope.MINE for section in sections),
        defaults=default_views_of(actor()),
        address_of=address_of,
        may_manage=lambda view: may_manage(actor(), view),
        is_watchable=lambda view: is_watchable(actor(), view.query),
        trouble=_trouble,
        title_of=lambda section: TITLES[section.scope].format(company=actor().company.name, group=section.group),
    )


@pages.get("/views/new")
@access(Access.SIGNED_IN)
def new() -> ResponseReturnValue:
    """The form of a new view; the address may bring its query and columns."""
    return _new(save_form(request.args.get("query", ""), request.args.getlist("columns")))


@pages.post("/views/new")
@access(Access.SIGNED_IN)
def save() -> ResponseReturnValue:
    """Save a view, and go to what it shows."""
    typed = ViewForm()
    with errors_into(typed):
        scope, group_id = _audience(typed)
        view = actions.save_view(actor(), *_named(typed), scope=scope, group_id=group_id)
        flash(f"The view {view.name} is saved. Pin it, or set it as home, under Views.")
        return redirect(address_of(view))
    return _new(_offering(typed)), 422


@pages.get("/views/<public_id>")
@access(Access.SIGNED_IN)
def form(public_id: str) -> ResponseReturnValue:
    """One view, to be renamed, changed, shared and deleted."""
    view = view_for(actor(), public_id)
    require_managing(actor(), view)
    typed = ViewForm(name=view.name, scope=_option_of(view), query=view.query, columns=view.columns)
    return _edit(view, typed)


@pages.post("/views/<public_id>")
@access(Access.SIGNED_IN)
def edit(public_id: str) -> ResponseReturnValue:
    """Rename a view, change what it shows, and show it to others."""
    view, typed = view_for(actor(), public_id), ViewForm()
    with errors_into(typed):
        name, query, columns = _named(typed)
        actions.rename(actor(), view, name)
        actions.change(actor(), view, query, columns)
        actions.share(actor(), view, *_audience(typed))
        flash(f"The view {view.name} is saved.")
        return redirect("/views")
    return _edit(view, typed), 422


@pages.post("/views/<public_id>/list")
@access(Access.SIGNED_IN)
def change(public_id: str) -> ResponseReturnValue:
    """Let the view show the list that was sent, under the name and for the people that it has."""
    view = view_for(actor(), public_id)
    actions.change(actor(), view, request.form.get("query", ""), _known(request.form.getlist("columns")))
    flash(f"The view {view.name} shows this list now.")
    return redirect(address_of(view))


@pages.post("/views/<public_id>/copy")
@access(Access.SIGNED_IN)
def copy(public_id: str) -> ResponseReturnValue:
    """Make an own view of the same list."""
    return _to_copy(actions.copy_view(actor(), view_for(actor(), public_id)))


@pages.post("/views/<public_id>/delete")
@access(Access.SIGNED_IN)
def delete(public_id: str) -> ResponseReturnValue:
    """Take the view away from everybody."""
    view = view_for(actor(), public_id)
    actions.delete_view(actor(), view)
    return _back(f"The view {view.name} is deleted.")


@pages.post("/views/<public_id>/pin")
@access(Access.SIGNED_IN)
def pin(public_id: str) -> ResponseReturnValue:
    """Put the view on the reader's home page."""
    view = view_for(actor(), public_id)
    actions.pin(actor(), view)
    return _back(f"The view {view.name} is on your home page.")


@pages.post("/views/<public_id>/unpin")
@access(Access.SIGNED_IN)
def unpin(public_id: str) -> ResponseReturnValue:
    """Take the view from the reader's home page."""
    view = view_for(actor(), public_id)
    actions.unpin(actor(), view)
    return _back(f"The view {view.name} is no longer on your home page.")


@pages.post("/views/<public_id>/watch")
@access(Access.SIGNED_IN)
def watch(public_id: str) -> ResponseReturnValue:
    """Tell the reader of every issue that comes into the view."""
    view = view_for(actor(), public_id)
    try:
        with asking(view.query):
            watch_view(actor(), view)
    except QueryError as wrong:
        raise Invalid(wrong.message) from wrong
    return _back(f"You are told of every issue that comes into {view.name} from now on.")


@pages.post("/views/<public_id>/unwatch")
@access(Access.SIGNED_IN)
def unwatch(public_id: str) -> ResponseReturnValue:
    """Tell the reader of this view no more."""
    view = view_for(actor(), public_id)
    unwatch_view(actor(), view)
    return _back(f"You no longer watch {view.name}.")


@pages.post("/views/<public_id>/home")
@access(Access.SIGNED_IN)
def set_as_home(public_id: str) -> ResponseReturnValue:
    """Let signing in lead the reader to this view."""
    view = view_for(actor(), public_id)
    actions.set_as_home(actor(), view)
    return _back(f"Signing in leads you to {view.name} now, and it stands first on your home page.")


@pages.post("/views/home/clear")
@access(Access.SIGNED_IN)
def clear_home() -> ResponseReturnValue:
    """Let signing in lead to the home page again."""
    actions.clear_home(actor())
    return _back("Signing in leads you to the home page again.")


@pages.post("/views/default/<key>/copy")
@access(Access.SIGNED_IN)
def copy_default(key: str) -> ResponseReturnValue:
    """Make an own view of a ready-made one."""
    return _to_copy(actions.copy_view(actor(), default_view_for(actor(), key)))


@pages.post("/views/default/<key>/pin")
@access(Access.SIGNED_IN)
def pin_default(key: str) -> ResponseReturnValue:
    """Put an own copy of a ready-made view on the reader's home page."""
    view = actions.pin_default(actor(), default_view_for(actor(), key))
    return _back(f"The view {view.name} is on your home page, as a view of your own.")


def _trouble(row: ViewRow) -> Sentence | None:
    """Why nothing of a view is told that the reader watches, if so."""
    trouble = trouble_with(actor(), row.view, row.watch) if row.watch else None
    if row.watch is None or trouble is None:
        return None
    refusal = refusal_of(actor(), row.view.query) if trouble is Trouble.NOT_UNDERSTOOD else None
    return sentence_of(
        trouble,
        in_market(row.watch.failing_since or row.view.changed_at).date(),
        why=refusal.message if refusal else "",
        owner="" if may_manage(actor(), row.view) else row.owner,
    )


def _new(typed: ViewForm) -> str:
    return render_template("views/new.html", form=typed)


def _edit(view: SavedView, typed: ViewForm) -> str:
    return render_template("views/edit.html", view=view, form=_offering(typed, view), address=address_of(view))


def _to_copy(copied: SavedView) -> ResponseReturnValue:
    flash("This view is your own. Give it another name, and change it as you like.")
    return redirect(f"/views/{copied.public_id}")


def _back(said: str) -> ResponseReturnValue:
    flash(said)
    return redirect("/views")


def _named(typed: ViewForm) -> tuple[str, str, list[str]]:
    return typed.name.data or "", typed.query.data or "", _known(typed.columns.data or ())


def _known(columns: Iterable[str]) -> list[str]:
    """The columns that there are; a name sent twice or bent is left out, as the list does."""
    return [name for name in dict.fromkeys(columns) if name in COLUMNS]


def _audience(typed: ViewForm) -> tuple[str, int | None]:
    """The scope and the group of an option such as `company`, or `group:` with the address of a group."""
    scope, _, address = (typed.scope.data or "").partition(":")
    found = (group.id for group in groups_of(actor()) if group.public_id == address) if address else iter(())
    return scope, next(found, None)


def _option_of(view: SavedView) -> str:
    if view.scope != Scope.GROUP:
        return view.scope
    return next(f"group:{group.public_id}" for group in groups_of(actor()) if group.id == view.group_id)


def _offering(typed: ViewForm, view: SavedView | None = None) -> ViewForm:
    """The form with those whom the actor may show a view to; what the view has already stays on offer."""
    scopes = {*scopes_open_to(actor()), *([view.scope] if view else ())}
    if view and view.person_id != actor().id:
        scopes.discard(Scope.MINE)
    typed.scope.choices = [choice for scope in Scope if scope in scopes for choice in _choices(scope, view)]
    return typed


def _choices(scope: Scope, view: SavedView | None) -> list[SelectChoice]:
    company = actor().company.name
    if scope is not Scope.GROUP:
        return [SelectChoice(scope.value, LABELS[scope].format(company=company))]
    offered = [group for group in groups_of(actor()) if not group.closed_at or (view and group.id == view.group_id)]
    return [
        SelectChoice(f"group:{group.public_id}", LABELS[scope].format(company=company, group=group.name))
        for group in offered
    ]
