"""Questions about the companies of the market."""

from collections.abc import Iterable, Sequence
from functools import cache

from sqlalchemy import Select, func, select

from tracker.db import db
from tracker.domain.permissions import Rank
from tracker.domain.roles import CompanyKind
from tracker.models import Company, Person


def operator_id() -> int:
    """The company that runs the market and takes part in every issue."""
    return db.session.scalars(select(Company.id).where(Company.kind == CompanyKind.ERCOT)).one()


def companies(kind: CompanyKind | None = None, *, also_left: bool = False) -> Sequence[Company]:
    """The companies of the market by name; those that left only when asked for."""
    statement = select(Company).order_by(Company.name, Company.duns)
    if kind:
        statement = statement.where(Company.kind == kind)
    if not also_left:
        statement = statement.where(Company.left_on.is_(None))
    return db.session.scalars(statement).all()


def company_names() -> tuple[tuple[str, str], ...]:
    """Every company that is or was in the market as (DUNS, name), by name."""
    return tuple((duns, name) for duns, name in db.session.execute(_names()))


@cache
def _names() -> Select[str, str]:
    return select(Company.duns, Company.name).order_by(Company.name, Company.duns)


def companies_by_duns(duns: Iterable[str]) -> Sequence[Company]:
    """The companies of these DUNS, whether they left the market or not."""
    wanted = set(duns)
    return db.session.scalars(select(Company).where(Company.duns.in_(wanted))).all() if wanted else []


def companies_with_people() -> Sequence[tuple[Company, int]]:
    """Every company that is or was in the market, with how many of its people are active."""
    active = (Person.company_id == Company.id) & Person.active & (Person.rank != Rank.SYSTEM)
    statement = (
        select(Company, func.count(Person.id))
        .outerjoin(Person, active)
        .group_by(Company.id)
        .order_by(Company.name, Company.duns)
    )
    return [(company, count) for company, count in db.session.execute(statement)]
