"""Signing in and out: by password, by a one-time link, and in a demo market by one press."""

import ipaddress
import re
from itertools import groupby
from urllib.parse import unquote

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField

from tracker.actions import sign_in as actions
from tracker.actions.hashing import person_taking
from tracker.actions.links import begin_link, link_holder, use_link
from tracker.actions.sessions import sign_out
from tracker.actions.sign_in import SignedIn
from tracker.errors import NotFound
from tracker.models import Person
from tracker.queries.market import is_demo
from tracker.queries.sessions import people_to_try, person_named
from tracker.queries.views import home_view
from tracker.web.access import Access, access
from tracker.web.form_errors import errors_into
from tracker.web.hashing import passwords
from tracker.web.leading import short_or
from tracker.web.sessions import device_token, forget, present_session, remember_device, sign_in_here
from tracker.web.transactions import commit_now
from tracker.web.views import address_of

pages = Blueprint("sign_in", __name__)


class SignInForm(FlaskForm):
    """Who, and the proof."""

    user_name = StringField("User name")
    password = PasswordField("Password")


class NewPasswordForm(FlaskForm):
    """A password to be set; typed once, because what is typed can be shown."""

    password = PasswordField("New password", description="12 characters or more; a few plain words are good.")


@pages.get("/sign-in")
@access(Access.PUBLIC)
def form() -> ResponseReturnValue:
    """The form to sign in, and in a demo market its people."""
    if current_user.is_authenticated:
        return redirect(own_path(request.args.get("next", "")))
    return _form(SignInForm())


@pages.post("/sign-in")
@access(Access.PUBLIC)
def send() -> ResponseReturnValue:
    """Sign in by password."""
    typed = SignInForm()
    with errors_into(typed) as refused:
        return _welcome(_by_password(typed.user_name.data or "", typed.password.data or ""), "password")
    return _form(typed), *refused


@pages.post("/sign-out")
@access(Access.SIGNED_IN)
def leave() -> ResponseReturnValue:
    """End this session, here and on the server."""
    sign_out(present_session())
    forget()
    flash("You are signed out.")
    return redirect(url_for("sign_in.form"))


@pages.get("/sign-in/link/<token>")
@access(Access.PUBLIC)
def link(token: str) -> ResponseReturnValue:
    """Where a one-time link leads: looking at it does not use it up."""
    return render_template("sign_in/link.html", person=link_holder(token), form=NewPasswordForm())


@pages.post("/sign-in/link/<token>")
@access(Access.PUBLIC)
def follow_link(token: str) -> ResponseReturnValue:
    """Set the password and sign in."""
    typed = NewPasswordForm()
    with errors_into(typed) as refused:
        return _welcome(_by_link(token, typed.password.data or ""), "link")
    return render_template("sign_in/link.html", person=link_holder(token), form=typed), *refused


@pages.post("/sign-in/demo")
@access(Access.PUBLIC)
def demo() -> ResponseReturnValue:
    """Sign in as one of the people of a demo market; anywhere else there is no such page."""
    person = person_named(request.form.get("user_name", "")) if _offers_people() else None
    if person is None or not person.active or person.is_system:
        raise NotFound("There is no such page.")
    sign_in_here(person, "demo")
    return redirect(_first_page(person, request.form.get("next", "")))


def own_path(wanted: str) -> str:
    """`wanted` when it is a short path of ours, else home (security.md S31). `//host` and `/\\host` are elsewhere."""
    for read in (wanted, unquote(wanted), unquote(unquote(wanted))):
        if not re.fullmatch(r"/(?![/\\])[^\\\x00-\x20\x7f]*", read) or read.startswith("/sign-in"):
            return url_for("home.page")
    return short_or(wanted, url_for("home.page"))


def _by_password(user_name: str, password: str) -> SignedIn:
    """Find a place to hash, then count the try, and keep the count before the password is looked at."""
    attempt = actions.attempt_of(user_name, address=request.remote_addr or "", device_token=device_token())
    with passwords().place(attempt.taker) as place:
        counted = actions.begin_attempt(attempt)
        commit_now()
        return actions.finish_attempt(attempt, counted, password, place)


def _by_link(token: str, password: str) -> SignedIn:
    opening = begin_link(token, password)
    with passwords().place(person_taking(opening.person_id)) as place:
        commit_now()
        return use_link(opening, place)


def _welcome(signed_in: SignedIn, method: str) -> ResponseReturnValue:
    """A second factor will be asked for here, before the session begins (docs/decisions/0010)."""
    sign_in_here(signed_in.person, method)
    remember_device(signed_in.person)
    return redirect(_first_page(signed_in.person, request.args.get("next", "")))


def _first_page(person: Person, wanted: str) -> str:
    """Where signing in leads: to the page asked for; for no page but home, to the view chosen as home."""
    path = own_path(wanted)
    view = home_view(person) if path == url_for("home.page") else None
    return address_of(view) if view else path


def _form(typed: SignInForm) -> str:
    people = people_to_try() if _offers_people() else ()
    by_company = [(company, list(group)) for company, group in groupby(people, key=_company)]
    return render_template("sign_in/form.html", form=typed, by_company=by_company, next=request.args.get("next", ""))


def _company(person: Person) -> object:
    return person.company


def _offers_people() -> bool:
    """Only in a database that `demo` made, served on loopback, to somebody on this machine."""
    if not current_app.config["TRACKER"].on_loopback or not is_demo():
        return False
    return ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback  # noqa: S104 - an address that is not ours
