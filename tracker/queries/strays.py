"""Hits of the index that the database refuses: none are shown, and each is a reason to look at the index."""

from collections.abc import Iterator
from functools import lru_cache

from sqlalchemy import Select, bindparam, func, select

from tracker.db import db
from tracker.models import Issue, Person
from tracker.queries.meaning import All, AnyOf, Found, Part
from tracker.queries.plans import Plan
from tracker.queries.shapes import Among
from tracker.queries.visibility import VIEWER, company_sees
from tracker.search import Amount, Engine

MOST = 100


def count_strays(actor: Person, plan: Plan, engine: Engine) -> int:
    """How many issues the engine gave to the actor's company that it does not see; counted up to `MOST`.

    The operator sees every issue: there is nothing to count.
    """
    if actor.company.is_operator:
        return 0
    return sum(
        db.session.scalar(
            _strays(engine.among, found.amounts[-1]), {"viewer": actor.company_id, "found": found.tiers[-1]}
        )
        or 0
        for found in _found(plan.whole)
    )


def _found(part: Part) -> Iterator[Found]:
    match part:
        case Found():
            yield part
        case All(parts) | AnyOf(parts):
            for one in parts:
                yield from _found(one)


@lru_cache(maxsize=8)
def _strays(among: Among, amount: Amount) -> Select[int]:
    strays = select(Issue.id).where(among(bindparam("found"), amount), ~company_sees(VIEWER)).limit(MOST)
    return select(func.count()).select_from(strays.subquery())
