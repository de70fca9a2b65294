"""Looking into the market registry: the checks for somebody who sends a form, and the row that says who looked."""

from collections.abc import Mapping

from tracker.actions.at_once import hold_company
from tracker.clock import market_today, now
from tracker.db import db, insert_into
from tracker.domain.fields import Value
from tracker.domain.sentence import Sentence
from tracker.domain.subtype import Subtype
from tracker.models import Person, RegistryLook
from tracker.queries.checks import Finding, run_checks
from tracker.queries.looks import ENOUGH_TODAY, MOST_A_DAY, has_looked, looks_of, premise_meant
from tracker.queries.registry import registry_is_on


def checked(
    actor: Person, subtype: Subtype, values: Mapping[str, Value], *, besides: int | None = None
) -> list[Finding]:
    """What the checks find, once it is written that the actor looked; `besides` is an issue not to count.

    A company that has looked up enough for one day gets the registry's checks as not checked.
    """
    return run_checks(actor, subtype, values, besides=besides, unasked=look_for(actor, values))


def look_for(actor: Person, values: Mapping[str, Value]) -> Sentence | None:
    """Write that the actor looks up what a form asks about, if that is a premise; why that is not to be."""
    esi_id = premise_meant(actor, values) if registry_is_on() else None
    return look(actor, esi_id) if esi_id else None


def look(actor: Person, esi_id: str) -> Sentence | None:
    """Write that the actor looks this premise up today; why that is not to be, if it is too many."""
    if has_looked(actor, esi_id):
        return None
    hold_company(actor.company_id)  # one at a time counts for it
    looks = looks_of(actor.company, esi_id)
    if not looks.this and looks.premises >= MOST_A_DAY:
        return ENOUGH_TODAY
    row = {"person_id": actor.id, "company_id": actor.company_id, "esi_id": esi_id, "day": market_today()}
    db.session.execute(insert_into(RegistryLook).values(**row, first_at=now()).on_conflict_do_nothing())
    return None
