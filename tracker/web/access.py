"""Who may reach a page at all: every view declares it, and what declares nothing is refused.

This guards the door only. Which issues and people a page then shows is decided by the queries.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.domain.permissions import Right
from tracker.domain.tables import complete
from tracker.errors import Forbidden
from tracker.models import Person
from tracker.queries.rights import require
from tracker.web.leading import short_or

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class Access(StrEnum):
    """The policy class of a route (security.md S1)."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    ISSUE = "issue"
    COMPANY_ADMINISTRATOR = "company administrator"
    OPERATOR_ADMINISTRATOR = "operator administrator"
    CLOCK = "clock"


OPEN_TO_ALL = frozenset({Access.PUBLIC, Access.SIGNED_IN, Access.ISSUE})
"""Policies that ask for no right: the queries decide what is shown."""

RIGHT_OF = complete(
    "rights of policies",
    (policy for policy in Access if policy not in OPEN_TO_ALL),
    {
        Access.COMPANY_ADMINISTRATOR: Right.MANAGE_PEOPLE,
        Access.OPERATOR_ADMINISTRATOR: Right.MANAGE_COMPANIES,
        Access.CLOCK: Right.CONFIRM_CLOCK,
    },
)


def access(policy: Access) -> Callable[[View], View]:
    """Declare who may reach a view."""

    def declare(view: View) -> View:
        view.access = policy  # type: ignore[attr-defined]  # read by `policy_of`
        return view

    return declare


def policy_of(app: Flask, endpoint: str) -> Access | None:
    """What the view of an endpoint declares."""
    return getattr(app.view_functions[endpoint], "access", None)


def refuse_unstorable() -> None:
    """An address with a character that no database takes is a mistake or an attempt, never a search."""
    for value in (request.path, *request.args.values()):
        if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
            abort(400, "The address holds a character that cannot be looked up. Remove it and try again.")


def guard_route() -> ResponseReturnValue | None:
    """Before each request: let in whom the view's policy lets in, send strangers to sign in, refuse the rest."""
    if request.endpoint is None:
        return None
    policy = policy_of(current_app, request.endpoint)
    if policy is Access.PUBLIC:
        return None
    if policy is None:
        raise Forbidden("This page declares no policy, so nobody may see it.")
    if not current_user.is_authenticated:
        return redirect(_sign_in_first())
    if policy in RIGHT_OF:
        require(actor(), RIGHT_OF[policy])
    return None


def _sign_in_first() -> str:
    """The form to sign in, which leads back to a page that was asked for."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return short_or(url_for("sign_in.form", next=wanted), url_for("sign_in.form"))


def actor() -> Person:
    """The person who is signed in, as every action and query wants it."""
    person = current_user._get_current_object()
    assert isinstance(person, Person)  # guard_route let nobody else through
    return person
