"""Managing the companies of the market, for ERCOT's administrator."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import DateField, SelectChoice, SelectField, StringField  # type: ignore[attr-defined]  # the stubs are of 3.2

from tracker.actions import companies as actions
from tracker.clock import market_today
from tracker.domain.roles import CompanyKind
from tracker.models import Company
from tracker.queries.companies import companies_with_people
from tracker.queries.people import company_to_manage
from tracker.web.access import Access, access, actor
from tracker.web.form_errors import errors_into

pages = Blueprint("companies", __name__)


class CompanyForm(FlaskForm):
    """What can be changed about a company."""

    name = StringField(actions.NAME.label, description=actions.NAME.help)
    legal_name = StringField(actions.LEGAL_NAME.label, description=actions.LEGAL_NAME.help)


class NewCompanyForm(CompanyForm):
    """A company that is new to the market; ERCOT is there already."""

    duns = StringField(actions.DUNS.label, description=actions.DUNS.help)
    kind = SelectField(
        actions.KIND.label,
        description=actions.KIND.help,
        choices=[SelectChoice(kind.value) for kind in CompanyKind if kind is not CompanyKind.ERCOT],
        validate_choice=False,
    )


class LeftForm(FlaskForm):
    """The last day of a company in the market."""

    left_on = DateField(actions.LEFT_ON.label, description=actions.LEFT_ON.help)


@pages.get("/companies")
@access(Access.OPERATOR_ADMINISTRATOR)
def listing() -> ResponseReturnValue:
    """Every company that is or was in the market."""
    return _listing(NewCompanyForm())


@pages.post("/companies")
@access(Access.OPERATOR_ADMINISTRATOR)
def add() -> ResponseReturnValue:
    """Add a company; its first administrator comes next."""
    typed = NewCompanyForm()
    with errors_into(typed):
        values = {name: typed[name].data for name in ("duns", "name", "legal_name", "kind")}
        company = actions.add_company(actor(), values)
        flash(f"{company.name} is in the market. Add its first administrator now.")
        return redirect(f"/companies/{company.duns}/people/new")
    return _listing(typed), 422


@pages.get("/companies/<duns>")
@access(Access.OPERATOR_ADMINISTRATOR)
def company(duns: str) -> ResponseReturnValue:
    """One company."""
    shown = company_to_manage(actor(), duns)
    return _company(shown, CompanyForm(obj=shown), LeftForm(left_on=market_today()))


@pages.post("/companies/<duns>")
@access(Access.OPERATOR_ADMINISTRATOR)
def rename(duns: str) -> ResponseReturnValue:
    """Change the names of a company."""
    shown = company_to_manage(actor(), duns)
    typed = CompanyForm()
    with errors_into(typed):
        actions.rename_company(actor(), shown, {"name": typed.name.data, "legal_name": typed.legal_name.data})
        flash(f"{shown.name} is saved.")
        return redirect(url_for("companies.company", duns=duns))
    return _company(shown, typed, LeftForm(formdata=None, left_on=market_today())), 422


@pages.post("/companies/<duns>/leave")
@access(Access.OPERATOR_ADMINISTRATOR)
def leave(duns: str) -> ResponseReturnValue:
    """Mark a company as having left the market."""
    shown = company_to_manage(actor(), duns)
    typed = LeftForm()
    with errors_into(typed):
        actions.leave_market(actor(), shown, {"left_on": " ".join(typed.left_on.raw_data or [])})
        flash(f"{shown.name} has left the market.")
        return redirect(url_for("companies.company", duns=duns))
    return _company(shown, CompanyForm(formdata=None, obj=shown), typed), 422


@pages.post("/companies/<duns>/return")
@access(Access.OPERATOR_ADMINISTRATOR)
def come_back(duns: str) -> ResponseReturnValue:
    """Undo that a company left."""
    shown = company_to_manage(actor(), duns)
    actions.return_to_market(actor(), shown)
    flash(f"{shown.name} is in the market again.")
    return redirect(url_for("companies.company", duns=duns))


def _listing(typed: NewCompanyForm) -> str:
    return render_template("companies/list.html", rows=companies_with_people(), form=typed)


def _company(shown: Company, typed: CompanyForm, left: LeftForm) -> str:
    return render_template("companies/company.html", company=shown, form=typed, left=left)
