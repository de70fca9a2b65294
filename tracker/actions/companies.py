"""The companies of the market: added, renamed, and marked as having left. None is ever deleted."""

from collections.abc import Mapping
from datetime import date

from tracker.actions.at_once import unless_taken
from tracker.clock import market_today, now
from tracker.db import db
from tracker.domain.fields import Choice, Day, Field, Text, clean_all
from tracker.domain.name_fields import Name
from tracker.domain.permissions import Rank, Right
from tracker.domain.roles import CompanyKind
from tracker.domain.sentence import Sentence
from tracker.errors import Conflict, Forbidden, Invalid
from tracker.models import Company, Person
from tracker.queries.rights import may

DUNS = Text(
    name="duns",
    label="DUNS",
    help="9 to 13 digits. It cannot be changed later.",
    min_length=9,
    max_length=13,
    pattern="[0-9]+",
    pattern_hint="digits",
)
NAME = Name(name="name", label="Name", help="As the market knows it.", max_length=120)
LEGAL_NAME = Name(
    name="legal_name",
    label="Legal company",
    help="The same for every DUNS of one legal company. Left empty, it is the name.",
    max_length=200,
    required=False,
)
KIND = Choice(name="kind", label="Kind", help="What it does in the market.", values=tuple(CompanyKind))
LEFT_ON = Day(name="left_on", label="Last day in the market", help="From then on nobody can pick it for an issue.")

ONE_OPERATOR = Sentence("one-operator", "This market has its ERCOT already, and there is exactly one.")

SYSTEM_NAME = "clock"
"""The user name of the system's person; nobody else can have it, and it has no password."""


def found_market(raw: Mapping[str, object]) -> Company:
    """Add ERCOT, with the system's person that acts for the product itself. Once in the life of a market."""
    operator = _add({**raw, "kind": CompanyKind.ERCOT})
    db.session.add(
        Person(
            company_id=operator.id,
            user_name=SYSTEM_NAME,
            full_name="Tracker",
            email="",
            rank=Rank.SYSTEM,
            created_at=now(),
        )
    )
    db.session.flush()
    return operator


def add_company(actor: Person, raw: Mapping[str, object]) -> Company:
    """Add a CR or a TDSP. Raises `Invalid`."""
    _require_managing_companies(actor)
    if raw.get("kind") == CompanyKind.ERCOT:
        raise Invalid({"kind": ONE_OPERATOR})
    return _add(raw)


def rename_company(actor: Person, company: Company, raw: Mapping[str, object]) -> None:
    """Change the name and the legal company; issues show the new name, titles that were generated keep the old."""
    _require_managing_companies(actor)
    values = _cleaned((NAME, LEGAL_NAME), raw)
    company.name = str(values["name"])
    company.legal_name = str(values["legal_name"] or values["name"])
    db.session.flush()


def leave_market(actor: Person, company: Company, raw: Mapping[str, object]) -> None:
    """Mark the company as having left on a day that is not ahead. Its people keep working off what is open."""
    _require_managing_companies(actor)
    if company.is_operator:
        raise Conflict("ERCOT runs the market and cannot leave it.")
    left_on = date.fromisoformat(str(_cleaned((LEFT_ON,), raw)["left_on"]))
    if left_on > market_today():
        raise Invalid({"left_on": "This day is still ahead. Come back when the company has left."})
    company.left_on = left_on
    db.session.flush()


def return_to_market(actor: Person, company: Company) -> None:
    """Undo `leave_market`."""
    _require_managing_companies(actor)
    company.left_on = None
    db.session.flush()


def _add(raw: Mapping[str, object]) -> Company:
    values = _cleaned((DUNS, NAME, LEGAL_NAME, KIND), raw)
    company = Company(
        duns=values["duns"],
        name=values["name"],
        legal_name=values["legal_name"] or values["name"],
        kind=values["kind"],
        created_at=now(),
    )
    template = "A company of the DUNS {duns} is in this market already."
    taken = Invalid({"duns": Sentence("duns-taken", template, duns=company.duns)})
    operators = unless_taken(lambda: Invalid({"kind": ONE_OPERATOR}), Company.kind)
    with operators, unless_taken(lambda: taken, Company.duns):
        db.session.add(company)
    return company


def _cleaned(fields: tuple[Field, ...], raw: Mapping[str, object]) -> dict[str, object]:
    values, reasons = clean_all(fields, raw)
    if reasons:
        raise Invalid(reasons)
    return dict(values)


def _require_managing_companies(actor: Person) -> None:
    if not (actor.is_system or may(actor, Right.MANAGE_COMPANIES)):
        raise Forbidden("Only an administrator of ERCOT manages the companies of the market.")
