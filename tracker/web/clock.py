"""The clock, for ERCOT's administrator: what speaks against it, what would happen, and the word that it is right."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.actions.timekeeping import confirm
from tracker.clock import CLOCK
from tracker.queries.clock import due_when_confirmed, known_time
from tracker.web.access import Access, access, actor
from tracker.web.transactions import commit_now

pages = Blueprint("clock", __name__)


@pages.get("/clock")
@access(Access.CLOCK)
def page() -> ResponseReturnValue:
    """What waits to be confirmed, if anything does."""
    known = known_time()
    due = due_when_confirmed(known.asked) if known.asked else None
    return render_template("clock.html", asked=known.asked, due=due, last_seen=known.last_seen, here=CLOCK.wall())


@pages.post("/clock/confirm")
@access(Access.CLOCK)
def say_right() -> ResponseReturnValue:
    """Believe the clock, for what the page showed."""
    confirm(actor(), request.form.get("asked", ""))
    commit_now()
    CLOCK.trust()  # what this request still writes is of the time that was just confirmed
    flash("The clock is confirmed. The worker ends what is due within the next moments.")
    return redirect(url_for("clock.page"))
