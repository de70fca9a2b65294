"""Questions about the companies of the market."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from sqlalchemy import Label, Select, bindparam, func, select

from tracker.db import db
from tracker.domain.permissions import Rank
from tracker.domain.roles import CompanyKind
from tracker.domain.search_keys import slug
from tracker.models import Company, Person


def operator_id() -> int:
    """The company that runs the market and takes part in every issue."""
    return db.session.scalars(_operator()).one()


@cache
def _operator() -> Select[int]:
    return select(Company.id).where(Company.kind == CompanyKind.ERCOT)


def of_operator(company: type[Company]) -> Label[bool]:
    """Whether this is the company that runs the market, as a column beside the name of one of its people."""
    return (company.kind == CompanyKind.ERCOT).label("of_operator")


def companies(kind: CompanyKind | None = None, *, also_left: bool = False) -> Sequence[Company]:
    """The companies of the market by name; those that left only when asked for."""
    statement = select(Company).order_by(Company.name, Company.duns)
    if kind:
        statement = statement.where(Company.kind == kind)
    if not also_left:
        statement = statement.where(Company.left_on.is_(None))
    return db.session.scalars(statement).all()


def active_companies(kind: CompanyKind | None) -> Sequence[tuple[str, str]]:
    """The companies of a kind, or all, that are in the market, as (DUNS, name), by name."""
    return [(duns, name) for duns, name in db.session.execute(_active(kind))]


@cache
def _active(kind: CompanyKind | None) -> Select[str, str]:
    statement = _names().where(Company.left_on.is_(None))
    return statement.where(Company.kind == kind) if kind else statement


class Called(NamedTuple):
    """A company as lists to choose from name it, and as a query means it and no other."""

    id: int
    duns: str
    name: str
    value: str
    """The name; the DUNS where another company's name reads the same."""

    @property
    def label(self) -> str:
        """What tells it from every other."""
        return self.name if self.value == self.name else f"{self.name} ({self.duns})"


def companies_called() -> list[Called]:
    """Every company that is or was in the market, by name."""
    rows = db.session.execute(_called()).all()
    alike = Counter(slug(row.name) for row in rows)
    return [Called(*row, row.name if alike[slug(row.name)] == 1 else row.duns) for row in rows]


@cache
def _called() -> Select[int, str, str]:
    return select(Company.id, Company.duns, Company.name).order_by(Company.name, Company.duns)


@cache
def _names() -> Select[str, str]:
    return select(Company.duns, Company.name).order_by(Company.name, Company.duns)


def companies_by_duns(duns: Iterable[str]) -> Sequence[Company]:
    """The companies of these DUNS, whether they left the market or not."""
    wanted = list(set(duns))
    return db.session.scalars(_by_duns(), {"duns": wanted}).all() if wanted else []


@cache
def _by_duns() -> Select[Company]:
    return select(Company).where(Company.duns.in_(bindparam("duns", expanding=True)))


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
