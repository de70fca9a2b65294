"""The reader's own account: password, sessions, comforts."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import PasswordField

from tracker.actions.absence import ABOUT_AN_ABSENCE, be_away, be_back
from tracker.actions.hashing import person_taking
from tracker.actions.preferences import choose_mail, choose_time_zone, use_shortcut_keys
from tracker.actions.sessions import end_session
from tracker.actions.sign_in import begin_change, finish_change
from tracker.domain.mail_rules import Pace, pace_of
from tracker.domain.notices import MEANING
from tracker.domain.time_zones import ZONES
from tracker.queries.people import deputy_of
from tracker.queries.sessions import sessions_of
from tracker.web.access import Access, access, actor
from tracker.web.form_errors import errors_into
from tracker.web.forms import DomainForm, form_for
from tracker.web.hashing import passwords
from tracker.web.sessions import forget, present_session, remember_device
from tracker.web.transactions import commit_now

pages = Blueprint("account", __name__)


WAYS = {"password": "with the password", "link": "by a one-time link", "demo": "in the demo"}
"""How a session began, as its person reads it."""


class PasswordForm(FlaskForm):
    """The present password, also of who came by a one-time link and has set one there, and the new one."""

    present = PasswordField("Present password")
    password = PasswordField("New password", description="12 characters or more; a few plain words are good.")


@pages.get("/account")
@access(Access.SIGNED_IN)
def page() -> ResponseReturnValue:
    """Password, sessions and comforts."""
    return _page(PasswordForm())


@pages.post("/account/password")
@access(Access.SIGNED_IN)
def password() -> ResponseReturnValue:
    """Change the password; every other session ends."""
    typed = PasswordForm()
    with errors_into(typed) as refused:
        _change(typed.present.data or "", typed.password.data or "")
        flash("Your password is changed. All your other sessions have ended.")
        return redirect(url_for("account.page"))
    return _page(typed), *refused


@pages.post("/account/sessions/<public_id>/end")
@access(Access.SIGNED_IN)
def end(public_id: str) -> ResponseReturnValue:
    """End one of the reader's own sessions."""
    here = public_id == present_session().public_id
    end_session(actor(), public_id)
    if here:
        forget()
    flash("The session has ended.")
    return redirect(url_for("sign_in.form" if here else "account.page"))


@pages.post("/account/comforts")
@access(Access.SIGNED_IN)
def comforts() -> ResponseReturnValue:
    """Switch the single-key shortcuts on or off."""
    use_shortcut_keys(actor(), "shortcut_keys" in request.form)
    flash("Saved.")
    return redirect(url_for("account.page"))


@pages.post("/account/absence")
@access(Access.SIGNED_IN)
def absence() -> ResponseReturnValue:
    """Be away until a day, with a deputy; or be back."""
    drawn = form_for(ABOUT_AN_ABSENCE, actor())
    with errors_into(drawn):
        if "back" in request.form:
            be_back(actor(), actor())
        else:
            be_away(actor(), actor(), drawn.known())
        flash("Saved.")
        return redirect(url_for("account.page", _anchor="absence"))
    return _page(PasswordForm(formdata=None), drawn), 422


@pages.post("/account/mail")
@access(Access.SIGNED_IN)
def mail() -> ResponseReturnValue:
    """Choose what comes by e-mail, and when."""
    choose_mail(actor(), request.form)
    choose_time_zone(actor(), request.form.get("time_zone", actor().time_zone))
    flash("Saved.")
    return redirect(url_for("account.page", _anchor="mail"))


def _change(present: str, password: str) -> None:
    """Find a place to hash, count the try, keep the count, and change; this browser stays known, no other does."""
    here = present_session().id  # asked before the commit: nothing is open while it hashes
    with passwords().place(person_taking(actor().id)) as place:
        change = begin_change(actor(), password)
        commit_now()
        finish_change(change, present, place, keep=here)
    remember_device(actor())


def _page(typed: PasswordForm, away: DomainForm | None = None) -> str:
    present = present_session()
    return render_template(
        "account/page.html",
        form=typed,
        present=present,
        sessions=sessions_of(actor()),
        ways=WAYS,
        away=away or form_for(ABOUT_AN_ABSENCE, actor(), {}),
        deputy=deputy_of(actor()),
        meaning=MEANING,
        paces=Pace,
        pace_of=pace_of,
        zones=ZONES,
        sends=bool(current_app.config["TRACKER"].smtp),
    )
