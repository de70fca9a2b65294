"""Questions about the companies of the market."""

from collections.abc import Sequence

from sqlalchemy import select

from tracker.db import db
from tracker.domain.roles import CompanyKind
from tracker.models import Company


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


def company_by_duns(duns: str) -> Company | None:
    """The company of this DUNS, whether it left the market or not."""
    return db.session.scalar(select(Company).where(Company.duns == duns))
