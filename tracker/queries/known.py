"""Whom a name in a query means: companies of the market, people and groups of the reader's company."""

from functools import cache

from sqlalchemy import bindparam, select

from tracker.db import AnySelect, db
from tracker.domain.identifiers import TAIL
from tracker.domain.search_keys import begins, slug
from tracker.models import Company, Person, WorkGroup
from tracker.queries.visibility import VIEWER


def companies_meant(typed: str) -> tuple[int, ...]:
    """The companies of this DUNS or name; else those whose name has words that begin so, or whose DUNS does."""
    rows = db.session.execute(_companies()).all()
    wanted = slug(typed)
    exact = tuple(row.id for row in rows if wanted in (row.duns, slug(row.name), slug(row.legal_name)))
    if exact or not wanted:
        return exact
    if wanted.isdigit():
        ends = wanted if len(wanted) == TAIL else "no DUNS ends so"
        return tuple(row.id for row in rows if row.duns.startswith(wanted) or row.duns.endswith(ends))
    return tuple(row.id for row in rows if begins(row.name, typed) or begins(row.legal_name, typed))


def people_meant(actor: Person, typed: str) -> tuple[int, ...]:
    """The people of the actor's company of this user name or name, also those who left."""
    rows = db.session.execute(_people(), {"viewer": actor.company_id}).all()
    exact = tuple(row.id for row in rows if slug(typed) in (slug(row.user_name), slug(row.full_name)))
    return exact or tuple(row.id for row in rows if begins(row.full_name, typed))


def groups_meant(actor: Person, typed: str) -> tuple[int, ...]:
    """The groups of the actor's company of this name; a number of its row is what old queries may hold."""
    rows = db.session.execute(_groups(), {"viewer": actor.company_id}).all()
    exact = tuple(row.id for row in rows if slug(typed) == slug(row.name))
    numbered = tuple(row.id for row in rows if slug(typed) == str(row.id))
    return exact or numbered or tuple(row.id for row in rows if begins(row.name, typed))


@cache
def _companies() -> AnySelect:
    return select(Company.id, Company.duns, Company.name, Company.legal_name).order_by(Company.name)


@cache
def _people() -> AnySelect:
    return select(Person.id, Person.user_name, Person.full_name).where(Person.company_id == VIEWER)


@cache
def _groups() -> AnySelect:
    return select(WorkGroup.id, WorkGroup.name).where(WorkGroup.company_id == bindparam("viewer"))
