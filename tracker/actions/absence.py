"""Being away: until when, and who stands in."""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import select

from tracker.actions.at_once import hold_company
from tracker.clock import market_today
from tracker.db import db
from tracker.domain.fields import Colleague, Day, Field, clean_all
from tracker.domain.permissions import Right
from tracker.errors import Invalid
from tracker.models import Person
from tracker.queries.people import is_away, require_managing
from tracker.queries.rights import may

LONGEST = timedelta(days=366)
UNTIL = Day(name="away_until", label="Away until", help="The last day, as YYYY-MM-DD.")
DEPUTY = Colleague(
    name="deputy", label="Deputy", help="A colleague who works issues: told, too, of what calls for an act."
)
ABOUT_AN_ABSENCE: tuple[Field, ...] = (UNTIL, DEPUTY)


def be_away(actor: Person, person: Person, raw: Mapping[str, object]) -> None:
    """Say until when somebody is away and who stands in: the actor, or one whom the actor manages. Raises `Invalid`."""
    _require_own(actor, person)
    hold_company(person.company_id)
    values, reasons = clean_all(ABOUT_AN_ABSENCE, raw)
    until = date.fromisoformat(str(values["away_until"])) if "away_until" not in reasons else None
    if until and not market_today() <= until <= market_today() + LONGEST:
        reasons["away_until"] = "Give a day from today to a year from now."
    deputy = _deputy(person, str(values["deputy"])) if "deputy" not in reasons else None
    if "deputy" not in reasons and deputy is None:
        reasons["deputy"] = "Pick an active colleague who works issues."
    if deputy and deputy.deputy_id == person.id and is_away(deputy.away_until):
        reasons["deputy"] = f"{deputy.full_name} is away, and {person.full_name} stands in there. Pick somebody else."
    if reasons:
        raise Invalid(reasons)
    person.away_until, person.deputy_id = until, deputy.id if deputy else None


def be_back(actor: Person, person: Person) -> None:
    """End an absence."""
    _require_own(actor, person)
    person.away_until = person.deputy_id = None


def _require_own(actor: Person, person: Person) -> None:
    if actor.id != person.id:
        require_managing(actor, person.company)


def _deputy(person: Person, user_name: str) -> Person | None:
    """Somebody else of the person's company who may press what calls for an act."""
    named = (Person.user_name == user_name, Person.company_id == person.company_id, Person.id != person.id)
    now_standing = select(Person).where(*named, Person.active).execution_options(populate_existing=True)
    deputy = db.session.scalar(now_standing)
    return deputy if deputy and may(deputy, Right.WORK_ISSUES) else None
