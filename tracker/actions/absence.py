"""Being away: until when, and who stands in."""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import select

from tracker.clock import market_today
from tracker.db import db
from tracker.domain.fields import Day, Field, OwnPerson, clean_all
from tracker.errors import Invalid
from tracker.models import Person

LONGEST = timedelta(days=366)
UNTIL = Day(name="away_until", label="Away until", help="The last day, as YYYY-MM-DD.")
DEPUTY = OwnPerson(name="deputy", label="Deputy", help="Who is told, too, of what calls for an act of yours.")
ABOUT_AN_ABSENCE: tuple[Field, ...] = (UNTIL, DEPUTY)


def be_away(actor: Person, raw: Mapping[str, object]) -> None:
    """Say until when the actor is away and who stands in. Raises `Invalid`."""
    values, reasons = clean_all(ABOUT_AN_ABSENCE, raw)
    until = date.fromisoformat(str(values["away_until"])) if "away_until" not in reasons else None
    if until and not market_today() <= until <= market_today() + LONGEST:
        reasons["away_until"] = "Give a day from today to a year from now."
    deputy = _colleague(actor, str(values["deputy"])) if "deputy" not in reasons else None
    if "deputy" not in reasons and deputy is None:
        reasons["deputy"] = "Pick an active colleague of your company, not yourself."
    if deputy and deputy.deputy_id == actor.id and is_away(deputy):
        reasons["deputy"] = f"{deputy.full_name} is away, and you stand in there. Pick somebody else."
    if reasons:
        raise Invalid(reasons)
    actor.away_until, actor.deputy_id = until, deputy.id if deputy else None


def be_back(actor: Person) -> None:
    """End the actor's absence."""
    actor.away_until = actor.deputy_id = None


def is_away(person: Person) -> bool:
    """Away today, by the market's calendar."""
    return person.away_until is not None and person.away_until >= market_today()


def _colleague(actor: Person, user_name: str) -> Person | None:
    own = (Person.company_id == actor.company_id, Person.id != actor.id, Person.active)
    return db.session.scalar(select(Person).where(Person.user_name == user_name, *own))
