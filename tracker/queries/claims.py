"""What each side of an issue says: its filed values, what was stated since, and what the market registry knows.

Of the registry a reader is shown what it may know, and what is disputed follows from that: to one company more may be
disputed than to another.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, ScalarSelect, String, and_, bindparam, case, cast, func, select
from sqlalchemy.orm import aliased

from tracker.db import AnyRow, AnySelect, batched, db
from tracker.domain.claims import REGISTRY, Claimed, Fact, Line, Saying, Side, Table, side_of
from tracker.domain.fields import Value
from tracker.domain.roles import CompanyKind, Role
from tracker.models import Claim, Company, Issue, Person, Premise, RepOfRecord
from tracker.queries import registry
from tracker.queries.disclosure import READER, may_know
from tracker.queries.kinds import subtype_of
from tracker.queries.parties import Party

_Named, _Rep = aliased(Company), aliased(Company)

PUBLIC = ("premise_type", "status", "street", "city", "state", "zip_code")
"""What stands in ERCOT's public extract of premises. Whatever else there is of a premise is not for everybody."""


def claims_of(actor: Person, issue: Issue, parties: Sequence[Party]) -> Table | None:
    """The table of an issue that the actor sees; None where the subtype is not about values. One statement."""
    return claims_for(actor.company_id, [issue], {issue.id: parties}).get(issue.id)


def claims_for(company_id: int, issues: Sequence[Issue], parties: Mapping[int, Sequence[Party]]) -> dict[int, Table]:
    """What a company is shown on those of the issues that are about values, by id: some hundreds in a statement."""
    about_values = [issue for issue in issues if subtype_of(issue).claimed]
    tables: dict[int, Table] = {}
    for batch in batched(about_values):
        some = {issue.id: issue for issue in batch}
        rows: dict[int, list[AnyRow]] = defaultdict(list)
        for row in db.session.execute(_rows(), {"issues": list(some), "reader": company_id}):
            rows[row.issue_id].append(row)
        tables |= {
            issue_id: _table(issue, parties.get(issue_id, ()), rows[issue_id]) for issue_id, issue in some.items()
        }
    return tables


def _table(issue: Issue, parties: Sequence[Party], rows: Sequence[AnyRow]) -> Table:
    stated = {(row.side, row.field): row for row in rows if row.side and _stands(row, parties)}
    facts = _facts(rows[0]) if issue.available_at else {}
    lines = [_line(issue, parties, one, stated, facts) for one in subtype_of(issue).claimed]
    return Table(lines, ended=not issue.is_open)


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
        said[Side.SHOWN] = (known, *said[Side.SHOWN])
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


def _facts(row: AnyRow) -> dict[Fact, Saying]:
    zip_code = row.zip_code and row.zip_code[:5]
    address = {"Street": row.street, "City": row.city, "State": row.state, "ZipCode": zip_code}
    known: dict[Fact, Value] = {
        Fact.PREMISE_TYPE: row.premise_type,
        Fact.ADDRESS: address if row.street else None,
        Fact.ZIP: zip_code,
        Fact.PROFILE: row.load_profile,
        Fact.STATUS: row.status,
        Fact.REP: row.rep_duns,
        Fact.SERVED_FROM: _midnight(row.served_from),
        Fact.SERVED_UNTIL: _midnight(row.served_until),
    }
    notes = {Fact.REP: row.rep or ""}
    return {fact: Saying(value, REGISTRY, notes.get(fact, "")) for fact, value in known.items() if value is not None}


def _midnight(day: date | None) -> str | None:
    """A day of the registry as fields of the domain keep it."""
    return f"{day.isoformat()}T00:00:00" if day else None


@cache
def _rows() -> AnySelect:
    """A row for each claim of each issue, at least one; what the reader may know of the registry stands on each."""
    serves = and_(RepOfRecord.esi_id == Premise.esi_id, RepOfRecord.start == _began())
    return (
        select(
            Issue.id.label("issue_id"),
            Claim.side,
            Claim.field,
            Claim.value,
            Person.company_id,
            Company.name.label("company"),
            Company.kind,
            _Named.name.label("named"),
            *(getattr(Premise, name) for name in PUBLIC),
            case((_may_know(Premise.rep_duns), Premise.load_profile)).label("load_profile"),
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
        .outerjoin(Premise, and_(Premise.esi_id == Issue.esi_id, registry.is_on()))
        .outerjoin(RepOfRecord, and_(serves, _may_know(RepOfRecord.rep_duns)))
        .outerjoin(_Rep, _Rep.duns == RepOfRecord.rep_duns)
        .where(Issue.id.in_(bindparam("issues", expanding=True)))
    )


def _may_know(rep_duns: Any) -> ColumnElement[bool]:
    """The reader may know what tells of this retailer; a party of an issue reads it there when it has ended as well."""
    return may_know(READER, Premise.esi_id, rep_duns, Premise.tdsp_duns, besides=Issue.id)


def _quoted(text: Any) -> ColumnElement[str]:
    """A text as JSON writes it."""
    quoted: ColumnElement[str] = '"' + text + '"'
    return quoted


def _began() -> ScalarSelect[date]:
    """When the service that covers the day in question began."""
    span, day = aliased(RepOfRecord), _day_in_question()
    covers = and_(span.start <= day, (span.stop.is_(None)) | (span.stop >= day))
    began = select(func.max(span.start)).where(span.esi_id == Issue.esi_id, covers)
    return began.correlate(Issue).scalar_subquery()


def _day_in_question() -> ColumnElement[date]:
    """The later of the start on record and the start that it should have: a period before and after its correction."""
    start, new = (func.substr(Issue.values[name].as_string(), 1, 10) for name in ("StartTime", "NewStartTime"))
    return cast(case((func.coalesce(new, "") > func.coalesce(start, ""), new), else_=start), Date)
