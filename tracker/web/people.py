"""Managing people and groups: a company administrator's own, and for ERCOT's administrator any company's.

Each view is registered twice, under `/people` for the own company and under `/companies/<DUNS>/people`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import Field as Drawn
from wtforms import RadioField, SelectChoice, StringField  # type: ignore[attr-defined]  # the stubs are of 3.2

from tracker.actions import people as actions
from tracker.actions.absence import ABOUT_AN_ABSENCE, be_away, be_back
from tracker.actions.links import create_link
from tracker.domain.fields import Field
from tracker.domain.permissions import Rank, ranks_at
from tracker.domain.tables import complete
from tracker.models import Company, Person
from tracker.queries.people import (
    company_to_manage,
    deputy_of,
    group_in,
    groups_in,
    open_ownership,
    people_in,
    person_in,
)
from tracker.web.access import Access, access, actor
from tracker.web.form_errors import errors_into
from tracker.web.forms import DomainForm, form_for
from tracker.web.sessions import present_session

pages = Blueprint("people", __name__)

Managing = Callable[..., ResponseReturnValue]

WHAT_RANKS_DO = complete(
    "what ranks do",
    ranks_at(operator=False),
    {
        Rank.READER: "sees the company's issues, changes nothing",
        Rank.ANALYST: "files and works issues",
        Rank.ADMINISTRATOR: "also manages people and groups",
    },
)


def _drawn(field: Field) -> Drawn:
    return StringField(field.label, description=field.help)


class PersonForm(FlaskForm):
    """A person as an administrator sees one."""

    full_name = _drawn(actions.FULL_NAME)
    email = _drawn(actions.EMAIL)
    rank = RadioField(actions.RANK.label, default="analyst", validate_choice=False)

    def offer_ranks(self, company: Company) -> None:
        """The ranks that there are in this company."""
        offered = ranks_at(operator=company.is_operator)
        self.rank.choices = [
            SelectChoice(rank.value, f"{rank.value.capitalize()}: {WHAT_RANKS_DO[rank]}") for rank in offered
        ]


class NewPersonForm(PersonForm):
    """A person who does not exist yet."""

    user_name = _drawn(actions.USER_NAME)


class GroupForm(FlaskForm):
    """The name of a group."""

    name = _drawn(actions.GROUP_NAME)


def managing(rule: str, method: str = "GET") -> Callable[[Managing], Managing]:
    """Register a view for both doors; it gets the company and the address under which its people are."""

    def register(view: Managing) -> Managing:
        @access(Access.COMPANY_ADMINISTRATOR)
        @wraps(view)
        def own(**values: Any) -> ResponseReturnValue:
            return view(actor().company, "/people", **values)

        @access(Access.OPERATOR_ADMINISTRATOR)
        @wraps(view)
        def anybodys(duns: str, **values: Any) -> ResponseReturnValue:
            company = company_to_manage(actor(), duns)
            return view(company, f"/companies/{company.duns}/people", **values)

        pages.add_url_rule(f"/people{rule}", view.__name__, own, methods=[method])
        pages.add_url_rule(f"/companies/<duns>/people{rule}", f"{view.__name__}_of", anybodys, methods=[method])
        return view

    return register


@managing("")
def listing(company: Company, base: str) -> ResponseReturnValue:
    """Everybody of the company."""
    return render_template("people/list.html", company=company, base=base, rows=people_in(actor(), company))


@managing("/new")
def new(company: Company, base: str) -> ResponseReturnValue:
    """The form of a new person."""
    return _new(company, base, NewPersonForm())


@managing("/new", "POST")
def add(company: Company, base: str) -> ResponseReturnValue:
    """Add a person, and show the one-time link once."""
    typed = NewPersonForm()
    with errors_into(typed):
        person = actions.add_person(actor(), company, _values(typed, "user_name", "full_name", "email", "rank"))
        return _link_page(company, base, person)
    return _new(company, base, typed), 422


@managing("/person/<user_name>")
def person(company: Company, base: str, user_name: str) -> ResponseReturnValue:
    """One person, with all that can be done about them."""
    shown = person_in(actor(), company, user_name)
    return _person(company, base, shown, PersonForm(obj=shown))


@managing("/person/<user_name>", "POST")
def save(company: Company, base: str, user_name: str) -> ResponseReturnValue:
    """Change name, e-mail address and rank."""
    shown, here = person_in(actor(), company, user_name), present_session().id
    typed = PersonForm()
    with errors_into(typed):
        actions.edit_person(actor(), shown, _values(typed, "full_name", "email", "rank"), keep=here)
        flash(f"{shown.full_name} is saved.")
        return redirect(f"{base}/person/{user_name}")
    return _person(company, base, shown, typed), 422


@managing("/person/<user_name>/link", "POST")
def link(company: Company, base: str, user_name: str) -> ResponseReturnValue:
    """Make a new one-time link, and show it once."""
    return _link_page(company, base, person_in(actor(), company, user_name))


@managing("/person/<user_name>/deactivate", "POST")
def deactivate(company: Company, base: str, user_name: str) -> ResponseReturnValue:
    """End what the person may do."""
    shown, ending = person_in(actor(), company, user_name), FlaskForm(formdata=None)
    with errors_into(ending):
        given_back = actions.deactivate(actor(), shown)
        flash(f"{shown.full_name} is deactivated. Open issues given back to the company's queue: {given_back}.")
        return redirect(f"{base}/person/{user_name}")
    shown = person_in(actor(), company, user_name)
    return _person(company, base, shown, PersonForm(formdata=None, obj=shown), ending=ending), 422


@managing("/person/<user_name>/reactivate", "POST")
def reactivate(company: Company, base: str, user_name: str) -> ResponseReturnValue:
    """Let the person come in again, and show the one-time link for it."""
    shown = person_in(actor(), company, user_name)
    actions.reactivate(actor(), shown)
    return _link_page(company, base, shown)


@managing("/person/<user_name>/absence", "POST")
def absence(company: Company, base: str, user_name: str) -> ResponseReturnValue:
    """Say until when the person is away and who stands in, or that the person is back."""
    shown = person_in(actor(), company, user_name)
    typed = form_for(ABOUT_AN_ABSENCE, shown)
    with errors_into(typed):
        if "back" in request.form:
            be_back(actor(), shown)
        else:
            be_away(actor(), shown, typed.known())
        flash(f"{shown.full_name} is saved.")
        return redirect(f"{base}/person/{user_name}#absence")
    shown = person_in(actor(), company, user_name)
    return _person(company, base, shown, PersonForm(formdata=None, obj=shown), typed), 422


@managing("/person/<user_name>/sign-out", "POST")
def sign_out(company: Company, base: str, user_name: str) -> ResponseReturnValue:
    """End every session of the person."""
    shown = person_in(actor(), company, user_name)
    actions.sign_out_everywhere(actor(), shown)
    flash(f"{shown.full_name} is signed out everywhere.")
    return redirect(f"{base}/person/{user_name}")


@managing("/groups")
def groups(company: Company, base: str) -> ResponseReturnValue:
    """The work queues of the company."""
    return _groups(company, base, GroupForm())


@managing("/groups", "POST")
def add_group(company: Company, base: str) -> ResponseReturnValue:
    """Open a new group."""
    typed = GroupForm()
    with errors_into(typed):
        group = actions.add_group(actor(), company, _values(typed, "name"))
        flash(f"The group {group.name} is open.")
        return redirect(f"{base}/groups")
    return _groups(company, base, typed), 422


@managing("/groups/<public_id>")
def group(company: Company, base: str, public_id: str) -> ResponseReturnValue:
    """One group, to be renamed."""
    shown = group_in(actor(), company, public_id)
    return render_template("people/group.html", company=company, base=base, group=shown, form=GroupForm(obj=shown))


@managing("/groups/<public_id>", "POST")
def rename_group(company: Company, base: str, public_id: str) -> ResponseReturnValue:
    """Give a group another name."""
    shown = group_in(actor(), company, public_id)
    typed = GroupForm()
    with errors_into(typed):
        actions.rename_group(actor(), shown, _values(typed, "name"))
        flash(f"The group is named {shown.name} now.")
        return redirect(f"{base}/groups")
    return render_template("people/group.html", company=company, base=base, group=shown, form=typed), 422


@managing("/groups/<public_id>/close", "POST")
def close_group(company: Company, base: str, public_id: str) -> ResponseReturnValue:
    """Close a group."""
    shown = group_in(actor(), company, public_id)
    actions.close_group(actor(), shown)
    flash(f"The group {shown.name} is closed. Issues that are in it stay there.")
    return redirect(f"{base}/groups")


@managing("/groups/<public_id>/reopen", "POST")
def reopen_group(company: Company, base: str, public_id: str) -> ResponseReturnValue:
    """Open a closed group again."""
    shown = group_in(actor(), company, public_id)
    actions.reopen_group(actor(), shown)
    flash(f"The group {shown.name} is open again.")
    return redirect(f"{base}/groups")


def _values(typed: FlaskForm, *names: str) -> dict[str, object]:
    return {name: typed[name].data for name in names}


def _new(company: Company, base: str, typed: NewPersonForm) -> str:
    typed.offer_ranks(company)
    return render_template("people/new.html", company=company, base=base, form=typed)


def _person(
    company: Company,
    base: str,
    shown: Person,
    typed: PersonForm,
    away: DomainForm | None = None,
    ending: FlaskForm | None = None,
) -> str:
    """`ending` holds why the person is not deactivated."""
    typed.offer_ranks(company)
    return render_template(
        "people/person.html",
        company=company,
        base=base,
        person=shown,
        form=typed,
        owns=len({party.issue_id for party in open_ownership(shown)}),
        away=away or form_for(ABOUT_AN_ABSENCE, shown, {}),
        ending=ending,
        deputy=deputy_of(shown),
    )


def _groups(company: Company, base: str, typed: GroupForm) -> str:
    return render_template(
        "people/groups.html", company=company, base=base, groups=groups_in(actor(), company), form=typed
    )


def _link_page(company: Company, base: str, shown: Person) -> str:
    """Shown in the answer itself: a page to go to would have to keep the link somewhere."""
    token = create_link(actor(), shown)
    address = f"{current_app.config['TRACKER'].base_url}/sign-in/link/{token}"
    return render_template("people/link.html", company=company, base=base, person=shown, address=address)
