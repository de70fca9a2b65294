"""`flask company`: the companies of the market, from the command line."""

import json

import click

from tracker.actions.automation import the_clock
from tracker.actions.companies import add_company, found_market
from tracker.cli.plainly import Group
from tracker.committing import commit
from tracker.db import reads_only
from tracker.domain.roles import CompanyKind
from tracker.errors import Conflict
from tracker.models import Person
from tracker.queries.companies import companies, companies_with_people

group = Group("company", help="Add companies to the market, or list them.")


@group.command("add")
@click.argument("duns")
@click.argument("name")
@click.argument("kind", type=click.Choice(list(CompanyKind), case_sensitive=False))
@click.option("--legal-name", help="The legal company, when it is named otherwise.")
def add(duns: str, name: str, kind: str, legal_name: str | None) -> None:
    """Add a company. ERCOT comes first: the market begins with it."""
    raw = {"duns": duns, "name": name, "kind": kind, "legal_name": legal_name}
    company = found_market(raw) if kind == CompanyKind.ERCOT else add_company(_actor(), raw)
    commit()
    click.echo(f"{company.name} ({company.duns}) is in the market.")


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@reads_only()
def list_companies(as_json: bool) -> None:
    """List every company that is or was in the market."""
    rows = [
        {
            "duns": company.duns,
            "name": company.name,
            "legal_name": company.legal_name,
            "kind": company.kind,
            "left_on": company.left_on.isoformat() if company.left_on else None,
            "people": people,
        }
        for company, people in companies_with_people()
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        left = f", left on {row['left_on']}" if row["left_on"] else ""
        click.echo(f"{row['duns']:13}  {row['kind']:5}  {row['name']} ({row['people']} people{left})")


def _actor() -> Person:
    if not companies(CompanyKind.ERCOT):
        raise Conflict("A market begins with ERCOT. Add it first: flask --app wsgi company add 183529049 ERCOT ERCOT")
    return the_clock()
