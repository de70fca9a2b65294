"""What every template may use: times and values as people read them, the menu, meanings of words."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import Flask, request
from flask_login import AnonymousUserMixin, current_user
from markupsafe import Markup

from tracker.clock import MARKET_ZONE, now
from tracker.db import db
from tracker.domain.permissions import Right
from tracker.domain.roles import Role
from tracker.domain.scanning import SAYS, is_given_out
from tracker.domain.states import MEANING, STATUS_OF
from tracker.domain.workflow import Transition, slug
from tracker.models import Person
from tracker.queries.clock import ASKED
from tracker.queries.market import is_demo
from tracker.queries.rights import may
from tracker.queries.timeline import anchor
from tracker.web.forms import attributes
from tracker.web.offers import options
from tracker.web.words import CSS_OF_STATUS, day, initials, moment, named, size

STYLESHEETS = tuple(
    f"/static/css/{name}.css"
    for name in (
        "tokens",
        "base",
        "layout",
        "forms",
        "tables",
        "search",
        "issue",
        "workflow",
        "guide",
        "views",
        "inbox",
        "print",
    )
)


def init_app(app: Flask) -> None:
    """Register the filters and globals of the templates."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        day=day, moment=_moment, size=size, initials=initials, named=named, slug=slug, anchor=anchor
    )
    app.jinja_env.tests["opening"] = lambda entry: not hasattr(entry, "name")
    app.jinja_env.globals.update(
        stylesheets=STYLESHEETS,
        menu=menu,
        clock_asks=clock_asks,
        status_of=STATUS_OF.__getitem__,
        tones=CSS_OF_STATUS,
        meaning_of_state=MEANING.__getitem__,
        scan_says=SAYS.__getitem__,
        is_given_out=is_given_out,
        consequence=consequence,
        attributes=attributes,
        options=options,
        moment_now=lambda: now().isoformat(),
    )
    app.context_processor(lambda: {"demo_market": is_demo})


def _moment(value: datetime | None) -> Markup:
    """A moment as this reader points at it."""
    return moment(value, ZoneInfo(current_user.time_zone) if current_user.is_authenticated else MARKET_ZONE)


def clock_asks(reader: Person | AnonymousUserMixin) -> bool:
    """Whether the clock waits for this reader to confirm it; known since the session was looked up."""
    return isinstance(reader, Person) and may(reader, Right.CONFIRM_CLOCK) and bool(db.session.info.get(ASKED))


class Entry(NamedTuple):
    """One entry of the main menu; `key` follows `g` on the keyboard; `unread` is said beside it."""

    address: str
    label: str
    key: str = ""
    unread: int = 0


def menu(reader: Person | AnonymousUserMixin) -> Sequence[tuple[Entry, bool]]:
    """The main menu, only what the reader may open, and whether the page shown belongs to the entry."""
    entries = _entries(reader) if isinstance(reader, Person) else [Entry("/guide", "Guide")]
    path = request.path
    fitting = [entry for entry in entries if path == entry.address or path.startswith(f"{entry.address.rstrip('/')}/")]
    here = max(fitting, key=lambda entry: len(entry.address), default=None)
    return [(entry, entry is here and (entry.address != "/" or path == "/")) for entry in entries]


def _entries(person: Person) -> Sequence[Entry]:
    shown = [
        Entry("/", "Home"),
        Entry("/inbox", "Inbox", "inbox", person.unread),
        Entry("/issues", "Issues", "list"),
    ]
    if may(person, Right.WORK_ISSUES):
        shown.append(Entry("/issues/new", "New issue", "new"))
    shown += [Entry("/views", "Views"), Entry("/guide", "Guide")]
    if may(person, Right.MANAGE_PEOPLE):
        shown.append(Entry("/people", "People"))
    if may(person, Right.MANAGE_COMPANIES):
        shown.append(Entry("/companies", "Companies"))
    return shown


def consequence(button: Transition, turn: Role | None) -> str:
    """What stands under a button: who acts when it is pressed."""
    if not button.to:
        return "stays as it is"
    return f"then {turn} acts" if turn else "ends the issue"
