"""What each side of an issue says: its filed values, what was stated since, and what the market registry knows."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, String, and_, bindparam, cast, func, select
from sqlalchemy.orm import aliased

from tracker.db import AnyRow, AnySelect, db
from tracker.domain.claims import REGISTRY, Claimed, Fact, Line, Saying, Side, Table, side_of
from tracker.domain.fields import Value
from tracker.domain.roles import CompanyKind, Role
from tracker.models import Claim, Company, Issue, Person, Premise, RepOfRecord
from tracker.queries import registry
from tracker.queries.kinds import subtype_of
from tracker.queries.parties import Party

_Named, _Rep = aliased(Company), aliased(Company)


def claims_of(issue: Issue, parties: Sequence[Party]) -> Table | None:
    """The table of an issue that the reader sees; None where the subtype is not about values. One statement."""
    claimed = subtype_of(issue).claimed
    if not claimed:
        return None
    rows = db.session.execute(_rows(), _asked_of(issue)).all()
    stated = {(row.side, row.field): row for row in rows if row.side and _stands(row, parties)}
    facts = _facts(rows[0]) if issue.available_at else {}
    return Table([_line(issue, parties, one, stated, facts) for one in claimed])


def _asked_of(issue: Issue) -> dict[str, object]:
    return {"issue": issue.id, "esi_id": issue.esi_id, "day": _day_in_question(issue.values)}


def _day_in_question(values: Mapping[str, Value]) -> date | None:
    """The later of the start on record and the start that it should have: a period before and after its correction."""
    starts = [str(values[name]) for name in ("StartTime", "NewStartTime") if values.get(name)]
    return date.fromisoformat(max(starts)[:10]) if starts else None


def _stands(row: AnyRow, parties: Sequence[Party]) -> bool:
    """What a company said stands while the company has the column; a new assignee begins with an empty one."""
    if row.kind == CompanyKind.ERCOT and row.side == Side.SHOWN:
        return True
    return any(party.company_id == row.company_id and side_of({Role(party.role)}) == row.side for party in parties)


def _line(
    issue: Issue,
    parties: Sequence[Party],
    claimed: Claimed,
    stated: Mapping[tuple[str, str], AnyRow],
    facts: Mapping[Fact, Saying],
) -> Line:
    said = {side: _said(claimed, stated.get((side, claimed.field.name))) for side in Side}
    if (Side.SUBMITTER, claimed.field.name) not in stated:
        said[Side.SUBMITTER] = _filed(issue, parties, claimed)
    known = facts.get(claimed.fact) if claimed.fact else None
    if known is not None:
        said[Side.SHOWN] = _after_registry(claimed, known, said[Side.SHOWN])
    record = subtype_of(issue).all_fields.get(claimed.record)
    return Line(claimed, record.show(issue.filed_values.get(claimed.record)) if record else "", said)


def _said(claimed: Claimed, row: AnyRow | None) -> tuple[Saying, ...]:
    if row is None or row.value is None:
        return ()
    return (Saying(row.value, row.company, row.named or ""),)


def _filed(issue: Issue, parties: Sequence[Party], claimed: Claimed) -> tuple[Saying, ...]:
    value = issue.filed_values.get(claimed.field.name)
    by = next((party.company for party in parties if party.role == Role.SUBMITTER), "")
    return () if value is None else (Saying(value, by),)


def _after_registry(claimed: Claimed, known: Saying, stated: tuple[Saying, ...]) -> tuple[Saying, ...]:
    """The registry first; ERCOT or the TDSP beside it where they say something else."""
    return (known, *(saying for saying in stated if not claimed.field.same(known.value, saying.value)))


def _facts(row: AnyRow) -> dict[Fact, Saying]:
    premise: Premise | None = row.Premise
    if premise is None:
        return {}
    address = {"Street": premise.street, "City": premise.city, "State": premise.state, "ZipCode": _zip(premise)}
    known: dict[Fact, Value] = {
        Fact.PREMISE_TYPE: premise.premise_type,
        Fact.ADDRESS: address if premise.street else None,
        Fact.ZIP: _zip(premise),
        Fact.PROFILE: premise.load_profile,
        Fact.STATUS: premise.status,
        Fact.REP: row.rep_duns,
        Fact.SERVED_FROM: _midnight(row.served_from),
        Fact.SERVED_UNTIL: _midnight(row.served_until),
    }
    notes = {Fact.REP: row.rep or ""}
    return {fact: Saying(value, REGISTRY, notes.get(fact, "")) for fact, value in known.items() if value is not None}


def _zip(premise: Premise) -> str | None:
    return premise.zip_code and premise.zip_code[:5]


def _midnight(day: date | None) -> str | None:
    """A day of the registry as fields of the domain keep it."""
    return f"{day.isoformat()}T00:00:00" if day else None


@cache
def _rows() -> AnySelect:
    """A row for each claim of the issue, or one row; what the registry knows stands on each of them."""
    return (
        select(
            Claim.side,
            Claim.field,
            Claim.value,
            Person.company_id,
            Company.name.label("company"),
            Company.kind,
            _Named.name.label("named"),
            Premise,
            RepOfRecord.start.label("served_from"),
            RepOfRecord.stop.label("served_until"),
            RepOfRecord.rep_duns,
            _Rep.name.label("rep"),
        )
        .select_from(Issue)
        .outerjoin(Claim, Claim.issue_id == Issue.id)
        .outerjoin(Person, Person.id == Claim.person_id)
        .outerjoin(Company, Company.id == Person.company_id)
        .outerjoin(_Named, and_(Claim.field == "RORDuns", cast(Claim.value, String) == _quoted(_Named.duns)))
        .outerjoin(Premise, and_(Premise.esi_id == bindparam("esi_id"), registry.is_on()))
        .outerjoin(RepOfRecord, and_(RepOfRecord.esi_id == Premise.esi_id, RepOfRecord.start == _began()))
        .outerjoin(_Rep, _Rep.duns == RepOfRecord.rep_duns)
        .where(Issue.id == bindparam("issue"))
    )


def _quoted(text: Any) -> ColumnElement[str]:
    """A text as JSON writes it."""
    quoted: ColumnElement[str] = '"' + text + '"'
    return quoted


def _began() -> Any:
    """When the service that covers the day in question began."""
    span, day = aliased(RepOfRecord), bindparam("day", type_=Date)
    covers = and_(span.start <= day, (span.stop.is_(None)) | (span.stop >= day))
    return select(func.max(span.start)).where(span.esi_id == bindparam("esi_id"), covers).scalar_subquery()
